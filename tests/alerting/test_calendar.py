"""What is in force now, when that changes, and what was in force until lately."""

import json
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from alerting.calendar import Calendar, Held
from alerting.events import Decision
from alerting.incident import Incident
from alerting.moment import Moment
from alerting.services import Standing
from checks.model import Configuration, Maintenance, Route, Service
from store.rows import Operation, What
from tests.alerting.example import example, instant, office
from tests.alerting.hand import START, alerting, check, company
from tests.alerting.incidents import incident

HOUR = 3_600_000
SERVICES = {
    "sso": Service(name="sso", tier=1),
    "mail": Service(name="mail", tier=2, depends_on=("sso",)),
    "wiki": Service(name="wiki", tier=3, depends_on=("mail",)),
    "vpn": Service(name="vpn", tier=1),
}
CHECKS = [check(name, name) for name in SERVICES]


def works(hour: float = 1, hours: float = 2, *services: str, **said: Any) -> Maintenance:
    """A maintenance from so many hours after START, for so many hours."""
    minutes = round(hour * 60)
    start = datetime(2026, 1, 1 + minutes // 1440, minutes % 1440 // 60, minutes % 60, tzinfo=UTC)
    given: dict[str, Any] = {
        "name": "works",
        "services": services or ("sso",),
        "start": start,
        "duration": hours * 3600,
    }
    return Maintenance(**(given | said))


def firm(*maintenance: Maintenance, **said: Any) -> Configuration:
    return company(*CHECKS, services=SERVICES, maintenance=maintenance, **said)


def order(calendar: Calendar, what: str, subject: str, at: int = START, **document: Any) -> Calendar:
    known: What = next(each for each in get_args(What) if each == what)
    calendar.order(Operation(calendar.orders.last + 1, at, "anna", known, subject, json.dumps(document)))
    return calendar


def silence(calendar: Calendar, hour: float, hours: float, id: str = "quiet", **match: Any) -> Calendar:
    start = START + round(hour * HOUR)
    return order(calendar, "silence.add", id, match=match, start=start, end=start + round(hours * HOUR))


def after(calendar: Calendar, hour: float) -> Calendar:
    """Turn to so many hours after START."""
    calendar.turn(START + round(hour * HOUR))
    return calendar


def moment(configuration: Configuration | None = None) -> Moment:
    standings = {name: Standing(each, []) for name, each in SERVICES.items()}
    return Moment(standings, configuration or firm(), START, Decision())


def of(name: str, **said: Any) -> Incident:
    return incident(key=f"hq/service/{name}", name=name, **said)


def held(calendar: Calendar, name: str = "sso") -> Held:
    return calendar.held(of(name), moment())


def ended(calendar: Calendar, name: str = "sso") -> float | None:
    """Say how many hours after START the last hold of a service ended, if it is known."""
    at = calendar.ended_at(of(name), moment())
    return None if at is None else (at - START) / HOUR


# --- in force


@pytest.mark.parametrize(
    ("hour", "name"), [(0, ""), (0.999, ""), (1, "works"), (2.999, "works"), (3, ""), (30, "")]
)
def test_a_maintenance_is_in_force_from_its_beginning_until_before_its_end(hour: float, name: str) -> None:
    calendar = after(Calendar(firm(works())), hour)

    assert held(calendar).maintenance == name
    assert bool(held(calendar)) is bool(name)


@pytest.mark.parametrize(
    ("hour", "name"), [(0, ""), (0.999, ""), (1, "quiet"), (2.999, "quiet"), (3, ""), (30, "")]
)
def test_a_silence_is_in_force_from_its_beginning_until_before_its_end(hour: float, name: str) -> None:
    calendar = after(silence(Calendar(firm()), 1, 2, service="sso"), hour)

    assert held(calendar) == Held(silence=name)


def test_a_maintenance_is_about_all_that_depends_on_its_services_too() -> None:
    calendar = after(Calendar(firm(works())), 1)

    assert calendar.maintained == dict.fromkeys(("sso", "mail", "wiki"), "works")


def test_one_without_dependents_is_not() -> None:
    calendar = after(Calendar(firm(works(1, 2, "sso", "vpn", dependents=False))), 1)

    assert calendar.maintained == dict.fromkeys(("sso", "vpn"), "works")


def test_a_silence_is_about_what_it_matches_alone() -> None:
    calendar = after(silence(Calendar(firm()), 1, 2, tier=1), 1)

    assert [name for name in SERVICES if held(calendar, name)] == ["sso", "vpn"]


def test_a_silence_may_name_something_of_ourselves() -> None:
    calendar = after(silence(Calendar(firm()), 1, 2, name="receiver/chat"), 1)
    about = incident(key="hq/monitor/receiver/chat", scope="monitor", name="receiver/chat")

    assert calendar.held(about, moment())
    assert not held(calendar)


def test_what_is_unmeasured_is_held_with_its_service() -> None:
    calendar = after(Calendar(firm(works())), 1)
    about = incident(key="hq/monitor/unmeasured/mail", scope="monitor", name="unmeasured/mail")

    assert calendar.held(about, moment()) == Held(maintenance="works")


def test_a_storm_is_held_by_nothing() -> None:
    calendar = after(silence(Calendar(firm()), 1, 2, scope="storm"), 1)

    assert not calendar.held(incident(key="hq/storm/pager", scope="storm", name="pager"), moment())


def test_both_may_be_in_force_and_the_maintenance_is_named_first() -> None:
    calendar = after(silence(Calendar(firm(works())), 1, 2, service="sso"), 1)

    assert held(calendar) == Held("works", "quiet")
    assert held(calendar).reason == "maintenance"
    assert Held(silence="quiet").reason == "silence"


def test_what_is_ordered_counts_beside_what_is_declared() -> None:
    calendar = order(
        Calendar(firm(works())),
        "maintenance.add",
        "gate",
        services=["vpn"],
        start="2026-01-01T01:00Z",
        duration=3600,
    )

    assert set(after(calendar, 1.5).maintained) == {"sso", "mail", "wiki", "vpn"}


def test_what_is_removed_is_over() -> None:
    calendar = after(silence(Calendar(firm()), 1, 2, service="sso"), 2)
    order(calendar, "silence.remove", "quiet", START + 2 * HOUR)

    assert not held(after(calendar, 2))
    assert ended(calendar) == 2


# --- when it changes


def test_it_is_known_before_when_something_begins_or_ends() -> None:
    calendar = silence(Calendar(firm(works(1, 2), works(8, 1, name="more"))), 2, 4, service="vpn")
    turns = [START]
    while calendar.turn(turns[-1]) and (coming := calendar.wake()) is not None:
        turns.append(coming)

    assert [(at - START) / HOUR for at in turns] == [0, 1, 2, 3, 6, 8, 9]


def test_nothing_changes_between_two_of_those_instants() -> None:
    calendar = Calendar(firm(works()))

    assert [calendar.turn(START + hour * HOUR) for hour in (0, 0, 1, 1, 2, 3, 4)] == [
        True,
        False,
        True,
        False,
        False,
        True,
        False,
    ]


def test_a_late_turn_makes_up_for_all_that_it_missed() -> None:
    calendar = after(silence(Calendar(firm(works(1, 1))), 2, 1, service="sso"), 0)

    assert calendar.turn(START + 9 * HOUR)
    assert not held(calendar)
    assert calendar.wake() is None


def test_an_order_makes_it_turn_at_once() -> None:
    calendar = after(Calendar(firm()), 0)
    silence(calendar, 0, 1, service="sso")

    assert calendar.turn(START)
    assert held(calendar)


def test_windows_of_a_recurrence_come_one_after_the_other() -> None:
    calendar = after(Calendar(firm(works(1, 2, recurrence="FREQ=DAILY"))), 0)
    times = []
    for _ in range(5):
        times.append(calendar.wake() or 0)
        calendar.turn(times[-1])

    assert [(at - START) / HOUR for at in times] == [1, 3, 25, 27, 49]


def test_hours_that_a_route_names_change_it_too() -> None:
    night = instant("2026-01-02 20:00")  # a Friday
    calendar = Calendar(example(2, off=(date(2026, 1, 5),)))
    calendar.turn(night)

    assert calendar.wake() == instant("2026-01-06 08:00")


def test_hours_that_no_route_names_do_not() -> None:
    calendar = Calendar(company(alerting=alerting(Route(receivers=("pager",)), hours={"office": office()})))
    calendar.turn(START)

    assert calendar.wake() is None


@pytest.mark.parametrize(
    ("clock", "off"),
    [
        ("2026-01-07 07:59", True),
        ("2026-01-07 08:00", False),
        ("2026-01-07 17:59", False),
        ("2026-01-07 18:00", True),
        ("2026-01-10 12:00", True),  # a Saturday
        ("2026-03-30 07:59", True),  # the clocks went forward
        ("2026-03-30 08:00", False),
        ("2026-10-26 07:59", True),  # and back
        ("2026-10-26 08:00", False),
        ("2026-01-08 12:00", True),  # a holiday
    ],
)
def test_the_receivers_of_a_route_are_off_duty_outside_of_its_hours(clock: str, off: bool) -> None:
    zone = "Europe/Amsterdam"
    calendar = Calendar(example(2, zone=zone, off=(date(2026, 1, 8),)))
    duty = Route(receivers=("oncall",), during="office")

    assert calendar.off(duty, instant(clock, zone)) is off
    assert not calendar.off(Route(receivers=("oncall",)), instant(clock, zone))


# --- what has ended


def test_nothing_has_ended_before_it_did() -> None:
    calendar = Calendar(firm(works()))

    assert [ended(after(calendar, hour)) for hour in (0, 1, 2.9)] == [None, None, None]


@pytest.mark.parametrize("name", ["sso", "mail", "wiki"])
def test_the_end_of_a_maintenance_is_known_for_a_while(name: str) -> None:
    calendar = after(after(Calendar(firm(works(), works(3.5, 9, "vpn"), works(4.5, 1, "vpn"))), 1), 3)
    assert ended(calendar, name) == 3
    assert ended(calendar, "vpn") is None
    assert ended(after(calendar, 3.5), name) == 3

    assert ended(after(calendar, 4.5), name) is None


def test_the_end_of_a_silence_is_known_for_a_while_by_those_whom_it_was_about() -> None:
    calendar = silence(Calendar(firm(works(3.5, 9, "vpn"), works(4.5, 1, "vpn"))), 1, 2, service="sso")
    after(after(calendar, 1), 3)
    assert (ended(calendar), ended(calendar, "mail")) == (3, None)
    assert ended(after(calendar, 3.5)) == 3

    assert ended(after(calendar, 4.5)) is None


def test_the_last_end_counts() -> None:
    calendar = silence(Calendar(firm(works(1, 2))), 1, 3, service="sso")
    for hour in (1, 3, 4):
        after(calendar, hour)

    assert ended(calendar) == 4


def test_what_goes_on_in_another_has_not_ended() -> None:
    calendar = after(after(Calendar(firm(works(1, 2), works(2, 4, name="more"))), 2), 3)

    assert ended(calendar) is None
    assert held(calendar).maintenance == "more"


# --- a reload


def test_a_reload_that_drops_one_ends_it() -> None:
    calendar = after(Calendar(firm(works())), 1)
    calendar.follow(firm())

    assert calendar.turn(START + 2 * HOUR)
    assert not held(calendar)
    assert ended(calendar) == 2


def test_a_reload_that_adds_one_begins_it() -> None:
    calendar = after(Calendar(firm()), 2)
    calendar.follow(firm(works()))

    assert held(after(calendar, 2)) == Held(maintenance="works")
    assert calendar.wake() == START + 3 * HOUR


def test_a_reload_takes_other_dependencies_in() -> None:
    alone = {name: Service(name=name) for name in SERVICES}
    calendar = after(Calendar(firm(works())), 1)
    calendar.follow(company(*CHECKS, services=alone, maintenance=(works(),)))

    assert set(after(calendar, 2).maintained) == {"sso"}


def test_a_reload_that_changes_the_zone_moves_what_has_no_offset() -> None:
    local = works(start=datetime.fromisoformat("2026-01-01T01:00"))
    calendar = after(Calendar(firm(local)), 0)
    assert calendar.wake() == START + HOUR
    calendar.follow(firm(local, timezone="Europe/Amsterdam"))

    assert held(after(calendar, 0)) == Held(maintenance="works")
