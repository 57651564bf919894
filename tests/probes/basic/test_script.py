"""Kind `script` in a shop that knows who has logged in."""

import json
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from typing import Any
from urllib.parse import parse_qs

import pytest
import trustme
from pydantic import TypeAdapter, ValidationError

from probes.basic.script import Script
from probes.result import Outcome, Reason, Result
from tests.fakes.badhttp import says, serving, silence
from tests.probes.asking import ask
from tests.probes.conftest import FAR, FUTURE, shows
from tests.servers.nginx import Nginx, free_port

OPTIONS = TypeAdapter(Script)
TICKET = "ticket/with spaces&more"


class Shop:
    """Gives a ticket and a cookie for the right password, and a cart to who has both."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.ticket: Any = TICKET

    async def behave(self, reader: Reader, writer: Writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = (
            int(head.lower().partition("content-length:")[2].split()[0]) if "ontent-Length" in head else 0
        )
        body = (await reader.readexactly(length)).decode()
        self.heard.append(f"{head}{body}")
        status, more, answer = self.answer(head, body)
        sent = json.dumps(answer).encode()
        writer.write(f"HTTP/1.1 {status}\r\n{more}Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
        await writer.drain()

    def answer(self, head: str, body: str) -> tuple[str, str, Any]:
        path = head.split()[1]
        if path == "/login":
            known = parse_qs(body) == {"user": ["probe"], "password": ["hunter2&"]}
            cookie = "Set-Cookie: session=s-12345; Path=/\r\nX-Next: 77\r\n"
            return ("200 OK", cookie, {"ticket": self.ticket}) if known else ("401 No", "", {"said": body})
        if path == "/cart?ticket=ticket%2Fwith%20spaces%26more" and "session=s-12345" in head:
            return "200 OK", "", {"items": [1, 2], "note": f"for {TICKET} only"}
        return "404 Not Found", "", {"path": path}


def login(port: int, **more: Any) -> dict[str, Any]:
    return {
        "name": "login",
        "url": f"http://127.0.0.1:{port}/login",
        "form": {"user": "probe", "password": "hunter2&"},
        "save": {"ticket": {"json": "$.ticket"}},
        **more,
    }


def cart(port: int, **more: Any) -> dict[str, Any]:
    return {"name": "cart", "url": f"http://127.0.0.1:{port}/cart?ticket={{{{ticket}}}}", **more}


async def done(*steps: dict[str, Any], timeout: float = 5.0, **more: Any) -> Result:
    return await ask(OPTIONS.validate_python({"steps": list(steps), **more}), timeout=timeout)


async def test_values_and_cookies_are_carried_on() -> None:
    shop = Shop()
    async with serving(shop.behave) as port:
        result = await done(login(port), cart(port, expect_json=[{"path": "$.items[*]", "count": 2}]))

    assert result.outcome is Outcome.GOOD, result
    assert list(result.phases) == ["login", "cart"]
    assert result.facts == {"steps": 2, "status_code": 200}
    assert "Cookie: session=s-12345" in shop.heard[1]


async def test_the_step_that_fails_is_named() -> None:
    async with serving(Shop().behave) as port:
        result = await done(login(port), cart(port, expect_body="gone"))

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.ASSERTION)
    assert result.detail.startswith("step cart: answered 200, but the expected text is not in its ")
    assert result.facts == {"steps": 1, "status_code": 200}
    assert TICKET not in str(result.evidence)
    assert "for *** only" in result.evidence["response"]["body"]


async def test_what_was_sent_is_shown_nowhere() -> None:
    async with serving(Shop().behave) as port:
        wrong = login(port, form={"user": "probe", "password": "hunter3 & more"})
        result = await done(wrong)

    assert (result.reason, result.detail) == (
        Reason.HTTP_STATUS,
        "step login: answered 401, expected 200-399",
    )
    assert result.evidence["response"]["body"] == '{"said": "user=***&password=***"}'


@pytest.mark.parametrize(
    ("save", "value"),
    [
        ({"header": "x-next"}, "77"),
        ({"cookie": "session"}, "s-12345"),
        ({"regex": '"ticket": "([a-z]+)'}, "ticket"),
        ({"regex": "ti[ck]+et"}, "ticket"),
    ],
)
async def test_a_value_is_found_where_it_is_said(save: dict[str, str], value: str) -> None:
    shop = Shop()
    async with serving(shop.behave) as port:
        following = {"name": "then", "url": f"http://127.0.0.1:{port}/x/{{{{it}}}}", "expect_status": 404}
        result = await done(login(port, save={"it": save}), following)

    assert result.outcome is Outcome.GOOD, result
    assert shop.heard[1].startswith(f"GET /x/{value} ")


@pytest.mark.parametrize(
    "save",
    [{"json": "$.gone"}, {"json": "$"}, {"header": "X-Gone"}, {"cookie": "gone"}, {"regex": "gone"}],
)
async def test_a_value_that_is_not_there_ends_it(save: dict[str, str]) -> None:
    async with serving(Shop().behave) as port:
        result = await done(login(port, save={"it": save}))

    assert result.reason is Reason.ASSERTION
    assert result.detail == 'step login: answered 200, but there is nothing to save as "it"'


async def test_a_cookie_of_another_host_by_the_same_name_is_not_meant() -> None:
    def sets(session: str) -> bytes:
        return f"HTTP/1.1 200 OK\r\nSet-Cookie: session={session}\r\n\r\n".encode()

    shop = Shop()
    async with (
        serving(says(sets("ours"))) as ours,
        serving(says(sets("theirs"))) as theirs,
        serving(shop.behave) as port,
    ):
        result = await done(
            {"name": "one", "url": f"http://127.0.0.1:{ours}/"},
            {"name": "two", "url": f"http://localhost:{theirs}/"},
            {"name": "three", "url": f"http://127.0.0.1:{ours}/", "save": {"it": {"cookie": "session"}}},
            {"name": "then", "url": f"http://127.0.0.1:{port}/{{{{it}}}}", "expect_status": 404},
        )

    assert result.outcome is Outcome.GOOD, result
    assert shop.heard[0].startswith("GET /ours ")


async def test_a_value_does_not_break_out_of_a_header_or_a_form() -> None:
    shop = Shop()
    shop.ticket = "a\r\nX-Evil: yes&b=c"
    async with serving(shop.behave) as port:
        there = f"http://127.0.0.1:{port}/x"
        into = {"name": "into", "url": there, "headers": {"X-Ticket": "{{ticket}}"}, "expect_status": 404}
        header = await done(login(port), into)
        form = await done(login(port), {**into, "headers": {}, "form": {"t": "{{ticket}}"}})
        body = await done(login(port), {**into, "headers": {}, "body": "<{{ticket}}>"})

    assert (header.reason, header.detail) == (
        Reason.ASSERTION,
        "step into: a value that was saved cannot be sent in the header X-Ticket",
    )
    assert form.outcome is body.outcome is Outcome.GOOD
    assert shop.heard[2].endswith("\r\n\r\nt=a%0D%0AX-Evil%3A+yes%26b%3Dc")
    assert shop.heard[4].endswith("\r\n\r\n<a\r\nX-Evil: yes&b=c>")
    assert shop.heard[4].startswith("POST /x ")


async def test_json_is_sent_with_values_in_it() -> None:
    shop = Shop()
    shop.ticket = 'say "hello"\\'
    async with serving(shop.behave) as port:
        into = {
            "name": "into",
            "url": f"http://127.0.0.1:{port}/x",
            "json": '{"ticket": "{{ticket}}", "next": {"n":{{n}}}}',
            "expect_status": 404,
        }
        saving = {"ticket": {"json": "$.ticket"}, "n": {"header": "X-Next"}}
        result = await done(login(port, save=saving), into)

    assert result.outcome is Outcome.GOOD, result
    sent, _, body = shop.heard[1].partition("\r\n\r\n")
    assert sent.startswith("POST /x ")
    assert "\r\nContent-Type: application/json\r\n" in sent
    assert json.loads(body) == {"ticket": 'say "hello"\\', "next": {"n": 77}}


async def test_what_json_held_is_shown_nowhere() -> None:
    async def repeats(reader: Reader, writer: Writer) -> None:
        length = int(
            (await reader.readuntil(b"\r\n\r\n")).lower().partition(b"content-length:")[2].split()[0]
        )
        said = json.loads(await reader.readexactly(length))["login"][0]
        writer.write(b"HTTP/1.1 403 No\r\n\r\n" + f"not {said}".encode())
        await writer.drain()

    async with serving(repeats) as port:
        sent = '{"login": ["hunter2-json", 1]}'
        result = await done({"name": "one", "url": f"http://127.0.0.1:{port}/", "json": sent})

    assert result.evidence["response"]["body"] == "not ***"


@pytest.mark.parametrize(
    "sent",
    [
        {"headers": {"X-Key": "key/hunter2-header/{{ticket}}"}},
        {"headers": {"X-Key": "k1:{{ticket}}"}},
        {"body": "<a><b>hunter2-body</b><c>{{ticket}}</c></a>"},
    ],
)
async def test_what_stands_beside_a_value_is_shown_nowhere(sent: dict[str, Any]) -> None:
    async def repeats(reader: Reader, writer: Writer) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        said = await reader.read(1000) if b"POST" in head else head.partition(b"X-Key: ")[2].split()[0]
        writer.write(b"HTTP/1.1 403 No\r\n\r\nnot " + said)
        await writer.drain()

    shop = Shop()
    shop.ticket = "t-1"
    async with serving(shop.behave) as port, serving(repeats) as other:
        result = await done(login(port), {"name": "b", "url": f"http://127.0.0.1:{other}/", **sent})

    assert result.reason is Reason.HTTP_STATUS
    assert "hunter2" not in str(result.evidence)
    assert "k1:" not in str(result.evidence)


@pytest.mark.parametrize("ticket", ["1, 2", "none", '{"admin": 1}'])
async def test_a_text_does_not_go_where_a_number_belongs(ticket: str) -> None:
    shop = Shop()
    shop.ticket = ticket
    async with serving(shop.behave) as port:
        result = await done(login(port), cart(port, url=f"http://127.0.0.1:{port}/x", json="[{{ticket}}]"))

    assert (result.reason, result.detail) == (
        Reason.ASSERTION,
        "step cart: a value that was saved cannot be sent in the json",
    )
    assert len(shop.heard) == 1


@pytest.mark.parametrize("body", [b"[" * 900 + b"]" * 900, b'{"a": 1, "a": 2}', b"<html>"])
async def test_json_that_cannot_be_looked_into_has_nothing_to_save(body: bytes) -> None:
    async with serving(says(b"HTTP/1.1 200 OK\r\n\r\n" + body)) as port:
        result = await done(login(port, save={"it": {"json": "$..a"}}))

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.ASSERTION)
    assert result.detail == 'step login: answered 200, but there is nothing to save as "it"'


async def test_a_value_that_is_too_long_is_not_carried() -> None:
    shop = Shop()
    shop.ticket = "x" * 10_000
    async with serving(shop.behave) as port:
        result = await done(login(port))

    assert result.detail == 'step login: answered 200, but there are 10000 characters to save as "ticket"'


async def test_a_step_that_takes_too_long_is_where_the_time_went() -> None:
    async with serving(Shop().behave) as port, serving(silence) as silent:
        result = await done(login(port), cart(silent), timeout=0.3)

    assert result.reason is Reason.RESPONSE_TIMEOUT
    assert result.detail.endswith("in the step cart")


async def test_the_login_goes_to_the_first_party_only() -> None:
    first, other = Shop(), Shop()
    async with serving(first.behave) as port, serving(other.behave) as elsewhere:
        steps = [
            {"name": name, "url": f"http://127.0.0.1:{to}/x", "expect_status": 404}
            for name, to in (("one", port), ("two", elsewhere), ("three", port))
        ]
        result = await done(*steps, bearer="abc-token")

    assert result.outcome is Outcome.GOOD, result
    assert ["Authorization: Bearer abc-token" in heard for heard in first.heard] == [True, True]
    assert "Authorization" not in other.heard[0]


async def test_of_several_certificates_the_one_that_ends_first_is_told(
    authority: trustme.CA, ca_file: str
) -> None:
    certificates = [authority.issue_cert("127.0.0.1", not_after=at) for at in (FAR, FUTURE, FAR)]
    shop = Shop()
    async with (
        serving(shop.behave, shows(certificates[0])) as one,
        serving(shop.behave, shows(certificates[1])) as two,
        serving(shop.behave, shows(certificates[2])) as three,
    ):
        steps = [
            {"name": f"s{port}", "url": f"https://127.0.0.1:{port}/x", "expect_status": 404}
            for port in (one, two, three)
        ]
        result = await done(*steps, ca_file=ca_file)

    assert result.facts["ssl_earliest_cert_expiry"] == FUTURE.timestamp()


@pytest.mark.server("nginx")
async def test_redirects_and_cookies_of_a_real_server(web: Nginx) -> None:
    base = f"http://127.0.0.1:{web.plain}"
    result = await done(
        {"name": "sign_in", "url": f"{base}/set-cookie", "save": {"cookie_said": {"regex": "session=(.*)"}}},
        {"name": "look", "url": f"{base}/see-cookie", "expect_body": "session=abc"},
        {
            "name": "again",
            "url": f"{base}/seen",
            "headers": {"X-Key": "{{cookie_said}}"},
            "expect_body": "key 'abc'",
        },
        redirects=1,
    )

    assert result.outcome is Outcome.GOOD, result


async def test_nobody_there_is_said_of_the_step() -> None:
    result = await done({"name": "one", "url": f"http://127.0.0.1:{free_port()}/"})

    assert result.reason is Reason.CONNECT_REFUSED
    assert result.detail.startswith("step one: 127.0.0.1:")
    assert list(result.phases) == ["one"]


STEP = {"name": "a", "url": "https://a/"}


@pytest.mark.parametrize(
    "options",
    [
        {"steps": []},
        {"steps": [{**STEP, "name": f"a{number}"} for number in range(21)]},
        {"steps": [STEP, STEP]},
        {"steps": [{**STEP, "name": "Upper"}]},
        {"steps": [{**STEP, "name": "token"}]},
        {"steps": [{**STEP, "url": "https://{{host}}/"}]},
        {"steps": [STEP, {"name": "b", "url": "http://b/"}], "http_version": "2"},
        {"steps": [{**STEP, "url": "{{url}}"}]},
        {"steps": [{**STEP, "url": "https://a/{{never}}"}]},
        {"steps": [{**STEP, "headers": {"X": "{{never}}"}}]},
        {"steps": [{**STEP, "save": {"x": {"json": "$.a"}}, "body": "{{x}}"}]},
        {"steps": [{**STEP, "body": "{{ broken }"}]},
        {"steps": [{**STEP, "body": "b", "form": {"a": "b"}}]},
        {"steps": [{**STEP, "body": "b", "json": "{}"}]},
        {"steps": [{**STEP, "json": "{a: 1}"}]},
        {"steps": [{**STEP, "json": '{"a": "{{never}}"}'}]},
        {"steps": [{**STEP, "save": {"X": {"json": "$.a"}}}]},
        {"steps": [{**STEP, "save": {"x": {}}}]},
        {"steps": [{**STEP, "save": {"x": {"json": "$.a", "header": "b"}}}]},
        {"steps": [{**STEP, "save": {"x": {"regex": "("}}}]},
    ],
)
def test_what_cannot_be_done_is_refused_when_it_is_read(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OPTIONS.validate_python(options)


def test_a_step_that_sends_two_things_is_told_that_one_is_the_most() -> None:
    with pytest.raises(ValidationError, match="must have at most one of form, body and json"):
        OPTIONS.validate_python({"steps": [{**STEP, "body": "b", "json": "{}"}]})
