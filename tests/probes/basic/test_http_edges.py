"""Answers and options that were thought up to break the kinds `http` and `script`."""

import asyncio
import ssl
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from typing import Any

import pytest
import trustme
from hpack import Encoder
from hyperframe.frame import DataFrame, Frame, HeadersFrame, PingFrame, SettingsFrame
from pydantic import TypeAdapter, ValidationError

from probes.basic.http import Http
from probes.basic.script import Script
from probes.result import Outcome, Reason, Result
from tests.fakes.badhttp import Behaviour, head, says, serving
from tests.probes.asking import ask
from tests.probes.conftest import shows

HTTP, SCRIPT = TypeAdapter(Http), TypeAdapter(Script)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
TOKEN = "tok/en+&0123456789"


async def asked(url: str, *, timeout: Any = 5.0, **options: Any) -> Result:
    return await ask(HTTP.validate_python({"url": url, **options}), timeout=timeout)


async def told(answer: bytes, **options: Any) -> Result:
    async with serving(says(answer)) as port:
        return await asked(f"http://127.0.0.1:{port}/", **options)


async def done(*steps: dict[str, Any], **more: Any) -> Result:
    return await ask(SCRIPT.validate_python({"steps": list(steps), **more}))


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def floods(first: bytes, piece: bytes) -> Behaviour:
    """Say something, and then the same again and again."""

    async def flood(reader: Reader, writer: Writer) -> None:
        await reader.read(1)
        writer.write(first)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)  # a full buffer alone does not let others have their turn

    return flood


# --- floods


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (CHUNKED + b"0\r\nX-Trailer: ", b"x" * 60_000),
        (CHUNKED + b"0\r\nX", b"x" * 60_000),
        (CHUNKED + b"1;", b"x" * 60_000),
        (CHUNKED, b"0" * 60_000),
    ],
)
async def test_what_goes_on_around_a_body_is_bounded(first: bytes, piece: bytes) -> None:
    async with serving(floods(first, piece)) as port:
        result = await asked(f"http://127.0.0.1:{port}/")

    assert (result.reason, result.detail) == (
        Reason.TOO_LARGE,
        "the headers of the answer exceed 65536 bytes",
    )


def wire(*frames: Frame) -> bytes:
    return b"".join(frame.serialize() for frame in frames)


def headers(status: str, *more: tuple[str, str]) -> Frame:
    return HeadersFrame(1, Encoder().encode([(":status", status), *more]), flags=["END_HEADERS"])


@pytest.fixture
def two(authority: trustme.CA) -> ssl.SSLContext:
    context = shows(authority.issue_cert("127.0.0.1"))
    context.set_alpn_protocols(["h2"])
    return context


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"", wire(PingFrame(0, b"12345678")) * 1000),
        (b"", wire(SettingsFrame(0)) * 1000),
        (b"", wire(headers("103")) * 1000),
        (wire(headers("200")), wire(DataFrame(1)) * 1000),
        (wire(headers("200")), wire(DataFrame(1, b"x")) * 1000),
    ],
)
async def test_a_flood_of_frames_ends_the_attempt(
    two: ssl.SSLContext, ca_file: str, first: bytes, piece: bytes
) -> None:
    async with serving(floods(wire(SettingsFrame(0)) + first, piece), two) as port:
        result = await asked(f"https://127.0.0.1:{port}/", http_version="2", ca_file=ca_file)

    assert result.reason is Reason.TOO_LARGE, result
    assert "frames of HTTP/2 came, and hardly a body in them" in result.detail


@pytest.mark.parametrize(
    ("frame", "detail"),
    [
        (headers("9" * 5000), "the answer is not HTTP/2: its status is none"),
        (headers(""), "the answer is not HTTP/2: its status is none"),
        (headers("200", ("content-length", "9" * 5000)), "the answer is not HTTP/2: Invalid content-length"),
    ],
)
async def test_numbers_beyond_all_numbers_are_not_http_2(
    two: ssl.SSLContext, ca_file: str, frame: Frame, detail: str
) -> None:
    async with serving(floods(wire(SettingsFrame(0), frame), b""), two) as port:
        result = await asked(f"https://127.0.0.1:{port}/", http_version="2", ca_file=ca_file)

    assert result.reason is Reason.PROTOCOL, result
    assert result.detail.startswith(detail)
    assert len(result.detail) < 120


