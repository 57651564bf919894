from datetime import UTC, datetime, timedelta, timezone
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from checks.recurrence import first_instants, read_recurrence
from checks.values import RuleError

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def wall(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour)  # noqa: DTZ001 - a wall clock


START = wall(2026, 12, 5, 22)


def first(rule: str, count: int = 3, start: datetime = START) -> list[datetime]:
    return first_instants(read_recurrence(rule), start, AMSTERDAM, count)


def test_a_rule_is_given_in_capitals() -> None:
    assert read_recurrence("freq=monthly;byday=1sa") == "FREQ=MONTHLY;BYDAY=1SA"


def test_the_first_saturday_of_every_month() -> None:
    assert first("FREQ=MONTHLY;BYDAY=1SA") == [START, wall(2027, 1, 2, 22), wall(2027, 2, 6, 22)]


def test_the_wall_clock_is_followed_over_a_change_of_the_clocks() -> None:
    before = wall(2027, 3, 27, 22)

    assert first("FREQ=DAILY", 2, before) == [before, wall(2027, 3, 28, 22)]


def test_a_rule_ends_after_its_count() -> None:
    assert len(first("FREQ=DAILY;COUNT=2", 8)) == 2


@pytest.mark.parametrize(
    ("until", "instants"),
    [
        ("20261207", 3),
        ("20261206T215959", 1),
        ("20261206T220000", 2),
        ("20261206T210000Z", 2),
        ("20261206T205959Z", 1),
    ],
)
def test_a_rule_ends_with_its_last_instant(until: str, instants: int) -> None:
    assert len(first(f"FREQ=DAILY;UNTIL={until}", 8)) == instants


def test_the_last_instant_is_told_by_the_offset_of_the_start() -> None:
    start = datetime(2026, 12, 5, 22, tzinfo=timezone(timedelta(hours=-5)))

    assert len(first("FREQ=DAILY;UNTIL=20261207T025959Z", 8, start)) == 1
    assert len(first("FREQ=DAILY;UNTIL=20261207T030000Z", 8, start)) == 2


def test_the_calendar_of_the_far_years_is_that_of_these() -> None:
    assert first("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", 2) == [wall(2028, 2, 29, 22), wall(2032, 2, 29, 22)]
    assert first("FREQ=DAILY", 1, datetime(9999, 12, 31, 22, tzinfo=UTC)) == [wall(9999, 12, 31, 22)]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;BYHOUR=3;BYMINUTE=3;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=3",
        "FREQ=DAILY;BYHOUR=1,2,3;BYSETPOS=300",
        "FREQ=DAILY;UNTIL=20261204",
    ],
)
def test_a_rule_that_never_is_so_gives_nothing_and_soon(rule: str) -> None:
    begun = perf_counter()

    assert first(rule) == []
    assert perf_counter() - begun < 5  # followed minute by minute, it would be a minute


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("", "must be a recurrence rule"),
        ("weekly", "must be a recurrence rule"),
        ("FREQ=", "must be a recurrence rule"),
        ("FREQ=DAILY;FREQ=WEEKLY", "each part once"),
        ("RRULE:FREQ=DAILY", "has a part that RFC 5545 does not know"),
        ("FREQ=DAILY;BYEASTER=1", "has a part that RFC 5545 does not know"),
        ("BYDAY=SA", "must have FREQ, one of YEARLY"),
        ("FREQ=FORTNIGHTLY", "must have FREQ, one of YEARLY"),
        ("FREQ=SECONDLY", "more often than once a minute"),
        ("FREQ=DAILY;BYSECOND=0,30", "more often than once a minute"),
        ("FREQ=DAILY;COUNT=1;UNTIL=20270101", "must not have both COUNT and UNTIL"),
        ("FREQ=DAILY;UNTIL=20270230", "must have a day or a time such as"),
        ("FREQ=DAILY;UNTIL=2027-01-01", "must have a day or a time such as"),
        ("FREQ=DAILY;INTERVAL=0", "numbers from 1 to 9999 in INTERVAL"),
        ("FREQ=DAILY;INTERVAL=1,2", "one number in INTERVAL"),
        ("FREQ=DAILY;BYHOUR=24", "numbers from 0 to 23 in BYHOUR"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "numbers from 1 to 31, or -1 to -31 from the end in BYMONTHDAY"),
        ("FREQ=WEEKLY;BYDAY=SATURDAY", "must have days such as MO"),
        ("FREQ=WEEKLY;WKST=1MO", "one such as MO in WKST"),
        ("FREQ=WEEKLY;BYDAY=1SA", "must count days"),
        ("FREQ=MONTHLY;BYDAY=11SA", "up to 5, as no month has more"),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=-6SA", "up to 5, as no month has more"),
        ("FREQ=YEARLY;BYDAY=54SA", "up to 53, as no year has more"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=1SA", "must count days"),
        ("FREQ=MONTHLY;BYWEEKNO=1", "must not have BYWEEKNO with this FREQ"),
        ("FREQ=DAILY;BYYEARDAY=1", "must not have BYYEARDAY with this FREQ"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "must not have BYMONTHDAY with this FREQ"),
        ("FREQ=MINUTELY;BYHOUR=3;BYSETPOS=5", "must not have BYSETPOS with this FREQ"),
        ("FREQ=MONTHLY;BYSETPOS=1", "must have another BY… part"),
    ],
)
def test_what_is_no_rule_is_refused(rule: str, why: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_recurrence(rule)
    assert why in str(caught.value)
