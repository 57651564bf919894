"""HTTP/2 with a real server, and with servers that break it."""

import asyncio
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trustme
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded
from hyperframe.frame import GoAwayFrame, RstStreamFrame, SettingsFrame
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from probes.basic.http import Http
from probes.net.http import Request
from probes.net.http2 import Exchange
from probes.result import Outcome, Reason, Result
from probes.tools import Failed
from tests.fakes.badhttp import serving
from tests.probes.asking import ask
from tests.probes.conftest import shows
from tests.servers.nginx import LONG, Nginx

OPTIONS = TypeAdapter(Http)
ASKED = Request(method="GET", target="/", headers={"Host": "a", "Connection": "close"})
Answer = Callable[[H2Connection], None]


async def asked(url: str, ca_file: str, *, timeout: Any = 5.0, **options: Any) -> Result:
    probe = OPTIONS.validate_python({"url": url, "http_version": "2", "ca_file": ca_file, **options})
    return await ask(probe, timeout=timeout)


@pytest.mark.server("nginx")
async def test_a_page_is_read(web: Nginx, ca_file: str) -> None:
    result = await asked(f"https://127.0.0.1:{web.secure}/encoded", ca_file, expect_body="line 499 of many\n")

    assert result.outcome is Outcome.GOOD, result
    assert list(result.phases) == ["resolve", "connect", "tls", "processing", "transfer"]
    assert (result.facts["version"], result.facts["content_length"]) == (2.0, len(LONG))


@pytest.mark.server("nginx")
async def test_it_is_all_the_same_but_for_the_version(web: Nginx, ca_file: str) -> None:
    base = f"https://127.0.0.1:{web.secure}"
    posted = {"method": "POST", "body": "x" * 100_000, "headers": {"X-Key": "k"}}
    results = [
        await asked(f"{base}/seen", ca_file, **posted, expect_body="POST, login '', key 'k'"),
        await asked(f"{base}/set-cookie", ca_file, redirects=1, expect_body="cookie: session=abc"),
        await asked(f"{base}/encoded", ca_file, compression="true", expect_body="line 499 of many\n"),
        await asked(f"{base}/nothing", ca_file, expect_status=204),
        await asked(f"{base}/hello", ca_file, method="HEAD"),
    ]

    assert [result.outcome for result in results] == [Outcome.GOOD] * len(results), results


@pytest.mark.server("nginx")
async def test_its_status_is_judged(web: Nginx, ca_file: str) -> None:
    result = await asked(f"https://127.0.0.1:{web.secure}/broken", ca_file)

    assert (result.reason, result.detail) == (Reason.HTTP_STATUS, "answered 503, expected 200-399")


@pytest.mark.server("nginx")
async def test_the_old_version_is_spoken_where_nothing_is_said(web: Nginx, ca_file: str) -> None:
    assert (await asked(f"https://127.0.0.1:{web.secure}/hello", ca_file, http_version="1.1")).facts[
        "version"
    ] == 1.1


# --- servers that break it


def speaks(answer: Answer) -> Callable[[Reader, Writer], Awaitable[None]]:
    """Take the request, and answer by the library, which lets one send what one likes."""

    async def behave(reader: Reader, writer: Writer) -> None:
        connection = H2Connection(H2Configuration(client_side=False, validate_outbound_headers=False))
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        while data := await reader.read(65536):
            for event in connection.receive_data(data):
                if isinstance(event, RequestReceived):
                    answer(connection)
            writer.write(connection.data_to_send())
            await writer.drain()

    return behave


async def against(
    behaviour: Any,
    authority: trustme.CA,
    ca_file: str,
    *,
    alpn: str = "h2",
    timeout: float = 5.0,
    **options: Any,
) -> Result:
    server = shows(authority.issue_cert("127.0.0.1"))
    server.set_alpn_protocols([alpn])
    async with serving(behaviour, server) as port:
        return await asked(f"https://127.0.0.1:{port}/", ca_file, timeout=timeout, **options)


def _reset(connection: H2Connection) -> None:
    connection.reset_stream(1, 2)


def _leave(connection: H2Connection) -> None:
    connection.close_connection(11)


def _endless(connection: H2Connection) -> None:
    connection.send_headers(1, [(":status", "200")])
    for _ in range(3):
        connection.send_data(1, b"x" * 10_000)


def _never(connection: H2Connection) -> None:
    connection.send_headers(1, [(":status", "200")])


def _headers(connection: H2Connection) -> None:
    connection.send_headers(1, [(":status", "200"), *((f"x-{number}", "y" * 1000) for number in range(80))])


@pytest.mark.parametrize(
    ("answer", "reason", "detail"),
    [
        (_reset, Reason.PROTOCOL, "the server gave the request up (error 2)"),
        (_leave, Reason.PROTOCOL, "the server gave the connection up (error 11)"),
        (_endless, Reason.TOO_LARGE, "the body of the answer exceeds 20480 bytes"),
        (_headers, Reason.PROTOCOL, "the answer is not HTTP/2: "),
        (_never, Reason.RESPONSE_TIMEOUT, "not done within 0.5 s; 0."),
    ],
)
async def test_a_broken_answer_has_its_reason(
    authority: trustme.CA, ca_file: str, answer: Answer, reason: Reason, detail: str
) -> None:
    result = await against(speaks(answer), authority, ca_file, timeout=0.5, max_body="20KiB")

    assert result.reason is reason, result
    assert result.detail.startswith(detail)


