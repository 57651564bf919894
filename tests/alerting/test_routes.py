from collections.abc import Mapping
from typing import Any

import pytest

from alerting.intent import Urgency
from alerting.routes import facets, fallback_of, matches, receivers_of, severity_of, urgency_of
from checks.model import Configuration, Receiver, Route, Service
from tests.alerting.hand import alerting, company, receiver

SSO = Service(name="sso", owner="identity", tier=1, labels={"region": "eu", "user": "all"})
PAGE = facets("service", Urgency.PAGE, SSO)
RECEIVERS = (receiver("pager", info=False), receiver("chat"), receiver("sms", info=False))


def routed(*routes: Route, receivers: tuple[Receiver, ...] = RECEIVERS, **said: Any) -> Configuration:
    return company(receivers={each.name: each for each in receivers}, alerting=alerting(*routes, **said))


def test_the_urgency_and_severity_of_a_tier_are_those_of_the_design() -> None:
    told = [(urgency_of(tier), severity_of(urgency_of(tier), tier)) for tier in (1, 2, 3)]

    assert told == [(Urgency.PAGE, "critical"), (Urgency.PAGE, "error"), (Urgency.INFO, "info")]


@pytest.mark.parametrize("tier", [None, 1, 2, 3])
def test_a_ticket_is_a_warning_and_an_info_is_info_whatever_the_tier(tier: int | None) -> None:
    assert severity_of(Urgency.TICKET, tier) == "warning"
    assert severity_of(Urgency.INFO, tier) == "info"


def test_a_page_about_ourselves_is_critical() -> None:
    assert severity_of(Urgency.PAGE, None) == "critical"


@pytest.mark.parametrize(
    ("match", "agrees"),
    [
        ({}, True),
        ({"urgency": "page"}, True),
        ({"urgency": "info"}, False),
        ({"tier": 1, "owner": "identity", "scope": "service", "service": "sso"}, True),
        ({"tier": 1, "owner": "messaging"}, False),
        ({"severity": "critical"}, True),
        ({"severity": "error"}, False),
        ({"labels": {"region": "eu"}}, True),
        ({"labels": {"region": "eu", "user": "some"}}, False),
        ({"labels": {"planet": "earth"}}, False),
    ],
)
def test_a_route_matches_where_every_word_of_it_agrees(match: Mapping[str, Any], agrees: bool) -> None:
    assert matches(match, PAGE) is agrees


def test_what_is_wrong_with_ourselves_has_no_tier_owner_or_labels() -> None:
    seen = facets("monitor", Urgency.PAGE, None)

    assert matches({"scope": "monitor", "severity": "critical"}, seen)
    assert not matches({"tier": 1}, seen)
    assert not matches({"labels": {"region": "eu"}}, seen)


def test_without_a_route_every_receiver_hears_of_it() -> None:
    assert receivers_of(routed(), PAGE) == ("pager", "chat", "sms")


def test_the_first_route_that_matches_wins() -> None:
    said = routed(
        Route(receivers=("sms",), match={"tier": 3}),
        Route(receivers=("chat", "pager"), match={"tier": 1}),
        Route(receivers=("sms",)),
    )

    assert receivers_of(said, PAGE) == ("chat", "pager")


def test_where_no_route_matches_nobody_hears_of_it() -> None:
    assert receivers_of(routed(Route(receivers=("pager",), match={"tier": 2})), PAGE) == ()


def test_a_receiver_that_is_off_is_left_out() -> None:
    said = routed(receivers=(receiver("pager", off="routing_key is not set"), receiver("chat")))

    assert receivers_of(said, PAGE) == ("chat",)


INFO = facets("service", Urgency.INFO, SSO)


@pytest.mark.parametrize("route", [None, Route(receivers=("pager", "chat"), match={"scope": "service"})])
def test_info_does_not_reach_a_pager_by_the_way(route: Route | None) -> None:
    said = routed(*([route] if route else []))

    assert receivers_of(said, INFO) == ("chat",)


def test_info_reaches_a_pager_by_a_route_that_names_it() -> None:
    said = routed(Route(receivers=("pager", "chat"), match={"urgency": "info"}))

    assert receivers_of(said, INFO) == ("pager", "chat")


def test_the_fallback_is_named_unless_it_was_told() -> None:
    said = routed(fallback="sms")

    assert fallback_of(said, ("pager",)) == ("sms",)
    assert fallback_of(said, ("pager", "sms")) == ()


def test_a_fallback_that_is_not_there_or_off_is_nobody() -> None:
    assert fallback_of(routed(), ()) == ()
    assert fallback_of(routed(receivers=(receiver("sms", off="no key"),), fallback="sms"), ()) == ()
