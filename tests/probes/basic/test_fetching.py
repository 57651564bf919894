"""The way of a request: redirects, cookies, proxies, logins, certificates, compression."""

import asyncio
import time
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import TypeAdapter, ValidationError

from probes.basic.http import Http
from probes.result import Outcome, Reason, Result
from tests.fakes.badhttp import hang_up, head, says, serving, silence
from tests.probes.asking import ask
from tests.probes.conftest import shows
from tests.servers.folder import needs_root
from tests.servers.nginx import LONG, Nginx, free_port
from tests.servers.squid import Squid, squid

OPTIONS = TypeAdapter(Http)
STAFF = {"basic": {"username": "staff", "password": "word"}}


async def asked(url: str, *, timeout: Any = 5.0, **options: Any) -> Result:
    return await ask(OPTIONS.validate_python({"url": url, **options}), timeout=timeout)


@pytest.fixture
def plain(web: Nginx) -> str:
    return f"http://127.0.0.1:{web.plain}"


@pytest.fixture
def secure(web: Nginx) -> str:
    return f"https://127.0.0.1:{web.secure}"


# --- redirects


@pytest.mark.server("nginx")
@pytest.mark.parametrize(
    ("path", "method", "expected"),
    [
        ("/moved", "GET", "GET,"),
        ("/moved", "POST", "GET,"),
        ("/see-other", "POST", "GET,"),
        ("/temporary", "POST", "POST,"),
        ("/moved", "PUT", "PUT,"),
        ("/see-other", "PUT", "GET,"),
        ("/moved", "HEAD", ""),
    ],
)
async def test_a_redirect_is_followed_as_its_status_says(
    plain: str, path: str, method: str, expected: str
) -> None:
    result = await asked(
        f"{plain}{path}", method=method, redirects=1, expect_body=expected, expect_status=200
    )

    assert result.outcome is Outcome.GOOD, result
    assert result.facts["redirects"] == 1
    assert result.evidence["redirects"] in (
        [f"{status} to {plain}/seen" for status in (found,)] for found in (301, 303, 307)
    )


@pytest.mark.server("nginx")
async def test_a_page_without_a_redirect_may_be_asked_with_them_allowed(plain: str) -> None:
    assert (await asked(f"{plain}/hello", redirects=5)).facts["redirects"] == 0


@pytest.mark.server("nginx")
async def test_the_steps_of_all_requests_add_up(plain: str) -> None:
    result = await asked(f"{plain}/moved", redirects=1)

    assert list(result.phases) == ["resolve", "connect", "processing", "transfer"]


@pytest.mark.server("nginx")
async def test_a_loop_of_redirects_is_said(plain: str) -> None:
    result = await asked(f"{plain}/loop", redirects=3)

    assert (result.reason, result.detail) == (
        Reason.HTTP_STATUS,
        "redirected in a loop again after 3 redirects",
    )


@pytest.mark.server("nginx")
@pytest.mark.parametrize(
    ("path", "reason", "detail"),
    [
        (
            "/to-other",
            Reason.ASSERTION,
            "redirected with 302 to localhost, which is not among redirect_hosts",
        ),
        ("/to-plain", Reason.ASSERTION, "redirected with 302 from https to http"),
        ("/to-nowhere", Reason.PROTOCOL, "redirected with 302 to what is no address"),
    ],
)
async def test_a_redirect_goes_only_where_it_may(
    secure: str, ca_file: str, path: str, reason: Reason, detail: str
) -> None:
    result = await asked(f"{secure}{path}", redirects=3, ca_file=ca_file)

    assert (result.reason, result.detail) == (reason, detail)


@pytest.mark.server("nginx")
async def test_nobody_else_learns_who_we_are(
    secure: str, web: Nginx, ca_file: str, authority: trustme.CA, tmp_path: Path
) -> None:
    authority.issue_cert("prober").private_key_and_cert_chain_pem.write_to_path(tmp_path / "us.pem")
    known = {
        **STAFF,
        "headers": {"X-Key": "hunter22"},
        "cert_file": str(tmp_path / "us.pem"),
        "ca_file": ca_file,
    }
    home = await asked(f"{secure}/moved", **known, redirects=1, expect_body="never")
    away = await asked(
        f"{secure}/to-other", **known, redirects=1, redirect_hosts=["LOCALHOST"], expect_body="never"
    )

    assert "login 'Basic ***', key '***', certificate 'OU=" in home.evidence["response"]["body"]
    assert away.evidence["response"]["body"] == "GET, login '', key '', certificate '', body "
    assert away.evidence["redirects"] == [f"302 to https://localhost:{web.secure}/seen"]


