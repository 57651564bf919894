"""The edge that speaks HTTP with receivers."""

import asyncio
import os

import aiohttp

from alerting.receiver import Request, Response

LARGEST = 65_536  # bytes read of an answer; the rest is left


class Poster:
    """A client for receivers: fresh connections, no redirects, no cookies, proxies as the environment says.

    `post` has the shape of `alerting.receiver.Post`. Its errors name the host at most, never the address.
    """

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(self, request: Request, timeout: float) -> Response:
        """Send one request. Raises OSError or TimeoutError when no whole answer came within the time."""
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(request)
        except TimeoutError:
            raise TimeoutError(f"no answer within {timeout:g} s") from None
        except aiohttp.InvalidURL:
            raise OSError("the address is not one") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise OSError(_told(error)) from None

    async def close(self) -> None:
        """Let go of everything."""
        if self._session:
            await self._session.close()

    async def _exchange(self, request: Request) -> Response:
        async with self._open().request(
            request.method, request.url, data=request.body, headers=request.headers, allow_redirects=False
        ) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Response(answer.status, headers, await _beginning(answer.content))

    def _open(self) -> aiohttp.ClientSession:
        """Make the session within the loop that uses it."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True, limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "Watchkeeper"},
                timeout=aiohttp.ClientTimeout(total=None),  # each request brings its own
                trust_env=True,
                auto_decompress=False,
            )
        return self._session


async def _beginning(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    while len(body) < LARGEST and (chunk := await content.read(LARGEST - len(body))):
        body += chunk
    return bytes(body)


def _told(error: Exception) -> str:
    """Say what failed without the text of the error, in which an address may stand."""
    kind = type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"{kind}: {error.host}:{error.port}: {_in_words(error.os_error)}"
    return f"{kind}: {_in_words(error)}" if isinstance(error, OSError) else kind


def _in_words(error: OSError) -> str:
    """Say what the number of an error means: its own text may be asyncio's, with an address in it."""
    if error.errno and error.errno > 0:
        return os.strerror(error.errno).lower()
    return error.strerror or type(error).__name__