# --- a good that is none


async def test_what_is_compressed_unasked_is_not_searched() -> None:
    result = await told(answer(b"\x1f\x8b?", "Content-Encoding: gzip"), reject_body="error")

    assert (result.reason, result.detail) == (
        Reason.ASSERTION,
        "answered 200, but its body has an encoding that was not asked for",
    )


async def test_what_is_compressed_unasked_is_good_where_nobody_looks() -> None:
    assert (await told(answer(b"\x1f\x8b?", "Content-Encoding: gzip"))).outcome is Outcome.GOOD


@pytest.mark.parametrize("body", [b"[1]", b"[false]", b"[[true]]", b'{"0": true}'])
async def test_true_is_not_one_however_deep(body: bytes) -> None:
    result = await told(answer(body), expect_json=[{"path": "$", "equals": "[true]"}])

    assert result.reason is Reason.ASSERTION


async def test_values_are_equal_however_they_are_written() -> None:
    rule = {"path": "$", "equals": '{"b": [1.0, null], "a": {"c": "d"}}'}

    assert (await told(answer(b'{"a":{"c":"d"},"b":[1,null]}'), expect_json=[rule])).outcome is Outcome.GOOD


def test_a_header_that_cannot_be_is_not_expected_to_be_missing() -> None:
    with pytest.raises(ValidationError, match="names of letters"):
        HTTP.validate_python({"url": "http://a/", "expect_headers": {"X-Error ": {"exists": "false"}}})


async def test_a_boundary_is_no_charset() -> None:
    kind = "Content-Type: multipart/x; x-charset=utf-16; charset=utf-8"

    assert (await told(answer(b"fine", kind), expect_body="fine")).outcome is Outcome.GOOD


@pytest.mark.parametrize("charset", ["unicode-escape", "unicode_escape", "raw-unicode-escape"])
async def test_a_charset_of_python_s_own_makes_no_half_characters(charset: str) -> None:
    result = await told(
        answer(b"\\ud800", f"Content-Type: text/plain; charset={charset}"), expect_body_regex="x"
    )

    assert result.reason is Reason.ASSERTION, result
    assert result.evidence["response"]["body"] == "\\ud800"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("$[?$..x]", b"[" + b"[]," * 5000 + b"[]]"),
        ("$[?$[?@ == 2]]", b"[" + b"1," * 5000 + b"1]"),
        ("$..a..b..a", b'{"a":{"b":' * 40 + b"[" + b"[]," * 20000 + b"[]]" + b"}}" * 40),
    ],
)
async def test_a_path_that_would_take_hours_is_given_up(path: str, body: bytes) -> None:
    result = await told(answer(body), expect_json=[{"path": path, "exists": "false"}])

    assert (result.reason, result.detail) == (
        Reason.ASSERTION,
        f"answered 200, but its body is too much work for {path}",
    )


async def test_a_date_without_a_place_is_in_greenwich(monkeypatch: pytest.MonkeyPatch) -> None:
    result = await told(answer(b"", "Last-Modified: Wed, 21 Oct 2015 07:28:00 -0000"))

    assert result.facts["last_modified"] == 1445412480


# --- secrets


async def test_a_secret_that_is_cut_off_is_not_half_shown() -> None:
    body = b"x" * 1000 + f"{TOKEN}{TOKEN}".encode()
    long = await told(answer(body), bearer=TOKEN, expect_status=201)
    header = await told(
        answer(b"", f"X-Said: {'y' * 70}{TOKEN}"), bearer=TOKEN, expect_headers={"X-Said": "z"}
    )

    assert long.evidence["response"]["body"] == "x" * 1000 + "******"
    assert header.detail.endswith(f'header X-Said is "{"y" * 70}***…", expected "z"')


