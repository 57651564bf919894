"""How a protocol gets from plain text to TLS: turns of a conversation, without a socket.

A conversation is a generator. It yields turns, is sent what was heard in answer to each, returns when the
next byte belongs to TLS, and raises Failed where the other end says something else.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Literal, NoReturn

from probes.result import Reason
from probes.tools import Failed
from probes.wire.patterns import shown

Name = Literal["greeting", "starttls"]


def line(heard: bytearray) -> int:
    """Say how long the first line is, with its end; 0 while it is not whole."""
    return heard.find(b"\n") + 1


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said and waited for: `whole` gives the length of an answer that is complete, else 0."""

    phase: Name
    say: bytes = b""
    whole: Callable[[bytearray], int] = line


Conversation = Generator[Turn, bytes, None]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One protocol: how it gets to TLS, and how one takes leave afterwards."""

    converse: Callable[[], Conversation]
    farewell: bytes


def stranger(protocol: str, said: bytes) -> Failed:
    """Say that the other end speaks something else."""
    return Failed(Reason.PROTOCOL, f"this is not {protocol}: {shown(said)}")


def unwelcome(said: bytes) -> NoReturn:
    """Raise that we were greeted by a refusal."""
    raise Failed(Reason.ASSERTION, f"does not welcome us: {shown(said)}")


def not_offered(word: str) -> NoReturn:
    """Raise that TLS is not to be had."""
    raise Failed(Reason.TLS_HANDSHAKE, f"does not offer {word}")


def refused(word: str, said: str) -> NoReturn:
    """Raise that TLS was offered, or asked for without an offer, and refused."""
    raise Failed(Reason.TLS_HANDSHAKE, f"refuses {word}: {said}")
