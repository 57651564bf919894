from collections.abc import Iterable
from datetime import date
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from checks.files import LARGEST
from checks.holidays import MOST, read_days_off
from checks.parse import parse
from checks.source import ConfigError, Problem
from checks.values import RuleError
from tests.checks.kinds import KINDS, RECEIVERS
from tests.checks.reading import LEAST

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CHRISTMAS = "DTSTART;VALUE=DATE:20261225"
HOURS = 'alerting: {hours: {office: {days: mon-fri, from: "08:00", to: "18:00", holidays: nl.ics}}}\n'


def calendar(*events: str) -> str:
    """Write a calendar of events whose lines a bar parts."""
    body = "".join(f"BEGIN:VEVENT|{event}|END:VEVENT|" for event in events)
    return f"BEGIN:VCALENDAR|VERSION:2.0|{body}END:VCALENDAR|".replace("|", "\r\n")


def days(*events: str) -> list[str]:
    return [each.isoformat() for each in sorted(read_days_off(calendar(*events), AMSTERDAM))]


def refusal(text: str) -> str:
    with pytest.raises(RuleError) as caught:
        read_days_off(text, AMSTERDAM)
    return str(caught.value)


@pytest.mark.parametrize(
    "more",
    ["", "|DTEND;VALUE=DATE:20261226", "|DURATION:P1D", "|DTEND;VALUE=DATE:20261225", "|TRANSP:TRANSPARENT"],
)
def test_an_event_of_a_day_is_a_day_off(more: str) -> None:
    assert days(CHRISTMAS + more) == ["2026-12-25"]


@pytest.mark.parametrize("more", ["|DTEND;VALUE=DATE:20270102", "|DURATION:P1W1D", "|DURATION:P8D"])
def test_the_day_on_which_an_event_ends_is_not_one(more: str) -> None:
    if "P1W1D" in more:  # weeks stand alone (RFC 5545, section 3.3.6)
        assert "a duration such as P1D" in refusal(calendar(CHRISTMAS + more))
    else:
        assert days(CHRISTMAS + more)[-1] == "2027-01-01"


def test_a_day_without_its_type_is_a_day() -> None:
    assert days("DTSTART:20261225") == ["2026-12-25"]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("DTSTART:20261225T000000|DTEND:20261226T000000", ["2026-12-25"]),
        ("DTSTART:20261225T000000|DTEND:20261225T235900", []),
        ("DTSTART:20261224T120000|DTEND:20261227T120000", ["2026-12-25", "2026-12-26"]),
        ("DTSTART:20261224T230000Z|DTEND:20261225T230000Z", ["2026-12-25"]),
        ("DTSTART;TZID=Europe/London:20261225T000000|DTEND;TZID=Europe/London:20261226T000000", []),
        ('DTSTART;TZID="Europe/Paris":20261225T000000|DURATION:PT24H', ["2026-12-25"]),
        ("DTSTART;TZID=W. Europe Standard Time:20261225T000000|DURATION:P1D", ["2026-12-25"]),
        ("DTSTART:20270328T000000|DTEND:20270329T000000", ["2027-03-28"]),
        ("DTSTART:20261025T000000|DTEND:20261026T000000", ["2026-10-25"]),
        ("DTSTART:20261225T090000", []),
        ("DTSTART:20260101T090000|DURATION:PT1H|RRULE:FREQ=HOURLY", []),
    ],
)
def test_any_other_event_covers_the_days_that_it_spans_whole(times: str, expected: list[str]) -> None:
    assert days(times) == expected


def test_a_rule_without_an_end_is_followed_to_the_end_of_2099() -> None:
    found = days("DTSTART;VALUE=DATE:16010427|RRULE:FREQ=YEARLY")

    assert (found[0], found[-1], len(found)) == ("1970-04-27", "2099-04-27", 130)


