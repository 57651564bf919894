"""Reads one HTTP response out of bytes as they come, within bounds. Knows no socket."""

import re
from typing import NoReturn

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from probes.result import Reason
from probes.tools import Failed

MAX_HEAD = 64 * 1024
LENGTH = re.compile(r"0*([0-9]{1,20})", re.ASCII)


def length(text: str) -> int | None:
    """Read the value of Content-Length; None for what is no number, or one that nobody means."""
    digits = LENGTH.fullmatch(text)
    return int(digits[1]) if digits else None


class Reader:
    """One response, growing. `complete` says when it is there.

    The parser calls the methods that begin with `on_`.
    """

    def __init__(self, max_body: int, *, bodiless: bool = False) -> None:
        self.status, self.version = 0, ""
        self.headers: dict[str, str] = {}
        self.cookies: list[str] = []
        self._body = bytearray()
        self.complete = False
        self._max_body, self._bodiless = max_body, bodiless
        self._fed = self._named = 0  # bytes before the body began; bytes of headers and trailers
        self._idle = 0  # bytes in a row that were none of the body's, after it had begun
        self._in_body = False
        self._parser = HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take in what came; nothing (b"") is the end of the stream. Raises Failed."""
        if not data:
            self._ended()
            return
        had = len(self._body)
        if not self._in_body:
            self._fed += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self.complete = True  # 101, which nobody asked for: its status will be judged
        except HttpParserError as error:
            self._garbled(error)
        self._idle = self._idle + len(data) if self._in_body and len(self._body) == had else 0
        self._check_bounds()

    @property
    def body(self) -> bytes:
        """The body as far as it has come."""
        return bytes(self._body)

    # --- what the parser says

    def on_message_begin(self) -> None:
        """Begin; an interim response may have gone before. What follows the response is nobody's."""
        if not self.complete:
            self.headers, self.cookies, self._body = {}, [], bytearray()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, or a trailer, which is only counted."""
        self._named += len(name) + len(value) + 4
        if self.complete or self._in_body:
            return
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if key == "set-cookie":
            self.cookies.append(text)
        self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    def on_headers_complete(self) -> None:
        """Take the status; an interim one is passed over when its message is complete."""
        if self.complete:
            return
        self.status, self.version = self._parser.get_status_code(), self._parser.get_http_version()
        self._in_body = self.status >= 200
        self.complete = self._in_body and self._bodiless

    def on_body(self, data: bytes) -> None:
        """Take a piece of the body."""
        if not self.complete:
            self._body += data

    def on_message_complete(self) -> None:
        """Note the end, unless it is an interim response's."""
        self.complete = self.complete or self._in_body

    # --- judgement

    def _ended(self) -> None:
        framed = "content-length" in self.headers or "transfer-encoding" in self.headers
        if self._in_body and not framed:
            self.complete = True
        elif self._in_body:
            raise Failed(
                Reason.PROTOCOL,
                f"the connection was closed after {len(self._body)} bytes of an unfinished body",
            )
        else:
            told = "within the headers" if self._fed else "without an answer"
            raise Failed(Reason.PROTOCOL, f"the connection was closed {told}")

    def _garbled(self, error: HttpParserError) -> None:
        if not self.complete:  # else it is about what came after the response
            raise Failed(Reason.PROTOCOL, f"the answer is not HTTP: {error}") from error

    def _check_bounds(self) -> None:
        within = not self.complete and (self._idle if self._in_body else self._fed)
        if self._named > MAX_HEAD or within > MAX_HEAD:
            self._too_large("headers", MAX_HEAD)
        if self._bodiless:
            return
        declared = length(self.headers.get("content-length", "")) if self._in_body else None
        if len(self._body) > self._max_body or (declared or 0) > self._max_body:
            self._too_large("body", self._max_body)

    def _too_large(self, what: str, most: int) -> NoReturn:
        raise Failed(
            Reason.TOO_LARGE, f"the {what} of the answer exceed{'s' * (what == 'body')} {most} bytes"
        )
