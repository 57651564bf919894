"""The slow reference itself: what is worked out by hand comes out of it."""

from datetime import UTC, datetime
from fractions import Fraction
from itertools import groupby
from typing import Any

import pytest

from checks.model import Alerting, Check, Configuration, Hours, Maintenance, Objective, Service
from probes.result import Outcome, Result
from tests.slo.lives import START, check, ms
from tests.slo.lives import told as results
from tests.slo.seconds import Told, told
from tests.slo.walked import Life, State, combined, judged, life_of

STEP = 1000
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
HALF = Fraction(1, 2)


def lived(story: str, until: int, **fields: Any) -> Life:
    return life_of(check(**fields), results(story), range(START, ms(until), STEP))


def drawn(line: list[State]) -> str:
    """Draw a line: `up 0-10, down 10-40`, in seconds."""
    parts, start = [], 0
    for state, steps in groupby(line):
        end = start + len(list(steps))
        parts.append(f"{state} {start}-{end}")
        start = end
    return ", ".join(parts)


@pytest.mark.parametrize(
    ("story", "line"),
    [
        ("10g", "unknown 0-10, up 10-32, unknown 32-60"),
        ("0g 10b 20g 30g 40g", "up 0-60"),
        ("0b 10b 20g 30g 40g", "up 0-60"),
        ("0g 10b 20b 30b 40g 50g", "up 0-10, down 10-40, up 40-60"),
        ("0g 10b 20b 30b 40g", "up 0-10, down 10-60"),
        ("0g 10b 20b 30b 40g 50b", "up 0-10, down 10-60"),
        ("0g 10b 20u 30b 40b", "up 0-10, down 10-20, unknown 20-30, down 30-60"),
        ("0g 10b 33b 43b", "up 0-32, unknown 32-33, up 33-60"),
        ("0g 10b 32b 42b", "up 0-10, down 10-60"),
        ("0b 10b 20b 30u 40g 50g", "down 0-30, unknown 30-40, up 40-60"),
    ],
)
def test_every_second_is_what_its_attempt_says(story: str, line: str) -> None:
    assert drawn(lived(story, 60).state) == line


@pytest.mark.parametrize(
    ("story", "line"),
    [
        ("0b 10b 20b 200b", "down 0-222, unknown 222-500"),
        ("0b 10b 20b 320b", "down 0-342, unknown 342-500"),
        ("0b 10b 20b 321b", "down 0-42, unknown 42-321, down 321-343, unknown 343-500"),
        ("0b 10b 20b 30u 200b", "down 0-30, unknown 30-52, down 52-222, unknown 222-500"),
        ("0b 10b 20b 30g 200b", "down 0-222, unknown 222-500"),
        ("0b 10b 20b 30g 200g", "down 0-30, up 30-52, unknown 52-200, up 200-222, unknown 222-500"),
    ],
)
def test_missed_runs_between_near_bad_attempts_are_bad(story: str, line: str) -> None:
    assert drawn(lived(story, 500).state) == line


@pytest.mark.parametrize(
    ("story", "blips"),
    [
        ("0g 10b 20g", [10]),
        ("0b 10g", [0]),
        ("0g 10b 20b 30g 40b 50g", [10, 40]),
        ("0g 10b 33b 43g", [33]),
        ("0g 10b 33g", []),
        ("0g 10b 20b 30b 40g 50g", []),
    ],
)
def test_a_blip_is_a_suspicion_that_a_good_attempt_ends(story: str, blips: list[int]) -> None:
    assert judged(check(), results(story)).blips == [ms(at) for at in blips]


@pytest.mark.parametrize(
    ("story", "least", "most"),
    [
        ("0g 10b 20b 30b 40g 50g", "up 0-10, down 10-30, up 30-60", "down 0-40, up 40-60"),
        ("10b 20b 30b", "up 0-10, down 10-30, up 30-60", "down 0-60"),
        ("0g 10b 20u 30b 40b", "up 0-10, down 10-20, up 20-30, down 30-40, up 40-60", "down 0-60"),
        ("0b 10b 20b 30g 40b 50g 55g", "down 0-40, up 40-60", "down 0-50, up 50-60"),
        ("0g 5u 10b 20b 30b 35u 40g 50g", "up 0-10, down 10-30, up 30-60", "down 0-40, up 40-60"),
    ],
)
def test_an_outage_lasts_at_least_and_at_most(story: str, least: str, most: str) -> None:
    life = lived(story, 60)

    assert (drawn(life.least), drawn(life.most)) == (least, most)


