"""Reloads in every moment of an outage: what goes on, what ends, who is told."""

from dataclasses import dataclass, replace
from typing import Any

from alerting.events import Delivered, ReloadRefused, Swapped
from alerting.incident import Incident
from alerting.intent import Intent, Urgency
from alerting.receiver import Abilities
from checks.model import Configuration, Receiver, Route, Service
from probes.result import Reason
from slo.state import State
from store.rows import IncidentRow
from tests.alerting.hand import SELF_CHECKS, Hand, Target, alerting, check, company, receiver, tiered

LOGIN, TOKEN = check("login"), check("token")
BOTH = company(LOGIN, TOKEN)


@dataclass(frozen=True)
class Addressed(Target):
    """A receiver that has an address."""

    address: str = "one"
    option: str = ""

    @property
    def abilities(self) -> Abilities:
        return replace(super().abilities, address=self.address)


def at(address: str, **said: Any) -> dict[str, Receiver]:
    return {"pager": Receiver(name="pager", kind="fake", target=Addressed(address=address, **said))}


def down(configuration: Configuration | None = None) -> Hand:
    return Hand(configuration or company()).start().works().fails()


def reloaded(hand: Hand, configuration: Configuration) -> Hand:
    return hand.passes(1).hear(Swapped(configuration))


def since(hand: Hand) -> list[tuple[str, str]]:
    """What was said by the last decision: action, and to whom."""
    _, decision = hand.decisions[-1]
    return [(intent.action.value, intent.receiver) for intent in decision.intents]


def last(hand: Hand) -> Intent:
    return hand.intents[-1]


def test_the_same_again_says_nothing_and_keeps_the_outage() -> None:
    hand = down()
    opened = hand.open()
    reloaded(hand, company())

    assert (hand.open(), since(hand)) == (opened, [])
    hand.works()
    assert hand.told() == [("open", "service/sso"), ("resolve", "service/sso")]


def test_another_service_added_changes_nothing_for_the_one_that_is_down() -> None:
    hand = down()
    services = {**company().services, "vpn": Service(name="vpn")}
    reloaded(hand, company(LOGIN, check("gate", service="vpn"), services=services))

    assert (hand.open(), since(hand)) == (["service/sso"], [])
    assert hand.works("gate").engine.services["vpn"].state is State.UP


def test_a_changed_check_keeps_its_incident_until_the_new_definition_has_recovered_it() -> None:
    hand = down()
    reloaded(hand, company(check("login", interval=7.0, recover=3)))

    assert hand.works(times=2).open() == ["service/sso"]
    assert hand.works(times=1).open() == []
    assert hand.resolved("sso")[1].restored_at is not None


def test_a_suspicion_of_a_changed_check_begins_anew() -> None:
    hand = Hand().start().works().fails(times=1)
    reloaded(hand, company(check("login", timeout=3.0)))

    assert hand.fails(times=1).open() == []
    assert hand.fails(times=1).open() == ["service/sso"]


def test_a_removed_check_resolves_what_it_announced_and_restores_nothing() -> None:
    hand = down(BOTH).works("token")
    reloaded(hand, company(TOKEN))
    _, over = hand.resolved("sso")

    assert (hand.told()[-1], over.restored_at, over.ended) == (("resolve", "service/sso"), None, "removed")
    assert last(hand).message.summary.endswith("is no longer watched")


def test_it_is_over_also_where_what_remains_was_never_heard_of() -> None:
    hand = down(BOTH)
    reloaded(hand, company(TOKEN))

    assert (hand.engine.services["sso"].state, hand.open()) == (State.UNKNOWN, [])


def test_it_is_not_over_where_another_check_is_down_too() -> None:
    hand = down(BOTH).fails("token")
    reloaded(hand, company(TOKEN))

    assert hand.open() == ["service/sso"]
    assert hand.works("token").open() == []


def test_it_is_not_over_because_a_check_that_was_up_has_gone() -> None:
    hand = down(BOTH).works("token").attempt("login", Reason.BUG)
    assert hand.engine.services["sso"].state is State.UNKNOWN
    reloaded(hand, company(LOGIN))

    assert hand.open() == ["service/sso"]


def test_a_removed_service_resolves_what_it_announced() -> None:
    hand = down()
    reloaded(hand, company(check("gate", service="vpn"), services={"vpn": Service(name="vpn")}))

    assert (hand.open(), hand.resolved("sso")[1].restored_at) == ([], None)


def test_a_check_that_is_switched_off_is_a_removed_one() -> None:
    hand = down()
    reloaded(hand, company(check("login", enabled=False)))

    assert (hand.open(), hand.engine.judges) == ([], {})


def test_a_renamed_check_goes_on_where_it_says_so() -> None:
    hand = down()
    reloaded(hand, company(check("sign-in", was="login")))

    assert (hand.open(), since(hand)) == (["service/sso"], [])
    hand.works("sign-in")
    assert (hand.open(), hand.resolved("sso")[1].ended) == ([], "")


