"""Parts of the chain of signatures; tests/probes/basic/test_dns.py asks real servers for the whole of it."""

import dns.name
import dns.rrset
import pytest

from probes.wire.dnssec import ROOT, Bogus, between, found, keys_of, read_anchor, shown, signer_of

NAME = dns.name.from_text


def test_the_anchors_of_the_root_zone_are_those_of_iana() -> None:
    read = [read_anchor(text) for text in ROOT]

    assert [(zone, digest.key_tag) for zone, digest in read] == [
        (dns.name.root, 20326),
        (dns.name.root, 38696),
    ]


@pytest.mark.parametrize("text", ["", "example.com.", "example.com. 1 2", "a..b 1 13 2 AB", "a. x 13 2 AB"])
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a zone with a DS record"):
        read_anchor(text)


def test_the_way_down_goes_label_by_label() -> None:
    assert between(dns.name.root, NAME("a.b.c")) == [NAME("c"), NAME("b.c"), NAME("a.b.c")]
    assert between(NAME("b.c"), NAME("a.b.c")) == [NAME("a.b.c")]
    assert between(NAME("b.c"), NAME("b.c")) == []


def test_names_are_written_as_people_do() -> None:
    assert (shown(dns.name.root), shown(NAME("a.b"))) == ("the root zone", "a.b")


def test_records_without_a_signature_are_bogus() -> None:
    records = dns.rrset.from_text("a.test.", 60, "IN", "A", "192.0.2.1")
    with pytest.raises(Bogus, match=r"^a\.test A has no signature$"):
        signer_of(records, [records])
    with pytest.raises(Bogus, match=r"^test has no keys$"):
        keys_of(NAME("test"), [records], [], 0.0)
    assert found([records], NAME("a.test"), 1) is records
    assert found([records], NAME("b.test"), 1) is None


def test_a_signer_that_has_no_say_is_bogus() -> None:
    records = dns.rrset.from_text("a.test.", 60, "IN", "A", "192.0.2.1")
    signature = dns.rrset.from_text(
        "a.test.", 60, "IN", "RRSIG", "A 13 2 60 20300101000000 20200101000000 1 evil.test. AAAA"
    )
    with pytest.raises(Bogus, match="which has no say in it"):
        signer_of(records, [records, signature])
