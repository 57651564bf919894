import asyncio
import gc
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from checks import __version__
from probes import KINDS
from probes.basic.http import Http
from probes.net.certificate import CERTIFICATE_FACTS
from probes.result import Outcome, Reason, Result
from tests.fakes import badhttp
from tests.fakes.badhttp import Behaviour, drips, says, serving, silence
from tests.probes.asking import ask, sockets
from tests.probes.conftest import shows
from tests.servers.nginx import Nginx, free_port

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
OPTIONS = TypeAdapter(Http)


def http(url: str, **options: Any) -> Http:
    """Make the probe as the file's reader does, from texts."""
    return OPTIONS.validate_python({"url": url, **options})


async def against(behaviour: Behaviour, *, timeout: float = 5.0, **options: Any) -> Result:
    """Ask a server that behaves like that."""
    async with serving(behaviour) as port:
        return await ask(http(f"http://127.0.0.1:{port}/", **options), timeout=timeout)


# --- a real server


@pytest.mark.server("nginx")
async def test_a_page_that_is_there_is_good(web: Nginx) -> None:
    result = await ask(http(f"http://127.0.0.1:{web.plain}/hello", expect_body="all is well"))

    assert (result.outcome, result.detail) == (Outcome.GOOD, "")
    assert list(result.phases) == ["resolve", "connect", "processing", "transfer"]
    assert result.facts == {"status_code": 200, "content_length": 12, "version": 1.1}


@pytest.mark.server("nginx")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_tls_is_verified_by_our_own_authority(web: Nginx, ca_file: str, host: str) -> None:
    result = await ask(http(f"https://{host}:{web.secure}/hello", ca_file=ca_file))

    assert result.outcome is Outcome.GOOD, result
    assert list(result.phases) == ["resolve", "connect", "tls", "processing", "transfer"]
    assert set(result.facts) == {"status_code", "content_length", "version"} | {
        fact.name for fact in CERTIFICATE_FACTS
    }


@pytest.mark.server("nginx")
async def test_tls_is_verified_by_the_systems_authorities(web: Nginx) -> None:
    result = await ask(http(f"https://127.0.0.1:{web.secure}/hello"))

    assert result.reason is Reason.TLS_UNTRUSTED
    assert "ssl_earliest_cert_expiry" in result.facts


@pytest.mark.server("nginx")
async def test_another_status_than_expected_is_bad(web: Nginx) -> None:
    result = await ask(http(f"http://127.0.0.1:{web.plain}/broken"))

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.HTTP_STATUS)
    assert result.detail == "answered 503, expected 200-399"
    assert result.evidence["response"]["body"] == "out of order\n"
    assert result.facts["status_code"] == 503


@pytest.mark.server("nginx")
async def test_a_redirect_is_judged_and_not_followed(web: Nginx) -> None:
    url = f"http://127.0.0.1:{web.plain}/away"

    assert (await ask(http(url))).facts["status_code"] == 302
    assert (await ask(http(url, expect_status="200-299"))).reason is Reason.HTTP_STATUS


@pytest.mark.server("nginx")
async def test_a_text_that_is_missing_is_bad(web: Nginx) -> None:
    result = await ask(http(f"http://127.0.0.1:{web.plain}/hello", expect_body="nothing"))

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.ASSERTION)
    assert result.detail == "answered 200, but the expected text is not in its 12 bytes"


@pytest.mark.server("nginx")
async def test_a_chunked_page_is_put_together(web: Nginx) -> None:
    assert (
        await ask(http(f"http://127.0.0.1:{web.plain}/chunked", expect_body="127.0.0.1 is here"))
    ).outcome is Outcome.GOOD


@pytest.mark.server("nginx")
@pytest.mark.parametrize("method", ["HEAD", "GET"])
async def test_an_answer_without_a_body_is_whole(web: Nginx, method: str) -> None:
    for path in ("nothing", "hello"):
        assert (
            await ask(http(f"http://127.0.0.1:{web.plain}/{path}", method=method))
        ).outcome is Outcome.GOOD


