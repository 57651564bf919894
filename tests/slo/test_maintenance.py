from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import islice, takewhile, zip_longest
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checks.model import Maintenance
from checks.recurrence import read_recurrence
from checks.values import RuleError
from slo.maintenance import current, next_start, windows
from tests.slo.clocks import (
    AMSTERDAM,
    CHANGES,
    HOUR,
    KATHMANDU,
    LORD_HOWE,
    NEW_YORK,
    first_instant,
    text,
    utc,
)

MINUTE = 60_000
DAY = 24 * HOUR
FAR = 1 << 60
Windows = list[tuple[str, str]]


def planned(start: str, minutes: float, rule: str = "") -> Maintenance:
    return Maintenance(
        name="x",
        services=("web",),
        start=datetime.fromisoformat(start),
        duration=minutes * 60,
        recurrence=read_recurrence(rule) if rule else "",
    )


def said(one: Maintenance, zone: ZoneInfo, start: str, end: str) -> Windows:
    return [(text(since), text(until)) for since, until in windows(one, zone, utc(start), utc(end))]


ONCE = planned("2026-12-05T22:00", 120)
SATURDAYS = planned("2026-12-05T22:00", 120, "FREQ=WEEKLY")


def test_a_window_that_does_not_recur_is_one() -> None:
    assert said(ONCE, AMSTERDAM, "2020-01-01", "2030-01-01") == [("2026-12-05 21:00", "2026-12-05 23:00")]


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2026-12-05 20:00", "2026-12-05 21:00", 0),
        ("2026-12-05 20:00", "2026-12-05 21:01", 1),
        ("2026-12-05 22:59", "2026-12-05 23:30", 1),
        ("2026-12-05 23:00", "2026-12-05 23:30", 0),
        ("2026-12-05 22:00", "2026-12-05 22:00", 0),
    ],
)
def test_a_window_counts_where_it_overlaps_and_is_given_whole(start: str, end: str, count: int) -> None:
    assert said(ONCE, AMSTERDAM, start, end) == [("2026-12-05 21:00", "2026-12-05 23:00")] * count


def test_a_start_with_an_offset_is_an_instant() -> None:
    one = planned("2026-12-05T22:00-05:00", 60)

    assert said(one, AMSTERDAM, "2026-12-01", "2026-12-31") == [("2026-12-06 03:00", "2026-12-06 04:00")]


def test_the_rule_of_a_start_with_an_offset_follows_the_clock_of_that_offset() -> None:
    local, offset = (
        planned("2027-03-27T22:00", 60, "FREQ=DAILY"),
        planned("2027-03-27T22:00+01:00", 60, "FREQ=DAILY"),
    )

    assert said(local, AMSTERDAM, "2027-03-28", "2027-03-29") == [("2027-03-28 20:00", "2027-03-28 21:00")]
    assert said(offset, AMSTERDAM, "2027-03-28", "2027-03-29") == [("2027-03-28 21:00", "2027-03-28 22:00")]


def test_the_window_under_way_ends_with_its_last_millisecond() -> None:
    begin, end = utc("2026-12-12 21:00"), utc("2026-12-12 23:00")

    assert current(SATURDAYS, AMSTERDAM, begin - 1) is None
    assert current(SATURDAYS, AMSTERDAM, begin) == (begin, end)
    assert current(SATURDAYS, AMSTERDAM, end - 1) == (begin, end)
    assert current(SATURDAYS, AMSTERDAM, end) is None


def test_the_next_beginning_is_after_the_instant_asked_about() -> None:
    begin = utc("2026-12-12 21:00")

    assert next_start(SATURDAYS, AMSTERDAM, begin - 1) == begin
    assert next_start(SATURDAYS, AMSTERDAM, begin) == begin + 7 * DAY
    assert next_start(ONCE, AMSTERDAM, begin) is None


def test_a_beginning_that_a_gap_moves_forward_is_still_to_come_after_the_gap() -> None:
    one = planned("2027-03-01T02:30", 60, "FREQ=DAILY")

    assert next_start(one, AMSTERDAM, utc("2027-03-28 01:10")) == utc("2027-03-28 01:30")


def test_positions_are_counted_in_whole_weeks_also_years_later() -> None:
    one = planned("2026-12-02T22:00", 60, "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2")  # from a Wednesday

    assert next_start(one, AMSTERDAM, utc("2030-12-05 12:00")) == utc("2030-12-11 21:00")


def test_a_rule_ends_with_its_count_and_its_last_instant() -> None:
    counted = planned("2026-12-05T22:00", 120, "FREQ=WEEKLY;COUNT=3")
    until = planned("2026-12-05T22:00", 120, "FREQ=WEEKLY;UNTIL=20261219T210000Z")

    assert len(said(counted, AMSTERDAM, "2026-01-01", "2030-01-01")) == 3
    assert said(counted, AMSTERDAM, "2027-01-01", "2030-01-01") == []
    assert said(until, AMSTERDAM, "2026-01-01", "2030-01-01") == said(
        counted, AMSTERDAM, "2026-01-01", "2030-01-01"
    )


