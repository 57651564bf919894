"""The steps `processing` and `transfer`: one HTTP/1.1 request, and its response (RFC 9112)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from probes.net.http_reader import Reader
from probes.net.stream import Stream
from probes.tools import Tools

MAX_BODY = 1024 * 1024
WITH_BODY = ("POST", "PUT", "PATCH")  # their length is told even where there is nothing


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked. `headers` are complete but for the length; nothing in here holds CR or LF."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @cached_property
    def wire(self) -> bytes:
        """As it goes over the wire."""
        headers = dict(self.headers)
        if self.body or self.method in WITH_BODY:
            headers["Content-Length"] = str(len(self.body))
        lines = [
            f"{self.method} {self.target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        assert not any("\r" in line or "\n" in line for line in lines), (
            "options are checked when they are read"
        )
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back, whole. Header names are in lower case; the values of a repeated one are joined.

    `cookies` are the values of Set-Cookie, which cannot be joined (RFC 6265, section 3).
    """

    status: int
    version: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Sequence[str] = ()
    body: bytes = b""
    encoded: int | None = None  # bytes of the body before it was decoded, where it was


async def exchange(tools: Tools, stream: Stream, request: Request, max_body: int = MAX_BODY) -> Response:
    """Send the request and read its response. Interim (1xx) responses are passed over. Raises Failed.

    `protocol` for what is not HTTP or not whole, `too_large` for over 64 KiB of headers or `max_body`.
    """
    reader = Reader(max_body, bodiless=request.method == "HEAD")
    with tools.phase("processing"):
        await stream.write_all(request.wire)
        reader.feed(await stream.read_some())
    with tools.phase("transfer"):
        while not reader.complete:
            reader.feed(await stream.read_some())
    return Response(
        status=reader.status,
        version=reader.version,
        headers=reader.headers,
        cookies=tuple(reader.cookies),
        body=reader.body,
    )
