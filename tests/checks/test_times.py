from datetime import UTC, datetime, timedelta, timezone

import pytest

from checks.times import read_clock, read_days, read_due, read_instant
from checks.values import RuleError


@pytest.mark.parametrize(
    ("text", "minutes"), [("00:00", 0), ("08:30", 510), ("23:59", 1439), ("24:00", 1440)]
)
def test_a_time_of_day_is_minutes_after_midnight(text: str, minutes: int) -> None:
    assert read_clock(text) == minutes


@pytest.mark.parametrize("text", ["", "8:00", "24:01", "25:00", "08:60", "0800", "08:00 ", "1080", "٠٨:٠٠"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="must be a time of day"):
        read_clock(text)


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("mon, wed", (0, 2)),
        (["sat", "sun"], (5, 6)),
        ("Sun", (6,)),
        ("sat-mon", (0, 5, 6)),
        (["mon-tue", "tue"], (0, 1)),
        ((0, 4), (0, 4)),
    ],
)
def test_days_are_words_ranges_and_lists(said: object, days: tuple[int, ...]) -> None:
    assert read_days(said) == days


@pytest.mark.parametrize("said", ["", "monday", "mon-", "mon-x", "-fri", [], {}, None, ["mon", "x"]])
def test_what_are_no_days_is_refused(said: object) -> None:
    with pytest.raises(RuleError, match="must be days such as mon-fri"):
        read_days(said)


def test_an_instant_without_an_offset_is_a_wall_clock() -> None:
    assert read_instant("2026-12-05T22:00:00.250Z") == datetime(2026, 12, 5, 22, 0, 0, 250_000, tzinfo=UTC)
    assert read_instant("2026-12-05T22:00") == datetime(2026, 12, 5, 22, 0)  # noqa: DTZ001 - a wall clock


def test_an_instant_may_have_an_offset() -> None:
    two_hours_ahead = timezone(timedelta(hours=2))

    assert read_instant("2026-12-05T21:00Z") == datetime(2026, 12, 5, 21, tzinfo=UTC)
    assert read_instant("2026-12-05T23:00:30+02:00") == datetime(
        2026, 12, 5, 23, 0, 30, tzinfo=two_hours_ahead
    )


@pytest.mark.parametrize(
    "text", ["", "2026-12-05", "2026-12-05 22:00", "tomorrow", "20261205T2200", "2026-W49-6"]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="must be a time such as"):
        read_instant(text)


@pytest.mark.parametrize("text", ["2026-02-30T22:00", "2026-12-05T25:00", "0000-01-01T00:00"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="no such day or time"):
        read_instant(text)


def test_due_is_a_day_of_a_period_and_minutes() -> None:
    assert read_due("1 07:00") == (1, 420)
    assert read_due("28 23:59") == (28, 1439)


@pytest.mark.parametrize("text", ["", "07:00", "0 07:00", "1 24:00", "1 25:00", "1  07:00", "x 07:00"])
def test_what_is_never_due_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="must be a day of the period and a time of day"):
        read_due(text)
