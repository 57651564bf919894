from datetime import date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Hours
from slo.hours import next_change, stretches, within
from tests.slo.clocks import (
    AMSTERDAM,
    CHANGES,
    HOUR,
    KATHMANDU,
    LORD_HOWE,
    NEW_YORK,
    SANTIAGO,
    first_instant,
    text,
    utc,
)

MON_FRI = (0, 1, 2, 3, 4)
ALL = tuple(range(7))
MINUTE = 60_000
DAY = 24 * HOUR


def hours(begin: str, end: str, days: tuple[int, ...] = ALL, off: frozenset[date] = frozenset()) -> Hours:
    minutes = [int(each[:2]) * 60 + int(each[3:]) for each in (begin, end)]
    return Hours(name="x", days=days, begin=minutes[0], end=minutes[1], days_off=off)


OFFICE = hours("08:00", "18:00", MON_FRI)
NEVER_OFF = hours("00:00", "24:00")


def change(of: Hours, zone: ZoneInfo, at: str) -> tuple[str, bool] | None:
    found = next_change(of, zone, utc(at))
    return (text(found[0]), found[1]) if found else None


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        ("2026-12-04 06:59", False),
        ("2026-12-04 07:00", True),
        ("2026-12-04 16:59", True),
        ("2026-12-04 17:00", False),
        ("2026-12-05 12:00", False),
    ],
)
def test_the_beginning_is_within_and_the_end_is_not(at: str, inside: bool) -> None:
    assert within(OFFICE, AMSTERDAM, utc(at)) is inside


def test_a_millisecond_before_the_beginning_is_outside() -> None:
    assert not within(OFFICE, AMSTERDAM, utc("2026-12-04 07:00") - 1)


def test_the_next_change_is_after_the_instant_asked_about() -> None:
    assert change(OFFICE, AMSTERDAM, "2026-12-04 07:00") == ("2026-12-04 17:00", False)
    assert change(OFFICE, AMSTERDAM, "2026-12-04 17:00") == ("2026-12-07 07:00", True)


def test_whole_days_have_no_change_at_the_midnights_between() -> None:
    week = hours("00:00", "24:00", MON_FRI)

    assert change(week, AMSTERDAM, "2026-12-01 12:00") == ("2026-12-04 23:00", False)
    assert change(week, AMSTERDAM, "2026-12-04 23:00") == ("2026-12-06 23:00", True)


def test_hours_that_never_end_never_change() -> None:
    assert within(NEVER_OFF, AMSTERDAM, utc("2026-12-05 03:00"))
    assert next_change(NEVER_OFF, AMSTERDAM, utc("2026-12-05 03:00")) is None


def test_hours_without_a_day_never_change() -> None:
    assert next_change(hours("08:00", "18:00", ()), AMSTERDAM, utc("2026-12-05 03:00")) is None


def test_a_day_off_is_outside() -> None:
    off = frozenset({date(2026, 12, 25)})
    office = hours("08:00", "18:00", MON_FRI, off)

    assert not within(office, AMSTERDAM, utc("2026-12-25 12:00"))
    assert change(office, AMSTERDAM, "2026-12-24 17:00") == ("2026-12-28 07:00", True)
    assert change(hours("00:00", "24:00", ALL, off), AMSTERDAM, "2026-12-01 12:00") == (
        "2026-12-24 23:00",
        False,
    )


