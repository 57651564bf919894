"""Parts of the chain of signatures; tests/probes/basic/test_dns.py asks real servers for the whole of it."""

from typing import Any

import dns.dnssec
import dns.name
import dns.rdata
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from probes.wire.dnssec import (
    MOST_ALIKE,
    MOST_KEYS,
    MOST_SIGNATURES,
    ROOT,
    BeyondUs,
    Bogus,
    between,
    found,
    keys_of,
    read_anchor,
    shown,
    signer_of,
    synthesized,
    verify,
)

NAME = dns.name.from_text
ZONE = NAME("test")
NOW = 1_800_000_000
DAY = 86_400
PRIVATE = ec.generate_private_key(ec.SECP256R1())
KEY = dns.dnssec.make_dnskey(PRIVATE.public_key(), "ECDSAP256SHA256")
KEYS = {ZONE: dns.rrset.from_rdata(ZONE, 60, KEY)}
A = dns.rrset.from_text("a.test.", 60, "IN", "A", "192.0.2.1")


def signatures(*ends: int, begins: int = NOW - DAY, of: dns.rrset.RRset = A) -> list[Any]:
    """Sign records so that each signature ends so many seconds from now."""
    return [
        dns.dnssec.sign(of, PRIVATE, ZONE, KEY, inception=min(begins, NOW + end - 1), expiration=NOW + end)
        for end in ends
    ]


def beside(rrset: dns.rrset.RRset, signed: list[Any]) -> list[dns.rrset.RRset]:
    return [rrset, dns.rrset.from_rdata_list(rrset.name, 60, signed)]


def damaged(signature: Any) -> Any:
    return signature.replace(signature=bytes(64))


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


# --- several signatures, several keys


def test_of_several_signatures_the_good_one_that_lasts_longest_counts() -> None:
    one, two, late = signatures(1 * DAY, 9 * DAY, 20 * DAY)

    assert verify(A, beside(A, [one, two]), KEYS, NOW) == NOW + 9 * DAY
    assert verify(A, beside(A, [two, one]), KEYS, NOW) == NOW + 9 * DAY
    assert verify(A, beside(A, [one, two, damaged(late)]), KEYS, NOW) == NOW + 9 * DAY


def test_where_none_is_good_the_one_that_would_last_longest_is_told() -> None:
    (over,), (coming,) = signatures(-5), signatures(9 * DAY, begins=NOW + DAY)

    with pytest.raises(Bogus, match="begins 2027"):
        verify(A, beside(A, [over, coming]), KEYS, NOW)
    with pytest.raises(Bogus, match="ended 2027"):
        verify(A, beside(A, [over]), KEYS, NOW)


def test_of_a_flood_of_signatures_only_a_few_are_tried() -> None:
    (good,) = signatures(DAY)
    flood = [damaged(good).replace(expiration=NOW + DAY + number) for number in range(1, 300)]

    assert verify(A, beside(A, [*flood[: MOST_SIGNATURES - 1], good]), KEYS, NOW) == NOW + DAY
    with pytest.raises(Bogus, match="is wrong"):
        verify(A, beside(A, [*flood, good]), KEYS, NOW)


def test_a_signature_and_a_key_of_a_private_algorithm_without_its_name_are_wrong() -> None:
    key: Any = KEY.replace(algorithm=254, key=b"")
    (signed,) = signatures(DAY)
    signed = signed.replace(algorithm=254, key_tag=dns.dnssec.key_id(key), signature=b"")

    with pytest.raises(Bogus, match=r"^the signature of a\.test A by test is wrong$"):
        verify(A, beside(A, [signed]), {ZONE: dns.rrset.from_rdata(ZONE, 60, key)}, NOW)


def test_an_algorithm_that_we_do_not_know_is_told() -> None:
    (good,) = signatures(DAY)
    key: Any = KEY.replace(algorithm=12)
    signature = good.replace(algorithm=12, key_tag=dns.dnssec.key_id(key))

    with pytest.raises(BeyondUs, match="of an algorithm that we do not know"):
        verify(A, beside(A, [signature]), {ZONE: dns.rrset.from_rdata(ZONE, 60, key)}, NOW)


