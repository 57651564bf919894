"""The client, against real servers on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from alerting.post import LARGEST, Poster
from alerting.receiver import Request

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]


@pytest.fixture
async def poster() -> AsyncIterator[Poster]:
    poster = Poster()
    yield poster
    await poster.close()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serve one handler at every path; gives the address."""
    servers: list[TestServer] = []

    async def begin(handler: Handler) -> str:
        app = web.Application(handler_args={"handler_cancellation": True})
        app.router.add_route("*", "/{path:.*}", handler)
        servers.append(TestServer(app))
        await servers[-1].start_server()
        return str(servers[-1].make_url("/hook"))

    yield begin
    for server in servers:
        await server.close()


async def test_what_is_sent_arrives_and_the_answer_comes_back(poster: Poster, serve: Serve) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(
            status=202,
            headers={"Retry-After": "7"},
            body=await request.read() + request.headers["X-One"].encode(),
        )

    answer = await poster.post(Request(await serve(echo), b"page ", {"X-One": "1"}), 5)

    assert (answer.status, answer.headers["retry-after"], answer.body) == (202, "7", b"page 1")


async def test_the_method_is_the_requests_own(poster: Poster, serve: Serve) -> None:
    async def method(request: web.Request) -> web.Response:
        return web.Response(text=request.method)

    answer = await poster.post(Request(await serve(method), b"", method="GET"), 5)

    assert answer.body == b"GET"


async def test_a_redirect_is_given_back_not_followed(poster: Poster, serve: Serve) -> None:
    async def elsewhere(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": "/other"})

    answer = await poster.post(Request(await serve(elsewhere), b"secret"), 5)

    assert (answer.status, answer.headers["location"]) == (307, "/other")


async def test_each_request_has_a_connection_of_its_own_and_no_cookie(poster: Poster, serve: Serve) -> None:
    seen: list[object] = []

    async def who(request: web.Request) -> web.Response:
        seen.append(request.transport.get_extra_info("peername") if request.transport else None)
        response = web.Response(text=request.headers.get("Cookie", "none"))
        response.set_cookie("a", "b")
        return response

    address = (await serve(who)).replace("127.0.0.1", "localhost")  # no jar keeps cookies of a bare address
    answers = [await poster.post(Request(address, b""), 5) for _ in range(2)]

    assert seen[0] != seen[1]
    assert [answer.body for answer in answers] == [b"none", b"none"]


async def test_an_endless_answer_is_read_in_part(poster: Poster, serve: Serve) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 10_000)

    answer = await poster.post(Request(await serve(endless), b""), 5)

    assert len(answer.body) == LARGEST


async def test_no_answer_is_a_timeout(poster: Poster, serve: Serve) -> None:
    async def never(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    with pytest.raises(TimeoutError, match=r"no answer within 0\.2 s"):
        await poster.post(Request(await serve(never), b""), 0.2)


async def test_a_closed_door_is_an_error_without_the_address(poster: Poster) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(OSError, match=f"127.0.0.1:{port}") as caught:
        await poster.post(Request(f"http://127.0.0.1:{port}/T0/secret-path", b""), 5)
    assert "secret-path" not in str(caught.value)


async def test_a_connection_that_breaks_off_is_an_error(poster: Poster, serve: Serve) -> None:
    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport
        request.transport.abort()
        return web.Response()

    with pytest.raises(OSError, match="Error"):
        await poster.post(Request(await serve(hang_up), b""), 5)


@pytest.mark.parametrize("address", ["http://", "no address/secret-path", "http://[::1/secret-path"])
async def test_what_is_no_address_is_an_error_that_does_not_show_it(poster: Poster, address: str) -> None:
    with pytest.raises(OSError, match=r".") as caught:
        await poster.post(Request(address, b""), 5)
    assert "secret-path" not in str(caught.value)


async def test_a_proxy_of_the_environment_is_used(
    poster: Poster, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def proxy(request: web.Request) -> web.Response:
        return web.Response(text=request.raw_path)

    address = await serve(proxy)
    monkeypatch.setenv("http_proxy", address)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    answer = await poster.post(Request("http://events.example.com/v2/enqueue", b""), 5)

    assert answer.body == b"http://events.example.com/v2/enqueue"
