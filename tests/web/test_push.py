"""Pushes of heartbeats: who may, what they say, how often."""

import base64
import json
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from checks.model import Check
from checks.values import RuleError
from probes.basic.heartbeat import Heartbeat
from probes.heard import Beat
from web.push import DETAIL, RATE, Pushed, Pushes, Refused, beat_of, said_in, token_of

OPTIONS = TypeAdapter(Heartbeat)
TOKEN = "Zß:the token"
RIGHT = f"Bearer {TOKEN}"


def heartbeat(name: str, token: str) -> Check:
    probe = OPTIONS.validate_python({"within": "1h", "token": token})
    return Check(name=name, kind="heartbeat", probe=probe)


CHECKS = {
    "backup": heartbeat("backup", TOKEN),
    "unset": heartbeat("unset", ""),
    "site": Check(name="site", kind="http", probe=object()),
}


@dataclass
class Desk:
    """Somebody who takes beats at an instant that stands still until it is set."""

    now: int = 1000
    taken: list[tuple[str, Beat]] = field(default_factory=list)

    def pushes(self) -> Pushes:
        expected = {"backup", "unset"}
        return Pushes(
            expects=lambda name: CHECKS[name] if name in expected else None,
            names=lambda: CHECKS,
            take=self.take,
            now=lambda: self.now,
        )

    async def take(self, name: str, beat: Beat) -> bool:
        self.taken.append((name, beat))
        return True


def refusal(name: str, authorization: str) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        Desk().pushes().admit(name, authorization)
    return refused.value.status, str(refused.value)


@pytest.mark.parametrize(
    "authorization",
    [
        RIGHT,
        f"bearer  {TOKEN} ",
        f"Basic {base64.b64encode(f'whoever:{TOKEN}'.encode()).decode()}",
        f"basic {base64.b64encode(f':{TOKEN}'.encode()).decode()}",
    ],
)
def test_the_token_comes_as_bearer_or_as_a_password(authorization: str) -> None:
    Desk().pushes().admit("backup", authorization)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer \ud800",
        f"Token {TOKEN}",
        TOKEN,
        "Basic",
        "Basic !!",
        "Basic /w==",
        "Basic YWE=",
    ],
)
def test_anything_else_is_refused(authorization: str) -> None:
    assert refusal("backup", authorization)[0] == 401


def test_a_token_that_is_not_set_is_nobodys() -> None:
    assert refusal("unset", "")[0] == 403
    assert refusal("unset", "Bearer ")[0] == 403


def test_who_is_not_expected_is_told_what_there_is() -> None:
    assert refusal("bakcup", RIGHT) == (404, 'there is no heartbeat of that name (did you mean "backup"?)')
    assert refusal("site", RIGHT) == (404, "site is not of kind heartbeat: it is asked, and not told")


async def test_a_beat_is_taken_as_it_is_said() -> None:
    desk = Desk()
    body = json.dumps({"outcome": "bad", "detail": f"used {TOKEN}\n twice", "took": 2}).encode()

    answer = await desk.pushes().hear(Pushed(name="backup", authorization=RIGHT, body=body))

    assert answer == (1000, True)
    assert desk.taken == [("backup", Beat(at=1000, bad=True, detail="used *** twice", took=2.0))]


async def test_a_check_may_be_pushed_so_often_in_a_minute_and_no_more() -> None:
    desk = Desk()
    pushes, pushed = desk.pushes(), Pushed(name="backup", authorization=RIGHT)
    for _ in range(RATE):
        await pushes.hear(pushed)

    with pytest.raises(Refused) as refused:
        await pushes.hear(pushed)
    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "61"})

    desk.now += 61_000
    await pushes.hear(pushed)
    assert len(desk.taken) == RATE + 1


def test_an_empty_body_is_a_beat() -> None:
    assert beat_of(said_in((), b" \r\n"), 5) == Beat(at=5)
    assert beat_of(said_in((), b"{}"), 5) == Beat(at=5)


def test_the_query_says_the_same_as_a_body() -> None:
    said = said_in((("outcome", "bad"), ("detail", "no disk"), ("took", "1.5")), b"")

    assert beat_of(said, 5) == Beat(at=5, bad=True, detail="no disk", took=1.5)


@pytest.mark.parametrize(
    ("query", "body", "rule"),
    [
        ((("token", "x"),), b"", "header Authorization"),
        ((("took", "1"), ("took", "2")), b"", "twice"),
        ((("took", "1"),), b"{}", "not in both"),
        ((), b'{"outcome": "bad", "outcome": "good"}', "twice"),
        ((), b"[]", "a JSON object"),
        ((), b"\xff", "a JSON object"),
        ((), b"[" * 16_000, "a JSON object"),
        ((), b'{"status": "up"}', "only outcome, detail, took"),
        ((), b'{"outcome": "down"}', "good or bad"),
        ((), b'{"outcome": ["bad"]}', "good or bad"),
        ((), b'{"detail": 5}', "must be text"),
        ((), b'{"took": true}', "must be a number"),
        ((), b'{"took": NaN}', "must be a number"),
        ((), b'{"took": -1}', "must be a number"),
        ((), b'{"took": 1e999}', "must be a number"),
        ((), b'{"took": ' + b"9" * 400 + b"}", "must be a number"),
        ((("took", "soon"),), b"", "must be a number"),
    ],
)
def test_what_is_no_beat_is_told_the_rule(query: tuple[tuple[str, str], ...], body: bytes, rule: str) -> None:
    with pytest.raises(RuleError, match=rule):
        beat_of(said_in(query, body), 0)


@given(st.text(max_size=5000))
def test_of_what_is_said_one_line_is_kept(detail: str) -> None:
    kept = beat_of({"detail": detail}, 0).detail

    assert len(kept) <= DETAIL
    assert all(letter.isprintable() for letter in kept)


@given(st.text(), st.binary(max_size=60))
def test_no_header_and_no_body_is_too_strange(header: str, body: bytes) -> None:
    token_of(header)
    with suppress(RuleError):
        assert beat_of(said_in((), body), 7).at == 7
