"""The steps `processing` and `transfer` over HTTP/2 (RFC 9113): one stream on a connection of its own."""

import asyncio
import re

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, Event, ResponseReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from probes.net.http import MAX_BODY, Request, Response
from probes.net.http_reader import MAX_HEAD
from probes.net.stream import Stream
from probes.net.tls import Encrypted
from probes.result import Reason
from probes.tools import Failed, Tools

ALPN = ("h2",)
STREAM = 1
HEAD = 9  # bytes before the payload of a frame (section 4.1)
LARGEST = 16384  # bytes of payload that we accept, and that everybody must (section 4.2)
GOAWAY = 0x07
SETTINGS = {
    SettingCodes.ENABLE_PUSH: 0,
    SettingCodes.MAX_HEADER_LIST_SIZE: MAX_HEAD,
    SettingCodes.MAX_FRAME_SIZE: LARGEST,
}
QUOTED = 80  # characters
MOST_FRAMES = 2000  # that may come beside those that bring a body in pieces of 256 bytes and more
DATA = 0x00
STATUS = re.compile(r"[1-9][0-9]{2}", re.ASCII)
NOT_SENT = frozenset({"host", "connection"})  # the one is :authority, the other means nothing here


class Exchange:
    """One response, growing, and what is still to be sent."""

    def __init__(self, request: Request, max_body: int) -> None:
        self._connection = H2Connection(H2Configuration(client_side=True, header_encoding="latin-1"))
        self._connection.local_settings = Settings(client=True, initial_values=SETTINGS)
        self._coming = bytearray()
        self._max_body, self._left = max_body, memoryview(request.body)
        self.complete, self.answered = False, False
        self._status, self._headers, self._cookies = 0, dict[str, str](), list[str]()
        self._body = bytearray()
        self._frames = self._besides = 0  # how many came, and the bytes of those without a body
        self._connection.initiate_connection()
        self._connection.send_headers(STREAM, _headers(request), end_stream=not request.body)
        self._send()

    def outgoing(self) -> bytes:
        """Give what is to go over the wire now."""
        return self._connection.data_to_send()

    def feed(self, data: bytes) -> None:
        """Take in what came; nothing (b"") is the end. Raises Failed."""
        if not data:
            raise Failed(Reason.PROTOCOL, "the connection was closed within the answer")
        try:
            for event in self._connection.receive_data(self._sifted(data)):
                self._take(event)
            self._send()
        except ProtocolError as error:
            told = str(error)[:QUOTED]  # it may hold a header of theirs
            raise Failed(Reason.PROTOCOL, f"the answer is not HTTP/2: {told}") from error

    def _sifted(self, data: bytes) -> bytes:
        """Give the frames that are whole, without announcements of an end that leave us our answer."""
        self._coming += data
        passed = bytearray()
        while len(self._coming) >= HEAD:
            size = int.from_bytes(self._coming[:3])
            if size > LARGEST:
                raise Failed(Reason.PROTOCOL, f"the answer is not HTTP/2: a frame of {size} bytes")
            if len(self._coming) < HEAD + size:
                break
            frame = self._coming[: HEAD + size]
            del self._coming[: HEAD + size]
            self._count(frame)
            passed += b"" if _lets_us_finish(frame) else frame
        return bytes(passed)

    def _count(self, frame: bytearray) -> None:
        """Raise Failed for a flood of frames that bring us no further: each takes us longer than them."""
        self._frames += 1
        self._besides += 0 if frame[3] == DATA else len(frame)
        if self._frames > MOST_FRAMES + len(self._body) // 256 or self._besides > 2 * MAX_HEAD:
            raise Failed(Reason.TOO_LARGE, f"{self._frames} frames of HTTP/2 came, and hardly a body in them")

    def farewell(self) -> bytes:
        """Give the last word (section 6.8)."""
        self._connection.close_connection()
        return self._connection.data_to_send()

    def response(self) -> Response:
        """Give it once it is complete."""
        return Response(
            status=self._status,
            version="2",
            headers=self._headers,
            cookies=tuple(self._cookies),
            body=bytes(self._body),
        )

    def _take(self, event: Event) -> None:
        match event:
            case ResponseReceived():
                self.answered = True
                self._read_headers([(str(name), str(value)) for name, value in event.headers or ()])
            case DataReceived():
                self._read_data(event.data or b"", event.flow_controlled_length or 0)
            case StreamEnded():
                self.complete = True
            case StreamReset() if not self.complete:
                raise Failed(Reason.PROTOCOL, f"the server gave the request up (error {event.error_code})")
            case ConnectionTerminated() if not self.complete:
                raise Failed(Reason.PROTOCOL, f"the server gave the connection up (error {event.error_code})")

    def _read_headers(self, headers: list[tuple[str, str]]) -> None:
        for name, value in headers:
            if name == ":status":
                self._status = _status(value)
            elif not name.startswith(":"):
                self._headers[name] = f"{self._headers[name]}, {value}" if name in self._headers else value
            if name == "set-cookie":
                self._cookies.append(value)

    def _read_data(self, data: bytes, length: int) -> None:
        self._body += data
        if len(self._body) > self._max_body:
            raise Failed(Reason.TOO_LARGE, f"the body of the answer exceeds {self._max_body} bytes")
        self._connection.acknowledge_received_data(length, STREAM)

    def _send(self) -> None:
        """Send as much of the body as the other end takes now."""
        while self._left and not self.complete:
            window = self._connection.local_flow_control_window(STREAM)
            size = min(window, self._connection.max_outbound_frame_size, len(self._left))
            if size <= 0:
                return
            piece, self._left = self._left[:size], self._left[size:]
            self._connection.send_data(STREAM, piece.tobytes(), end_stream=not self._left)


