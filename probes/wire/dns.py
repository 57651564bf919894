"""Questions and answers of the DNS (RFC 1035), as bytes and as records. No sockets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rrset

HEADER = 12
UDP_PAYLOAD = 1232  # bytes that reach everybody unfragmented (the DNS flag day of 2020)
LARGEST = 65_535
QR, TC = 0x80, 0x02  # of the third byte
NO_QUESTION = frozenset({1, 2, 4, 5})  # FORMERR, SERVFAIL, NOTIMP, REFUSED: some say so without the question


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and how. `wire` begins with the identifier 0."""

    name: str
    type: str
    wire: bytes
    asked: bytes  # its question section, in small letters

    def numbered(self, number: int) -> bytes:
        """Give it with an identifier."""
        return number.to_bytes(2, "big") + self.wire[2:]


@lru_cache(maxsize=16384)
def question(
    name: str, kind: str, *, recursion: bool = True, dnssec: bool = False, checking: bool = True
) -> Question:
    """Write a question. `dnssec` asks for signatures; without `checking` nobody else verifies them for us."""
    flags = (dns.flags.RD if recursion else 0) | (0 if checking else dns.flags.CD)
    flags |= dns.flags.AD if dnssec or recursion else 0
    message = dns.message.make_query(
        name, kind, flags=flags, want_dnssec=dnssec, use_edns=0, payload=UDP_PAYLOAD, id=0
    )
    wire = message.to_wire()
    end = HEADER + len(dns.name.from_text(name).to_wire() or b"") + 4
    return Question(name, kind, wire, wire[HEADER:end].lower())


def answers(asked: Question, number: int, data: bytes) -> bool:
    """Say whether bytes are an answer to this very question: the identifier and the question agree."""
    if len(data) < HEADER or data[:2] != number.to_bytes(2, "big") or not data[2] & QR:
        return False
    if data[4:6] == b"\x00\x00":
        return data[3] & 0x0F in NO_QUESTION
    return data[HEADER : HEADER + len(asked.asked)].lower() == asked.asked


def truncated(data: bytes) -> bool:
    """Say whether there is more, to be asked for over TCP."""
    return len(data) >= HEADER and bool(data[2] & TC)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    message: Any

    @property
    def rcode(self) -> str:
        """Give its response code as a word."""
        return dns.rcode.to_text(self.message.rcode())

    @property
    def number(self) -> int:
        """Give its response code as a number."""
        return int(self.message.rcode())

    @property
    def authoritative(self) -> bool:
        """Say whether the server answers for the zone itself."""
        return bool(self.message.flags & dns.flags.AA)

    @property
    def authenticated(self) -> bool:
        """Say whether the server says that it has verified the signatures."""
        return bool(self.message.flags & dns.flags.AD)

    def rrsets(self) -> Sequence[dns.rrset.RRset]:
        """Give the sets of records in the answer section."""
        return list(self.message.answer)

    def records(self, kind: str) -> Iterator[tuple[str, int]]:
        """Give the records of a type with their time to live, aliases followed by the server left out."""
        wanted = dns.rdatatype.from_text(kind)
        for rrset in self.message.answer:
            if wanted in (rrset.rdtype, dns.rdatatype.ANY):
                yield from ((record.to_text(), rrset.ttl) for record in rrset)

    def serial(self) -> int | None:
        """Give the serial of the first SOA in the answer section."""
        for rrset in self.message.answer:
            if rrset.rdtype == dns.rdatatype.SOA:
                return int(rrset[0].serial)
        return None


def read(data: bytes) -> Answer:
    """Read a message. Raises ValueError with what is wrong with it."""
    try:
        return Answer(dns.message.from_wire(data, ignore_trailing=False))
    except (dns.exception.DNSException, ValueError, IndexError, OverflowError) as error:
        raise ValueError(f"the answer cannot be read: {type(error).__name__}") from error


def read_type(text: str) -> str:
    """Read the type of a record, such as A, TYPE65 or HTTPS. Raises ValueError."""
    try:
        kind = dns.rdatatype.from_text(text.upper())
    except (dns.exception.DNSException, ValueError):
        raise ValueError("must be a type of record such as A, MX, TXT or TYPE65") from None
    if kind in NOT_ASKED:
        raise ValueError("must not be a type that is no record")
    return dns.rdatatype.to_text(kind)


NOT_ASKED = frozenset(
    {dns.rdatatype.OPT, dns.rdatatype.TSIG, dns.rdatatype.AXFR, dns.rdatatype.IXFR, dns.rdatatype.NONE}
)


def read_name(text: str) -> str:
    """Read a domain name in its ASCII form, without the last dot. Raises ValueError."""
    try:
        name = dns.name.from_text(text)
    except (dns.exception.DNSException, ValueError, UnicodeError):
        raise ValueError("must be a name that DNS can hold") from None
    return name.to_text(omit_final_dot=True) if name != dns.name.root else "."


def read_rcode(text: str) -> str:
    """Read a response code, such as NOERROR or NXDOMAIN. Raises ValueError."""
    try:
        return dns.rcode.to_text(dns.rcode.from_text(text.upper()))
    except (dns.exception.DNSException, ValueError):
        raise ValueError("must be a response code such as NOERROR, NXDOMAIN or REFUSED") from None


def canonical(text: str, kind: str) -> str:
    """Write a record as it is compared: as dnspython writes it. Raises ValueError."""
    try:
        record = dns.rdata.from_text("IN", kind, text)
    except (dns.exception.DNSException, ValueError, IndexError) as error:
        raise ValueError(f"must hold records of the type {kind}, as a zone file has them") from error
    return record.to_text()