def test_a_renamed_check_is_a_new_one_where_it_does_not() -> None:
    hand = down()
    reloaded(hand, company(check("sign-in")))

    assert (hand.open(), hand.engine.judges["sign-in"].verdict) == ([], State.UNKNOWN)


def test_a_check_moved_to_another_service_takes_its_outage_along() -> None:
    services = {**company().services, "vpn": Service(name="vpn", tier=1)}
    hand = down(company(services=services))
    fault_at = hand.opened("sso")[1].fault_at
    reloaded(hand, company(check("login", service="vpn"), services=services))

    assert (hand.open(), hand.opened("vpn")[1].fault_at) == (["service/vpn"], fault_at)


def test_an_attempt_of_a_check_that_has_gone_says_nothing() -> None:
    hand = Hand(BOTH).start().works()
    reloaded(hand, company(TOKEN)).fails("login", times=3)

    assert (hand.open(), hand.recorded("login")[2:]) == ([], [])


def test_what_waited_for_our_eyes_is_dropped_where_its_check_has_gone() -> None:
    hand = Hand(BOTH).start().works().attempt("login", Reason.CONNECT_TIMEOUT)
    hand.hear(Swapped(company(TOKEN))).passes(10)

    assert [result.reason for _, result in hand.recorded("login")] == [None, None]


def test_what_waited_for_our_eyes_goes_on_under_the_new_name() -> None:
    hand = Hand().start().works().attempt("login", Reason.CONNECT_TIMEOUT)
    hand.hear(Swapped(company(check("sign-in", was="login")))).passes(10)

    assert hand.reasons("sign-in") == [Reason.CONNECT_TIMEOUT]


def test_another_key_says_goodbye_at_the_old_one_and_opens_at_the_new_one() -> None:
    hand = down(company(receivers=at("one")))
    reloaded(hand, company(receivers=at("two")))
    _, decision = hand.decisions[-1]
    goodbye, welcome = decision.intents

    assert [(each.action.value, each.farewell) for each in decision.intents] == [
        ("resolve", True),
        ("open", False),
    ]
    assert (goodbye.key, goodbye.episode) == (welcome.key, welcome.episode)
    assert "told elsewhere from now on" in goodbye.message.summary
    assert (decision.opened, decision.resolved) == ([], [])


def test_what_is_told_at_the_new_key_is_resolved_there() -> None:
    hand = down(company(receivers=at("one")))
    reloaded(hand, company(receivers=at("two"))).works()

    assert (last(hand).action, last(hand).farewell, last(hand).receiver) == ("resolve", False, "pager")


def test_another_option_at_the_same_address_says_nothing() -> None:
    hand = down(company(receivers=at("one")))
    reloaded(hand, company(receivers=at("one", option="x")))

    assert since(hand) == []


def test_a_receiver_that_is_taken_out_hears_the_end() -> None:
    hand = down(company(receivers=at("one") | {"chat": receiver("chat")}))
    reloaded(hand, company(receivers={"chat": receiver("chat")}))

    assert (since(hand), last(hand).farewell) == ([("resolve", "pager")], True)
    hand.works()
    assert since(hand) == [("resolve", "chat")]


def test_a_receiver_that_is_switched_off_hears_the_end() -> None:
    hand = down(company(receivers=at("one")))
    off = Receiver(name="pager", kind="fake", target=Addressed(), off="routing_key is not set")
    reloaded(hand, company(receivers={"pager": off}))

    assert (since(hand), last(hand).farewell) == ([("resolve", "pager")], True)


def test_a_route_mended_in_the_middle_of_an_outage_tells_who_was_not_told() -> None:
    receivers = {name: receiver(name) for name in ("pager", "chat")}
    hand = down(company(receivers=receivers, alerting=alerting(Route(receivers=("chat",)))))
    reloaded(hand, company(receivers=receivers, alerting=alerting(Route(receivers=("pager",)))))

    assert since(hand) == [("open", "pager")]
    hand.works()
    assert since(hand) == [("resolve", "chat"), ("resolve", "pager")]


def test_a_removed_check_and_another_key_at_once_say_goodbye_only() -> None:
    hand = down(company(LOGIN, TOKEN, receivers=at("one")))
    reloaded(hand, company(TOKEN, receivers=at("two")))

    assert (since(hand), last(hand).farewell) == ([("resolve", "pager")], True)
    assert hand.resolved("sso")[1].told == ()


def test_an_incident_keeps_its_episode_over_a_reload() -> None:
    hand = down(company(receivers=at("one")))
    reloaded(hand, company(receivers=at("two")))
    row = hand.rows(IncidentRow)[-1]
    kept = Incident.of(row)

    assert (kept.episode, kept.told, kept.resolved_at) == (1, ("pager",), None)


def test_what_became_of_a_goodbye_tells_nothing_of_the_receiver_there_is_now() -> None:
    hand = down(company(receivers=at("one")))
    reloaded(hand, company(receivers=at("two")))
    goodbye = hand.decisions[-1][1].intents[0]
    hand.hear(Delivered(goodbye, "dead", "410", former=True)).passes(200)

    assert hand.open() == ["service/sso"]