@pytest.mark.server("nginx")
async def test_method_headers_and_body_are_sent(web: Nginx) -> None:
    probe = http(
        f"http://127.0.0.1:{web.plain}/method",
        method="POST",
        headers={"X-Word": "please"},
        body="x=y",
        expect_body="POST please",
    )

    assert (await ask(probe)).outcome is Outcome.GOOD


@pytest.mark.server("nginx")
async def test_we_say_who_we_are_unless_told_otherwise(web: Nginx) -> None:
    url = f"http://127.0.0.1:{web.plain}/agent"

    assert (await ask(http(url, expect_body="watchkeeper/"))).outcome is Outcome.GOOD
    assert (
        await ask(http(url, headers={"user-agent": "other"}, expect_body="other"))
    ).outcome is Outcome.GOOD


@pytest.mark.server("nginx")
async def test_tls_on_a_plain_port_is_a_failed_handshake(web: Nginx, ca_file: str) -> None:
    result = await ask(http(f"https://127.0.0.1:{web.plain}/", ca_file=ca_file))

    assert (result.reason, result.detail) == (Reason.TLS_HANDSHAKE, "TLS failed: wrong version number")


@pytest.mark.server("nginx")
async def test_plain_http_on_a_tls_port_is_told_by_its_status(web: Nginx) -> None:
    result = await ask(http(f"http://127.0.0.1:{web.secure}/"))

    assert (result.reason, result.facts["status_code"]) == (Reason.HTTP_STATUS, 400)


async def test_the_request_is_just_this() -> None:
    heard: list[bytes] = []

    async def listens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await badhttp.head(reader))
        heard.append(await reader.readexactly(4))
        writer.write(OK)

    async with serving(listens) as port:
        probe = http(f"http://127.0.0.1:{port}/a?b#c", method="POST", body="ü=y", headers={"Host": "other"})
        assert (await ask(probe)).outcome is Outcome.GOOD
    assert b"".join(heard).decode().split("\r\n") == [
        "POST /a?b HTTP/1.1",
        f"User-Agent: watchkeeper/{__version__}",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Host: other",
        "Connection: close",
        "Content-Length: 4",
        "",
        "ü=y",
    ]


# --- servers that misbehave


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (badhttp.reset, Reason.RESET),
        (badhttp.hang_up, Reason.PROTOCOL),
        (badhttp.half_close, Reason.PROTOCOL),
        (badhttp.endless_headers, Reason.TOO_LARGE),
        (badhttp.endless_header, Reason.TOO_LARGE),
        (badhttp.endless_interim, Reason.TOO_LARGE),
        (badhttp.endless_body, Reason.TOO_LARGE),
        (says(b"\x16\x03\x01 this is not HTTP"), Reason.PROTOCOL),
        (says(b"<html>0.9</html>"), Reason.PROTOCOL),
        (says(OK[:-1]), Reason.PROTOCOL),
    ],
)
async def test_each_misbehaviour_has_its_reason(behaviour: Behaviour, reason: Reason) -> None:
    result = await against(behaviour)

    assert (result.outcome, result.reason) == (Outcome.BAD, reason)
    assert result.detail


@pytest.mark.parametrize(("behaviour", "step"), [(silence, "processing"), (drips(0.02), "transfer")])
async def test_a_server_that_takes_too_long_runs_out_of_time(behaviour: Behaviour, step: str) -> None:
    result = await against(behaviour, timeout=0.2)

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.RESPONSE_TIMEOUT)
    assert result.detail.startswith("not done within 0.2 s; 0.")
    assert result.detail.endswith(f"in the step {step}")


async def test_a_slow_server_that_is_done_in_time_is_good() -> None:
    assert (await against(drips(0.001), expect_body="hello")).outcome is Outcome.GOOD


async def test_a_server_that_never_shakes_hands_runs_out_of_time(ca_file: str) -> None:
    async with serving(silence) as port:
        result = await ask(http(f"https://127.0.0.1:{port}/", ca_file=ca_file), timeout=0.2)

    assert result.reason is Reason.RESPONSE_TIMEOUT
    assert result.detail.endswith("in the step tls")


