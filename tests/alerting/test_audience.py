"""Who is to hear of an incident by now, said in tables; the whole way is in test_who_is_told.py."""

from typing import Any

import pytest

from alerting.audience import Audience, audience_of, seen_of
from alerting.events import Decision
from alerting.incident import Heard, Incident
from alerting.intent import Urgency
from alerting.moment import Moment
from alerting.services import Standing
from checks.model import Configuration, Escalation, Route, Service
from tests.alerting.example import HOUR, PEOPLE, QUARTER, ROUTES, example
from tests.alerting.hand import START, alerting, company, receiver
from tests.alerting.incidents import incident

NOW = START + 10 * 3_600_000
STEPS = (Escalation(after=QUARTER, receivers=("lead",)), Escalation(after=HOUR, receivers=("sms", "lead")))
STAIRS = Route(receivers=("oncall",), escalate=STEPS)
DUTY = Route(receivers=("oncall", "chat"), during="office", otherwise=("chat",), escalate=STEPS)


def audience(
    known: Incident, configuration: Configuration, *, off: bool = False, after: float = 0
) -> Audience:
    """Say who is to hear of it so many seconds after NOW; `off`: outside of all hours."""
    standings = {name: Standing(each, []) for name, each in configuration.services.items()}
    moment = Moment(standings, configuration, NOW + round(after * 1000), Decision())
    return audience_of(known, moment, lambda route, _: off and bool(route.during))


def monitor(name: str, urgency: Urgency = Urgency.PAGE) -> Incident:
    return incident(key=f"hq/monitor/{name}", scope="monitor", name=name, urgency=urgency)


def acknowledged(*seconds: float, stands: bool = True) -> dict[str, Heard]:
    """Acknowledgements at receivers, so many seconds after NOW."""
    return {
        f"r{number}": Heard("acknowledged", NOW + round(second * 1000), True, stands)
        for number, second in enumerate(seconds)
    }


# --- names


def test_without_routes_every_receiver_hears_a_page() -> None:
    said = example(1, alerting=alerting())

    assert audience(incident(), said).names == tuple(PEOPLE)


def test_without_routes_pagers_hear_no_information() -> None:
    said = example(3, alerting=alerting())

    assert audience(incident(urgency=Urgency.INFO), said).names == ("chat", "sms")


def test_the_first_route_that_matches_says_who() -> None:
    assert audience(incident(), example(1)).names == ("oncall", "chat")
    assert audience(incident(urgency=Urgency.TICKET), example(1)).names == ("tickets",)
    assert audience(incident(urgency=Urgency.INFO), example(1)).names == ("chat",)


def test_where_none_matches_nobody_hears() -> None:
    assert audience(incident(), example(1, Route(receivers=("oncall",), match={"tier": 2}))) == Audience()


def test_a_receiver_that_is_off_hears_nothing() -> None:
    silent = {**PEOPLE, "chat": receiver("chat", off="no key"), "lead": receiver("lead", off="no key")}
    said = example(1, receivers=silent)

    assert audience(incident(), said) == Audience(("oncall",), until=NOW + QUARTER * 1000)
    assert audience(incident(announced_at=NOW), said, after=QUARTER).escalated == ()


def test_what_is_unmeasured_is_told_by_the_route_of_its_service() -> None:
    assert audience(monitor("unmeasured/sso"), example(1)).names == ("oncall", "chat")


def test_a_storm_is_told_to_its_receiver_whatever_routes_say() -> None:
    storm = incident(key="hq/storm/lead", scope="storm", name="lead")

    assert audience(storm, example(1), off=True) == Audience(("lead",))


@pytest.mark.parametrize(
    ("silent", "fallback", "names"),
    [
        ("oncall", "sms", ("chat", "sms")),
        ("chat", "sms", ("sms",)),
        ("chat", "chat", ()),  # nobody is left
        ("oncall", "chat", ("chat",)),
        ("oncall", "", ("chat",)),
        ("sms", "sms", ("chat",)),
    ],
)
def test_a_receiver_that_is_the_trouble_is_not_told_of_it(
    silent: str, fallback: str, names: tuple[str, ...]
) -> None:
    said = example(1, alerting=alerting(*ROUTES, fallback=fallback))

    assert audience(monitor(f"receiver/{silent}"), said).names == names


def test_another_trouble_of_ours_goes_to_no_fallback() -> None:
    assert audience(monitor("store"), example(1)).names == ("chat",)


