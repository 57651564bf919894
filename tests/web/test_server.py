"""Our HTTP server as clients meet it, on loopback."""

import asyncio
import gzip
import socket
from functools import partial

import pytest
from aiohttp import ClientSession, web

from exporter.render import Format
from tests.exporter.parsed import READERS, text
from tests.exporter.views import Told
from tests.web.conftest import Client
from tests.web.recorded import asking
from tests.web.serving import serving
from tests.web.test_push import RIGHT, Desk
from web.resources import BASE
from web.server import BODY, CannotListen, application, listen

OPENMETRICS = "application/openmetrics-text;version=1.0.0"


async def test_metrics_are_text_for_whoever_says_nothing(client: Client, told: Told) -> None:
    response = await client.get("/metrics")

    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert await response.text() == text(told.view(2))


async def test_metrics_are_openmetrics_for_whoever_asks(client: Client) -> None:
    response = await client.get("/metrics", headers={"Accept": OPENMETRICS})

    assert response.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert list(READERS[Format.OPENMETRICS](await response.text()))


@pytest.mark.parametrize("accepted", ["gzip", "identity", "gzip;q=0"])
async def test_metrics_are_compressed_only_for_whoever_can_read_it(
    client: Client, told: Told, accepted: str
) -> None:
    asked = {"Accept-Encoding": accepted}
    async with (
        ClientSession(auto_decompress=False) as session,
        session.get(client.make_url("/metrics"), headers=asked) as response,
    ):
        body = await response.read()

    compressed = response.headers.get("Content-Encoding") == "gzip"
    assert compressed == (accepted == "gzip")
    assert (gzip.decompress(body) if compressed else body).decode() == text(told.view(2))
    assert "Accept-Encoding" in response.headers["Vary"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/-/healthy", 200), ("POST", "/webhooks/pagerduty", 403), ("POST", f"{BASE}/push/backup", 400)],
)
async def test_what_is_said_to_be_compressed_and_is_not_does_no_harm(
    caplog: pytest.LogCaptureFixture, method: str, path: str, status: int
) -> None:
    headers = {"Content-Encoding": "gzip", "Authorization": RIGHT}
    async with asking(Told(), None, pushes=Desk().pushes) as api:
        answer = await api.answer(path, method, data=b"junk", headers=headers)

    assert answer.status == status
    assert not caplog.records


async def test_it_is_healthy_and_ready(client: Client) -> None:
    healthy, ready = await client.get("/-/healthy"), await client.get("/-/ready")

    assert (healthy.status, await healthy.text()) == (200, "Watchkeeper is Healthy.\n")
    assert (ready.status, await ready.text()) == (200, "Watchkeeper is Ready.\n")


@pytest.mark.parametrize("path", ["/-/ready", "/metrics", "/"])
async def test_nothing_is_told_before_the_store_has_been_read(early: Client, path: str) -> None:
    response = await early.get(path)

    assert response.status == 503
    assert "not Ready" in await response.text()


async def test_it_is_healthy_before_it_is_ready(early: Client) -> None:
    assert (await early.get("/-/healthy")).status == 200