def test_a_rule_may_be_any_of_the_calendar() -> None:
    assert days(
        "DTSTART;VALUE=DATE:20260101|RRULE:FREQ=YEARLY;UNTIL=20270601;BYMONTH=5;BYDAY=-1MO",
        "DTSTART;VALUE=DATE:20261225|DURATION:P2D|RRULE:FREQ=YEARLY;COUNT=2",
    ) == ["2026-05-25", "2026-12-25", "2026-12-26", "2027-05-31", "2027-12-25", "2027-12-26"]


@pytest.mark.parametrize(
    "line", ["EXDATE;VALUE=DATE:20271225,20281225", "EXDATE:20271225T000000|EXDATE;VALUE=DATE:20281225"]
)
def test_days_may_be_taken_out_of_a_rule(line: str) -> None:
    assert days(f"{CHRISTMAS}|RRULE:FREQ=YEARLY;COUNT=4|{line}") == ["2026-12-25", "2029-12-25"]


def test_days_may_be_added() -> None:
    assert days(f"{CHRISTMAS}|RDATE;VALUE=DATE:20270401,20270402") == [
        "2026-12-25",
        "2027-04-01",
        "2027-04-02",
    ]


def test_one_of_a_series_may_be_moved_or_cancelled() -> None:
    assert days(
        "UID:a|DTSTART;VALUE=DATE:20270427|RRULE:FREQ=YEARLY;COUNT=3",
        "UID:a|RECURRENCE-ID;VALUE=DATE:20280427|DTSTART;VALUE=DATE:20280426",
        "UID:a|RECURRENCE-ID;VALUE=DATE:20290427|DTSTART;VALUE=DATE:20290427|STATUS:CANCELLED",
    ) == ["2027-04-27", "2028-04-26"]


def test_an_event_that_is_cancelled_is_none() -> None:
    assert days(f"{CHRISTMAS}|STATUS:CANCELLED") == []


def test_what_else_a_calendar_has_does_not_matter() -> None:
    text = calendar(f"{CHRISTMAS}|BEGIN:VALARM|TRIGGER:-PT1H|DURATION:PT15M|END:VALARM|SUMMARY:Kerst")
    zone = (
        "BEGIN:VTIMEZONE|BEGIN:STANDARD|DTSTART:16011028T030000|RRULE:FREQ=YEARLY|END:STANDARD|END:VTIMEZONE|"
    )

    whole = text.replace("BEGIN:VEVENT", zone.replace("|", "\r\n") + "BEGIN:VEVENT")
    assert read_days_off(whole, AMSTERDAM) == {date(2026, 12, 25)}


def test_lines_are_unfolded_and_may_end_as_on_unix() -> None:
    text = calendar("DTSTA|\tRT;VALUE=DATE:2026|  1225").replace("  1225", " 1225")

    assert read_days_off("\ufeff" + text.replace("\r\n", "\n"), AMSTERDAM) == {date(2026, 12, 25)}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file is empty: it must begin with BEGIN:VCALENDAR"),
        ("<!doctype html>", "line 1 of the file is not one of iCalendar, NAME:VALUE"),
        ("title: Holidays", "line 1 of the file must be BEGIN:VCALENDAR"),
        ("BEGIN:VEVENT", "line 1 of the file must be BEGIN:VCALENDAR"),
        ("END:VCALENDAR", "line 1 of the file ends what has not begun"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "line 2 of the file is the last, and END:VEVENT is missing"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR", "line 3 of the file must be END:VEVENT"),
        (calendar("SUMMARY:x"), "line 3 of the file begins an event without DTSTART"),
        (calendar(f"{CHRISTMAS}|{CHRISTMAS}"), "line 5 of the file is a second DTSTART of one event"),
        (calendar("DTSTART:25 December"), "line 4 of the file must have a day such as 20261225"),
        (calendar("DTSTART:20260230"), "line 4 of the file must have a day such as 20261225"),
        (calendar(f"{CHRISTMAS}|DTEND:20261224"), "line 5 of the file ends the event before it begins"),
        (calendar(f"{CHRISTMAS}|DURATION:1 day"), "line 5 of the file must have a duration such as P1D"),
        (calendar(f"{CHRISTMAS}|RRULE:FREQ=OFTEN"), "line 5 of the file has an RRULE that must have FREQ"),
        (calendar(f"{CHRISTMAS}|RRULE:FREQ=HOURLY"), "line 5 of the file recurs within a day"),
        (
            calendar(f"{CHRISTMAS}|RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20501231"),
            "line 5 of the file has an RRULE that gives no day",
        ),
        (calendar(f"{CHRISTMAS}|RDATE;VALUE=PERIOD:20260101T000000Z/P1D"), "line 5 of the file has periods"),
        (
            calendar(f"{CHRISTMAS}|RECURRENCE-ID;RANGE=THISANDFUTURE:20261225"),
            "line 5 of the file changes all that follow",
        ),
    ],
)
def test_a_file_that_is_broken_is_refused_with_the_line(text: str, why: str) -> None:
    assert why in refusal(text)


