import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Check, Limits
from probes.due import Run, Schedule, Why
from probes.grid import due_at_or_after, offset_ms

NOW = 1_800_000_000_000


@dataclass(frozen=True)
class Fake:
    least_spacing: float = 0.0


def check(name: str = "a", *, spacing: float = 0.0, **options: Any) -> Check:
    return Check(
        name=name, kind="fake", probe=Fake(spacing), **{"interval": 30.0, "timeout": 10.0, **options}
    )


def by_name(*checks: Check) -> Mapping[str, Check]:
    return {one.name: one for one in checks}


def schedule(*checks: Check, now: int = NOW, in_flight: int = 100, per_host: int = 8) -> Schedule:
    made = Schedule("hq", Limits(in_flight=in_flight, per_host=per_host))
    made.replace(by_name(*checks), now)
    return made


def grid(name: str = "a", after: int = NOW, interval: int = 30_000) -> int:
    return due_at_or_after(after, interval, offset_ms(name, "hq", interval))


def names(runs: list[Run]) -> list[str]:
    return [run.check for run in runs]


def test_a_check_runs_at_its_grid_time_and_not_before() -> None:
    plan = schedule(check())
    due = grid()

    assert plan.next_at() == due
    assert plan.pop(due - 1) == []
    assert plan.pop(due) == [Run("a", due, extra=False, suspect=False)]
    assert plan.next_at() == due + 30_000


def test_a_late_start_does_not_move_the_grid() -> None:
    plan = schedule(check())
    (run,) = plan.pop(grid() + 700)
    plan.finished("a", grid() + 900)

    assert run.due_at == grid()
    assert plan.next_at() == grid() + 30_000
    assert plan.drain() == []


def test_a_disabled_check_is_not_asked() -> None:
    assert schedule(check(enabled=False)).next_at() is None


def test_a_run_is_missed_while_the_one_before_goes_on() -> None:
    plan = schedule(check())
    plan.pop(grid())

    assert plan.pop(grid() + 30_000) == []
    assert plan.drain() == [("a", Why.OVERLAP, 1)]
    assert plan.missed("a") == {Why.OVERLAP: 1}


def test_an_attempt_that_ended_after_the_next_grid_time_has_missed_it_however_late_we_hear() -> None:
    plan = schedule(check())
    plan.pop(grid())
    plan.finished("a", grid() + 30_001)

    assert plan.pop(grid() + 30_002) == []
    assert plan.drain() == [("a", Why.OVERLAP, 1)]


def test_an_attempt_that_ends_at_the_next_grid_time_misses_nothing() -> None:
    plan = schedule(check())
    plan.pop(grid())
    plan.finished("a", grid() + 30_000)

    assert names(plan.pop(grid() + 30_000)) == ["a"]
    assert plan.drain() == []


def test_grid_times_passed_over_while_we_were_suspended_are_late() -> None:
    plan = schedule(check())
    (run,) = plan.pop(grid() + 3_600_000 + 5)

    assert run.due_at == grid() + 3_600_000
    assert plan.drain() == [("a", Why.LATE, 120)]


def test_drained_runs_are_given_once_and_counts_are_kept() -> None:
    plan = schedule(check())
    plan.pop(grid() + 60_000)
    plan.drain()

    assert plan.drain() == []
    assert plan.missed("a") == {Why.LATE: 2}


def test_no_more_are_in_flight_than_may_be() -> None:
    plan = schedule(check("a"), check("b"), check("c"), in_flight=2)
    now = NOW + 30_000
    first = names(plan.pop(now))
    plan.finished(first[0], now + 1)
    second = names(plan.pop(now + 1))

    assert len(first) == 2
    assert set(first + second) == {"a", "b", "c"}


def test_due_checks_run_in_the_order_of_their_due_times() -> None:
    plan = schedule(*(check(name) for name in "abcdef"))

    assert names(plan.pop(NOW + 30_000)) == sorted("abcdef", key=grid)


def test_suspects_go_first() -> None:
    plan = schedule(*(check(name) for name in "abcdef"))
    last = max("abcdef", key=grid)
    runs = plan.pop(NOW + 30_000, {last})

    assert runs[0] == Run(last, grid(last), extra=False, suspect=True)
    assert not any(run.suspect for run in runs[1:])


def test_a_run_that_waits_for_a_slot_until_its_next_grid_time_is_missed() -> None:
    first, second = sorted("ab", key=grid)
    plan = schedule(check("a", interval=30.0), check("b", interval=30.0), in_flight=1)
    plan.pop(NOW + 30_000)
    plan.pop(grid(second) + 30_000)
    plan.finished(first, grid(second) + 30_000)
    (run,) = plan.pop(grid(second) + 30_000)

    assert run == Run(second, grid(second) + 30_000, extra=False, suspect=False)
    assert plan.missed(second) == {Why.IN_FLIGHT: 1}


