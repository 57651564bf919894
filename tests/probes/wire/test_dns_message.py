"""Messages taken apart, held against dnspython's reading of the same bytes."""

from dataclasses import replace
from itertools import pairwise

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import pytest
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType
from hypothesis import example, given
from hypothesis import strategies as st

from probes.wire.dns import question
from probes.wire.dns_message import (
    AAAA,
    ALIKE,
    CNAME,
    MOST_POINTERS,
    MOST_RECORDS,
    SOA,
    A,
    Message,
    _known_text,
    name_at,
    take_apart,
)
from tests.probes.wire.test_dns import answer

RECORDS = (
    "www.example.com. 60 CNAME a.example.com.",
    "a.example.com. 30 A 192.0.2.1",
    "a.example.com. 30 AAAA 2001:db8::1",
    "a.example.com. 7 MX 10 mx.example.com.",
    'a.example.com. 7 TXT "v=spf1 -all" "a;b"',
    "example.com. 9 SOA ns1.example.com. hostmaster.example.com. 4294967295 3600 600 86400 300",
    'example.com. 9 CAA 0 issue "ca.example.net"',
    'example.com. 9 HTTPS 1 . alpn="h2"',
    "example.com. 9 SRV 1 2 443 www.example.com.",
    "example.com. 9 TYPE65280 \\# 2 abcd",
)
ASKED = question("www.example.com", "A", dnssec=True)


def told(message: Message) -> list[tuple[int, int, str]]:
    return [(record.type, record.ttl, message.text(record)) for record in message.answer]


def as_dnspython_has_it(data: bytes) -> list[tuple[int, int, str]]:
    message = dns.message.from_wire(data)
    return [
        (int(rrset.rdtype), rrset.ttl, record.to_text())
        for rrset in message.answer
        if rrset.rdclass == RdataClass.IN
        for record in rrset
    ]


def test_records_are_what_dnspython_reads() -> None:
    data = answer(ASKED.numbered(1), *RECORDS, flags=dns.flags.AA, rcode=3)
    message = take_apart(data)

    assert told(message) == as_dnspython_has_it(data)
    assert len(message.answer) == len(RECORDS)
    assert (message.rcode, message.flags & dns.flags.AA) == (3, dns.flags.AA)
    assert message.serial(message.answer[5]) == 4294967295


def found(kind: int, *records: str) -> list[str]:
    message = take_apart(answer(ASKED.numbered(1), *records))
    return [message.text(record) for record in message.found(kind)]


def test_only_records_of_the_name_or_of_its_aliases_are_found() -> None:
    records = (*RECORDS, "other.example.com. 60 A 192.0.2.9", "WWW.example.COM. 60 TXT x")

    assert found(A, *records) == ["192.0.2.1"]
    assert found(A, *reversed(records)) == ["192.0.2.1"]
    assert found(CNAME, *records) == ["a.example.com."]
    assert found(16, *records) == ['"v=spf1 -all" "a;b"', '"x"']
    assert found(SOA, *records) == []


def test_aliases_that_lead_in_a_circle_or_on_and_on_come_to_an_end() -> None:
    back = ("www.example.com. 60 CNAME a.test.", "a.test. 60 CNAME www.example.com.")
    names = ["www.example.com.", *(f"a{number}.test." for number in range(30))]
    chain = [f"{one} 60 CNAME {other}" for one, other in pairwise(names)]

    assert found(A, *back, "a.test. 9 A 192.0.2.1") == ["192.0.2.1"]
    assert found(A, *chain, "a15.test. 9 A 192.0.2.1") == ["192.0.2.1"]
    assert found(A, *chain, "a16.test. 9 A 192.0.2.1") == []


@pytest.mark.parametrize("rcode", [0, 2, 5, 16, 23, 4095])
def test_a_response_code_has_its_upper_bits_from_edns(rcode: int) -> None:
    assert take_apart(answer(ASKED.numbered(1), rcode=rcode)).rcode == rcode