@pytest.mark.parametrize(
    ("zone", "start", "minutes", "rule", "day", "expected"),
    [
        # a time in the gap moves forward, and lasts as long as it says
        (AMSTERDAM, "02:30", 60, "FREQ=DAILY", "2027-03-28", [("01:30", "02:30")]),
        (NEW_YORK, "02:30", 60, "FREQ=DAILY", "2027-03-14", [("07:30", "08:30")]),
        (LORD_HOWE, "02:15", 60, "FREQ=DAILY", "2026-10-04", [("15:45", "16:45")]),
        # a time that is twice is the first
        (AMSTERDAM, "02:30", 60, "FREQ=DAILY", "2026-10-25", [("00:30", "01:30")]),
        (NEW_YORK, "01:30", 60, "FREQ=DAILY", "2026-11-01", [("05:30", "06:30")]),
        (LORD_HOWE, "01:45", 60, "FREQ=DAILY", "2027-04-04", [("14:45", "15:45")]),
        # over the change, elapsed time counts
        (AMSTERDAM, "01:00", 180, "FREQ=DAILY", "2027-03-28", [("00:00", "03:00")]),
        (AMSTERDAM, "01:00", 180, "FREQ=DAILY", "2026-10-25", [("23:00", "02:00")]),
        (KATHMANDU, "02:30", 60, "FREQ=DAILY", "2026-10-25", [("20:45", "21:45")]),
        # the hour that is not falls onto the next one, and is one window with it
        (
            AMSTERDAM,
            "00:30",
            10,
            "FREQ=HOURLY;BYHOUR=1,2,3,4",
            "2027-03-28",
            [("00:30", "00:40"), ("01:30", "01:40"), ("02:30", "02:40")],
        ),
        # moved past another, they come in order
        (
            AMSTERDAM,
            "00:45",
            1,
            "FREQ=MINUTELY;INTERVAL=45;BYHOUR=1,2,3",
            "2027-03-28",
            [("00:30", "00:31"), ("01:00", "01:01"), ("01:15", "01:16"), ("01:45", "01:46")],
        ),
    ],
)
def test_where_the_clocks_change(
    zone: ZoneInfo, start: str, minutes: int, rule: str, day: str, expected: Windows
) -> None:
    before = datetime.fromisoformat(f"{day}T{start}") - timedelta(days=30 if "INTERVAL" not in rule else 1)
    one = planned(before.isoformat(), minutes, rule)
    midnight = first_instant(datetime.fromisoformat(day), zone)
    found = windows(one, zone, midnight, midnight + 23 * HOUR)

    assert [(text(since)[11:], text(until)[11:]) for since, until in found] == expected


def test_days_of_23_hours_do_not_let_daily_windows_run_into_each_other() -> None:
    one = planned("2027-03-01T12:00", 24 * 60, "FREQ=DAILY")

    assert said(one, AMSTERDAM, "2027-03-28 00:00", "2027-03-28 12:00") == [
        ("2027-03-27 11:00", "2027-03-28 10:00"),
        ("2027-03-28 10:00", "2027-03-29 10:00"),
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MINUTELY;INTERVAL=7",
        "FREQ=MINUTELY;BYMONTH=12",
        "FREQ=HOURLY",
        "FREQ=HOURLY;INTERVAL=5;BYDAY=SA;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY;INTERVAL=2",
        "FREQ=MONTHLY",
        "FREQ=YEARLY",
        "FREQ=HOURLY;UNTIL=20281231",
    ],
)
def test_years_later_a_question_is_answered_at_once(rule: str) -> None:
    one = planned("2001-12-29T22:00", 1, rule)
    at = utc("2027-06-15 03:00")
    begun = perf_counter()

    assert next_start(one, AMSTERDAM, at)
    assert perf_counter() - begun < 0.3  # walked from the start, the first would take ten seconds


def test_what_was_counted_is_counted_once() -> None:
    one = planned("2025-12-29T22:00", 1, "FREQ=HOURLY;COUNT=900000")
    next_start(one, AMSTERDAM, utc("2035-06-15 03:00"))
    begun = perf_counter()

    assert next_start(one, AMSTERDAM, utc("2035-06-15 03:00")) == utc("2035-06-15 04:00")
    assert next_start(one, AMSTERDAM, utc("2026-06-15 03:00")) == utc("2026-06-15 04:00")
    assert perf_counter() - begun < 0.1


# Against the slow way: every rule walked from its start, local times found by trying every offset.


def numbers(name: str, low: int, high: int) -> st.SearchStrategy[str]:
    few = st.lists(st.integers(low, high), min_size=1, max_size=4)
    return few.map(lambda found: f"{name}={','.join(map(str, found))}")


DAYS = st.sampled_from(["MO", "TU,WE", "FR,SA,SU", "MO,SU"]).map(lambda days: f"BYDAY={days}")
OFTEN = [numbers("BYMONTH", 1, 12), DAYS, numbers("BYMONTHDAY", -28, 28), numbers("BYHOUR", 0, 23)]
SPAN = {"MINUTELY": 2, "HOURLY": 25, "DAILY": 300, "WEEKLY": 900, "MONTHLY": 2000, "YEARLY": 5000}  # days


