from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from alerting.announcer import Announcer
from alerting.book import Book
from alerting.calendar import Calendar
from alerting.dependencies import Dependencies
from alerting.events import Decision
from alerting.incident import Incident
from alerting.intent import Urgency
from alerting.moment import Moment
from alerting.services import Standing
from checks.model import Configuration, Service
from probes.result import Reason
from slo.judge import Judge
from slo.state import State
from tests.alerting.hand import check, company, made, receiver, tiered

REFUSED, MISSING = Reason.CONNECT_REFUSED, Reason.MISSING_SECRET


def settle(standing: Standing, book: Book, said: Configuration, now: int, decision: Decision) -> None:
    """Open or resolve the incident of a service that depends on nothing."""
    at = Moment({standing.service.name: standing}, said, now, decision)
    Dependencies(book, Announcer(book, Calendar(said)), said).settle(standing, at)


class Company:
    """One service with checks by name, `a`, `b`, …; each is down after one bad attempt, up after one good."""

    def __init__(self, up_when: str | int = "all", checks: str = "ab", **said: Any) -> None:
        service = Service(name="sso", title="Single sign-on", tier=1, up_when=up_when)
        self.judges = {name: Judge(check(name, confirm=1, recover=1)) for name in checks}
        self.standing = Standing(service, list(self.judges.values()))
        self.said = company(**said)
        self.book = Book()

    def tell(self, at: int, **reasons: Reason | None) -> Decision:
        """Let checks have results at `at`; the service looks at them."""
        for name, reason in reasons.items():
            self.judges[name].judge(made(name, at, reason))
        decision = Decision()
        if self.standing.look():
            settle(self.standing, self.book, self.said, at + 250, decision)
        return decision

    @property
    def incident(self) -> Incident:
        return self.book.open["hq/service/sso"]


@pytest.mark.parametrize(
    ("up_when", "down", "state"),
    [
        ("all", "a", State.DOWN),
        ("any", "ab", State.UP),
        ("any", "abc", State.DOWN),
        (2, "a", State.UP),
        (2, "ab", State.DOWN),
        ("all", "", State.UP),
    ],
)
def test_a_service_is_as_many_of_its_checks_as_it_needs(up_when: str | int, down: str, state: State) -> None:
    said = Company(up_when, "abc")
    said.tell(0, **{name: REFUSED if name in down else None for name in "abc"})

    assert said.standing.state is state
    assert ("hq/service/sso" in said.book.open) == (state is State.DOWN)


def test_a_service_with_two_of_three_is_down_since_the_second_fell() -> None:
    said = Company(2, "abc")
    said.tell(1000, a=REFUSED, b=None, c=None)
    said.tell(2000, b=REFUSED)
    decision = said.tell(3000, c=REFUSED)

    assert said.standing.since == 2000
    assert said.incident.fault_at == 2000
    assert decision.opened == []


def test_a_service_never_measured_opens_nothing() -> None:
    said = Company()
    assert said.tell(0) == Decision()
    assert said.standing.since is None

    decision = said.tell(1000, a=MISSING)
    assert said.standing.state is State.UNKNOWN
    assert said.standing.since == 1000
    assert decision.opened == []


def test_unknown_opens_nothing_and_resolves_nothing() -> None:
    said = Company(checks="a")
    said.tell(0, a=None)
    assert said.tell(1000, a=MISSING).opened == []
    said.tell(2000, a=REFUSED)
    known = said.incident

    assert said.tell(3000, a=MISSING).resolved == []
    assert said.tell(4000, a=REFUSED).opened == []
    assert replace(said.incident, unsaid=False) == known


def test_all_causes_are_in_the_one_incident_the_earliest_first() -> None:
    said = Company("any")
    said.tell(1000, a=None, b=REFUSED)
    said.tell(2000, a=Reason.TLS_EXPIRED)

    assert [(cause.check, cause.since, cause.reason) for cause in said.incident.causes] == [
        ("b", 1000, "connect_refused"),
        ("a", 2000, "tls_expired"),
    ]
    assert said.incident.causes[0].detail == "told: connect_refused"


def test_an_end_is_told_with_the_first_good_attempt_of_the_recovery() -> None:
    said = Company()
    said.tell(1000, a=REFUSED, b=REFUSED)
    said.tell(5000, a=None)
    (over,) = said.tell(9000, b=None).resolved

    assert (over.fault_at, over.restored_at, over.resolved_at) == (1000, 9000, 9250)


def test_any_one_check_that_recovers_ends_it() -> None:
    said = Company("any")
    said.tell(1000, a=REFUSED, b=REFUSED)
    (over,) = said.tell(5000, a=None).resolved

    assert over.restored_at == 5000


def test_an_end_never_lies_before_the_beginning() -> None:
    said = Company(checks="a")
    said.tell(1000, a=REFUSED)
    said.tell(2000, a=None)
    said.book = Book([replace(_incident(said), fault_at=50_000)])  # of a check that has gone
    decision = Decision()
    settle(said.standing, said.book, said.said, 60_000, decision)

    assert decision.resolved[0].restored_at == 60_000


def _incident(said: Company) -> Incident:
    other = Company(checks="a")
    other.tell(1000, a=REFUSED)
    return other.incident


def test_a_service_already_told_down_is_not_told_again() -> None:
    said = Company(checks="a")
    said.tell(1000, a=REFUSED)
    decision = Decision()
    settle(said.standing, said.book, said.said, 60_000, decision)

    assert decision == Decision()


@pytest.mark.parametrize(
    ("tier", "urgency", "severity"),
    [(1, Urgency.PAGE, "critical"), (2, Urgency.PAGE, "error"), (3, Urgency.INFO, "info")],
)
def test_the_tier_says_how_loud_it_is(tier: int, urgency: Urgency, severity: str) -> None:
    opened = _down(tiered(tier))

    assert (opened.urgency, opened.severity) == (urgency, severity)


def test_those_are_told_whom_the_routes_name_when_it_begins() -> None:
    receivers = {
        "pager": receiver("pager", info=False),
        "chat": receiver("chat"),
        "off": receiver("off", off="x"),
    }

    assert _down(tiered(1, receivers=receivers)).told == ("pager", "chat")
    assert _down(tiered(3, receivers=receivers)).told == ("chat",)


def _down(said: Configuration) -> Incident:
    services: Mapping[str, Service] = said.services
    judge = Judge(check("a", confirm=1))
    judge.judge(made("a", 1000, REFUSED))
    standing, decision = Standing(services["sso"], [judge]), Decision()
    standing.look()
    settle(standing, Book(), said, 1250, decision)
    return decision.opened[0]
