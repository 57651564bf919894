"""Services that nobody measures: who is told, when, and until when."""

from typing import Any

import pytest

from alerting.events import Swapped
from alerting.intent import Urgency
from checks.model import Service
from probes.result import Reason
from tests.alerting.hand import Hand, check, company, restarted

BUG, BAD = Reason.BUG, Reason.HTTP_STATUS


def said(tier: int = 1, *, checks: Any = (), **service: Any) -> Hand:
    services = {"sso": Service(name="sso", title="Single sign-on", tier=tier, **service)}
    return Hand(company(*checks or (check("login"),), services=services)).start()


def unknown(hand: Hand, seconds: float, name: str = "login") -> Hand:
    """Let a check tell nothing, every 20 s, for a while."""
    for _ in range(int(seconds // 20)):
        hand.attempt(name, BUG, 0).passes(20)
    return hand


def told(hand: Hand) -> bool:
    return "monitor/unmeasured/sso" in hand.open()


@pytest.mark.parametrize(
    ("tier", "minutes", "urgency"), [(1, 10, Urgency.PAGE), (2, 30, Urgency.TICKET), (3, 240, Urgency.TICKET)]
)
def test_by_tier_it_is_told_after_a_while(tier: int, minutes: int, urgency: Urgency) -> None:
    hand = unknown(said(tier).works(), minutes * 60 - 20)
    assert not told(hand)
    unknown(hand, 60)

    assert told(hand)
    assert hand.opened("unmeasured/sso")[1].urgency is urgency


def test_it_says_who_tells_nothing_and_why() -> None:
    hand = unknown(said().works(), 700)

    assert hand.opened("unmeasured/sso")[1].text == (
        "nobody knows whether Single sign-on works: nothing is learned from login (bug)"
    )


def test_a_service_may_say_how_long_it_may_be_unknown() -> None:
    hand = unknown(said(unknown_after=120.0).works(), 100)
    assert not told(hand)

    assert told(unknown(hand, 40))


def test_nobody_is_missed_before_three_intervals() -> None:
    hand = said(checks=[check("login", interval=3600.0)]).works()
    assert not told(unknown(hand, 3 * 3600 - 40))

    assert told(unknown(hand, 60))


def test_a_check_that_has_never_had_a_verdict_is_missed_beside_one_that_has() -> None:
    hand = said(checks=[check("login"), check("token")]).works("login")
    for _ in range(35):
        hand.attempt("login").passes(20)

    assert told(hand)


def test_it_is_over_when_the_service_is_known() -> None:
    hand = unknown(said().works(), 700).works()

    assert (told(hand), hand.told()[-1]) == (False, ("resolve", "monitor/unmeasured/sso"))


def test_what_our_own_blindness_explains_is_not_told_twice() -> None:
    hand = said().works().blinded()
    for _ in range(60):
        hand.attempt("login", Reason.CONNECT_TIMEOUT, 1).passes(20)

    assert "monitor/blind/internet" in hand.open()
    assert not told(hand)


def test_a_service_whose_incident_is_open_stays_with_that() -> None:
    hand = unknown(said().works().fails(), 1200)

    assert hand.open() == ["service/sso"]


def test_it_stays_one_incident_over_a_restart() -> None:
    hand = restarted(unknown(said().works(), 700)).start()
    unknown(hand, 400)

    assert told(hand)
    assert not [each for _, decision in hand.decisions for each in decision.opened]


def test_a_check_that_has_just_come_is_not_missed_yet() -> None:
    hand = said().works()
    for _ in range(60):
        hand.attempt("login").passes(20)
    services = hand.engine.configuration.services
    hand.hear(Swapped(company(check("login"), check("token"), services=services))).passes(60)

    assert not told(hand)
