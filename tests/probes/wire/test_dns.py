"""Questions and answers as bytes, held against dnspython's own reading of them."""

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.wire.dns import (
    answers,
    canonical,
    question,
    read,
    read_name,
    read_rcode,
    read_type,
    truncated,
)


def answer(asked: bytes, *records: str, flags: int = 0, rcode: int = 0) -> bytes:
    """Let dnspython answer."""
    message = dns.message.make_response(dns.message.from_wire(asked))
    message.flags |= flags
    message.set_rcode(dns.rcode.Rcode(rcode))
    for record in records:
        name, ttl, kind, *text = record.split()
        message.answer.append(dns.rrset.from_text(name, int(ttl), "IN", kind, " ".join(text)))
    return message.to_wire()


@pytest.mark.parametrize(("recursion", "dnssec", "checking"), [(True, False, True), (False, True, False)])
def test_a_question_is_what_dnspython_reads(recursion: bool, dnssec: bool, checking: bool) -> None:
    asked = question("www.Example.com", "MX", recursion=recursion, dnssec=dnssec, checking=checking)
    read_back = dns.message.from_wire(asked.numbered(0xABCD))

    assert read_back.id == 0xABCD
    assert str(read_back.question[0]) == "www.Example.com. IN MX"
    assert bool(read_back.flags & dns.flags.RD) is recursion
    assert bool(read_back.ednsflags & dns.flags.DO) is dnssec
    assert bool(read_back.flags & dns.flags.CD) is not checking
    assert read_back.payload == 1232


def test_only_an_answer_to_this_very_question_counts() -> None:
    asked = question("www.example.com", "A")
    wire = asked.numbered(7)
    good = answer(wire, "www.example.com. 60 A 192.0.2.1")

    assert answers(asked, 7, good)
    assert answers(asked, 7, good.replace(b"example", b"EXAMPLE"))
    assert not answers(asked, 8, good)
    assert not answers(asked, 7, good.replace(b"example", b"exomple", 1))
    assert not answers(asked, 7, wire)
    assert not answers(asked, 7, good[:11])
    assert not answers(question("www.example.com", "AAAA"), 7, good)


@pytest.mark.parametrize(("rcode", "counts"), [(0, False), (2, True), (3, False), (5, True)])
def test_a_refusal_may_come_without_the_question(rcode: int, counts: bool) -> None:
    bare = b"\x00\x07\x81" + bytes([0x80 | rcode]) + bytes(8)

    assert answers(question("a.test", "A"), 7, bare) is counts


def test_an_answer_is_read() -> None:
    wire = question("www.example.com", "A").numbered(1)
    records = ("www.example.com. 60 CNAME a.example.com.", "a.example.com. 30 A 192.0.2.1")
    found = read(answer(wire, *records, flags=dns.flags.AA | dns.flags.AD, rcode=3), "A")

    assert found.records == [("192.0.2.1", 30)]
    assert (found.rcode, found.message.rcode, found.authoritative, found.authenticated) == (
        "NXDOMAIN",
        3,
        True,
        True,
    )
    assert found.serial is None
    assert not truncated(answer(wire))
    assert truncated(answer(wire, flags=dns.flags.TC))


def test_the_serial_of_a_zone_is_read() -> None:
    wire = question("example.com", "SOA").numbered(1)
    found = read(
        answer(wire, "example.com. 60 SOA ns1.example.com. admin.example.com. 4294967295 1 1 1 1"), "SOA"
    )

    assert found.serial == 4294967295


SERIALS = tuple(f"example.com. 60 SOA ns1.example.com. a.example.com. {serial} 1 1 1 1" for serial in (6, 7))


@pytest.mark.parametrize(
    ("kind", "records"),
    [
        ("SOA", SERIALS),
        ("CNAME", ("example.com. 60 CNAME forged.test.", "example.com. 60 CNAME www.example.com.")),
    ],
)
def test_sets_of_what_a_name_can_have_once_do_not_drop_what_is_judged(
    kind: str, records: tuple[str, ...]
) -> None:
    wire = question("example.com", kind).numbered(1)

    assert len(read(answer(wire, *records[:1], records[0]), kind).rrsets()) == 1
    with pytest.raises(ValueError, match="several records of a type of which it can have one"):
        read(answer(wire, *records), kind).rrsets()


LOOP = b"\x00\x01\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + b"\xc0\x0c" + b"\x00\x01\x00\x01"


@pytest.mark.parametrize("data", [b"", b"\x00" * 11, LOOP, LOOP + b"\xc0\x0c\x00\x01"])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"^the answer cannot be read: "):
        read(data, "A")


@given(data=st.binary(max_size=300))
def test_no_bytes_do_anything_else(data: bytes) -> None:
    asked = question("a.test", "TXT")
    answers(asked, 0, data)
    truncated(data)
    try:
        found = read(data, "TXT")
    except ValueError:
        return
    assert isinstance(found.rcode, str)
    assert all(isinstance(text, str) for text, _ in found.records)


@pytest.mark.parametrize(
    ("read_one", "text", "value"),
    [
        (read_type, "mx", "MX"),
        (read_type, "TYPE65", "HTTPS"),
        (read_name, "Bücher.example.", "xn--bcher-kva.example"),
        (read_name, ".", "."),
        (read_rcode, "servfail", "SERVFAIL"),
    ],
)
def test_words_are_read(read_one: object, text: str, value: str) -> None:
    assert callable(read_one)
    assert read_one(text) == value


def test_a_record_is_compared_as_it_is_written_by_one_hand() -> None:
    assert canonical("2001:DB8:0::1", "AAAA") == "2001:db8::1"
    assert canonical("10   mx.example.com.", "MX") == "10 mx.example.com."
    assert canonical("10 MX.example.com", "MX") == "10 mx.example.com."
    assert canonical('"Words"', "TXT") == '"Words"'
    with pytest.raises(ValueError, match="records of the type A"):
        canonical("::1", "A")
