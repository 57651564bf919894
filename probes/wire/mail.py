"""From plain text to TLS in the protocols of mail: SMTP (RFC 3207), IMAP (RFC 9051), POP3 (RFC 2595)."""

import re
from collections.abc import Generator
from dataclasses import dataclass

from probes.result import Reason
from probes.tools import Failed
from probes.wire.patterns import shown
from probes.wire.upgrade import Conversation, Name, Turn, Upgrade, not_offered, refused, stranger, unwelcome

REPLY = re.compile(rb"([2-5][0-9]{2})(?:([ -])([^\r\n]*))?\r?\n")  # RFC 5321, section 4.2


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of SMTP: its code, the text of each line, and its last line as it came."""

    code: bytes
    texts: tuple[bytes, ...]
    last: bytes


def smtp() -> Conversation:
    """Greet, ask for what is offered, begin. For want of a name we say an address (RFC 5321, 4.1.3)."""
    greeting = yield from _reply("greeting")
    if greeting.code != b"220":
        unwelcome(greeting.last)
    offer = yield from _reply("starttls", b"EHLO [127.0.0.1]\r\n")
    if offer.code != b"250":
        raise Failed(Reason.ASSERTION, f"refuses EHLO: {shown(offer.last.strip())}")
    if not any(text.split()[:1] == [b"STARTTLS"] for text in map(bytes.upper, offer.texts[1:])):
        not_offered("STARTTLS")
    begun = yield from _reply("starttls", b"STARTTLS\r\n")
    if begun.code != b"220":
        refused("STARTTLS", shown(begun.last))


def _reply(phase: Name, say: bytes = b"") -> Generator[Turn, bytes, Reply]:
    texts: list[bytes] = []
    while True:
        said = yield Turn(phase, say)
        found = REPLY.fullmatch(said)
        if not found:
            raise stranger("SMTP", said.strip())
        texts.append(found[3] or b"")
        if found[2] != b"-":
            return Reply(found[1], tuple(texts), said.strip())
        say = b""


def imap() -> Conversation:
    """Greet, ask for what is offered, begin. Who is logged in already cannot begin TLS (section 7.1.4)."""
    greeting = (yield Turn("greeting")).strip()
    status = greeting[2:].split(b" ")[0].upper() if greeting.startswith(b"* ") else b""
    if status == b"PREAUTH":
        refused("STARTTLS", f"we are logged in from the start: {shown(greeting)}")
    if status == b"BYE":
        unwelcome(greeting)
    if status != b"OK":
        raise stranger("IMAP", greeting)
    offered, _ = yield from _tagged(b"a1", b"CAPABILITY")
    if b"STARTTLS" not in offered:
        not_offered("STARTTLS")
    _, ended = yield from _tagged(b"a2", b"STARTTLS")
    if not ended.upper().startswith(b"OK"):
        refused("STARTTLS", shown(ended))


def _tagged(tag: bytes, command: bytes) -> Generator[Turn, bytes, tuple[set[bytes], bytes]]:
    """Give the words of what was told meanwhile as capabilities, and what the tagged line says."""
    words: set[bytes] = set()
    say = tag + b" " + command + b"\r\n"
    while True:
        said = (yield Turn("starttls", say)).strip()
        if said.startswith(tag + b" "):
            return words, said[len(tag) + 1 :]
        if not said.startswith(b"* "):
            raise stranger("IMAP", said)
        if said.upper().startswith(b"* CAPABILITY "):
            words |= set(said.upper().split()[2:])
        say = b""


def pop3() -> Conversation:
    """Greet, ask for what is offered where that is understood, begin."""
    greeting = (yield Turn("greeting")).strip()
    if greeting.startswith(b"-ERR"):
        unwelcome(greeting)
    if not greeting.startswith(b"+OK"):
        raise stranger("POP3", greeting)
    offered = yield from _capabilities()
    if offered is not None and b"STLS" not in offered:
        not_offered("STLS")
    begun = (yield Turn("starttls", b"STLS\r\n")).strip()
    if begun.startswith(b"-ERR"):
        refused("STLS", shown(begun))
    if not begun.startswith(b"+OK"):
        raise stranger("POP3", begun)


def _capabilities() -> Generator[Turn, bytes, set[bytes] | None]:
    """Give what is offered (RFC 2449, section 5); None where the server does not say."""
    begun = (yield Turn("starttls", b"CAPA\r\n")).strip()
    if begun.startswith(b"-ERR"):
        return None
    if not begun.startswith(b"+OK"):
        raise stranger("POP3", begun)
    offered: set[bytes] = set()
    while (said := (yield Turn("starttls")).strip()) != b".":
        offered |= set(said.upper().split()[:1])
    return offered


SMTP = Upgrade(smtp, b"QUIT\r\n")
IMAP = Upgrade(imap, b"a3 LOGOUT\r\n")
POP3 = Upgrade(pop3, b"QUIT\r\n")
