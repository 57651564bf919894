"""A response of HTTP/1.1 as it comes, in pieces, with what is then read of it."""

import gzip
from contextlib import suppress

import brotli

from probes.basic.credentials import read_token
from probes.basic.json_paths import read_json, values_at
from probes.basic.seen import text
from probes.net.cookies import Cookies
from probes.net.decoding import decoded
from probes.net.http import Response
from probes.net.http_reader import Reader
from probes.net.url import parse, read
from probes.tools import Failed

MOST = 65_536
URL = parse("https://www.example.com/a/b")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=latin-1\r\nSet-Cookie: a=b; Path=/\r\n"
SEEDS = (
    b"\x07" + HEAD + b"Content-Length: 12\r\n\r\n" + b'{"a": [1,2]}',
    b"\x40" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n",
    b"\x05HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 302 Found\r\nLocation: /x\r\n\r\nrest",
    b"\xff" + HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"hello" * 50),
    b"\xff" + HEAD + b"Content-Encoding: br\r\n\r\n" + brotli.compress(b"hello" * 50),
    b'\xffHTTP/1.1 200 OK\r\n\r\n{"access_token": "x", "expires_in": 60, "token_type": "bearer"}',
)


def one(data: bytes) -> None:
    """Read it in pieces of a size that its first byte says."""
    size, data = data[:1] or b"\x10", data[1:]
    reader = Reader(MOST)
    with suppress(Failed):
        for begin in range(0, len(data), size[0] + 1):
            reader.feed(data[begin : begin + size[0] + 1])
            if reader.complete:
                break
        else:
            reader.feed(b"")
        _look(
            Response(status=reader.status, version=reader.version, headers=reader.headers, body=reader.body)
        )
    cookies = Cookies()
    cookies.take(URL, reader.cookies)
    assert "\n" not in cookies.header(URL)


def _look(response: Response) -> None:
    assert 200 <= response.status <= 999 or response.status == 101
    assert len(response.body) <= MOST
    assert isinstance(text(response), str)
    with suppress(ValueError):
        for path in ("$.a", "$..a", "$[?match(@.a, @.b)]"):
            values_at(path, read_json(response.body))
    with suppress(Failed):
        read_token(response, 0.0)
    with suppress(Failed):
        assert len(decoded(response.body, response.headers.get("content-encoding", ""), MOST)) <= MOST
    with suppress(ValueError):
        read(response.headers.get("location", ""))