@pytest.mark.parametrize("status", [307, 308])
async def test_a_body_is_not_sent_on_to_others(status: int) -> None:
    async def sends_on(reader: Reader, writer: Writer) -> None:
        await head(reader)
        writer.write(
            f"HTTP/1.1 {status} Go\r\nLocation: http://localhost:1/\r\nContent-Length: 0\r\n\r\n".encode()
        )

    async with serving(sends_on) as port:
        options = {"method": "POST", "body": "secret", "redirects": 1, "redirect_hosts": ["localhost"]}
        result = await asked(f"http://127.0.0.1:{port}/", **options)

    assert result.reason is Reason.ASSERTION
    assert result.detail == f"redirected with {status}, but a body is not sent on to localhost"


async def test_what_a_query_holds_is_not_kept() -> None:
    async def sends_on(reader: Reader, writer: Writer) -> None:
        found = await head(reader)
        location = b"" if b"code" in found else b"Location: /back?code=hunter2\r\n"
        writer.write(b"HTTP/1.1 302 Go\r\n" + location + b"Content-Length: 0\r\n\r\n")

    async with serving(sends_on) as port:
        result = await asked(f"http://127.0.0.1:{port}/", redirects=1)

    assert result.evidence["redirects"] == [f"302 to http://127.0.0.1:{port}/back?…"]


async def test_an_address_beyond_ascii_is_followed() -> None:
    heard: list[bytes] = []

    async def sends_on(reader: Reader, writer: Writer) -> None:
        heard.append(await head(reader))
        status = b"200 OK" if len(heard) > 1 else "302 Go\r\nLocation: /café au lait".encode()
        writer.write(b"HTTP/1.1 " + status.replace(b" au lait", b"") + b"\r\nContent-Length: 0\r\n\r\n")

    async with serving(sends_on) as port:
        result = await asked(f"http://127.0.0.1:{port}/", redirects=1)

    assert result.outcome is Outcome.GOOD, result
    assert heard[1].startswith(b"GET /caf%C3%A9 ")