@pytest.mark.parametrize("path", ["/", "/metrics", "/-/healthy", "/-/ready", "/static/style.css"])
async def test_head_tells_what_get_would_without_a_body(client: Client, path: str) -> None:
    got, head = await client.get(path), await client.head(path)

    assert (head.status, await head.read()) == (200, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/metrics", "/-/ready"])
async def test_other_methods_are_not_allowed(client: Client, method: str, path: str) -> None:
    response = await client.request(method, path)

    assert response.status == 405
    assert response.headers["Allow"] == "GET,HEAD"


@pytest.mark.parametrize("path", ["/", "/metrics", "/nowhere", "/static/style.css", "/api/v1/x"])
async def test_every_answer_is_protected(client: Client, path: str) -> None:
    headers = (await client.get(path)).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
    assert headers["Server"] == "watchkeeper"


async def test_the_page_needs_nothing_that_its_policy_forbids(client: Client) -> None:
    page = await (await client.get("/")).text()

    assert "<script" not in page
    assert "style=" not in page
    assert "<style" not in page
    for path in ("/static/style.css", "/static/icon.svg"):
        assert path[1:] in page
        assert (await client.get(path)).status == 200


@pytest.mark.parametrize(
    "path", ["/static/overview.html", "/static/..%2fserver.py", "/static/../server.py", "/static/"]
)
async def test_only_what_is_meant_to_be_served_is(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


async def ask(port: int, request: bytes) -> bytes:
    """Send raw bytes, and give the first line that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return line


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 10_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Many: 1\r\n" * 200 + b"\r\n",
        b"nonsense\r\n\r\n",
    ],
    ids=["line", "field", "fields", "nonsense"],
)
async def test_too_much_and_nonsense_are_refused(told: Told, request_: bytes) -> None:
    async with serving(told) as port:
        assert b" 400 " in await ask(port, request_)
        assert b" 200 " in await ask(port, b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")


async def test_a_large_body_is_refused_by_where_it_goes_and_read_by_nobody(client: Client) -> None:
    assert (await client.post("/metrics", data=b"x" * (2 * BODY))).status == 405


async def test_a_taken_port_is_told_with_its_remedy(told: Told) -> None:
    app, over = application(lambda: told.view(2), ready=lambda: True), asyncio.Event()
    app.on_cleanup.append(partial(_set, over))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"127\.0\.0\.1:{port}: address already in use.*web\.listen"):
            await listen(app, "127.0.0.1", port)

    assert over.is_set()


async def _set(event: asyncio.Event, _: web.Application) -> None:
    event.set()


async def test_an_address_that_is_not_ours_is_told_too(told: Told) -> None:
    app = application(lambda: told.view(2), ready=lambda: True)

    with pytest.raises(CannotListen, match=r"192\.0\.2\.1:9797: cannot assign requested address"):
        await listen(app, "192.0.2.1", 9797)


async def test_requests_are_not_logged(told: Told, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        async with serving(told) as port:
            for path in (b"/metrics", b"/nowhere"):
                await ask(port, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")

    assert [record for record in caplog.records if record.name.startswith("aiohttp")] == []


async def test_what_changes_is_not_cached_and_what_does_not_is(client: Client) -> None:
    paths = ("/", "/metrics", "/static/style.css")
    said = [(await client.get(path)).headers["Cache-Control"] for path in paths]

    assert said == ["no-store", "no-store", "max-age=300"]


# --- a reload


async def test_a_reload_says_that_it_was_done(client: Client) -> None:
    response = await client.post("/-/reload")

    assert (response.status, await response.text()) == (200, "reloaded\n")


async def test_a_refused_reload_lists_the_mistakes(client: Client, told: Told) -> None:
    told.mistakes = ["checks.yaml:1:1: one", "checks.yaml:2:1: two"]
    response = await client.put("/-/reload")

    assert response.status == 500
    assert (await response.text()).splitlines() == [
        "not reloaded, and nothing has changed:",
        "checks.yaml:1:1: one",
        "checks.yaml:2:1: two",
    ]


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("Host", "watchkeeper.example.com", "its Host is not an address of this machine's loopback"),
        ("X-Forwarded-For", "192.0.2.1", "it was forwarded by a proxy"),
        ("Origin", "https://evil.example", "a page of another site sent it"),
    ],
)
async def test_a_reload_from_elsewhere_is_refused(client: Client, name: str, value: str, why: str) -> None:
    response = await client.post("/-/reload", headers={name: value})

    assert response.status == 403
    assert why in await response.text()


async def test_a_reload_is_no_thing_to_be_read(client: Client) -> None:
    response = await client.get("/-/reload")

    assert (response.status, response.headers["Allow"]) == (405, "POST,PUT")


async def test_nothing_is_reloaded_before_there_is_anything(early: Client) -> None:
    assert (await early.post("/-/reload")).status == 503