def zone_keys(*keys: Any) -> tuple[list[dns.rrset.RRset], list[Any]]:
    """Give the keys of a zone with their signature, and whom to believe of them: the first."""
    rrset = dns.rrset.from_rdata_list(ZONE, 60, [KEY, *keys])
    trusted = [dns.dnssec.make_ds(ZONE, KEY, "SHA256")]
    return beside(rrset, signatures(3 * DAY, of=rrset)), trusted


def other_keys(count: int, alike: int) -> list[Any]:
    """Make keys that are none, so many of which have the same tag: it is a sum of 16-bit words."""
    words = [(bytes([number, 0]), bytes([255 - number, 0])) for number in range(alike)]
    same = [KEY.replace(key=one + other + bytes(60)) for one, other in words]
    return same + [KEY.replace(key=bytes([0, number]) + bytes(62)) for number in range(count - alike)]


def test_the_keys_of_a_zone_are_believed_for_the_one_that_is_trusted() -> None:
    sets, trusted = zone_keys(*other_keys(MOST_KEYS - 1, MOST_ALIKE))
    keys, ends = keys_of(ZONE, sets, trusted, NOW)

    assert (len(keys), ends) == (MOST_KEYS, NOW + 3 * DAY)


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (other_keys(MOST_KEYS, 1), f"test has {MOST_KEYS + 1} keys, more than are looked at"),
        (other_keys(MOST_ALIKE + 1, MOST_ALIKE + 1), f"test has more than {MOST_ALIKE} keys of the same tag"),
    ],
)
def test_keys_that_only_an_attacker_has_are_refused(keys: list[Any], told: str) -> None:
    sets, trusted = zone_keys(*keys)

    with pytest.raises(Bogus, match=told):
        keys_of(ZONE, sets, trusted, NOW)


@pytest.mark.parametrize(
    ("exponent", "refused"),
    [("03010001", False), ("08" + "01" * 8, False), ("09" + "01" * 9, True), ("000101" + "01" * 257, True)],
)
def test_a_key_by_which_verifying_takes_long_is_refused(exponent: str, refused: bool) -> None:
    slow = KEY.replace(algorithm=8, key=bytes.fromhex(exponent) + bytes(128))
    sets, trusted = zone_keys(slow)

    if refused:
        with pytest.raises(Bogus, match="test has a key with an exponent of over 8 bytes"):
            keys_of(ZONE, sets, trusted, NOW)
    else:
        assert len(keys_of(ZONE, sets, trusted, NOW)[0]) == 2


def test_a_stranger_s_signature_beside_that_of_the_zone_does_no_harm() -> None:
    (own,) = signatures(DAY)
    others = [own.replace(signer=NAME(name)) for name in ("evil.test", ".", "elsewhere")]

    assert signer_of(A, beside(A, [others[0], others[1], own, others[2]])) == ZONE


# --- aliases that nobody signs


@pytest.mark.parametrize(
    ("name", "target", "follows"),
    [
        ("www.old.test.", "www.new.test.", True),
        ("a.b.old.test.", "a.b.new.test.", True),
        ("www.old.test.", "www.evil.test.", False),
        ("old.test.", "new.test.", False),
        ("www.other.test.", "www.new.test.", False),
    ],
)
def test_an_alias_may_follow_from_a_dname(name: str, target: str, follows: bool) -> None:
    dname = dns.rrset.from_text("old.test.", 60, "IN", "DNAME", "new.test.")
    alias = dns.rrset.from_text(name, 60, "IN", "CNAME", target)

    assert synthesized(alias, [dname, alias]) is follows
    assert not synthesized(alias, [alias])
    assert not synthesized(dname, [dname, alias])


def test_a_name_that_grows_too_long_by_a_dname_is_no_alias() -> None:
    long = ".".join("x" * 60 for _ in range(3))
    dname = dns.rrset.from_text("old.test.", 60, "IN", "DNAME", f"{long}.test.")
    alias = dns.rrset.from_text(f"{long}.old.test.", 60, "IN", "CNAME", "new.test.")

    assert not synthesized(alias, [dname, alias])