async def test_a_server_that_speaks_only_the_old_version_is_said(authority: trustme.CA, ca_file: str) -> None:
    async def silent(reader: Reader, writer: Writer) -> None:
        await asyncio.Event().wait()

    result = await against(silent, authority, ca_file, alpn="http/1.1")

    assert result.outcome is Outcome.BAD
    assert result.reason in (Reason.PROTOCOL, Reason.TLS_HANDSHAKE)


async def test_an_end_in_the_middle_is_said(authority: trustme.CA, ca_file: str) -> None:
    async def ends(reader: Reader, writer: Writer) -> None:
        await reader.read(1)

    result = await against(ends, authority, ca_file)

    assert (result.reason, result.detail) == (Reason.PROTOCOL, "the connection was closed within the answer")


async def test_a_long_body_waits_for_the_other_end_to_take_it(authority: trustme.CA, ca_file: str) -> None:
    heard = 0

    async def takes(reader: Reader, writer: Writer) -> None:
        nonlocal heard
        connection = H2Connection(H2Configuration(client_side=False))
        connection.initiate_connection()
        while data := await reader.read(65536):
            for event in connection.receive_data(data):
                if isinstance(event, DataReceived):
                    heard += len(event.data)
                    connection.acknowledge_received_data(event.flow_controlled_length, 1)
                if isinstance(event, StreamEnded):
                    connection.send_headers(1, [(":status", "204")], end_stream=True)
            writer.write(connection.data_to_send())

    result = await against(takes, authority, ca_file, method="POST", body="x" * 300_000)

    assert result.outcome is Outcome.GOOD, result
    assert heard == 300_000


# --- a server that ends the connection while it answers


def replies(more: bytes = b"", before: bytes = b"") -> Exchange:
    """Exchange with one that says something before its answer, or after it in the same breath."""
    exchanged = Exchange(ASKED, 1000)
    server = H2Connection(H2Configuration(client_side=False))
    server.initiate_connection()
    server.receive_data(exchanged.outgoing())
    exchanged.feed(server.data_to_send())
    server.send_headers(1, [(":status", "200")])
    server.send_data(1, b"hello", end_stream=True)
    exchanged.feed(before + server.data_to_send() + more)
    return exchanged


@pytest.mark.parametrize("last", [1, 2**31 - 1])
def test_an_end_that_leaves_us_our_answer_is_none(last: int) -> None:
    assert replies(before=GoAwayFrame(0, last_stream_id=last).serialize()).response().body == b"hello"


@pytest.mark.parametrize(("last", "error"), [(0, 0), (1, 2)])
def test_an_end_that_takes_our_answer_is_one(last: int, error: int) -> None:
    with pytest.raises(Failed, match="the server gave the connection up"):
        Exchange(ASKED, 1000).feed(
            SettingsFrame(0).serialize() + GoAwayFrame(0, last_stream_id=last, error_code=error).serialize()
        )


def test_what_comes_after_the_answer_is_nobodys() -> None:
    reset = RstStreamFrame(1, error_code=0).serialize()

    assert replies(more=reset + GoAwayFrame(0, last_stream_id=1, error_code=2).serialize()).complete


def test_nothing_may_be_pushed() -> None:
    exchanged = Exchange(ASKED, 1000)
    server = H2Connection(H2Configuration(client_side=False))
    server.initiate_connection()
    server.receive_data(exchanged.outgoing())

    assert server.remote_settings.enable_push == 0


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_frames_are_put_together(piece: int) -> None:
    exchanged = Exchange(ASKED, 1000)
    server = H2Connection(H2Configuration(client_side=False))
    server.initiate_connection()
    server.receive_data(exchanged.outgoing())
    server.send_headers(1, [(":status", "200")])
    server.send_data(1, b"hello", end_stream=True)
    data = server.data_to_send()
    for begin in range(0, len(data), piece):
        exchanged.feed(data[begin : begin + piece])

    assert exchanged.response().body == b"hello"


def test_a_frame_that_is_too_large_is_refused_before_it_is_here() -> None:
    with pytest.raises(Failed, match="not HTTP/2: a frame of 16777215 bytes"):
        Exchange(ASKED, 1000).feed(b"\xff\xff\xff\x04\x00\x00\x00\x00\x00")


@given(data=st.binary(min_size=1, max_size=500))
def test_no_bytes_do_anything_else(data: bytes) -> None:
    exchanged = Exchange(ASKED, 1000)
    try:
        exchanged.feed(b"\x00\x00\x00\x04\x00\x00\x00\x00\x00" + data)
    except Failed:
        return
    assert isinstance(exchanged.outgoing(), bytes)


def test_it_needs_tls() -> None:
    with pytest.raises(ValidationError):
        OPTIONS.validate_python({"url": "http://a", "http_version": "2"})