def test_a_receiver_that_did_not_deliver_is_given_another_chance_with_another_key() -> None:
    both = at("one") | {"chat": receiver("chat")}
    hand = down(company(receivers=both))
    hand.delivered(hand.intents[0], "dead", "400").passes(1)
    assert "monitor/receiver/pager" in hand.open()
    reloaded(hand, company(receivers=at("two") | {"chat": receiver("chat")}))

    assert hand.open() == ["service/sso"]


def test_a_new_self_check_is_asked_soon() -> None:
    hand = Hand(company(self_checks=())).start().works()
    reloaded(hand, company()).passes(2)

    assert [network for _, network in hand.looked] == ["internet"]


def test_taking_the_self_checks_out_gives_the_sight_back() -> None:
    hand = Hand().start().works().blinded()
    hand.fails(reason=Reason.CONNECT_TIMEOUT, times=3).passes(30)
    assert "monitor/blind/internet" in hand.open()
    reloaded(hand, company(self_checks=()))

    assert not hand.engine.seeing.sights["internet"].blind
    assert hand.open() == []


def test_a_refused_reload_is_a_ticket_until_one_is_accepted() -> None:
    hand = Hand().start().works().hear(ReloadRefused("3 mistakes, the first at checks.yaml:7:5"))
    _, incident = hand.opened("reload")

    assert (hand.open(), incident.urgency, incident.text) == (
        ["monitor/reload"],
        Urgency.TICKET,
        "3 mistakes, the first at checks.yaml:7:5",
    )
    assert reloaded(hand, company()).open() == []


def test_a_second_refused_reload_is_the_same_incident_and_says_what_is_wrong_now() -> None:
    hand = Hand().start().hear(ReloadRefused("one mistake")).passes(60).hear(ReloadRefused("two mistakes"))
    hand.hear(ReloadRefused("two mistakes"))

    assert hand.told() == [("open", "monitor/reload"), ("update", "monitor/reload")]
    assert hand.engine.book.open["hq/monitor/reload"].text == "two mistakes"


def test_an_accepted_reload_says_that_it_is_accepted() -> None:
    hand = Hand().start().hear(ReloadRefused("one mistake"))
    reloaded(hand, company())

    assert last(hand).message.summary == "Watchkeeper: the configuration is accepted again"


def test_what_is_open_names_its_cause_as_it_is_called_now() -> None:
    hand = down()
    reloaded(hand, company(check("sign-in", was="login")))

    assert [cause.check for cause in hand.engine.book.open["hq/service/sso"].causes] == ["sign-in"]


def test_a_tier_that_changes_leaves_the_open_incident_as_it_is() -> None:
    hand = down()
    reloaded(hand, tiered(3))

    assert (hand.open(), since(hand)) == (["service/sso"], [])


def test_a_blind_network_goes_on_being_blind_over_a_reload() -> None:
    hand = Hand().start().works().blinded().fails(reason=Reason.CONNECT_TIMEOUT, times=3).passes(30)
    before = hand.engine.seeing.sights["internet"].blind_since
    reloaded(hand, company(LOGIN, TOKEN))

    assert before is not None
    assert hand.engine.seeing.sights["internet"].blind_since == before


# --- several things in one reload

A, B, C = check("a"), check("b", confirm=3), check("c")
TCP = SELF_CHECKS[:2]


def counted(up_when: str) -> dict[str, Service]:
    return {"sso": Service(name="sso", tier=1, up_when=up_when)}


def nearly_blind(up_when: str) -> Hand:
    """One check is down, another suspect, and only one self-check still works."""
    said = company(A, B, C, services=counted(up_when), receivers=at("one"), self_checks=TCP)
    hand = Hand(said).start()
    for name in "abc":
        hand.works(name)
    hand.fails("a")
    hand.mute = frozenset({"b:443"})
    return hand.passes(70).attempt("b", Reason.CONNECT_TIMEOUT, 1).passes(4)


def farewells(hand: Hand) -> list[tuple[str, bool]]:
    return [(each.action.value, each.farewell) for each in hand.decisions[-1][1].intents]


def test_an_end_by_a_reload_that_also_blinds_us_is_told_at_the_old_address() -> None:
    hand = nearly_blind("all")
    said = company(A, B, C, services=counted("any"), receivers=at("two"), self_checks=TCP[1:])

    assert farewells(reloaded(hand, said)) == [("resolve", True)]


def test_a_beginning_by_a_reload_that_also_blinds_us_is_said_once() -> None:
    hand = nearly_blind("any")
    said = company(A, B, C, services=counted("all"), receivers=at("two"), self_checks=TCP[1:])

    assert farewells(reloaded(hand, said)) == [("open", False)]


def test_a_good_reload_that_adds_a_receiver_does_not_tell_it_of_the_refused_one() -> None:
    hand = Hand().start().hear(ReloadRefused("one mistake"))
    both = {"pager": receiver("pager", info=False), "chat": receiver("chat")}

    assert since(reloaded(hand, company(receivers=both))) == [("resolve", "pager")]