def test_a_rule_that_ended_before_it_began_gives_nothing_and_is_no_mistake() -> None:
    assert days(f"{CHRISTMAS}|RRULE:FREQ=YEARLY;UNTIL=20261224") == []


@pytest.mark.parametrize(
    "event",
    [f"{CHRISTMAS}|RRULE:FREQ=DAILY", f"{CHRISTMAS}|DTEND:99991231", f"{CHRISTMAS}|DURATION:P999999D"],
)
def test_a_calendar_of_too_many_days_is_refused_and_soon(event: str) -> None:
    begun = perf_counter()

    assert f"more than {MOST} days" in refusal(calendar(*[event] * 4000))
    assert perf_counter() - begun < 10


def said(folder: Path, more: str = HOURS) -> Iterable[Problem]:
    """Give the mistakes of a configuration in a folder."""
    text = LEAST + more
    with pytest.raises(ConfigError) as caught:
        parse({f"{folder}/checks.yaml": text}, kinds=KINDS, receivers=RECEIVERS, environment={})
    return caught.value.problems


def test_days_off_are_read_with_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "nl.ics").write_text(calendar(CHRISTMAS))
    found = parse(
        {f"{tmp_path}/checks.yaml": LEAST + HOURS}, kinds=KINDS, receivers=RECEIVERS, environment={}
    )

    assert found.alerting.hours["office"].days_off == {date(2026, 12, 25)}


def test_a_timed_event_is_judged_in_the_time_zone_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "nl.ics").write_text(calendar("DTSTART:20261224T230000Z|DURATION:P1D"))
    text = f"timezone: Europe/Amsterdam\n{LEAST}{HOURS}"
    found = parse({f"{tmp_path}/checks.yaml": text}, kinds=KINDS, receivers=RECEIVERS, environment={})

    assert found.alerting.hours["office"].days_off == {date(2026, 12, 25)}


def test_a_file_without_any_day_off_is_noted(tmp_path: Path) -> None:
    (tmp_path / "nl.ics").write_text(calendar())
    found = parse(
        {f"{tmp_path}/checks.yaml": LEAST + HOURS}, kinds=KINDS, receivers=RECEIVERS, environment={}
    )

    assert [each.message for each in found.notes if each.path == "alerting.hours.office.holidays"] == [
        "the file has no day off: export the calendar with its all-day events"
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (
            b"BEGIN:VCALENDAR\n",
            "line 1 of the file is the last, and END:VCALENDAR is missing: it is cut short",
        ),
        (b"\xff\xfe", "must be a calendar file (iCalendar) in UTF-8, and is not text in it"),
        (b"\n" * (LARGEST + 1), "cannot be read: it is larger than 1 MiB"),
    ],
)
def test_a_wrong_file_is_a_mistake_where_it_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "nl.ics").write_bytes(content)
    (problem,) = said(tmp_path)

    assert (problem.path, problem.message) == ("alerting.hours.office.holidays", why)
    assert (problem.line, problem.column) == (6, 1 + HOURS.index("nl.ics"))


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    (problem,) = said(tmp_path, HOURS.replace("nl.ics", '"\\0"'))

    assert problem.message == "cannot be the name of a file"