def test_a_message_that_ends_anywhere_too_early_is_refused() -> None:
    data = answer(ASKED.numbered(1), *RECORDS)

    for end in range(len(data)):
        with pytest.raises(ValueError, match="ends in the middle"):
            take_apart(data[:end])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (answer(ASKED.numbered(1)) + b"x", "more follows"),
        (bytes(5) + b"\x01" + bytes(6) + b"\xc0\x0c\0\x01\0\x01", "points ahead"),
        (bytes(5) + b"\x01" + bytes(6) + b"\xc0\xff\0\x01\0\x01", "points ahead"),
        (bytes(5) + b"\x01" + bytes(6) + b"\x40a\0\0\x01\0\x01", "unknown kind"),
        (bytes(5) + b"\x01" + bytes(6) + (b"\x3f" + b"a" * 63) * 4 + bytes(5), "too long"),
    ],
)
def test_what_is_no_message_says_why(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        take_apart(data)


def test_a_chain_of_pointers_is_followed_so_far() -> None:
    chain = b"\0" + b"".join((0xC000 | at).to_bytes(2) for at in (0, *range(1, 2 * MOST_POINTERS, 2)))

    assert name_at(chain, 2 * MOST_POINTERS - 3) == (b"\0", 2 * MOST_POINTERS - 1)
    with pytest.raises(ValueError, match="on and on"):
        name_at(chain, 2 * MOST_POINTERS - 1)


def many(questions: int, records: int) -> bytes:
    header = bytes(4) + questions.to_bytes(2) + records.to_bytes(2) + bytes(4)
    return header + b"\0\0\1\0\1" * questions + (b"\0\0\1\0\1" + bytes(6)) * records


def test_so_many_questions_and_records_are_read_that_others_have_their_turn() -> None:
    assert len(take_apart(many(1, MOST_RECORDS - 1)).answer) == MOST_RECORDS - 1
    for questions, records in ((1, MOST_RECORDS), (MOST_RECORDS, 1)):
        with pytest.raises(ValueError, match="1001 questions and records, more than are read"):
            take_apart(many(questions, records))


def test_the_text_of_large_data_is_not_kept() -> None:
    _known_text.cache_clear()
    for text in ("x", *("y" * 255 for _ in range(3))):
        data = answer(ASKED.numbered(1), "a.test. 9 TXT " + f'"{text}" ' * 3)
        assert told(take_apart(data))[0][2].startswith(f'"{text}"')

    assert _known_text.cache_info().currsize == 1


def test_a_time_to_live_of_over_68_years_is_none() -> None:
    data = answer(ASKED.numbered(1), "a.example.com. 2147483647 A 192.0.2.1")

    assert take_apart(data).answer[0].ttl == 2**31 - 1
    assert take_apart(data.replace(b"\x7f\xff\xff\xff", b"\x80\0\0\0")).answer[0].ttl == 0


@pytest.mark.parametrize("records", [("a.test. 9 A 192.0.2.1",), (RECORDS[5],)])
def test_data_of_another_length_than_its_type_has_is_refused(records: tuple[str, ...]) -> None:
    data = bytearray(answer(question("a.test", "A").numbered(1), *records))
    message = take_apart(bytes(data))
    (record,) = message.answer
    shorter = replace(message, data=message.data[: record.ends - 1])

    with pytest.raises(ValueError, match=r"another length|cannot be read"):
        shorter.text(record)


ADDRESSES = st.binary(min_size=16, max_size=16) | st.lists(
    st.sampled_from([b"\0\0", b"\xff\xff", b"\0\x01", b"\xc0\0"]), min_size=8, max_size=8
).map(b"".join)


@given(ADDRESSES)
@example(bytes(16))
@example(bytes(10) + b"\xff\xff\xc0\0\x02\x01")
@example(bytes(12) + b"\xc0\0\x02\x01")
def test_addresses_are_written_as_dnspython_writes_them(data: bytes) -> None:
    for kind, part in ((AAAA, data), (A, data[:4])):
        record = dns.rdata.from_wire(RdataClass.IN, RdataType.make(kind), part, 0, len(part))
        message = take_apart(_holding(kind, part))

        assert told(message) == [(kind, 60, record.to_text())]


def _holding(kind: int, data: bytes) -> bytes:
    head = b"\0\0\x80\0\0\0\0\x01\0\0\0\0"
    return head + b"\x01a\0" + kind.to_bytes(2) + b"\0\x01" + (60).to_bytes(4) + len(data).to_bytes(2) + data


@given(st.sampled_from(sorted(ALIKE)), st.binary(max_size=80))
def test_data_without_names_reads_the_same_wherever_it_stands(kind: int, data: bytes) -> None:
    whole = _holding(kind, data)
    try:
        expected = as_dnspython_has_it(whole)[0][2]
    except (dns.exception.DNSException, ValueError, IndexError):
        with pytest.raises(ValueError, match="cannot be read"):
            told(take_apart(whole))
    else:
        assert told(take_apart(whole)) == [(kind, 60, expected)]


WHOLE = answer(ASKED.numbered(1), *RECORDS)


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=6))
def test_of_damaged_messages_we_read_the_same_as_dnspython_or_less(damages: list[tuple[int, int]]) -> None:
    """What dnspython reads whole, we read too, and alike; it may refuse what we need not look at."""
    data = bytearray(WHOLE)
    for place, value in damages:
        data[place] = value
    try:
        theirs = as_dnspython_has_it(bytes(data))
    except (dns.exception.DNSException, ValueError, IndexError, OverflowError):
        return
    ours = {(kind, text) for kind, _, text in told(take_apart(bytes(data)))}
    assert {(kind, text) for kind, _, text in theirs} <= ours


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    try:
        message = take_apart(data)
    except ValueError:
        return
    assert all(record.ends <= len(data) for record in message.answer)


@given(st.lists(st.text("aB0-", min_size=1, max_size=9), max_size=6), st.integers(0, 40))
def test_a_name_is_read_as_dnspython_reads_it(labels: list[str], shift: int) -> None:
    data = bytes(shift) + (dns.name.from_text(".".join(labels) or ".").to_wire() or b"")
    short = data + b"\x01x" + (0xC000 | shift).to_bytes(2)

    assert name_at(data, shift) == (data[shift:].lower(), len(data))
    assert name_at(short, len(data)) == (b"\x01x" + data[shift:].lower(), len(short))