async def test_a_refusal_by_others_is_not_of_a_login_that_they_never_saw() -> None:
    async def refuses(reader: Reader, writer: Writer) -> None:
        assert b"Authorization" not in await head(reader)
        writer.write(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")

    async with serving(refuses) as other:

        async def sends_on(reader: Reader, writer: Writer) -> None:
            await head(reader)
            location = f"http://127.0.0.1:{other}/".encode()
            writer.write(b"HTTP/1.1 302 Go\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n")

        async with serving(sends_on) as port:
            result = await asked(f"http://127.0.0.1:{port}/", redirects=1, **STAFF)

    assert (result.reason, result.detail) == (Reason.HTTP_STATUS, "answered 401, expected 200-399")


# --- cookies


@pytest.mark.server("nginx")
async def test_cookies_are_sent_back_within_an_attempt_and_not_in_the_next(plain: str) -> None:
    options = {"redirects": 1, "expect_body": "cookie: session=abc"}

    assert (await asked(f"{plain}/set-cookie", **options)).outcome is Outcome.GOOD
    assert (await asked(f"{plain}/see-cookie", **options)).reason is Reason.ASSERTION
    own = {"headers": {"Cookie": "mine=1"}, "redirects": 1, "expect_body": "cookie: mine=1; session=abc"}
    assert (await asked(f"{plain}/set-cookie", **own)).outcome is Outcome.GOOD


# --- compression


@pytest.mark.server("nginx")
async def test_a_compressed_page_is_read_as_it_was(plain: str) -> None:
    options = {
        "expect_body": "line 499 of many\n",
        "expect_headers": {"Content-Encoding": {"exists": "true"}},
    }
    result = await asked(f"{plain}/encoded", **options, compression="true")

    assert result.outcome is Outcome.GOOD, result
    assert result.facts["body_size"] == len(LONG)
    assert result.facts["content_length"] < len(LONG)


@pytest.mark.server("nginx")
async def test_nothing_is_compressed_unless_asked_for(plain: str) -> None:
    result = await asked(f"{plain}/encoded", expect_headers={"Content-Encoding": {"exists": "false"}})

    assert result.outcome is Outcome.GOOD, result
    assert result.facts["last_modified"] > 1_700_000_000


@pytest.mark.server("nginx")
async def test_a_page_that_grows_beyond_the_bound_is_too_large(plain: str) -> None:
    result = await asked(f"{plain}/encoded", compression="true", max_body="5KiB")

    assert result.reason is Reason.TOO_LARGE
    assert result.detail == "the body of the answer exceeds 5120 bytes once it is decoded"


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
async def test_no_body_needs_no_decoding(encoding: str) -> None:
    answer = f"HTTP/1.1 204 No Content\r\nContent-Encoding: {encoding}\r\n\r\n".encode()
    async with serving(says(answer)) as port:
        result = await asked(f"http://127.0.0.1:{port}/", compression="true")

    assert result.outcome is Outcome.GOOD, result


# --- logins and certificates


@pytest.mark.server("nginx")
async def test_a_password_opens_what_is_private(plain: str) -> None:
    assert (await asked(f"{plain}/private", **STAFF)).outcome is Outcome.GOOD


@pytest.mark.server("nginx")
async def test_a_login_that_is_refused_is_said(plain: str) -> None:
    wrong = await asked(f"{plain}/private", basic={"username": "staff", "password": "wrong"})
    none = await asked(f"{plain}/private")
    expected = await asked(
        f"{plain}/private", basic={"username": "staff", "password": "no"}, expect_status=401
    )

    assert (wrong.reason, wrong.detail) == (Reason.AUTH_REJECTED, "answered 401: the login was refused")
    assert (none.reason, expected.outcome) == (Reason.HTTP_STATUS, Outcome.GOOD)


@pytest.mark.server("nginx")
async def test_a_bearer_token_is_sent_and_shown_nowhere(plain: str) -> None:
    result = await asked(f"{plain}/seen", bearer="abc123", expect_body="never")

    assert "login 'Bearer ***'" in result.evidence["response"]["body"]


@pytest.mark.server("nginx")
async def test_a_client_certificate_says_who_we_are(
    secure: str, ca_file: str, authority: trustme.CA, tmp_path: Path
) -> None:
    client = authority.issue_cert("prober", common_name="prober")
    client.private_key_pem.write_to_path(tmp_path / "key.pem")
    for blob in client.cert_chain_pems:
        blob.write_to_path(tmp_path / "cert.pem", append=True)
    files = {"cert_file": str(tmp_path / "cert.pem"), "key_file": str(tmp_path / "key.pem")}
    known = await asked(f"{secure}/known", ca_file=ca_file, **files, expect_body="CN=prober")
    unknown = await asked(f"{secure}/known", ca_file=ca_file)

    assert known.outcome is Outcome.GOOD, known
    assert unknown.facts["status_code"] == 403


# --- proxies


@pytest.fixture(scope="module")
def proxy() -> Iterator[Squid]:
    with squid() as server:
        yield server


@needs_root
@pytest.mark.server("squid")
@pytest.mark.server("nginx")
async def test_a_request_goes_through_a_proxy(proxy: Squid, plain: str, secure: str, ca_file: str) -> None:
    way = {"proxy": {"url": proxy.open}, "expect_body": "all is well"}
    first = await asked(f"{plain}/hello", **way)
    second = await asked(f"{secure}/hello", **way, ca_file=ca_file)

    assert first.outcome is second.outcome is Outcome.GOOD, (first, second)
    assert list(first.phases) == ["proxy", "processing", "transfer"]
    assert list(second.phases) == ["proxy", "tls", "processing", "transfer"]
    await asyncio.to_thread(logged, proxy.access_log, f"GET {plain}/hello")
    await asyncio.to_thread(logged, proxy.access_log, f"CONNECT {secure.removeprefix('https://')}")


def logged(file: Path, line: str) -> None:
    """Wait for a line of the log, which is written a little after the answer."""
    ends = time.monotonic() + 10
    while line not in file.read_text():
        assert time.monotonic() < ends, file.read_text()
        time.sleep(0.02)


@needs_root
@pytest.mark.server("squid")
@pytest.mark.server("nginx")
@pytest.mark.parametrize("scheme", ["plain", "secure"])
async def test_a_proxy_may_want_a_password(
    proxy: Squid, ca_file: str, scheme: str, request: pytest.FixtureRequest
) -> None:
    url = f"{request.getfixturevalue(scheme)}/hello"
    right = {"url": proxy.guarded, "username": "staff", "password": "word"}
    known = await asked(url, ca_file=ca_file, proxy=right)
    wrong = await asked(url, ca_file=ca_file, proxy={**right, "password": "wrong"})
    none = await asked(url, ca_file=ca_file, proxy={"url": proxy.guarded})

    assert known.outcome is Outcome.GOOD, known
    assert wrong.reason is none.reason is Reason.PROXY
    assert none.detail == "the proxy refused our login, or wants one (407)"


@needs_root
@pytest.mark.server("squid")
async def test_a_proxy_that_gives_no_tunnel_is_said(proxy: Squid, ca_file: str) -> None:
    barred = await asked("https://barred.localhost/", ca_file=ca_file, proxy={"url": proxy.open})
    nobody = await asked(f"https://127.0.0.1:{free_port()}/", ca_file=ca_file, proxy={"url": proxy.open})

    assert (barred.reason, barred.detail) == (Reason.PROXY, "the proxy answered 403 when asked for a tunnel")
    assert (nobody.reason, nobody.detail) == (Reason.PROXY, "the proxy answered 503 when asked for a tunnel")


async def test_a_proxy_that_is_not_there_is_said(ca_file: str) -> None:
    gone = {"url": f"http://127.0.0.1:{(port := free_port())}"}
    result = await asked("https://www.example.com/", ca_file=ca_file, proxy=gone)

    assert result.reason is Reason.PROXY
    assert result.detail == f"on the way to the proxy: 127.0.0.1:{port}: Connection refused"


@pytest.mark.parametrize(
    ("behaviour", "detail"), [(hang_up, "the proxy: the connection was closed"), (silence, "")]
)
async def test_a_proxy_that_breaks_off_is_said(ca_file: str, behaviour: Any, detail: str) -> None:
    async with serving(behaviour) as port:
        way = {"url": f"http://127.0.0.1:{port}"}
        result = await asked("https://www.example.com/", timeout=0.3, ca_file=ca_file, proxy=way)

    assert result.reason is Reason.PROXY
    assert detail in result.detail


async def test_what_a_proxy_is_told_is_just_this(ca_file: str) -> None:
    heard: list[bytes] = []

    async def listens(reader: Reader, writer: Writer) -> None:
        heard.append(await head(reader))

    async with serving(listens) as port:
        way = {"url": f"http://127.0.0.1:{port}", "username": "staff", "password": "word"}
        await asked("https://www.example.com/private?x", ca_file=ca_file, bearer="secret", proxy=way)

    assert heard[0].decode().split("\r\n") == [
        "CONNECT www.example.com:443 HTTP/1.1",
        "Host: www.example.com:443",
        "Proxy-Authorization: Basic c3RhZmY6d29yZA==",
        "",
        "",
    ]


async def test_a_token_is_fetched_through_the_proxy_too() -> None:
    heard: list[bytes] = []

    async def forwards(reader: Reader, writer: Writer) -> None:
        heard.append(await head(reader))
        body = b'{"access_token": "abc"}' if heard[0] is heard[-1] else heard[-1]
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async with serving(forwards) as port:
        way = {"url": f"http://127.0.0.1:{port}", "username": "staff", "password": "word"}
        oauth2 = {"token_url": "http://login.example/token", "client_id": "a", "client_secret": "hunter2"}
        result = await asked("http://www.example.com/", proxy=way, oauth2=oauth2, expect_body="never")

    assert heard[0].startswith(b"POST http://login.example/token HTTP/1.1\r\n")
    assert all(b"Proxy-Authorization: Basic c3RhZmY6d29yZA==" in each for each in heard)
    assert list(result.phases) == ["token", "proxy", "processing", "transfer"]
    assert "Proxy-Authorization: Basic ***" in result.evidence["response"]["body"]


async def test_the_name_is_looked_up_by_the_proxy(authority: trustme.CA, ca_file: str) -> None:
    """It is the proxy that may see names which we cannot."""
    server = shows(authority.issue_cert("only.inside.example"))

    async def tunnels(reader: Reader, writer: Writer) -> None:
        await head(reader)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.start_tls(server)
        await head(reader)
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    async with serving(tunnels) as port:
        result = await asked(
            "https://only.inside.example/", ca_file=ca_file, proxy={"url": f"http://127.0.0.1:{port}"}
        )

    assert result.outcome is Outcome.GOOD, result


# --- what was not, and cannot be


async def test_an_attempt_cut_short_on_the_way_leaves_nothing(ca_file: str) -> None:
    async with serving(silence) as port:
        way = {"url": f"http://127.0.0.1:{port}"}
        task = asyncio.create_task(asked("https://www.example.com/", ca_file=ca_file, proxy=way))
        await asyncio.sleep(0.05)
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)

    assert isinstance(ended, asyncio.CancelledError)


@pytest.mark.parametrize(
    "options",
    [
        {"redirects": "-1"},
        {"redirects": "21"},
        {"redirect_hosts": ["a b"]},
        {"proxy": {"url": "https://proxy"}},
        {"proxy": {"url": "http://proxy/path"}},
        {"proxy": {"url": "http://u:p@proxy"}},
        {"proxy": {"url": "http://proxy", "username": "u"}},
        {"proxy": {"url": "http://proxy", "password": "p"}},
        {"basic": {"username": "a:b", "password": "c"}},
        {"basic": {"username": "a", "password": "c"}, "bearer": "d"},
        {"bearer": "a\r\nX: y"},
        {"bearer": "a", "headers": {"authorization": "b"}},
        {"oauth2": {"token_url": "ftp://a", "client_id": "b", "client_secret": "c"}},
        {"key_file": "key.pem"},
        {"min_tls": "1.0"},
    ],
)
def test_what_cannot_be_is_refused_when_it_is_read(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OPTIONS.validate_python({"url": "https://www.example.com/", **options})
