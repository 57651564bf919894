"""What was pushed: heard, kept, followed over reloads and restarts. The store is a real one, in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from pydantic import TypeAdapter

from checks.model import Check
from driver.heartbeats import Heartbeats
from probes.basic.heartbeat import Heartbeat
from probes.heard import Beat, Heard
from probes.result import Outcome, Reason, Result
from store import file, reader
from store.file import Store
from store.writer import Writer

OPTIONS = TypeAdapter(Heartbeat)


def job(name: str = "job", *, within: str = "10s", **more: object) -> Check:
    probe = OPTIONS.validate_python({"within": within, "grace": "5s", "token": "t"})
    return Check(name=name, kind="heartbeat", probe=probe, **more)  # type: ignore[arg-type]


def result(at: int, reason: Reason | None = None, check: str = "job") -> Result:
    return Result(check, "hq", at, 0.001, reason.outcome if reason else Outcome.GOOD, reason)


@dataclass
class Life:
    """One life of a daemon's heartbeats; `wanted` are the attempts that were asked for."""

    store: Store
    wanted: list[tuple[str, int]] = field(default_factory=list)

    def begin(self, *checks: Check, now: int) -> Heartbeats:
        self.writer = Writer(self.store)
        beats = Heartbeats(self.writer, reader.memory(self.store.connection))
        beats.want = lambda name, at: self.wanted.append((name, at))
        beats.follow({check.name: check for check in checks}, now)
        self.writer.flush()
        return beats


@pytest.fixture
def life() -> Iterator[Life]:
    with file.open(":memory:", "test", 0) as store:
        yield Life(store)


def heard(beats: Heartbeats, name: str = "job", now: int = 10**6) -> Heard:
    found = beats.look(name, now)
    assert found is not None
    return found


async def test_a_beat_is_kept_before_it_is_answered_and_judged_at_once(life: Life) -> None:
    beats = life.begin(job(), now=1000)

    assert await beats.take("job", Beat(at=2000, took=1.5))

    assert life.wanted == [("job", 2000)]
    again = life.begin(job(), now=9000)
    assert heard(again) == Heard(since=9000, good_at=2000, last=Beat(at=2000, took=1.5))


async def test_a_store_that_does_not_answer_loses_no_beat_while_we_live(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats = life.begin(job(), now=1000)
    monkeypatch.setattr("driver.heartbeats.PATIENCE", 0.01)
    life.store.connection.execute("PRAGMA query_only = ON")

    assert not await beats.take("job", Beat(at=2000))

    assert heard(beats).good_at == 2000


def test_the_deadline_is_looked_at_when_it_passes(life: Life) -> None:
    beats = life.begin(job(), now=1000)

    heard(beats, now=1500)
    beats.looked(result(1500))

    assert life.wanted == [("job", 16_000)]


def test_what_was_missed_is_remembered_but_not_where_a_beat_came_meanwhile(life: Life) -> None:
    beats = life.begin(job(), now=1000)
    beats.looked(result(17_000, Reason.MISSED))
    assert heard(beats).missed
    life.writer.flush()
    assert heard(life.begin(job(), now=20_000)).missed


async def test_an_attempt_that_was_overtaken_by_a_beat_misses_nothing(life: Life) -> None:
    beats = life.begin(job(), now=1000)
    await beats.take("job", Beat(at=17_001))
    beats.looked(result(17_000, Reason.MISSED))

    assert not heard(beats).missed


async def test_a_reload_that_changes_the_time_listens_anew_and_any_other_does_not(life: Life) -> None:
    beats = life.begin(job(), now=1000)
    await beats.take("job", Beat(at=2000))

    beats.follow({"job": job(interval=99.0)}, 50_000)
    assert heard(beats).since == 1000
    beats.follow({"job": job(within="11s")}, 60_000)
    assert (heard(beats).since, heard(beats).good_at) == (60_000, 2000)


async def test_a_new_name_takes_along_what_was_heard_also_over_a_restart(life: Life) -> None:
    beats = life.begin(job(), now=1000)
    await beats.take("job", Beat(at=2000))

    beats.follow({"task": job("task", was="job")}, 50_000)
    life.writer.flush()
    assert (heard(beats, "task").since, heard(beats, "task").good_at) == (1000, 2000)
    assert beats.expects("job") is None

    assert heard(life.begin(job("task"), now=60_000), "task").good_at == 2000
    assert heard(life.begin(job("job"), now=60_000), "job").good_at is None, "the name is free again"


async def test_a_name_that_changed_while_we_were_away_takes_it_along_too(life: Life) -> None:
    beats = life.begin(job(), now=1000)
    await beats.take("job", Beat(at=2000))

    assert heard(life.begin(job("task", was="job"), now=60_000), "task").good_at == 2000
    assert heard(life.begin(job("task"), now=70_000), "task").good_at == 2000


async def test_a_check_that_went_while_we_were_away_is_forgotten_too(life: Life) -> None:
    beats = life.begin(job(), now=1000)
    await beats.take("job", Beat(at=2000, bad=True))

    life.begin(now=50_000)

    assert heard(life.begin(job(), now=60_000)) == Heard(since=60_000)


async def test_a_beat_of_a_clock_that_was_ahead_came_by_the_start_at_the_latest(life: Life) -> None:
    beats = life.begin(job(), now=10**9)
    await beats.take("job", Beat(at=10**9 + 1))

    again = life.begin(job(), now=5000)

    assert heard(again) == Heard(since=5000, good_at=5000, last=Beat(at=5000))
    again.looked(result(20_001, Reason.MISSED))
    assert heard(again).missed


def test_who_stood_still_has_listened_to_nobody(life: Life) -> None:
    """A suspended machine: the attempts came to an end, and so did the listening."""
    beats = life.begin(job(interval=30.0, timeout=10.0), now=0)

    assert heard(beats, now=30_000).since == 0
    assert heard(beats, now=100_000).since == 0
    assert heard(beats, now=170_001).since == 170_001


def test_others_are_not_expected_to_call(life: Life) -> None:
    beats = life.begin(Check(name="job", kind="http", probe=object()), now=0)

    assert beats.expects("job") is None
    assert beats.look("job", 1) is None
    beats.looked(result(1))
    assert life.wanted == []