def test_a_host_is_spared() -> None:
    plan = schedule(*(check(name, host="h", timeout=0.1) for name in "abc"), check("x"), per_host=2)
    now = NOW + 30_000
    runs = names(plan.pop(now))
    plan.finished(next(name for name in runs if name != "x"), now)

    assert len(runs) == 3
    assert "x" in runs
    assert len(plan.pop(now)) == 1


def test_a_run_that_waits_for_its_host_until_its_next_grid_time_is_missed_for_that_reason() -> None:
    second = max("ab", key=grid)
    plan = schedule(*(check(name, host="h", timeout=0.1) for name in "ab"), per_host=1)
    plan.pop(NOW + 30_000)
    plan.pop(grid(second) + 30_000)

    assert plan.missed(second) == {Why.HOST_LIMIT: 1}


def test_a_host_with_many_checks_gets_the_slots_they_need() -> None:
    plan = schedule(*(check(f"c{n}", host="h", interval=30.0, timeout=30.0) for n in range(10)), per_host=8)

    assert len(plan.pop(NOW + 30_000)) == 10


def test_a_host_gets_half_as_many_slots_again_as_its_checks_need() -> None:
    plan = schedule(*(check(f"c{n}", host="h", interval=30.0, timeout=10.0) for n in range(30)), per_host=8)

    assert len(plan.pop(NOW + 30_000)) == 15


def test_an_extra_attempt_lies_beside_the_grid() -> None:
    plan = schedule(check())
    at = grid() + 10_000
    plan.pop(grid())
    plan.finished("a", grid() + 100)
    plan.ask("a", at)

    assert plan.next_at() == at
    assert plan.pop(at) == [Run("a", at, extra=True, suspect=False)]
    assert plan.next_at() == grid() + 30_000


def test_of_several_wishes_the_earliest_counts_and_is_answered_once() -> None:
    plan = schedule(check(), now=grid() + 1)
    for later in (9_000, 5_000, 7_000):
        plan.ask("a", grid() + later)
    (run,) = plan.pop(grid() + 5_000)
    plan.finished("a", grid() + 5_001)

    assert run.due_at == grid() + 5_000
    assert plan.next_at() == grid() + 30_000


def test_a_wish_for_a_running_check_waits_until_it_is_finished() -> None:
    plan = schedule(check())
    plan.pop(grid())
    plan.ask("a", grid() + 1_000)
    still = plan.pop(grid() + 2_000)
    plan.finished("a", grid() + 3_000)

    assert still == []
    assert plan.next_at() == grid() + 1_000
    assert plan.pop(grid() + 3_000) == [Run("a", grid() + 1_000, extra=True, suspect=False)]


def test_a_wish_for_a_check_that_is_gone_is_nothing() -> None:
    plan = schedule(check())
    plan.ask("gone", NOW)

    assert plan.next_at() == grid()


def test_an_extra_attempt_keeps_the_least_spacing_after_the_last_one() -> None:
    plan = schedule(check(spacing=5.0))
    plan.pop(grid())
    plan.finished("a", grid() + 100)
    plan.ask("a", grid() + 200)

    assert plan.next_at() == grid() + 5_000


def test_an_extra_attempt_too_close_before_the_grid_is_left_to_the_grid() -> None:
    plan = schedule(check(spacing=5.0), now=grid() + 1)
    due = grid() + 30_000
    plan.ask("a", due - 4_000)

    assert plan.pop(due - 4_000) == []
    assert plan.pop(due) == [Run("a", due, extra=False, suspect=False)]
    plan.finished("a", due + 100)
    assert plan.next_at() == due + 30_000


def test_the_grid_wins_where_both_are_due() -> None:
    plan = schedule(check())
    plan.ask("a", grid() - 10)

    assert plan.pop(grid() + 5) == [Run("a", grid(), extra=False, suspect=False)]


def test_the_grid_wins_over_an_extra_attempt_that_waits_for_a_slot() -> None:
    plan = schedule(check("a"), check("b", interval=3000.0, timeout=1.0), in_flight=1, now=grid() + 1)
    due = grid() + 30_000
    plan.ask("b", due - 2_000)
    plan.pop(due - 2_000)
    plan.ask("a", due - 1_000)
    plan.pop(due - 1_000)
    plan.pop(due)
    plan.finished("b", due + 10)

    assert plan.pop(due + 10) == [Run("a", due, extra=False, suspect=False)]
    assert plan.drain() == []


