from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from slo.windows import length_ms, window_at


@pytest.mark.parametrize(("window", "ms"), [("30d", 2_592_000_000), ("1d", 86_400_000), ("12h", 43_200_000)])
def test_a_rolling_window_has_a_length(window: str, ms: int) -> None:
    assert length_ms(window) == ms


@pytest.mark.parametrize(("window", "days"), [("week", 7), ("month", 30), ("quarter", 90), ("year", 365)])
def test_a_calendar_window_has_its_usual_length(window: str, days: int) -> None:
    assert length_ms(window) == days * 86_400_000


@pytest.mark.parametrize("window", ["months", "Week", "", "d", "0d", "-1d", "1.5d", "30m", "30"])
def test_anything_else_is_refused_by_name(window: str) -> None:
    with pytest.raises(ValueError, match=f"'{window}' is no window such as"):
        length_ms(window)


def utc(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("window", "zone", "at", "start", "end"),
    [
        ("week", "UTC", "2026-11-25T12:00Z", "2026-11-23T00:00Z", "2026-11-30T00:00Z"),
        ("week", "UTC", "2026-11-23T00:00Z", "2026-11-23T00:00Z", "2026-11-30T00:00Z"),
        ("week", "UTC", "2026-11-22T23:59:59.999Z", "2026-11-16T00:00Z", "2026-11-23T00:00Z"),
        ("week", "Europe/Amsterdam", "2026-10-21T12:00Z", "2026-10-18T22:00Z", "2026-10-25T23:00Z"),
        ("month", "Europe/Amsterdam", "2026-03-31T22:00Z", "2026-03-31T22:00Z", "2026-04-30T22:00Z"),
        ("month", "Europe/Amsterdam", "2026-03-31T21:59Z", "2026-02-28T23:00Z", "2026-03-31T22:00Z"),
        ("month", "UTC", "2026-12-31T23:59Z", "2026-12-01T00:00Z", "2027-01-01T00:00Z"),
        ("quarter", "UTC", "2026-05-15T00:00Z", "2026-04-01T00:00Z", "2026-07-01T00:00Z"),
        ("quarter", "UTC", "2026-12-01T00:00Z", "2026-10-01T00:00Z", "2027-01-01T00:00Z"),
        ("year", "Asia/Kolkata", "2026-01-01T00:00Z", "2025-12-31T18:30Z", "2026-12-31T18:30Z"),
        ("month", "America/Sao_Paulo", "2017-10-20T12:00Z", "2017-10-01T03:00Z", "2017-11-01T02:00Z"),
    ],
)
def test_a_calendar_window_is_the_period_that_holds_the_instant(
    window: str, zone: str, at: str, start: str, end: str
) -> None:
    assert window_at(window, ZoneInfo(zone), utc(at)) == (utc(start), utc(end))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-25", 167), ("2026-10-21", 169), ("2026-07-01", 168)])
def test_days_of_23_and_25_hours_come_out_right(day: str, hours: int) -> None:
    week = window_at("week", ZoneInfo("Europe/Amsterdam"), utc(f"{day}T12:00Z"))

    assert week.length == hours * 3_600_000


def test_a_midnight_that_does_not_exist_is_the_first_instant_of_its_day() -> None:
    # In Asunción clocks went from midnight to one o'clock on Sunday, the first of October 2017.
    october = window_at("month", ZoneInfo("America/Asuncion"), utc("2017-10-20T12:00Z"))

    assert october == (utc("2017-10-01T04:00Z"), utc("2017-11-01T03:00Z"))


def test_a_rolling_window_ends_where_it_is_asked_for() -> None:
    assert window_at("12h", ZoneInfo("Europe/Amsterdam"), 50_000_000) == (6_800_000, 50_000_000)