def test_time_that_nobody_vouches_for_is_in_an_outage_at_most() -> None:
    life = lived("0g 10b 20b 30b 400b 410g 420g", 430)

    assert drawn(life.least) == "up 0-10, down 10-52, up 52-430"
    assert drawn(life.most) == "down 0-410, up 410-430"


def test_the_first_of_two_results_of_one_instant_stays() -> None:
    assert drawn(lived("0g 10g 10b 20b 30b", 40, confirm=2).state) == "up 0-20, down 20-40"


@pytest.mark.parametrize(
    ("states", "how", "state"),
    [
        (["up", "unknown"], "all", "unknown"),
        (["down", "unknown"], "all", "down"),
        (["up", "unknown"], "any", "up"),
        (["down", "unknown"], "any", "unknown"),
        (["up", "down", "unknown"], 2, "unknown"),
        (["up", "down", "down"], 2, "down"),
        (["up"], 2, "up"),
        ([], "all", "unknown"),
    ],
)
def test_several_are_combined_with_three_values(states: list[State], how: str | int, state: State) -> None:
    assert combined(tuple(states), how) == state


def one(
    objective: dict[str, Any], found: list[Result], at: int, checks: tuple[Check, ...] = (), **more: Any
) -> Told:
    """Give the figures of one objective; all of its services are known."""
    named: dict[str, Any] = {"name": "o", "target": HALF, "window": "1h", "services": ("s",)} | objective
    checks = checks or (check(service="s", interval=60.0, timeout=60.0),)
    services = {each.service: Service(name=each.service) for each in checks if each.service}
    configuration = Configuration(
        checks={each.name: each for each in checks},
        services=services,
        objectives={"o": Objective(**named)},
        **more,
    )
    figures = told(configuration, found, at, step=20_000)["o"]
    assert figures is not None
    return figures


def minutes(letters: str, **fields: Any) -> list[Result]:
    """Give a result a minute: `ggb`."""
    return results(" ".join(f"{60 * index}{letter}" for index, letter in enumerate(letters)))


def test_figures_are_sums_of_time() -> None:
    figures = one({"target": Fraction(9, 10)}, minutes("g" * 20 + "b" * 6 + "g" * 10), START + 36 * MINUTE)

    assert (figures.start, figures.end) == (START - 24 * MINUTE, START + 36 * MINUTE)
    assert (figures.good, figures.bad, figures.unknown) == (30 * MINUTE, 6 * MINUTE, 24 * MINUTE)
    assert (figures.sli, figures.coverage) == (Fraction(5, 6), Fraction(3, 5))
    assert figures.budget == figures.spent == 6 * MINUTE
    assert figures.remaining == figures.remaining_ratio == 0
    assert figures.worst_case_remaining_ratio == -4
    assert figures.verdict == "undecided"
    assert figures.bad_bounds == (5 * MINUTE, 7 * MINUTE)
    assert figures.burn["5m"] == 0
    assert figures.burn["30m"] == 2
    assert figures.burn["3d"] == Fraction(5, 3)


@pytest.mark.parametrize(("bad", "verdict"), [(7, "broken"), (6, "kept"), (0, "kept")])
def test_a_verdict_compares_with_the_budget(bad: int, verdict: str) -> None:
    letters = "g" * 20 + "b" * bad + "g" * (40 - bad)

    assert one({"target": Fraction(9, 10)}, minutes(letters), START + HOUR).verdict == verdict


def test_counted_figures_are_attempts_of_the_grid() -> None:
    found = minutes("g" * 20 + "bug" + "g" * 7)
    extra = Result("sso", "hq", ms(1240), 0.1, Outcome.BAD, extra=True)
    figures = one({"indicator": "attempts"}, [*found, extra], START + 40 * MINUTE)

    assert figures.unit == "attempts"
    assert (figures.good, figures.bad, figures.unknown) == (28, 1, 31)
    assert (figures.sli, figures.coverage) == (Fraction(28, 29), Fraction(29, 60))
    assert figures.budget == 30
    assert figures.remaining == 29
    assert figures.blips == 1
    assert figures.bad_bounds is None
    assert figures.burn["30m"] == Fraction(2, 19)  # one of 19


def test_results_count_by_their_time_in_whatever_order_they_came() -> None:
    found = minutes("ggbbbgubgbbbbg")

    assert one({}, found[::-1], START + HOUR) == one({}, found, START + HOUR)


def test_a_slow_good_attempt_is_bad_for_latency() -> None:
    slow = [Result("sso", "hq", each.at, 1.5, each.outcome) for each in minutes("ggb")]
    fast = [Result("sso", "hq", ms(180), 1.0, Outcome.GOOD)]
    figures = one({"indicator": "latency", "faster_than": 1.0}, slow + fast, START + HOUR)

    assert (figures.good, figures.bad, figures.unknown) == (1, 3, 56)