def _status(text: str) -> int:
    if not STATUS.fullmatch(text):
        raise Failed(Reason.PROTOCOL, "the answer is not HTTP/2: its status is none")
    return int(text)


def _lets_us_finish(frame: bytearray) -> bool:
    """Recognise a GOAWAY without an error whose last stream is not before ours (section 6.8).

    A server that is about to stop sends it, or one that wants one request on each connection.
    """
    last, error = int.from_bytes(frame[9:13]) & 0x7FFFFFFF, int.from_bytes(frame[13:17])
    return frame[3] == GOAWAY and len(frame) >= HEAD + 8 and last >= STREAM and not error


def _headers(request: Request) -> list[tuple[bytes, bytes]]:
    authority = next(value for name, value in request.headers.items() if name.lower() == "host")
    usual = [
        (":method", request.method),
        (":scheme", "https"),
        (":authority", authority),
        (":path", request.target),
    ]
    length = [("content-length", str(len(request.body)))] if request.body else []
    given = [
        (name.lower(), value) for name, value in request.headers.items() if _is_sent(name.lower(), value)
    ]
    return [(name.encode(), value.encode("latin-1")) for name, value in (*usual, *given, *length)]


def _is_sent(name: str, value: str) -> bool:
    """Say whether a header means anything here; of TE only one word does (section 8.2.2)."""
    return name not in NOT_SENT and (name != "te" or value == "trailers")


async def exchange(tools: Tools, stream: Stream, request: Request, max_body: int = MAX_BODY) -> Response:
    """Send the request and read its response, as `probes.net.http.exchange` does. Raises Failed."""
    if not isinstance(stream, Encrypted) or stream.session.selected_alpn_protocol() not in ALPN:
        raise Failed(Reason.PROTOCOL, "the server does not speak HTTP/2")
    exchanged = Exchange(request, max_body)
    try:
        with tools.phase("processing"):
            while not exchanged.answered:
                await _step(stream, exchanged)
        with tools.phase("transfer"):
            while not exchanged.complete:
                await _step(stream, exchanged)
    finally:
        stream.write_now(exchanged.farewell())
    return exchanged.response()


async def _step(stream: Stream, exchanged: Exchange) -> None:
    await asyncio.sleep(0)  # frames take long to read: others have their turn
    if data := exchanged.outgoing():
        await stream.write_all(data)
    exchanged.feed(await stream.read_some())
