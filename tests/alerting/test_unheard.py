"""Who is never told, and routes that no service meets; by the routing that the daemon does."""

from typing import Any

import pytest

from alerting.unheard import hearers, off_duty, unheard, unheard_ourselves
from checks.model import Configuration, Receiver, Route, Service
from tests.alerting.hand import alerting, company, receiver

ON, OFF = receiver("oncall", info=False), receiver("sms", off="no key")


def services(*names: str, **said: Any) -> dict[str, Service]:
    return {name: Service(name=name, **said) for name in names}


def asked(who: dict[str, Service], *routes: Route, receivers: tuple[Receiver, ...] = (ON,)) -> Configuration:
    by_name = {each.name: each for each in receivers}
    return company(services=who, receivers=by_name, alerting=alerting(*routes))


def notes(*said: Any, **more: Any) -> list[str]:
    return [f"{'.'.join(map(str, path))}: {text}" for path, text in unheard(asked(*said, **more))]


def test_where_every_page_has_a_receiver_nothing_is_noted() -> None:
    assert notes(services("sso")) == []
    assert notes(services("sso"), Route(receivers=("oncall",), match={"urgency": "page"})) == []


def test_a_page_that_no_route_takes_is_noted_with_one_that_would() -> None:
    who = services("sso", tier=1) | services("intra")
    (note,) = notes(who, Route(receivers=("oncall",), match={"tier": 1}))

    assert note == (
        "services.intra: a page about intra reaches no receiver: no route leads there; add one, such as"
        " {match: {urgency: page}, receivers: [oncall]}"
    )


def test_a_page_whose_receivers_are_off_is_noted_with_their_names() -> None:
    (note,) = notes(services("sso"), Route(receivers=("sms",)), receivers=(ON, OFF))

    assert note.endswith("a page about sso reaches no receiver: sms is off")


def test_of_many_services_one_note_names_the_first_ten() -> None:
    many = [f"s{number}" for number in range(12)]
    (note,) = notes(services(*many), Route(receivers=("oncall",), match={"owner": "nobody"}))

    assert note.startswith("services: a page about s0, s1, s2,")
    assert ", s9 and 2 more reaches no receiver: no route leads there;" in note


@pytest.mark.parametrize(("receivers", "what"), [((), "none"), ((OFF,), "all are off")])
def test_without_any_receiver_there_is_one_note_for_all(receivers: tuple[Receiver, ...], what: str) -> None:
    assert notes(services("a", "b"), receivers=receivers) == [
        f"receivers: {what}, so nobody is told of anything"
    ]


def test_a_service_that_only_tells_pages_nobody_and_is_not_noted() -> None:
    said = asked(services("sso", tier=3))

    assert hearers(said, said.services["sso"]) == ()
    assert list(unheard(said)) == []


def test_a_pager_that_hears_nothing_of_ourselves_is_noted_with_a_route_that_helps() -> None:
    chat = receiver("chat")
    said = asked(
        services("sso"),
        Route(receivers=("oncall",), match={"tier": 2}),
        Route(receivers=("chat",)),
        receivers=(ON, chat),
    )
    (note,) = unheard_ourselves(said)

    assert "wakes nobody" in note.message
    assert "{match: {urgency: page, scope: monitor}, receivers: [oncall]}" in note.message


@pytest.mark.parametrize("who", [(ON,), (receiver("chat"),), (OFF,)])
def test_where_no_pager_is_left_out_nothing_is_noted(who: tuple[Receiver, ...]) -> None:
    assert list(unheard_ourselves(asked(services("sso"), receivers=who))) == []


def test_hours_outside_of_which_nobody_is_told_are_noted() -> None:
    said = asked(
        services("sso"),
        Route(receivers=("oncall",), during="office"),
        Route(receivers=("oncall",), during="office", otherwise=("oncall",)),
    )
    (note,) = off_duty(said)

    assert note.path == ("alerting", "routes", 0, "during")
