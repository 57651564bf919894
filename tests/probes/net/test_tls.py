import asyncio
import socket
import ssl
import subprocess
import sys
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import IPv4Address

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from probes.net.dial import dial
from probes.net.stream import Stream
from probes.net.tls import secure
from probes.net.trust import Policy, context
from probes.result import Reason
from probes.tools import Failed, Tools
from tests.fakes.badhttp import Behaviour, hang_up, says, serving
from tests.probes.asking import tools
from tests.probes.conftest import FAR, FUTURE, LONG_AGO, PAST, shows


async def shake(
    hands: Tools, tls: ssl.SSLContext | None, ca_file: str, behaviour: Behaviour = hang_up
) -> Reason | None:
    """Shake hands with a server; gives the reason why not."""
    async with serving(behaviour, tls) as port:
        try:
            async with dial(hands, "127.0.0.1", port, context(Policy(ca_file))):
                return None
        except Failed as failed:
            return failed.reason


def self_signed() -> ssl.SSLContext:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "me")]),
    )
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, PAST, FUTURE)
    names = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    return shows(
        trustme.LeafCert(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
            builder.add_extension(names, critical=False)
            .sign(key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM),
            [],
        )
    )


async def test_a_good_certificate_is_accepted_and_told_of(authority: trustme.CA, ca_file: str) -> None:
    hands = tools()

    assert await shake(hands, shows(authority.issue_cert("127.0.0.1", not_after=FUTURE)), ca_file) is None
    assert hands.learned.facts["ssl_earliest_cert_expiry"] == FUTURE.timestamp()
    assert hands.learned.evidence["certificate"]["names"] == ["127.0.0.1"]
    assert set(hands.learned.phases) == {"resolve", "connect", "tls"}


@pytest.mark.parametrize(
    ("names", "begins", "ends", "reason"),
    [
        (["127.0.0.1"], LONG_AGO, PAST, Reason.TLS_EXPIRED),
        (["127.0.0.1"], FUTURE, FAR, Reason.TLS_NOT_YET_VALID),
        (["localhost", "127.0.0.2"], PAST, FUTURE, Reason.TLS_NAME),
    ],
)
async def test_a_bad_certificate_is_refused_for_its_fault_and_still_told_of(
    authority: trustme.CA, ca_file: str, names: list[str], begins: datetime, ends: datetime, reason: Reason
) -> None:
    hands = tools()
    certificate = authority.issue_cert(*names, not_before=begins, not_after=ends)

    assert await shake(hands, shows(certificate), ca_file) is reason
    assert hands.learned.facts["ssl_earliest_cert_expiry"] == ends.timestamp()
    told = hands.learned.evidence["certificate"]
    assert (told["names"], "Testing CA" in told["issuer"], "Testing cert" in told["subject"]) == (
        names,
        True,
        True,
    )


async def test_a_certificate_of_an_authority_we_do_not_trust_is_refused(ca_file: str) -> None:
    hands = tools()

    assert await shake(hands, shows(trustme.CA().issue_cert("127.0.0.1")), ca_file) is Reason.TLS_UNTRUSTED
    assert "ssl_earliest_cert_expiry" in hands.learned.facts


async def test_a_certificate_that_signs_itself_is_refused(ca_file: str) -> None:
    hands = tools()

    assert await shake(hands, self_signed(), ca_file) is Reason.TLS_UNTRUSTED
    assert hands.learned.evidence["certificate"]["issuer"] == "commonName=me"


async def test_the_earliest_expiry_of_the_whole_chain_counts(authority: trustme.CA, ca_file: str) -> None:
    hands = tools()
    leaf = authority.create_child_ca().issue_cert("127.0.0.1", not_after=datetime(3500, 1, 1, tzinfo=UTC))
    between = x509.load_pem_x509_certificate(leaf.cert_chain_pems[1].bytes()).not_valid_after_utc

    assert await shake(hands, shows(leaf), ca_file) is None
    assert between.year == 3000
    assert hands.learned.facts["ssl_earliest_cert_expiry"] == between.timestamp()


async def test_a_server_that_speaks_something_else_does_not_shake_hands(ca_file: str) -> None:
    async def greets(reader: Reader, writer: Writer) -> None:
        writer.write(b"220 mail.example.com ESMTP\r\n")
        await reader.read()

    hands = tools()

    assert await shake(hands, None, ca_file, greets) is Reason.TLS_HANDSHAKE
    assert hands.learned.facts == {}


async def test_a_server_that_closes_instead_does_not_shake_hands(ca_file: str) -> None:
    async def closes(reader: Reader, writer: Writer) -> None:
        await reader.read(1000)

    assert await shake(tools(), None, ca_file, closes) is Reason.TLS_HANDSHAKE