async def test_a_port_where_nobody_listens_refuses() -> None:
    assert (await ask(http(f"http://127.0.0.1:{free_port()}/"))).reason is Reason.CONNECT_REFUSED


async def test_a_server_that_speaks_only_tls_makes_no_sense_in_plain(authority: Any) -> None:
    async with serving(silence, shows(authority.issue_cert("127.0.0.1"))) as port:
        result = await ask(http(f"http://127.0.0.1:{port}/"))

    assert result.reason in (Reason.PROTOCOL, Reason.RESET)


async def test_a_body_of_just_the_size_is_taken() -> None:
    assert (await against(says(OK), max_body="5B")).outcome is Outcome.GOOD
    assert (await against(says(OK), max_body="4B")).reason is Reason.TOO_LARGE


async def test_a_body_is_read_in_its_own_charset() -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=ISO-8859-1\r\n\r\nb\xfccher"

    assert (await against(says(page), expect_body="bücher")).outcome is Outcome.GOOD


async def test_an_unknown_charset_is_read_as_utf_8() -> None:
    page = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=klingon\r\n\r\nbücher".encode()

    assert (await against(says(page), expect_body="bücher")).outcome is Outcome.GOOD


async def test_authorities_that_cannot_be_read_are_our_own_fault(tmp_path: Any) -> None:
    (tmp_path / "empty.pem").write_text("")
    for file in ("missing.pem", "empty.pem"):
        result = await ask(http("https://127.0.0.1:1/", ca_file=str(tmp_path / file)))

        assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.MISSING_CAPABILITY)
        assert file in result.detail


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_an_attempt_cut_short_leaves_no_socket(ca_file: str, scheme: str) -> None:
    accepted = asyncio.Event()

    async def accepts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        accepted.set()
        await asyncio.Event().wait()

    async with serving(accepts) as port:
        before = sockets()
        task = asyncio.create_task(ask(http(f"{scheme}://127.0.0.1:{port}/", ca_file=ca_file)))
        await accepted.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        gc.collect()

        assert sockets() == before + 1  # the server's end


# --- options


def test_the_kind_is_listed() -> None:
    module, _, name = KINDS["http"].partition(":")

    assert (Http.__module__, Http.__name__) == (module, name)


def test_options_are_read_from_text() -> None:
    probe = http("https://Example.com", expect_status=["200", "300-302"], max_body="64KiB")

    assert (probe.expect_status, probe.max_body, probe.host()) == (("200", "300-302"), 65536, "example.com")


def test_one_status_needs_no_list() -> None:
    assert (
        http("http://a", expect_status="204").expect_status
        == http("http://a", expect_status=204).expect_status
    )


@pytest.mark.parametrize(
    "options",
    [
        {"url": "ftp://a"},
        {"url": "http://u:hunter2@a"},
        {"url": "http://a/\r\nX: y"},
        {"method": "get"},
        {"method": "CONNECT"},
        {"method": "GET / HTTP/1.1\r\nX:"},
        {"headers": {"X": "a\r\nY: b"}},
        {"headers": {"X\r\nY": "a"}},
        {"headers": {"X Y": "a"}},
        {"headers": {"X": "\u2603"}},
        {"headers": {"content-length": "3"}},
        {"expect_status": []},
        {"expect_status": "20"},
        {"expect_status": "299-200"},
        {"expect_status": "200-299\n"},
        {"expect_status": ["ok"]},
        {"max_body": "much"},
        {"verify": "false"},
    ],
)
def test_what_cannot_be_asked_is_refused_when_it_is_read(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        http(**{"url": "http://a", **options})

    assert "hunter2" not in str(refused.value)


def test_two_logins_are_told_that_one_is_the_most() -> None:
    with pytest.raises(ValidationError, match="must have at most one of basic, bearer and oauth2"):
        http("http://a", bearer="b", basic={"username": "u", "password": "p"})


def test_there_is_a_json_schema_of_the_options() -> None:
    schema = OPTIONS.json_schema()

    assert schema["required"] == ["url"]
    assert schema["additionalProperties"] is False
