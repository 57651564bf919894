"""A message of the DNS as bytes: what is asked in it, and where its records lie (RFC 1035, section 4).

dnspython reads all that is in a message, which takes ten times as long as asking for it. Here only what is
judged is looked into, by dnspython where that takes more than copying. No sockets.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import dns.exception
import dns.ipv6
import dns.rdata
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

HEADER = struct.Struct("!HHHHHH")
FIELDS = struct.Struct("!HHIH")  # of a record behind its name: type, class, time to live, length of the data
POINTER = 0xC0
LONGEST, LONGEST_LABEL = 255, 63  # bytes of a name, and of a part of it (section 2.3.4)
MOST_POINTERS = 64  # of one name: it has 127 parts at most, and a chain of pointers takes long
MOST_ALIASES = 16
MOST_RECORDS = 1000  # and questions of a message: to read all that 64 KiB can hold would keep others waiting
KEPT = 512  # bytes of data whose text is kept for the next time
LONGEST_LIFE = 2**31 - 1  # seconds
IN = 1
A, CNAME, SOA, AAAA, OPT, ANY = 1, 5, 6, 28, 41, 255
NUMBERS = 20  # bytes of a SOA behind its two names
# Data without names in it looks the same wherever it stands: TXT, DS, SSHFP, DNSKEY, TLSA, CDS, CDNSKEY,
# OPENPGPKEY, SVCB and HTTPS (whose names must not be shortened: RFC 9460, section 2.2), CAA.
ALIKE = frozenset({16, 43, 44, 48, 52, 59, 60, 61, 64, 65, 257})


@dataclass(frozen=True, slots=True)
class Record:
    """One record: whose it is, its type as a number, its time to live as written, and where its data lies.

    Names are as they go over the wire, not shortened and in small letters.
    """

    owner: bytes
    type: int
    life: int
    begins: int
    ends: int

    @property
    def ttl(self) -> int:
        """Give its time to live in seconds; a number that is too large means 0 (RFC 2181, section 8)."""
        return self.life if self.life <= LONGEST_LIFE else 0


@dataclass(frozen=True, slots=True)
class Message:
    """A message, taken apart. `rcode` has the upper bits of EDNS (RFC 6891, section 6.1.3).

    Of the answer section it has the records of the Internet's class, which is the one that is asked for;
    `asked` is the name in the first question, empty where there is none.
    """

    data: bytes
    flags: int
    rcode: int
    asked: bytes
    answer: tuple[Record, ...]

    def found(self, kind: int) -> Iterator[Record]:
        """Give the records of a type that the name asked for has, itself or by its aliases."""
        names = self._names()
        return (record for record in self.answer if record.owner in names and kind in (record.type, ANY))

    def _names(self) -> set[bytes]:
        """Follow the aliases (section 3.6.2), as far as the message has them."""
        aliases = {record.owner: record for record in self.answer if record.type == CNAME}
        names, name = {self.asked}, self.asked
        for _ in range(MOST_ALIASES if aliases else 0):
            if name in aliases:
                name = name_at(self.data, aliases[name].begins)[0]
                names.add(name)
        return names

    def text(self, record: Record) -> str:
        """Write a record's data as a zone file has it. Raises ValueError where it is none of its kind."""
        data = self.data[record.begins : record.ends]
        if record.type in (A, AAAA):
            return _address(record.type, data)
        if record.type in ALIKE and len(data) <= KEPT:
            return _known_text(record.type, data)
        return _text(record.type, self.data, record.begins, len(data))

    def serial(self, record: Record) -> int:
        """Give the serial of a SOA record. Raises ValueError."""
        at = record.begins
        for _ in range(2):
            _, at = name_at(self.data, at)
        if record.ends - at != NUMBERS:
            raise ValueError("a SOA has another length")
        return int.from_bytes(self.data[at : at + 4])


def take_apart(data: bytes) -> Message:
    """Find the records of a message. Raises ValueError where it is not whole, or where more follows."""
    try:
        return _taken_apart(data)
    except (IndexError, struct.error):
        raise ValueError("it ends in the middle") from None


def _taken_apart(data: bytes) -> Message:
    _, flags, questions, *counts = HEADER.unpack_from(data)
    at, asked = HEADER.size, b""
    for _ in range(questions):
        name, behind = name_at(data, at)
        asked, at = asked or name, behind + 4
    if (number := questions + sum(counts)) > MOST_RECORDS:
        raise ValueError(f"{number} questions and records, more than are read")
    sections = []
    for count in counts:
        records, at = _records(data, at, count)
        sections.append(records)
    if at != len(data):
        raise ValueError("more follows its end" if at < len(data) else "it ends in the middle")
    upper = next((record.life >> 24 << 4 for record in sections[2] if record.type == OPT), 0)
    return Message(data, flags, (flags & 0x0F) | upper, asked, tuple(sections[0]))


def _records(data: bytes, at: int, count: int) -> tuple[list[Record], int]:
    found = []
    for _ in range(count):
        owner, at = name_at(data, at)
        kind, group, life, size = FIELDS.unpack_from(data, at)
        begins = at + FIELDS.size
        at = begins + size
        if group == IN or kind == OPT:  # whose class is a size, and whose life is flags
            found.append(Record(owner, kind, life, begins, at))
    return found, at


def name_at(data: bytes, at: int) -> tuple[bytes, int]:
    """Read a name (section 4.1.4); give it with where it ends. Raises ValueError, IndexError."""
    name, behind = b"", 0
    for _ in range(MOST_POINTERS):
        part, begins, at = _part_at(data, at)
        name += part
        if len(name) >= LONGEST:
            raise ValueError("a name is too long")
        if not data[at]:
            return name.lower() + b"\0", behind or at + 1
        behind = behind or at + 2
        at = (data[at] & 0x3F) << 8 | data[at + 1]
        if at >= begins:
            raise ValueError("a name points ahead")
    raise ValueError("a name points on and on")


def _part_at(data: bytes, at: int) -> tuple[bytes, int, int]:
    """Read a name up to its end or a pointer; give it with where it begins and what follows."""
    begins = at
    while 0 < (size := data[at]) < POINTER:
        if size > LONGEST_LABEL:
            raise ValueError("a name has a part of an unknown kind")
        at += 1 + size
        if at - begins >= LONGEST:
            raise ValueError("a name is too long")
    return data[begins:at], begins, at


def _address(kind: int, data: bytes) -> str:
    if len(data) != (4 if kind == A else 16):
        raise ValueError("an address has another length")
    return ".".join(map(str, data)) if kind == A else dns.ipv6.inet_ntoa(data)


@lru_cache(maxsize=4096)
def _known_text(kind: int, data: bytes) -> str:
    return _text(kind, data, 0, len(data))


def _text(kind: int, data: bytes, begins: int, size: int) -> str:
    try:
        return dns.rdata.from_wire(RdataClass.IN, RdataType.make(kind), data, begins, size).to_text()
    except (dns.exception.DNSException, ValueError, IndexError, OverflowError) as error:
        raise ValueError(f"data that cannot be read: {type(error).__name__}") from error
