import asyncio
import socket
import ssl
import struct
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from probes.net.dial import dial
from probes.net.starttls import Protocol, leave, upgrade
from probes.net.tls import secure
from probes.net.trust import Policy, context
from probes.result import Reason
from probes.tools import Failed, Tools
from tests.fakes.badhttp import Behaviour, serving, silence
from tests.fakes.certificates import AUTHORITY, GOOD
from tests.fakes.scripted import Cue, endless, plays
from tests.probes.asking import tools
from tests.probes.conftest import shows
from tests.servers.openssl import s_server

HELLO = (b"220 mx\r\n", Cue.LINE, b"250-mx\r\n250 STARTTLS\r\n", Cue.LINE)


async def before_tls(hands: Tools, behaviour: Behaviour, protocol: Protocol = "smtp") -> Failed | None:
    """Talk up to where TLS would begin; give what is wrong."""
    async with serving(behaviour) as port, dial(hands, "127.0.0.1", port) as plain:
        try:
            await upgrade(hands, plain, protocol)
        except Failed as failed:
            return failed
    return None


async def test_tls_follows_the_talk_and_each_step_is_timed(authority: trustme.CA, ca_file: str) -> None:
    hands, server = tools(), shows(authority.issue_cert("127.0.0.1"))
    async with (
        serving(plays(*HELLO, b"220 go\r\n", server, b"under TLS", Cue.LINE)) as port,
        dial(hands, "127.0.0.1", port) as plain,
    ):
        await upgrade(hands, plain, "smtp")
        with closing(await secure(hands, plain, "127.0.0.1", context(Policy(ca_file)))) as stream:
            assert await stream.read_some() == b"under TLS"

    assert list(hands.learned.phases) == ["resolve", "connect", "greeting", "starttls", "tls"]


async def test_what_comes_before_tls_is_never_taken_as_if_under_it() -> None:
    """CVE-2011-0411: somebody on the way adds an answer to the last one in plain text."""
    failed = await before_tls(tools(), plays(*HELLO, b"220 go\r\n250 injected\r\n"))

    assert failed
    assert failed.reason is Reason.PROTOCOL
    assert failed.detail == r"14 bytes came unasked before TLS: '250 injected\r\n'"


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (plays(), Reason.PROTOCOL),
        (plays(b"220 half a li"), Reason.PROTOCOL),
        (plays(b"220 mx\r\n", Cue.LINE), Reason.PROTOCOL),
        (plays(b"220 mx\r\n", Cue.LINE, Cue.RESET), Reason.RESET),
        (endless(b"220-again\r\n"), Reason.TOO_LARGE),
        (endless(b"x"), Reason.TOO_LARGE),
        (plays(b"220 " + b"x" * 9000, Cue.STAY), Reason.TOO_LARGE),
        (plays(*HELLO, b"454 no\r\n"), Reason.TLS_HANDSHAKE),
    ],
    ids=["close", "half", "close later", "reset", "endless lines", "endless line", "long line", "refusal"],
)
async def test_a_server_that_misbehaves_before_tls_has_its_reason(
    behaviour: Behaviour, reason: Reason
) -> None:
    failed = await before_tls(tools(), behaviour)

    assert failed
    assert failed.reason is reason


async def test_an_answer_that_comes_in_pieces_is_put_together() -> None:
    pieces = plays(b"22", 0.01, b"0 mx\r", 0.01, b"\n", Cue.LINE, b"250-a\r\n250 STARTT", 0.01, b"LS\r\n")

    failed = await before_tls(tools(), pieces)

    assert failed
    assert failed.detail == "the connection was closed in the step starttls"


async def left(held_by: str, port: int, protocol: Protocol | None = None) -> tuple[Reason | None, Tools]:
    """Shake hands and leave; give why that failed."""
    hands = tools()
    async with dial(hands, "127.0.0.1", port) as plain:
        with closing(await secure(hands, plain, "127.0.0.1", context(Policy(held_by)))) as stream:
            try:
                await leave(hands, stream, protocol)
            except Failed as failed:
                return failed.reason, hands
    return None, hands


@pytest.mark.server("openssl")
@pytest.mark.parametrize("tickets", ["0", "2"])
async def test_a_refusal_after_the_handshake_is_heard(tmp_path: Path, tickets: str) -> None:
    """Under TLS 1.3 we believe the handshake to be over before the server has seen that we prove nothing."""
    authority = AUTHORITY.signed()
    ca_file = str(authority.write(tmp_path / "ca.pem"))
    options = ("-num_tickets", tickets)
    with s_server(GOOD.signed(authority), tmp_path, *options) as port:
        assert (await left(ca_file, port))[0] is None
    with s_server(GOOD.signed(authority), tmp_path, *options, "-Verify", "1") as port:
        reason, hands = await left(ca_file, port)

    assert reason is Reason.TLS_HANDSHAKE
    assert "confirm" in hands.learned.phases


async def test_a_server_that_hears_no_goodbye_does_not_keep_us(
    authority: trustme.CA, ca_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("probes.net.starttls.PATIENCE", 0.02)
    server = shows(authority.issue_cert("127.0.0.1"))
    server.num_tickets = 0
    async with serving(silence, server) as port:
        assert (await left(ca_file, port))[0] is None


def drops(listener: socket.socket, server: ssl.SSLContext) -> None:
    """Take one connection, shake hands, and break it off."""
    taken, _ = listener.accept()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with server.wrap_socket(taken, server_side=True):
        pass


async def test_a_server_that_breaks_off_when_all_is_said_was_content(
    authority: trustme.CA, ca_file: str
) -> None:
    server = shows(authority.issue_cert("127.0.0.1"))
    server.num_tickets = 0
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dropping = asyncio.create_task(asyncio.to_thread(drops, listener, server))
        assert (await left(ca_file, listener.getsockname()[1]))[0] is None
        await dropping


async def test_under_tls_1_2_there_is_nothing_to_wait_for(authority: trustme.CA, ca_file: str) -> None:
    server = shows(authority.issue_cert("127.0.0.1"))
    server.maximum_version = ssl.TLSVersion.TLSv1_2
    async with serving(silence, server) as port:
        reason, hands = await left(ca_file, port)

    assert (reason, "confirm" in hands.learned.phases) == (None, False)


async def test_a_protocols_own_goodbye_is_said(authority: trustme.CA, ca_file: str) -> None:
    heard: list[bytes] = []

    async def listens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())

    async with serving(listens, shows(authority.issue_cert("127.0.0.1"))) as port:
        await left(ca_file, port, "imap")

    assert heard == [b"a3 LOGOUT\r\n"]