@st.composite
def rules(draw: st.DrawFn, freq: str) -> str:
    parts = [f"FREQ={freq}"]
    parts += [part for each in OFTEN if draw(st.integers(0, 3)) == 0 for part in [draw(each)]]
    parts += [draw(numbers("BYMINUTE", 0, 59))] if draw(st.integers(0, 3)) == 0 else []
    if freq not in ("MINUTELY", "HOURLY") and draw(st.integers(0, 3)) == 0:
        parts.append(draw(st.sampled_from(["BYSETPOS=1", "BYSETPOS=-1", "BYSETPOS=1,-1"])))
    parts.append(f"INTERVAL={draw(st.integers(1, 3 if freq == 'YEARLY' else 40))}")
    parts.append(f"WKST={draw(st.sampled_from(['MO', 'SU', 'TH']))}")
    rule = ";".join(parts)
    try:
        return read_recurrence(rule)
    except RuleError:
        assume(False)
        raise


def walked(rule: str, start: datetime, far: datetime) -> Iterator[datetime]:
    """Follow a rule from its start to `far`: dateutil does, but tick by tick where it would never end."""
    parts = dict(part.split("=") for part in rule.split(";"))
    if parts["FREQ"] not in ("MINUTELY", "HOURLY"):
        yield from takewhile(lambda each: each <= far, rrulestr(rule, dtstart=start))
        return
    hourly = parts["FREQ"] == "HOURLY"
    tick, origin = (timedelta(hours=1), start.replace(minute=0)) if hourly else (timedelta(minutes=1), start)
    step = tick * int(parts["INTERVAL"])
    minutes = sorted({int(one) for one in parts.get("BYMINUTE", str(start.minute)).split(",")})
    for passed in range((far - origin) // step):
        for minute in minutes if hourly else [0]:
            each = origin + passed * step + timedelta(minutes=minute)
            if each >= start and agrees(parts, each):
                yield each


def agrees(parts: dict[str, str], each: datetime) -> bool:
    """Say whether a time is what every part asks for."""
    last = (each.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    asked = {
        "BYMONTH": {each.month},
        "BYMONTHDAY": {each.day, each.day - last.day - 1},
        "BYHOUR": {each.hour},
        "BYMINUTE": {each.minute},
    }
    if "BYDAY" in parts and ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[each.weekday()] not in parts["BYDAY"]:
        return False
    return all(
        have & {int(one) for one in parts[name].split(",")} for name, have in asked.items() if name in parts
    )


def reference(
    one: Maintenance, zone: ZoneInfo, start: int, end: int, count: int | None
) -> list[tuple[int, int]]:
    near, far = (
        datetime.fromisoformat(text(each)) + timedelta(days=days) for each, days in ((start, -7), (end, 7))
    )
    rest = islice(walked(one.recurrence.partition(";COUNT")[0], one.start, far), count)
    begins = sorted({first_instant(each, zone) for each in rest if each >= near})
    length = round(one.duration * 1000)
    ends = [min(each + length, later) for each, later in zip_longest(begins, begins[1:], fillvalue=FAR)]
    return [(a, b) for a, b in zip(begins, ends, strict=True) if a < end and b > start]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Maintenance, ZoneInfo, int, int, int | None]:
    zone, around = draw(st.sampled_from(CHANGES))
    freq = draw(st.sampled_from(sorted(SPAN)))
    rule = draw(rules(freq))
    minutes = draw(st.integers(0, SPAN[freq] * 1440))
    count = draw(st.none() | st.integers(1, 200))
    one = Maintenance(
        name="x",
        services=("web",),
        start=around - timedelta(minutes=minutes),
        duration=draw(st.sampled_from([0.5, 60.0, 2700.0, 86_400.0, 200_000.0])),
        recurrence=rule + (f";COUNT={count}" if count else ""),
    )
    middle = first_instant(around, zone) + draw(st.integers(-3 * 1440, 3 * 1440)) * MINUTE
    return one, zone, middle, middle + draw(st.integers(0, 2 * 1440)) * MINUTE, count


@settings(deadline=None, max_examples=50)
@given(cases())
def test_windows_are_those_that_are_found_the_slow_way(
    case: tuple[Maintenance, ZoneInfo, int, int, int | None],
) -> None:
    one, zone, start, end, count = case
    expected = reference(one, zone, start, end, count) if start < end else []

    assert list(windows(one, zone, start, end)) == expected
    assert current(one, zone, start) == next(iter(reference(one, zone, start, start + 1, count)), None)


def test_an_offset_without_a_recurrence_needs_no_zone() -> None:
    one = Maintenance(
        name="x",
        services=("web",),
        start=datetime(2026, 12, 5, 22, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        duration=0.5,
    )

    assert next_start(one, NEW_YORK, 0) == utc("2026-12-05 16:15")
    assert current(one, NEW_YORK, utc("2026-12-05 16:15") + 499) is not None
    assert current(one, NEW_YORK, utc("2026-12-05 16:15") + 500) is None
