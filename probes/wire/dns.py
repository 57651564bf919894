"""Questions and answers of the DNS (RFC 1035), as bytes and as records. No sockets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rrset

from checks.values import RuleError
from probes.wire.dns_message import SOA, Message, Record, take_apart

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
    """What came back. `records` are those that were asked for, as texts with their time to live (seconds).

    `serial` is that of the zone, where a SOA was asked for.
    """

    message: Message
    records: Sequence[tuple[str, int]]
    serial: int | None = None

    @property
    def rcode(self) -> str:
        """Give its response code as a word."""
        return dns.rcode.to_text(dns.rcode.Rcode.make(self.message.rcode))

    @property
    def authoritative(self) -> bool:
        """Say whether the server answers for the zone itself."""
        return bool(self.message.flags & dns.flags.AA)

    @property
    def authenticated(self) -> bool:
        """Say whether the server says that it has verified the signatures."""
        return bool(self.message.flags & dns.flags.AD)

    def rrsets(self) -> Sequence[dns.rrset.RRset]:
        """Give all of the answer section as sets of records. Raises ValueError where they cannot be read."""
        try:
            sets, crowded = list(dns.message.from_wire(self.message.data).answer), _crowded(self.message)
        except (dns.exception.DNSException, ValueError, IndexError, OverflowError) as error:
            raise _unreadable(type(error).__name__) from error
        if crowded:
            raise _unreadable("a name has several records of a type of which it can have one")
        return sets


def read(data: bytes, kind: str) -> Answer:
    """Read an answer to a question for a type. Raises ValueError with what is wrong with it."""
    wanted = dns.rdatatype.from_text(kind)
    try:
        message = take_apart(data)
        found = list(message.found(wanted))
        serial = message.serial(found[0]) if found and wanted == SOA else None
        return Answer(message, _texts(message, found), serial)
    except (ValueError, IndexError) as error:
        raise _unreadable(str(error)) from error


def _texts(message: Message, found: Iterable[Record]) -> Sequence[tuple[str, int]]:
    """Write each once: a set has no doubles (RFC 2181, section 5), and one time to live, the least."""
    lives: dict[str, int] = {}
    for record in found:
        text = message.text(record)
        lives[text] = min(record.ttl, lives.get(text, record.ttl))
    return list(lives.items())


def _crowded(message: Message) -> bool:
    """Say whether a name has several records of a type of which it can have one, such as SOA or CNAME.

    dnspython keeps the last: it alone would be verified, and a forged one before it be believed.
    """
    alone = {
        (record.owner, record.type, message.text(record))
        for record in message.answer
        if dns.rdatatype.is_singleton(dns.rdatatype.RdataType.make(record.type))
    }
    return len({(owner, kind) for owner, kind, _ in alone}) < len(alone)


def _unreadable(why: str) -> ValueError:
    return ValueError(f"the answer cannot be read: {why}")


def read_type(text: str) -> str:
    """Read the type of a record, such as A, TYPE65 or HTTPS. Raises ValueError."""
    try:
        kind = dns.rdatatype.from_text(text.upper())
    except (dns.exception.DNSException, ValueError):
        raise RuleError("must be a type of record such as A, MX, TXT or TYPE65") from None
    if kind in NOT_ASKED:
        raise RuleError("must be a type of record; transfers of zones and the like are none")
    return dns.rdatatype.to_text(kind)


NOT_ASKED = frozenset(
    {dns.rdatatype.OPT, dns.rdatatype.TSIG, dns.rdatatype.AXFR, dns.rdatatype.IXFR, dns.rdatatype.NONE}
)


def read_name(text: str) -> str:
    """Read a domain name in its ASCII form, without the last dot. Raises ValueError."""
    try:
        name = dns.name.from_text(text)
    except (dns.exception.DNSException, ValueError, UnicodeError):
        raise RuleError("must be a name that DNS can hold") from None
    if text in NO_NAMES:
        raise RuleError("must be a name that DNS can hold; that of the root zone is .")
    return name.to_text(omit_final_dot=True) if name != dns.name.root else "."


NO_NAMES = frozenset({"", "@"})  # dnspython reads both as the root zone


def read_rcode(text: str) -> str:
    """Read a response code, such as NOERROR or NXDOMAIN. Raises ValueError."""
    try:
        return dns.rcode.to_text(dns.rcode.from_text(text.upper()))
    except (dns.exception.DNSException, ValueError):
        raise RuleError("must be a response code such as NOERROR, NXDOMAIN or REFUSED") from None


def canonical(text: str, kind: str) -> str:
    """Write a record as it is compared: as dnspython writes it, each name a whole one. Raises ValueError."""
    try:
        record = dns.rdata.from_text("IN", kind, text, origin=dns.name.root, relativize=False)
    except (dns.exception.DNSException, ValueError, IndexError) as error:
        raise RuleError(f"must have in expect records of the type {kind}, as a zone file has them") from error
    return folded(record.to_text(), kind)


def folded(text: str, kind: str) -> str:
    """Write it in small letters where it is all names, which are the same in any (RFC 4343), and numbers."""
    return text.lower() if kind in ALL_NAMES else text


ALL_NAMES = frozenset({"AFSDB", "CNAME", "DNAME", "KX", "MX", "NS", "PTR", "RP", "SOA", "SRV"})
