from datetime import UTC, datetime

import pytest

from checks.model import Report
from checks.planned import DAYS
from tests.checks.reading import noted, read, refused

NIGHT = "name: night, services: [db], start: 2026-12-05T22:00, duration: 2h"


def maintenance(*items: str) -> str:
    return f"maintenance: [{', '.join(f'{{{item}}}' for item in items)}]\n"


def test_maintenance_excludes_its_time_and_holds_dependents_where_nothing_else_is_written() -> None:
    (night,) = read(maintenance(NIGHT)).maintenance

    assert (night.name, night.services, night.duration) == ("night", ("db",), 7200.0)
    assert (night.effect, night.dependents, night.recurrence) == ("exclude", True, "")


def test_its_start_is_a_wall_clock_or_has_an_offset() -> None:
    local, utc = read(maintenance(NIGHT, NIGHT.replace("night", "utc").replace(":00,", ":00Z,"))).maintenance

    assert local.start.tzinfo is None
    assert utc.start == datetime(2026, 12, 5, 22, tzinfo=UTC)


def test_two_with_one_name_are_refused() -> None:
    assert refused(maintenance(NIGHT, NIGHT)) == ["maintenance[1].name: another maintenance has this name"]


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("name: night, ", "", "maintenance[0].name: is required"),
        ("[db]", "[]", "maintenance[0].services: must name at least 1"),
        ("[db]", "[dbx]", 'maintenance[0].services[0]: there is no such service (did you mean "db"?)'),
        ("2h", "0s", "maintenance[0].duration: must be more than 0"),
        ("2h", "2h, effect: hide", "maintenance[0].effect: must be 'exclude' or 'label'"),
        (
            "2h",
            "2h, recurrence: FREQ=SECONDLY",
            "maintenance[0].recurrence: must not recur more often than once a minute",
        ),
        (
            "2h",
            "2h, recurrence: FREQ=DAILY;UNTIL=20261204",
            "maintenance[0].recurrence: gives no instant from start on",
        ),
        (
            "2h",
            "25h, recurrence: FREQ=DAILY",
            "maintenance[0].duration: is longer than the recurrence's step",
        ),
    ],
)
def test_what_cannot_be_is_refused(old: str, new: str, mistake: str) -> None:
    assert refused(maintenance(NIGHT.replace(old, new))) == [mistake]


def test_windows_that_touch_do_not_run_into_each_other() -> None:
    (night,) = read(maintenance(NIGHT.replace("2h", "24h, recurrence: freq=daily"))).maintenance

    assert night.recurrence == "FREQ=DAILY"


def test_a_start_that_the_rule_passes_over_is_noted() -> None:
    assert noted(maintenance(f"{NIGHT}, recurrence: FREQ=WEEKLY;BYDAY=MO"))[-1] == (
        "maintenance[0].recurrence: start is not one of its instants; the first is 2026-12-07T22:00"
    )


def test_the_section_is_a_list_of_mappings() -> None:
    assert refused("maintenance: {night: {}}\n") == ["maintenance: must be a list"]
    assert refused("maintenance: [night]\n") == ["maintenance[0]: must be a mapping of options"]


def test_an_empty_section_is_none() -> None:
    assert read("maintenance:\nreports:\n").maintenance == ()


def test_a_report_is_due_on_a_day_of_the_next_period() -> None:
    reports = read('reports: [{period: month, at: "2 07:30", to: [chat]}]\n').reports

    assert reports == (Report(period="month", day=2, minute=450, to=("chat",)),)


@pytest.mark.parametrize(("period", "days"), [("week", 7), ("month", 28), ("quarter", 90), ("year", 365)])
def test_its_day_is_one_that_every_such_period_has(period: str, days: int) -> None:
    last = f'reports: [{{period: {period}, at: "{days} 07:00", to: [chat]}}]\n'

    assert read(last).reports[0].day == days == DAYS[period]
    assert refused(last.replace(f'"{days}', f'"{days + 1}')) == [
        f"reports[0].at: must be day 1 to {days}, which every {period} has"
    ]


def test_a_report_goes_to_receivers_that_exist() -> None:
    assert refused('reports: [{period: week, at: "1 07:00", to: [chad]}]\n') == [
        'reports[0].to[0]: there is no such receiver (did you mean "chat"?)'
    ]
    assert refused('reports: [{period: week, at: "1 07:00", to: []}]\n') == [
        "reports[0].to: must name at least 1"
    ]