@pytest.mark.parametrize(
    "said", [r"tok\/en+&0123456789", "tok%2Fen%2B%260123456789", "tok/en+&amp;0123456789"]
)
async def test_a_secret_is_not_shown_as_others_write_it(said: str) -> None:
    result = await told(answer(f"you sent {said}".encode()), headers={"X-Key": TOKEN}, expect_status=201)

    assert "0123456789" not in str(result)


async def test_a_cookie_of_ours_is_not_shown() -> None:
    result = await told(
        answer(b"session 0123456789abcdef"),
        headers={"Cookie": "a=b; session=0123456789abcdef; c=d"},
        expect_status=201,
    )

    assert result.evidence["response"]["body"] == "session ***"


async def test_a_cookie_that_was_set_is_not_shown() -> None:
    said = answer(b"0123456789abcdef", "Set-Cookie: session=0123456789abcdef")

    assert (await told(said, redirects=1, expect_status=201)).evidence["response"]["body"] == "***"


async def test_where_a_redirect_leads_is_shown_without_its_query() -> None:
    result = await told(
        answer(b"", "Location: https://a.example/in?code=0123456789#token=0123456789", status="302 Found"),
        expect_status=200,
    )

    assert result.evidence["response"]["location"] == "https://a.example/in?…"


async def test_what_a_step_would_have_saved_is_not_shown_where_it_fails() -> None:
    body = b'{"token": "0123456789abcdef", "ok": false}'
    async with serving(says(answer(body))) as port:
        result = await done(
            {
                "name": "login",
                "url": f"http://127.0.0.1:{port}/",
                "save": {"token": {"json": "$.token"}},
                "expect_json": [{"path": "$.ok", "equals": "true"}],
            }
        )

    assert result.reason is Reason.ASSERTION
    assert result.evidence["response"]["body"] == '{"token": "***", "ok": false}'


# --- our own fault


@pytest.mark.parametrize("host", ["a..b", ".a", "a" * 64, f"{'a.' * 130}b", "...", ".", "a..", "[v1.x]"])
def test_a_host_that_cannot_be_is_refused_when_it_is_read(host: str) -> None:
    with pytest.raises(ValidationError, match="must have a host name that DNS can hold"):
        HTTP.validate_python({"url": f"https://{host}/"})


@pytest.mark.parametrize(
    "host", ["a", "a.b.", "a_b", "1.2.3.4", "[::1]", "[::ffff:1.2.3.4]", "a" * 63, "é.x"]
)
def test_a_host_that_can_be_is_accepted(host: str) -> None:
    HTTP.validate_python({"url": f"https://{host}/"})


async def test_a_certificate_need_not_name_the_root(authority: trustme.CA, ca_file: str) -> None:
    async with serving(says(answer(b"")), shows(authority.issue_cert("localhost"))) as port:
        result = await asked(f"https://127.0.0.1:{port}/", server_name="localhost.", ca_file=ca_file)

    assert result.outcome is Outcome.GOOD, result


@pytest.mark.parametrize("name", ["TE", "Upgrade", "Keep-Alive", "Proxy-Connection", "Cookie", "X-A"])
async def test_a_header_that_http_2_does_not_know_breaks_nothing(
    two: ssl.SSLContext, ca_file: str, name: str
) -> None:
    frames = wire(SettingsFrame(0), headers("204"), DataFrame(1, flags=["END_STREAM"]))
    async with serving(floods(frames, b""), two) as port:
        result = await asked(
            f"https://127.0.0.1:{port}/", http_version="2", ca_file=ca_file, headers={name: "gzip é"}
        )

    assert result.outcome is Outcome.GOOD, result


def test_a_header_is_said_once() -> None:
    with pytest.raises(ValidationError, match="must not hold a header twice"):
        HTTP.validate_python({"url": "http://a/", "headers": {"Accept": "a", "accept": "b"}})


def test_a_proxy_s_user_has_no_colon() -> None:
    proxy = {"url": "http://a:3128", "username": "a:b", "password": "c"}
    with pytest.raises(ValidationError, match="must have a username without a colon"):
        HTTP.validate_python({"url": "http://a/", "proxy": proxy})