def maintained(after: int, length: int, *services: str, **more: Any) -> Maintenance:
    """Give a maintenance so many minutes after the start, for so many minutes."""
    start = datetime.fromtimestamp((START + after * MINUTE) / 1000, UTC)
    return Maintenance(name="m", services=services, start=start, duration=60.0 * length, **more)


def test_maintenance_takes_time_out_also_of_the_budget() -> None:
    declared = (maintained(20, 10, "s"), maintained(25, 10, "s"), maintained(0, 5, "s", effect="label"))
    figures = one({}, minutes("g" * 20 + "b" * 40), START + HOUR, maintenance=declared)

    assert (figures.good, figures.bad, figures.excluded) == (20 * MINUTE, 25 * MINUTE, 15 * MINUTE)
    assert (figures.budget, figures.outside) == (HALF * 45 * MINUTE, 0)


def test_attempts_in_excluded_time_are_not_counted() -> None:
    found = minutes("g" * 20 + "b" * 40)
    figures = one({"indicator": "attempts"}, found, START + HOUR, maintenance=(maintained(20, 10, "s"),))

    assert (figures.good, figures.bad, figures.unknown, figures.excluded) == (20, 30, 0, 10)
    assert figures.budget == 25


def test_a_member_in_maintenance_is_left_out() -> None:
    checks = (
        check(service="s", interval=60.0, timeout=60.0),
        check(name="vpn", service="t", interval=60.0, timeout=60.0),
    )
    vpn = [Result("vpn", "hq", each.at, 0.1, each.outcome) for each in minutes("g" * 30 + "b" * 30)]
    declared = (maintained(30, 10, "t"), maintained(35, 5, "s"))
    objective = {"services": ("s", "t")}
    figures = one(objective, [*minutes("g" * 60), *vpn], START + HOUR, checks=checks, maintenance=declared)

    assert (figures.good, figures.bad, figures.excluded) == (35 * MINUTE, 20 * MINUTE, 5 * MINUTE)


def test_a_week_of_summer_time_that_ends_has_an_hour_more() -> None:
    at = int(datetime(2026, 10, 25, 12, tzinfo=UTC).timestamp()) * 1000
    figures = one({"window": "week"}, [], at, timezone="Europe/Amsterdam")

    assert figures.until - figures.start == 169 * HOUR
    assert figures.end - figures.start == 158 * HOUR
    assert (figures.unknown, figures.budget) == (158 * HOUR, HALF * 169 * HOUR)
    assert figures.sli is None
    assert figures.coverage == 0
    assert figures.verdict == "undecided"


def test_maintenance_and_hours_ahead_lower_the_budget_of_a_period() -> None:
    """Of a week, Monday to Friday 09:00 to 17:00: 40 h, of which three are taken out each Wednesday."""
    at = int(datetime(2026, 10, 27, 16, tzinfo=UTC).timestamp()) * 1000  # Tuesday 17:00 in Amsterdam
    office = Hours(name="office", days=(0, 1, 2, 3, 4), begin=540, end=1020)
    weekly = Maintenance(
        name="m",
        services=("s",),
        start=datetime(2026, 9, 2, 16),  # noqa: DTZ001 – a wall clock, as the file has it
        duration=4 * 3600.0,
        recurrence="FREQ=WEEKLY;BYDAY=WE",
    )
    figures = one(
        {"window": "week", "during": "office"},
        [],
        at,
        timezone="Europe/Amsterdam",
        maintenance=(weekly, maintained(0, 60, "s")),
        alerting=Alerting(hours={"office": office}),
    )

    assert (figures.unknown, figures.outside, figures.excluded) == (16 * HOUR, 25 * HOUR, 25 * HOUR)
    assert figures.budget == HALF * 39 * HOUR


def test_a_maintenance_at_a_time_that_is_none_begins_after_the_gap() -> None:
    at = int(datetime(2026, 3, 30, tzinfo=UTC).timestamp()) * 1000
    declared = Maintenance(
        name="m",
        services=("s",),
        start=datetime(2026, 3, 27, 2, 30),  # noqa: DTZ001 – a wall clock, as the file has it
        duration=3600.0,
        recurrence="FREQ=DAILY",
    )
    figures = one({"window": "24h"}, [], at, timezone="Europe/Amsterdam", maintenance=(declared,))
    later = one(
        {"window": "24h"},
        [],
        at - 22 * HOUR - 30 * MINUTE,
        timezone="Europe/Amsterdam",
        maintenance=(declared,),
    )

    assert figures.excluded == HOUR
    assert later.excluded == HOUR  # the day before's: at 01:30 UTC the gap's begins