def test_a_day_off_that_is_far_is_found_and_soon() -> None:
    far = hours("00:00", "24:00", ALL, frozenset({date(2099, 12, 25)}))
    begun = perf_counter()

    assert change(far, AMSTERDAM, "2026-12-01 12:00") == ("2099-12-24 23:00", False)
    assert perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("zone", "begin", "end", "day", "stretch"),
    [
        (AMSTERDAM, "01:00", "04:00", "2027-03-28", ("2027-03-28 00:00", "2027-03-28 02:00")),
        (AMSTERDAM, "02:30", "18:00", "2027-03-28", ("2027-03-28 01:30", "2027-03-28 16:00")),
        (AMSTERDAM, "01:00", "02:30", "2027-03-28", ("2027-03-28 00:00", "2027-03-28 01:30")),
        (AMSTERDAM, "02:30", "04:00", "2026-10-25", ("2026-10-25 00:30", "2026-10-25 03:00")),
        (AMSTERDAM, "01:00", "02:30", "2026-10-25", ("2026-10-24 23:00", "2026-10-25 00:30")),
        (NEW_YORK, "02:30", "18:00", "2027-03-14", ("2027-03-14 07:30", "2027-03-14 22:00")),
        (NEW_YORK, "01:30", "18:00", "2026-11-01", ("2026-11-01 05:30", "2026-11-01 23:00")),
        (LORD_HOWE, "02:15", "18:00", "2026-10-04", ("2026-10-03 15:45", "2026-10-04 07:00")),
        (LORD_HOWE, "01:45", "18:00", "2027-04-04", ("2027-04-03 14:45", "2027-04-04 07:30")),
        (KATHMANDU, "08:00", "18:00", "2026-10-25", ("2026-10-25 02:15", "2026-10-25 12:15")),
        (SANTIAGO, "00:00", "08:00", "2026-09-06", ("2026-09-06 04:00", "2026-09-06 11:00")),
    ],
)
def test_where_the_clocks_change(
    zone: ZoneInfo, begin: str, end: str, day: str, stretch: tuple[str, str]
) -> None:
    one = hours(begin, end, (date.fromisoformat(day).weekday(),))
    noon = utc(f"{day} 00:00") - 12 * HOUR
    found = [(text(since), text(until)) for since, until in stretches(one, zone, noon, noon + 2 * DAY)]

    assert found == [stretch]
    assert within(one, zone, utc(stretch[0]))
    assert change(one, zone, stretch[0]) == (stretch[1], False)


def test_hours_that_begin_in_a_gap_and_end_with_it_are_none_that_day() -> None:
    one = hours("02:30", "03:00")

    assert change(one, AMSTERDAM, "2027-03-27 02:00") == ("2027-03-29 00:30", True)


def test_stretches_are_cut_to_what_was_asked_about() -> None:
    start, end = utc("2026-12-04 08:00"), utc("2026-12-07 09:00")

    assert list(stretches(OFFICE, AMSTERDAM, start, end)) == [
        (start, utc("2026-12-04 17:00")),
        (utc("2026-12-07 07:00"), end),
    ]
    assert list(stretches(OFFICE, AMSTERDAM, end, end)) == []


def reference(of: Hours, zone: ZoneInfo, around: datetime) -> list[bool]:
    """Say of every minute of six days whether it is within, the slow way."""
    first = first_instant(around - timedelta(days=3), zone)
    inside = [False] * (6 * 1440)
    for days in range(-5, 5):
        day = around + timedelta(days=days)
        if day.weekday() in of.days and day.date() not in of.days_off:
            begin, end = (first_instant(day + timedelta(minutes=each), zone) for each in (of.begin, of.end))
            for minute in range((begin - first) // MINUTE, (end - first) // MINUTE):
                if 0 <= minute < len(inside):
                    inside[minute] = True
    return inside


@given(
    st.sampled_from(CHANGES),
    st.lists(st.integers(0, 1440), min_size=2, max_size=2, unique=True),
    st.frozensets(st.integers(0, 6)),
    st.frozensets(st.integers(-3, 3), max_size=2),
    st.integers(0, 6 * 1440 - 1),
)
def test_hours_are_what_every_minute_says(
    where: tuple[ZoneInfo, datetime],
    edges: list[int],
    days: frozenset[int],
    off: frozenset[int],
    minute: int,
) -> None:
    zone, around = where
    begin, end = sorted(edges)
    days_off = frozenset((around + timedelta(days=each)).date() for each in off)
    of = Hours(name="x", days=tuple(sorted(days)), begin=begin, end=end, days_off=days_off)
    first = first_instant(around - timedelta(days=3), zone)
    inside = reference(of, zone, around)
    at = first + minute * MINUTE

    assert within(of, zone, at) is inside[minute]
    later = next(
        (each for each in range(minute + 1, len(inside)) if inside[each] is not inside[minute]), None
    )
    found = next_change(of, zone, at)
    if later is None:
        assert found is None or found[0] >= first + len(inside) * MINUTE
    else:
        assert found == (first + later * MINUTE, inside[later])
    held = {
        each
        for since, until in stretches(of, zone, first, first + len(inside) * MINUTE)
        for each in range((since - first) // MINUTE, (until - first) // MINUTE)
    }
    assert held == {each for each, is_in in enumerate(inside) if is_in}