class Listening:
    """Answers each request with the next of some answers, and keeps what was asked."""

    def __init__(self, *answers: bytes) -> None:
        self.heard: list[str] = []
        self.answers = iter(answers)

    async def behave(self, reader: Reader, writer: Writer) -> None:
        self.heard.append((await head(reader)).decode("latin-1"))
        writer.write(next(self.answers))
        await writer.drain()


async def test_there_is_one_header_of_cookies() -> None:
    server = Listening(answer(b"", "Set-Cookie: a=b", "Location: /x", status="302 Found"), answer(b""))
    async with serving(server.behave) as port:
        await asked(f"http://127.0.0.1:{port}/", redirects=1, headers={"cookie": "c=d"})

    assert [line for line in server.heard[1].splitlines() if line.lower().startswith("cookie")] == [
        "cookie: c=d; a=b"
    ]


@pytest.mark.parametrize("domain", ["127.0.0.1", ".127.0.0.1"])
async def test_a_host_without_a_domain_may_name_itself(domain: str) -> None:
    server = Listening(
        answer(b"", f"Set-Cookie: a=b; Domain={domain}", "Location: /x", status="302 Found"), answer(b"")
    )
    async with serving(server.behave) as port:
        await asked(f"http://127.0.0.1:{port}/", redirects=1)

    assert "Cookie: a=b" in server.heard[1]


async def test_a_login_of_a_step_s_own_goes_before_that_of_all() -> None:
    server = Listening(answer(b""))
    async with serving(server.behave) as port:
        step = {"name": "a", "url": f"http://127.0.0.1:{port}/", "headers": {"authorization": "Other 1"}}
        await done(step, bearer=TOKEN)

    assert [line for line in server.heard[0].splitlines() if "authorization" in line.lower()] == [
        "authorization: Other 1"
    ]


@pytest.mark.parametrize("depth", range(900, 1000, 7))
async def test_a_token_in_a_deep_answer_is_none(depth: int) -> None:
    deep = b"[" * depth + b"]" * depth
    async with serving(says(answer(b'{"access_token": "x", "token_type": ' + deep + b"}"))) as port:
        url = f"http://127.0.0.1:{port}/"
        oauth2 = {"token_url": url, "client_id": "a", "client_secret": "b-secret", "cache": "no"}
        result = await asked(url, oauth2=oauth2)

    assert result.reason is Reason.ASSERTION, result


# --- redirects


@pytest.mark.parametrize(
    "location",
    [
        r"/\b.example/",
        r"\\b.example",
        r"http:/\b.example",
        "http:b.example/",
        "HTTP:///b.example/",
        "///b.example",
        "//",
        "http://a.example@b.example/",
        r"http://127.0.0.1\@b.example/",
    ],
)
async def test_an_address_that_is_read_in_two_ways_is_none(location: str) -> None:
    moved = answer(b"", f"Location: {location}", status="302 Found")
    result = await told(moved, redirects=3, bearer=TOKEN)

    assert (result.reason, result.detail) == (Reason.PROTOCOL, "redirected with 302 to what is no address")


@pytest.mark.parametrize(
    "location",
    ["//b.example/", "h\tttp://b.example", "http://b.example:80", "http://0x7f000001/", "http://127.0.0.1./"],
)
async def test_another_host_is_one_however_it_is_written(location: str) -> None:
    result = await told(answer(b"", f"Location: {location}", status="302 Found"), redirects=3)

    assert result.reason is Reason.ASSERTION, result
    assert result.detail.endswith("which is not among redirect_hosts")


@pytest.mark.parametrize(
    "location", ["/a", "a?b=//c", "?x=\\", "#", ".", "HTTP://{own}/a", "//{own}/a", "http://{own}", "/a//b"]
)
async def test_the_own_host_is_it_however_it_is_written(location: str) -> None:
    server = Listening()
    async with serving(server.behave) as port:
        where = location.replace("{own}", f"127.0.0.1:{port}")
        moved = answer(b"", f"Location: {where}", status="302 Found")
        server.answers = iter((moved, answer(b"there")))
        result = await asked(f"http://127.0.0.1:{port}/", redirects=1, bearer=TOKEN, expect_body="there")

    assert result.outcome is Outcome.GOOD, result
    assert f"Authorization: Bearer {TOKEN}" in server.heard[1]