def test_an_extra_attempt_that_waited_too_long_for_a_slot_is_left_to_the_grid() -> None:
    plan = schedule(check("a", spacing=5.0), check("b", interval=3000.0), in_flight=1, now=grid() + 1)
    due = grid() + 30_000
    plan.ask("b", due - 12_000)
    plan.pop(due - 12_000)
    plan.ask("a", due - 11_000)
    plan.pop(due - 11_000)
    plan.finished("b", due - 3_000)

    assert plan.pop(due - 3_000) == []
    assert plan.pop(due) == [Run("a", due, extra=False, suspect=False)]


def test_after_a_start_every_check_is_asked_soon_and_ancestors_first() -> None:
    plan = schedule(*(check(name, interval=3600.0) for name in "abcd"))
    plan.start(NOW, {"a": 2, "b": 1, "c": 0, "d": 2})
    order = names([run for at in range(0, 200, 50) for run in plan.pop(NOW + at)])

    assert order[:2] == ["c", "b"]
    assert set(order[2:]) == {"a", "d"}


def test_after_a_start_even_very_many_are_asked_within_half_a_minute() -> None:
    plan = schedule(*(check(f"c{n}", interval=36000.0) for n in range(2000)), in_flight=5000)
    plan.start(NOW, {})

    assert len(plan.pop(NOW + 15_000)) == pytest.approx(1000, abs=5)
    assert len(plan.pop(NOW + 29_999)) == pytest.approx(1000, abs=5)


def test_after_a_start_a_check_is_asked_within_its_own_interval() -> None:
    plan = schedule(*(check(f"c{n}", interval=1.0, timeout=0.1) for n in range(100)), in_flight=5000)
    plan.start(NOW, {})

    assert len({run.check for run in plan.pop(NOW + 999)}) == 100


def test_a_check_that_stays_as_it_is_keeps_its_grid_wishes_and_wait() -> None:
    plan = schedule(check("a"), check("b", interval=3000.0), in_flight=1)
    plan.ask("b", NOW)
    plan.pop(NOW)
    plan.pop(grid())
    plan.ask("a", grid() + 20_000)
    plan.replace(by_name(check("a", labels={"x": "y"}), check("b", interval=3000.0)), grid() + 1)
    plan.finished("b", grid() + 2)
    (run,) = plan.pop(grid() + 2)
    plan.finished("a", grid() + 3)

    assert run == Run("a", grid(), extra=False, suspect=False)
    assert plan.next_at() == grid() + 20_000


def test_a_changed_interval_begins_a_new_grid() -> None:
    plan = schedule(check())
    plan.replace(by_name(check(interval=7.0)), NOW)

    assert plan.next_at() == grid(interval=7_000)


def test_a_check_that_was_removed_while_it_ran_gives_its_slot_back() -> None:
    plan = schedule(check("a", host="h"), in_flight=1)
    plan.pop(grid())
    plan.replace(by_name(check("b", host="i")), grid() + 1)
    plan.finished("a", grid() + 2)

    assert names(plan.pop(NOW + 60_000)) == ["b"]


def test_a_check_changed_while_it_runs_does_not_run_twice() -> None:
    plan = schedule(check("a", host="h"))
    plan.pop(grid())
    plan.replace(by_name(replace(check("a", host="i"), interval=1.0)), grid() + 1)

    assert plan.pop(grid() + 5_000) == []


@given(
    seed=st.integers(0, 2**32),
    in_flight=st.integers(1, 5),
    spacing=st.sampled_from([0.0, 1.0, 4.0]),
)
def test_every_grid_time_is_run_or_missed_once_and_extras_keep_their_distance(
    seed: int, in_flight: int, spacing: float
) -> None:
    dice = random.Random(seed)
    checks = [
        check(f"c{n}", interval=5.0, timeout=4.0, host="h" if n % 2 else "", spacing=spacing)
        for n in range(6)
    ]
    plan = schedule(*checks, in_flight=in_flight, per_host=1)
    running: dict[str, int] = {}
    last: dict[str, tuple[int, bool]] = {}  # start of the last attempt, and whether it was extra
    ran = dict.fromkeys(by_name(*checks), 0)
    now = NOW
    for _ in range(60):
        now += dice.choice([1, 50, 400, 1000, 3000, 20_000])
        for name in [name for name, until in running.items() if until <= now]:
            del running[name]
            plan.finished(name, now)
        plan.ask(f"c{dice.randrange(6)}", now + dice.randrange(3000))
        for run in plan.pop(now):
            assert run.check not in running
            before = last.get(run.check)
            if before and (run.extra or before[1]):
                assert now - before[0] >= spacing * 1000
            last[run.check] = now, run.extra
            running[run.check] = now + dice.randrange(1, 8000)
            ran[run.check] += not run.extra
        assert len(running) <= in_flight
    for one in checks:
        passed = len(range(grid(one.name, NOW, 5000), now + 1, 5000))
        waits = 1 if one.name not in running else 0  # one may still wait for its slot
        assert passed - waits <= ran[one.name] + sum(plan.missed(one.name).values()) <= passed