async def test_a_server_without_a_version_in_common_does_not_shake_hands(
    authority: trustme.CA, ca_file: str
) -> None:
    old = shows(authority.issue_cert("127.0.0.1"))
    old.set_ciphers("AES128-SHA:@SECLEVEL=0")
    old.maximum_version = ssl.TLSVersion.TLSv1_2

    assert await shake(tools(), old, ca_file) is Reason.TLS_HANDSHAKE


async def test_the_other_end_is_told_why_we_leave(ca_file: str) -> None:
    heard: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
    stranger = shows(trustme.CA().issue_cert("127.0.0.1"))

    async def listens(reader: Reader, writer: Writer) -> None:
        try:
            await writer.start_tls(stranger)
        except ssl.SSLError as error:
            heard.set_result(error.reason)

    async with serving(listens) as port:
        with pytest.raises(Failed):
            async with dial(tools(), "127.0.0.1", port, context(Policy(ca_file))):
                pass
        assert "UNKNOWN_CA" in (await heard or "")


async def test_bytes_go_both_ways_and_the_end_is_seen(authority: trustme.CA, ca_file: str) -> None:
    server, trust = shows(authority.issue_cert("127.0.0.1")), context(Policy(ca_file))
    async with (
        serving(says(b"x" * 200_000), server) as port,
        dial(tools(), "127.0.0.1", port, trust) as stream,
    ):
        await stream.write_all(b"GET / HTTP/1.1\r\n\r\n")
        received = [data async for data in pieces(stream)]

    assert sum(map(len, received)) == 200_000


@pytest.mark.parametrize("asked", [False, True])
async def test_we_leave_with_a_word(authority: trustme.CA, ca_file: str, asked: bool) -> None:
    server, trust = shows(authority.issue_cert("127.0.0.1")), context(Policy(ca_file))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        hearing = asyncio.create_task(asyncio.to_thread(last_heard, listener, server))
        async with dial(tools(), "127.0.0.1", port, trust) as stream:
            if asked:
                await stream.write_all(b"x")

        assert await hearing == (b"x" if asked else b"")


async def test_tls_inside_of_tls_is_left_with_a_word_too(authority: trustme.CA, ca_file: str) -> None:
    inner, outer = (shows(authority.issue_cert("127.0.0.1")) for _ in range(2))
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def tunnels(reader: Reader, writer: Writer) -> None:
        there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = inner.wrap_bio(there, back, server_side=True)
        while True:
            try:
                data = session.read(1000)
                return heard.set_result(data)
            except ssl.SSLWantReadError:
                writer.write(back.read())
                there.write(await reader.read(10_000))

    trust = context(Policy(ca_file))
    async with serving(tunnels, outer) as port:
        async with dial(tools(), "127.0.0.1", port, trust) as stream:
            within = await secure(tools(), stream, "127.0.0.1", trust)
            within.close()

        assert await heard == b""


def last_heard(listener: socket.socket, server: ssl.SSLContext) -> bytes:
    """Take one connection, and give what it says until it says goodbye; one that just ends is an error."""
    taken, _ = listener.accept()
    with server.wrap_socket(taken, server_side=True, suppress_ragged_eofs=False) as secured:
        heard = b""
        while data := secured.recv(1000):
            heard += data
        return heard


async def test_an_end_without_a_word_is_an_end(authority: trustme.CA, ca_file: str) -> None:
    async def drops(reader: Reader, writer: Writer) -> None:
        await reader.read(1)
        writer.transport.abort()

    server, trust = shows(authority.issue_cert("127.0.0.1")), context(Policy(ca_file))
    async with serving(drops, server) as port, dial(tools(), "127.0.0.1", port, trust) as stream:
        await stream.write_all(b"x")

        assert await stream.read_some() == b""


async def pieces(stream: Stream) -> AsyncIterator[bytes]:
    while data := await stream.read_some():
        yield data


FLOODER = """
import socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
taken, _ = listener.accept()
try:
    while True:
        taken.sendall((b"\\x16\\x03\\x03\\x40\\x00" + bytes(0x4000)) * 20)
except OSError:
    pass
"""


async def test_a_flood_of_handshakes_freezes_nobody(ca_file: str) -> None:
    """The flooder is a process of its own: in ours, the loop that it froze would freeze it too."""
    flooder = await asyncio.create_subprocess_exec(sys.executable, "-c", FLOODER, stdout=subprocess.PIPE)
    assert flooder.stdout
    port = int(await flooder.stdout.readline())
    with pytest.raises(Failed) as failed:
        async with dial(tools(), "127.0.0.1", port, context(Policy(ca_file))):
            pass
    flooder.kill()
    await flooder.communicate()

    assert failed.value.reason is Reason.TOO_LARGE
