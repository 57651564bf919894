"""The steps `greeting` and `starttls`, from plain text to TLS, and `confirm`: leave that hears a refusal."""

import asyncio
import ssl
from contextlib import suppress
from typing import Literal

from probes.net.stream import Stream
from probes.net.tls import Encrypted
from probes.result import Reason
from probes.tools import Failed, Tools
from probes.wire.ldap import LDAP
from probes.wire.mail import IMAP, POP3, SMTP
from probes.wire.patterns import shown
from probes.wire.upgrade import Turn

Protocol = Literal["smtp", "imap", "pop3", "ldap"]
UPGRADES = {"smtp": SMTP, "imap": IMAP, "pop3": POP3, "ldap": LDAP}
LONGEST_LINE = 8192  # bytes, as RFC 9051, section 4 has it of clients; SMTP and POP3 keep to 512
MOST = 65_536  # bytes heard before TLS
PATIENCE = 0.5  # seconds in which somebody who refuses us after the handshake must have said so


async def upgrade(tools: Tools, stream: Stream, protocol: Protocol) -> None:
    """Talk until the next byte belongs to TLS. Raises Failed.

    `tls_handshake` where TLS is not offered or refused, `assertion` where we are not welcome, `protocol` for
    another protocol and for bytes that come before TLS and would be taken as if they were under it
    (CVE-2011-0411), `too_large` for endless answers.
    """
    line = Line(stream)
    talk = UPGRADES[protocol].converse()
    turn = next(talk)
    with suppress(StopIteration):
        while True:
            with tools.phase(turn.phase):
                answer = await line.ask(turn)
            turn = talk.send(answer)
    if line.left:
        told = f"{len(line.left)} bytes came unasked before TLS: {shown(line.left)}"
        raise Failed(Reason.PROTOCOL, told)


class Line:
    """What has been heard on a stream and not been taken yet, within bounds."""

    def __init__(self, stream: Stream) -> None:
        self._stream, self._heard, self._total = stream, bytearray(), 0

    @property
    def left(self) -> bytes:
        """What nobody asked for."""
        return bytes(self._heard)

    async def ask(self, turn: Turn) -> bytes:
        """Say what is to be said, and give the answer once it is whole."""
        if turn.say:
            await self._stream.write_all(turn.say)
        while not (length := turn.whole(self._heard)):
            await self._hear(turn)
        answer = bytes(self._heard[:length])
        del self._heard[:length]
        return answer

    async def _hear(self, turn: Turn) -> None:
        data = await self._stream.read_some()
        if not data:
            raise Failed(Reason.PROTOCOL, f"the connection was closed in the step {turn.phase}")
        self._heard += data
        self._total += len(data)
        if self._total > MOST or (len(self._heard) > LONGEST_LINE and not turn.whole(self._heard)):
            raise Failed(Reason.TOO_LARGE, f"an endless answer in the step {turn.phase}")


async def leave(tools: Tools, stream: Encrypted, protocol: Protocol | None = None) -> None:
    """Take leave, and under TLS 1.3 hear whether we were welcome at all. Raises Failed (`tls_handshake`).

    There a server that wants a certificate of ours says so only after the handshake that we believe to be
    over (RFC 8446, section 4.4.2). Whoever is content answers our leave, or sends a ticket before; the step
    `confirm` ends with the first byte, or with 500 ms of silence.
    """
    stream.write_now(UPGRADES[protocol].farewell if protocol else b"")
    if stream.session.version() != "TLSv1.3":
        return
    with tools.phase("confirm"), suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await _first_word(stream)


async def _first_word(stream: Encrypted) -> None:
    with suppress(ssl.SSLError):  # it wants to hear the same
        stream.session.unwrap()
    try:
        await stream.read_some()
    except Failed as failed:
        # Who says goodbye too, or lets go of us without a word, has heard ours.
        if failed.reason is not Reason.RESET and not isinstance(failed.__cause__, ssl.SSLZeroReturnError):
            raise
