"""Kind `heartbeat`: what is made of what was heard."""

from dataclasses import dataclass

import pytest
from pydantic import TypeAdapter, ValidationError

from checks.model import Check
from probes.attempt import attempt
from probes.basic.heartbeat import Heartbeat
from probes.guard import LoopGuard
from probes.heard import Beat, Heard
from probes.result import Outcome, Reason, Result

OPTIONS = TypeAdapter(Heartbeat)
JOB = OPTIONS.validate_python({"within": "10s", "grace": "5s", "token": "the token of the job"})
START = 1_700_000_000_000


@dataclass
class Stopped:
    """A clock that stands at so many seconds after START."""

    after: float

    def now(self) -> int:
        return START + round(self.after * 1000)

    def time(self) -> float:
        return 0.0


async def look(heard: Heard | None, after: float) -> Result:
    check = Check(name="job", kind="heartbeat", probe=JOB)
    return await attempt(check, "hq", Stopped(after), LoopGuard(), extra=False, heard=heard)


def since(at: float = 0) -> Heard:
    return Heard(since=START + round(at * 1000))


def beat(after: float, **more: object) -> Beat:
    return Beat(at=START + round(after * 1000), **more)  # type: ignore[arg-type]


async def test_it_is_good_until_the_last_beat_is_too_long_ago() -> None:
    heard = since().after(beat(100))

    assert (await look(heard, 114.999)).outcome is Outcome.GOOD
    late = await look(heard, 115)
    assert late.reason is Reason.MISSED
    assert late.detail == "no beat since 2023-11-14T22:15:00Z"


async def test_who_has_never_called_is_waited_for_from_when_we_began_to_listen() -> None:
    assert (await look(since(100), 114.9)).outcome is Outcome.GOOD
    late = await look(since(100), 115)
    assert late.reason is Reason.MISSED
    assert late.detail == "no beat since we began to listen at 2023-11-14T22:15:00Z"


async def test_what_was_missed_before_a_restart_stays_missed() -> None:
    again = Heard(since=START + 100_000, good_at=START, last=beat(0), missed=True)

    assert (await look(again, 101)).reason is Reason.MISSED
    assert (await look(again.after(beat(102)), 103)).outcome is Outcome.GOOD


async def test_a_failure_stands_until_the_next_good_beat() -> None:
    heard = since().after(beat(1)).after(beat(2, bad=True, detail="exit status 2"))

    failed = await look(heard, 3)
    assert failed.reason is Reason.DECLARED
    assert failed.detail == "it reported a failure at 2023-11-14T22:13:22Z: exit status 2"
    assert (await look(heard, 500)).reason is Reason.DECLARED
    assert (await look(heard.after(beat(501)), 502)).outcome is Outcome.GOOD


async def test_what_is_known_is_told_whatever_comes_of_it() -> None:
    heard = since().after(beat(1.5, took=3.25))

    for after in (2, 200):
        result = await look(heard, after)
        assert result.facts == {"last": START / 1000 + 1.5, "took": 3.25, "deadline": START / 1000 + 16.5}
        assert result.evidence["heartbeat"]["last_good"] == "2023-11-14T22:13:21Z"


async def test_the_token_is_shown_nowhere() -> None:
    heard = since().after(beat(1, bad=True, detail="sent the token of the job"))

    result = await look(heard, 3)

    assert "the token" not in f"{result}"


async def test_who_is_no_daemon_says_what_the_store_knows_and_no_more() -> None:
    known = Heard().after(beat(100))

    assert (await look(known, 101)).outcome is Outcome.GOOD
    assert (await look(known, 200)).reason is Reason.MISSING_CAPABILITY
    assert (await look(Heard(good_at=START, missed=True), 1)).reason is Reason.MISSED
    assert (await look(None, 1)).reason is Reason.MISSING_CAPABILITY
    assert (await look(Heard(), 1)).detail == "no beat yet, but whether a daemon listened is not known here"


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"token": "x"}, "within"),
        ({"within": "1h"}, "token"),
        ({"within": "0s", "token": "x"}, "must be from 1s to 400d"),
        ({"within": "401d", "token": "x"}, "must be from 1s to 400d"),
        ({"within": "1h", "grace": "401d", "token": "x"}, "must be at most 400d"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, str], rule: str) -> None:
    with pytest.raises(ValidationError, match=rule):
        OPTIONS.validate_python(options)