@pytest.mark.parametrize(
    ("match", "hears"),
    [({}, ()), ({"urgency": "info"}, ("oncall",)), ({"tier": 3}, ())],
)
def test_information_reaches_a_pager_by_a_route_that_names_it_alone(
    match: dict[str, Any], hears: tuple[str, ...]
) -> None:
    said = example(3, Route(receivers=("oncall",), match=match))

    assert audience(incident(urgency=Urgency.INFO), said).names == hears


def test_a_route_may_ask_for_what_is_known_of_the_service() -> None:
    known = Service(name="sso", owner="identity", labels={"region": "eu"}, tier=2)
    said = company(services={"sso": known})
    seen = seen_of(incident(), Moment({"sso": Standing(known, [])}, said, NOW, Decision()))

    assert dict(seen) == {
        "scope": "service",
        "urgency": "page",
        "severity": "error",
        "tier": 2,
        "service": "sso",
        "owner": "identity",
        "labels": {"region": "eu"},
    }


# --- hours


def test_outside_of_the_hours_others_hear() -> None:
    assert audience(incident(), example(2, DUTY), off=True) == Audience(("chat",), put_off=True)


def test_what_was_announced_stays_so() -> None:
    told = incident(announced_at=NOW - 60_000)

    assert audience(told, example(2, DUTY), off=True).names == ("oncall", "chat")
    assert not audience(told, example(2, DUTY), off=True).put_off


def test_a_route_without_hours_is_never_off() -> None:
    assert audience(incident(), example(1), off=True).names == ("oncall", "chat")


# --- those who hear because nobody answers


@pytest.mark.parametrize(
    ("after", "escalated", "until"),
    [
        (0, (), QUARTER),
        (QUARTER - 0.001, (), QUARTER),
        (QUARTER, ("lead",), HOUR),
        (HOUR - 0.001, ("lead",), HOUR),
        (HOUR, ("lead", "sms", "lead"), None),
        (9 * HOUR, ("lead", "sms", "lead"), None),
    ],
)
def test_steps_come_due_one_after_the_other(
    after: float, escalated: tuple[str, ...], until: int | None
) -> None:
    found = audience(incident(announced_at=NOW), example(1, STAIRS), after=after)

    assert (found.names, found.escalated) == (("oncall",), escalated)
    assert found.until == (None if until is None else NOW + until * 1000)


@pytest.mark.parametrize(
    ("heard", "after", "escalated", "until"),
    [
        (acknowledged(60), HOUR, (), 4 * HOUR + 60),
        (acknowledged(60), 4 * HOUR + 59.999, (), 4 * HOUR + 60),
        (acknowledged(60), 4 * HOUR + 60, ("lead", "sms", "lead"), None),
        (acknowledged(60, 600), 4 * HOUR + 60, (), 4 * HOUR + 600),  # the last one counts
        (acknowledged(600, 60), 4 * HOUR + 60, (), 4 * HOUR + 600),
        (acknowledged(60, stands=False), QUARTER, ("lead",), HOUR),
        (acknowledged(-5 * HOUR), QUARTER, ("lead",), HOUR),  # expired before the step is due
    ],
)
def test_an_acknowledgement_puts_all_steps_off_until_it_expires(
    heard: dict[str, Heard], after: float, escalated: tuple[str, ...], until: int | None
) -> None:
    found = audience(incident(announced_at=NOW, heard=heard), example(1, STAIRS), after=after)

    assert found.escalated == escalated
    assert found.until == (None if until is None else NOW + until * 1000)


def test_how_long_an_acknowledgement_is_good_is_configured() -> None:
    said = example(1, alerting=alerting(STAIRS, acknowledge_expires=1_800.0))
    known = incident(announced_at=NOW, heard=acknowledged(60))

    assert audience(known, said, after=1_859.999).escalated == ()
    assert audience(known, said, after=1_860).escalated == ("lead",)


def test_nobody_else_hears_of_what_is_put_off() -> None:
    assert audience(incident(), example(2, DUTY), off=True, after=9 * HOUR).escalated == ()


def test_the_next_take_no_information_either_without_a_route_that_names_it() -> None:
    known = incident(announced_at=NOW, urgency=Urgency.INFO)

    assert audience(known, example(3, STAIRS), after=HOUR).escalated == ("sms",)
