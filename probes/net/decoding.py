"""Bodies that were compressed on their way (RFC 9110, section 8.4), undone within a bound. No sockets."""

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import NoReturn

import brotli

from probes.result import Reason
from probes.tools import Failed

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

ACCEPTED = "gzip, br, zstd"
STEP = 65536  # bytes that are decoded at a time
PARTS = 1000  # members or frames that one body may have: more are nothing but work
WINDOW = 23  # 8 MiB: what a decoder of HTTP has to hold at most (RFC 9659, section 3)


def decoded(body: bytes, encoding: str, most: int) -> bytes:
    """Undo the value of Content-Encoding, the last one named first. Raises Failed.

    `protocol` for what is not so encoded or not whole, `too_large` for over `most` bytes at any step.
    """
    names = [name.strip().lower() for name in encoding.split(",") if name.strip()]
    if len(names) > len(WAYS):
        raise Failed(Reason.PROTOCOL, f"the body is encoded {len(names)} times")
    for name in reversed(names):
        if name != "identity":
            body = _whole(name, body, most)
    return body


def _whole(name: str, body: bytes, most: int) -> bytes:
    way = WAYS.get(name)
    if way is None:
        raise Failed(Reason.PROTOCOL, "the body has an encoding that was not asked for")
    whole = bytearray()
    try:
        for piece in way(body):
            whole += piece
            if len(whole) > most:
                raise Failed(
                    Reason.TOO_LARGE, f"the body of the answer exceeds {most} bytes once it is decoded"
                )
    except (zlib.error, brotli.error, ZstdError) as error:
        raise Failed(Reason.PROTOCOL, f"the body is not {name}, as it is said to be") from error
    return bytes(whole)


def _gzip(body: bytes) -> Iterator[bytes]:
    """Decode one member after the other (RFC 1952, section 2.2)."""
    rest = memoryview(body)
    for _ in _parts("gzip"):
        if not rest:
            return
        member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        while not member.eof:
            given = rest[:STEP]
            piece = member.decompress(given, STEP)
            left = member.unused_data if member.eof else member.unconsumed_tail
            rest = rest[len(given) - len(left) :]
            if not (piece or rest or member.eof):
                _cut_short("gzip")
            yield piece


def _brotli(body: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    piece = decoder.process(body, output_buffer_limit=STEP)
    while not decoder.is_finished():
        if not piece and decoder.can_accept_more_data():
            _cut_short("br")
        yield piece
        piece = decoder.process(b"", output_buffer_limit=STEP)
    yield piece


def _zstd(body: bytes) -> Iterator[bytes]:
    """Decode one frame after the other (RFC 8878, section 3)."""
    rest = memoryview(body)
    for _ in _parts("zstd"):
        if not rest:
            return
        frame = ZstdDecompressor(options={DecompressionParameter.window_log_max: WINDOW})
        at = 0
        while not frame.eof:
            given = rest[at : at + STEP] if frame.needs_input else b""
            if frame.needs_input and not given:
                _cut_short("zstd")
            at += len(given)
            yield frame.decompress(given, STEP)
        rest = rest[at - len(frame.unused_data) :]


def _parts(name: str) -> Iterator[int]:
    yield from range(PARTS + 1)
    raise Failed(Reason.TOO_LARGE, f"the body has more than {PARTS} parts of {name}")


def _cut_short(name: str) -> NoReturn:
    raise Failed(Reason.PROTOCOL, f"the body ends in the middle of its {name}")


WAYS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "br": _brotli,
    "zstd": _zstd,
}
