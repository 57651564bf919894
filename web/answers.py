"""The edge where answers are written: piece by piece, so that the loop does other things in between."""

import asyncio
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aiohttp import web

from web.accept import takes_gzip

SMALL = 1024  # bytes that are not worth compressing
CHUNK = 256 * 1024  # bytes that are compressed at once
BUSY = 0.005  # seconds for which elements of a list are made and written at once
GZIP = 31  # zlib's number for the gzip format with the largest window
JSON = "application/json; charset=utf-8"


async def answer(request: web.Request, body: bytes, content_type: str) -> web.Response:
    """Answer with a body, compressed for whoever can read that."""
    headers = {"Content-Type": content_type, "Vary": "Accept, Accept-Encoding"}
    if len(body) > SMALL and takes_gzip(request.headers.get("Accept-Encoding", "")):
        headers["Content-Encoding"] = "gzip"
        body = await _compressed(body)
    return web.Response(body=body, headers=headers)


async def listing(
    request: web.Request, head: Mapping[str, Any], name: str, elements: Iterable[Any], tail: Mapping[str, Any]
) -> web.Response:
    """Answer with a JSON object: what is in `head`, a list under its name, and what is in `tail`."""
    return await answer(request, await _gathered(_pieces(head, name, elements, tail)), JSON)


def document(document: object, status: int = 200, **headers: str) -> web.Response:
    """Answer with a small JSON document."""
    return web.Response(body=_json(document), status=status, headers={"Content-Type": JSON, **headers})


async def _gathered(pieces: Iterable[bytes]) -> bytes:
    gathered = []
    for piece in pieces:
        gathered.append(piece)
        await asyncio.sleep(0)
    return b"".join(gathered)


async def _compressed(body: bytes) -> bytes:
    press = zlib.compressobj(1, wbits=GZIP)
    chunks = (body[start : start + CHUNK] for start in range(0, len(body), CHUNK))
    pressed = await _gathered(map(press.compress, chunks))
    return pressed + press.flush()


def _pieces(
    head: Mapping[str, Any], name: str, elements: Iterable[Any], tail: Mapping[str, Any]
) -> Iterator[bytes]:
    rest, comma = iter(elements), b""
    yield _json(head)[:-1] + b"," + _json(name) + b":["
    while some := list(_for_a_while(rest)):
        yield comma + _json(some)[1:-1]
        comma = b","
    yield b"]" + (b"," + _json(tail)[1:] if tail else b"}")


def _for_a_while(elements: Iterator[Any]) -> Iterator[Any]:
    time = asyncio.get_running_loop().time
    until = time() + BUSY
    for element in elements:
        yield element
        if time() > until:
            return


def _json(document: object) -> bytes:
    """Write JSON; half a surrogate pair, which it cannot hold, becomes a question mark."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace")
