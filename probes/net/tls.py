"""The step `tls`: one full, verified handshake on an open connection, in buffers no larger than needed."""

import ssl
from contextlib import suppress

from probes.net.certificate import learn, unknown_issuer
from probes.net.stream import CHUNK, Stream
from probes.result import Reason
from probes.tools import Failed, Tools

# X509_V_ERR_… of OpenSSL's x509_vfy.h; every other refusal means that we do not trust it.
VERDICTS = {
    9: Reason.TLS_NOT_YET_VALID,
    10: Reason.TLS_EXPIRED,
    62: Reason.TLS_NAME,
    64: Reason.TLS_NAME,
}
NO_ISSUER = frozenset({2, 20, 21})  # the authority at the end of the chain, or what leads to it, is missing
MOST_UNREAD = 256 * 1024  # bytes of TLS in a row with nothing in them to be read: no handshake is so long


class Encrypted:
    """TLS over another stream, which it closes with itself."""

    __slots__ = ("_in", "_open", "_out", "_tls", "_under", "_unread")

    def __init__(self, under: Stream, trust: ssl.SSLContext, host: str) -> None:
        self._under, self._in, self._out = under, ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = trust.wrap_bio(self._in, self._out, server_hostname=host)
        self._unread = 0
        self._open = False  # do both ends believe that they can speak?

    @property
    def session(self) -> ssl.SSLObject:
        """What has been agreed on so far."""
        return self._tls

    async def handshake(self) -> None:
        """Shake hands. Raises Failed, after telling the other end why."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                await self._exchange()
            except ssl.SSLError as error:
                with suppress(Failed):  # they may be gone already
                    await self._flush()
                raise _refused(error, self._tls) from error
            else:
                self._open = True
                return await self._flush()

    async def read_some(self) -> bytes:
        """Wait for bytes and give what is there; nothing when the other end has finished."""
        while True:
            try:
                data = self._tls.read(CHUNK)
            except ssl.SSLWantReadError:
                await self._exchange()
            except ssl.SSLEOFError:
                self._open = False
                return b""  # many close without a word; whether something is missing, the protocol knows
            except ssl.SSLError as error:
                self._open = False
                raise _refused(error) from error
            else:
                self._unread = 0
                return data

    async def write_all(self, data: bytes) -> None:
        """Send all of it."""
        try:
            self._tls.write(data)  # a memory buffer takes everything
        except ssl.SSLError as error:
            raise _refused(error) from error
        await self._flush()

    def write_now(self, data: bytes) -> None:
        """Send a last word, if that can be done without waiting."""
        with suppress(ssl.SSLError):
            self._tls.write(data)
        self._under.write_now(self._out.read())

    def close(self) -> None:
        """Let go of the connection at once, after saying so (RFC 8446, section 6.1); also twice."""
        if self._open:
            self._open = False
            with suppress(ssl.SSLError):  # it wants to hear the same, which we do not wait for
                self._tls.unwrap()
            self._under.write_now(self._out.read())
        self._under.close()

    async def _exchange(self) -> None:
        await self._flush()
        data = await self._under.read_some()
        self._unread += len(data)
        if self._unread > MOST_UNREAD:
            raise Failed(Reason.TOO_LARGE, f"over {MOST_UNREAD} bytes of TLS came, and nothing in them")
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()

    async def _flush(self) -> None:
        if self._out.pending:
            await self._under.write_all(self._out.read())


async def secure(tools: Tools, under: Stream, host: str, trust: ssl.SSLContext) -> Encrypted:
    """Put TLS on a connection; `host` is whom the certificate must name. Raises Failed.

    What there is to learn of the certificate is learned also when it is refused.
    """
    with tools.phase("tls"):
        stream = Encrypted(under, trust, host)
        try:
            await stream.handshake()
        finally:
            learn(tools, stream.session)
        return stream


def _refused(error: ssl.SSLError, session: ssl.SSLObject | None = None) -> Failed:
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = VERDICTS.get(error.verify_code, Reason.TLS_UNTRUSTED)
        more = unknown_issuer(session) if session and error.verify_code in NO_ISSUER else ""
        return Failed(reason, f"certificate refused: {error.verify_message}{more}")
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return Failed(Reason.TLS_HANDSHAKE, "the connection was closed in the middle of TLS")
    return Failed(Reason.TLS_HANDSHAKE, f"TLS failed: {_told(error)}")


def _told(error: ssl.SSLError) -> str:
    """Say what went wrong: in OpenSSL's own words where Python has no name for it."""
    words = str(error).partition("] ")[2].rpartition(" (")[0]
    return (error.reason or words or "unknown error").replace("_", " ").lower()
