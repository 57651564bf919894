from dataclasses import replace

import pytest

from alerting.events import Attempted, StoreBack, StoreFailing
from alerting.intent import Action
from checks.model import Configuration, Route, Service
from probes.result import Outcome, Reason, Result
from slo.state import State
from store.rows import IncidentRow, Reclassified, Revised
from tests.alerting.hand import (
    NAMES,
    START,
    Hand,
    alerting,
    check,
    company,
    made,
    receiver,
    tiered,
)

TIMEOUT, NXDOMAIN, STATUS, REFUSED = (
    Reason.CONNECT_TIMEOUT,
    Reason.DNS_NXDOMAIN,
    Reason.HTTP_STATUS,
    Reason.CONNECT_REFUSED,
)
PAIR = company(check("login"), check("vpn"))


def watched(configuration: Configuration | None = None) -> Hand:
    """A company whose checks have been good once, seen by self-checks that work."""
    hand = Hand(configuration).start().passes(1)
    for name in hand.engine.configuration.checks:
        hand.attempt(name)
    return hand


# --- an outage


def test_an_outage_is_told_once_and_its_end_once() -> None:
    hand = watched().fails(times=5).works(times=5)

    assert hand.told() == [("open", "service/sso"), ("resolve", "service/sso")]
    assert hand.intents[0].key == hand.intents[1].key


def test_a_fault_dates_from_the_first_bad_attempt_and_is_told_at_the_confirming_one() -> None:
    hand = watched().passes(30)
    begun = hand.now
    hand.fails(times=2)
    at, opened = hand.opened("sso")

    assert opened.fault_at == begun
    assert opened.opened_at == at == begun + 5500


def test_an_end_dates_from_the_first_good_attempt() -> None:
    hand = watched().fails()
    better = hand.now
    hand.works()

    assert hand.resolved("sso")[1].restored_at == better


def test_a_blip_is_told_to_nobody() -> None:
    hand = watched().fails(times=1).works(times=3)

    assert hand.intents == []
    assert hand.engine.judges["login"].blips == 1


def test_a_second_outage_is_another_episode_under_the_same_key() -> None:
    hand = watched().fails().works().passes(3600).fails().works()

    assert [(each.key, each.episode) for each in hand.intents] == [
        ("hq/service/sso", episode) for episode in (1, 1, 2, 2)
    ]


def test_unknown_is_no_recovery() -> None:
    hand = watched().fails().attempt(reason=Reason.MISSING_SECRET).attempt(reason=Reason.BUG)

    assert hand.engine.services["sso"].state is State.UNKNOWN
    assert hand.open() == ["service/sso"]
    assert len(hand.intents) == 1


def test_a_bad_attempt_is_asked_again_after_the_confirming_interval() -> None:
    hand = watched()
    hand.attempt(reason=STATUS)

    assert hand.asked() == [("login", hand.now + 5000)]


def test_a_confirmed_outage_asks_for_nothing_more_until_it_gets_better() -> None:
    hand = watched().fails(times=4)
    count = len(hand.asked())
    hand.attempt()

    assert hand.asked()[count:] == [("login", hand.now + 5000)]
    assert count == 1


def test_suspects_are_known_while_they_are_suspect() -> None:
    hand = watched()
    hand.attempt(reason=STATUS)
    assert hand.engine.suspects == {"login"}

    hand.attempt(reason=STATUS)
    assert hand.engine.suspects == set()


def test_tier_three_is_said_to_those_who_want_to_know() -> None:
    hand = watched(
        tiered(3, receivers={"pager": receiver("pager", info=False), "chat": receiver("chat")})
    ).fails()

    assert hand.told("chat") == [("open", "service/sso")]
    assert hand.told("pager") == []


@pytest.mark.parametrize(("up_when", "down"), [(2, 2), ("any", 3), ("all", 1)])
def test_a_service_is_down_when_too_few_of_its_checks_are_up(up_when: str | int, down: int) -> None:
    checks = [check(f"check-{n}") for n in range(3)]
    hand = watched(company(*checks, services={"sso": Service(name="sso", up_when=up_when)}))
    for n in range(down):
        assert hand.open() == []
        hand.fails(f"check-{n}")

    assert hand.open() == ["service/sso"]


def test_a_check_that_is_evidence_alone_decides_nothing() -> None:
    hand = watched(company(check("login"), check("logs", sli=False))).fails("logs", times=5)

    assert hand.open() == []
    assert hand.engine.judges["logs"].verdict is State.DOWN


def test_an_attempt_of_a_check_that_has_gone_is_passed_over() -> None:
    hand = watched()
    hand.hear(Attempted(made("gone", hand.now)))
    decision = hand.decisions[-1][1]

    assert decision.rows == []
    assert decision.recorded == []


def test_a_result_that_comes_too_late_is_kept_and_decides_and_counts_nothing() -> None:
    hand = watched(company(check("login", confirm=1)))
    late = made("login", hand.now - 500, STATUS)
    hand.hear(Attempted(late))
    decision = hand.decisions[-1][1]

    assert decision.rows == [late, Revised("login")]
    assert decision.recorded == []
    assert decision.ask == []
    assert hand.open() == []


# --- blind


def test_our_own_network_gone_blames_nobody_and_is_told_after_ten_seconds() -> None:
    hand = watched(PAIR).blinded()
    for _ in range(4):
        hand.attempt("login", TIMEOUT, took=10).attempt("vpn", TIMEOUT, took=10)
    hand.passes(10)
    at, opened = hand.opened("blind/internet")

    assert hand.told() == [("open", "monitor/blind/internet")]
    assert at == opened.fault_at + 10_000
    assert hand.reasons("login")[1:] == hand.reasons("vpn")[1:] == [Reason.BLIND] * 4


def test_the_return_of_sight_resolves_it_and_asks_everybody_within_ten_seconds() -> None:
    hand = watched(PAIR).blinded()
    hand.attempt("login", TIMEOUT, took=10).passes(30)
    before = len(hand.asked())
    hand.sighted().passes(6)
    returned, _ = hand.resolved("blind/internet")
    asked = dict(hand.asked()[before:])

    assert asked.keys() == {"login", "vpn"}
    assert all(returned <= at < returned + 10_000 for at in asked.values())


def test_blindness_of_a_few_seconds_is_told_to_nobody() -> None:
    hand = watched().blinded()
    hand.attempt(reason=TIMEOUT, took=10).passes(6)
    assert hand.engine.seeing.sights["internet"].blind
    hand.sighted().passes(60)

    assert hand.intents == []


def test_what_was_confirmed_stays_open_while_we_are_blind() -> None:
    hand = watched().fails().blinded()
    hand.attempt(reason=TIMEOUT, took=10).passes(60)

    assert hand.open() == ["monitor/blind/internet", "service/sso"]
    assert hand.engine.services["sso"].state is State.UNKNOWN

    hand.sighted().passes(10).works()
    assert hand.open() == []


def test_an_outage_seen_again_after_blindness_is_the_same() -> None:
    hand = watched().fails().blinded()
    hand.attempt(reason=TIMEOUT, took=10).passes(30).sighted().passes(10).fails()

    assert [key for action, key in hand.told() if action == "open"].count("service/sso") == 1


def test_suspects_since_the_last_good_self_check_become_blindness_and_those_before_stay() -> None:
    hand = watched(company(check("login", confirm=9))).passes(60)
    first = hand.now
    hand.fails(reason=TIMEOUT, times=1).hung = True
    second = hand.now
    hand.fails(reason=TIMEOUT, times=1).blinded().hung = False
    assert hand.engine.judges["login"].bads_in_row == 2
    hand.passes(60)

    assert hand.rows(Reclassified) == [Reclassified("login", "hq", second, Outcome.UNKNOWN, Reason.BLIND)]
    assert hand.engine.judges["login"].first_bad == first
    assert hand.engine.suspects == {"login"}


def test_a_suspect_that_was_blindness_is_none() -> None:
    hand = watched().passes(60)
    hand.hung = True
    hand.fails(reason=TIMEOUT, times=1).blinded().hung = False
    hand.passes(60)

    assert len(hand.rows(Reclassified)) == 1
    assert hand.engine.suspects == set()
    assert hand.engine.services["sso"].state is State.UNKNOWN


def test_without_a_voter_we_are_never_blind_and_nothing_waits() -> None:
    hand = watched(company(self_checks=())).blinded()
    begun = hand.now
    hand.fails(reason=TIMEOUT, took=10)

    assert hand.open() == ["service/sso"]
    assert [at for at, _ in hand.recorded()[1:]] == [begun + 10_000, begun + 25_000]


def test_a_kept_back_result_goes_on_with_the_first_good_self_check() -> None:
    hand = watched().passes(5)
    hand.attempt(reason=TIMEOUT).passes(5)

    (at, result) = hand.recorded()[-1]
    assert result.reason is TIMEOUT
    assert at == result.ended + 20


def test_a_kept_back_result_waits_three_seconds_at_most() -> None:
    hand = watched().passes(5)
    hand.hung = True
    hand.attempt(reason=TIMEOUT).passes(5)

    (at, result) = hand.recorded()[-1]
    assert result.reason is TIMEOUT
    assert at == result.ended + 3000


def test_later_results_of_a_check_stay_in_their_order() -> None:
    hand = watched(PAIR).passes(5).blinded()
    hand.attempt(reason=TIMEOUT).attempt(reason=STATUS).attempt("vpn", STATUS)
    assert hand.reasons("login") == [None]
    assert hand.reasons("vpn") == [None, STATUS]
    hand.passes(4)

    assert hand.reasons("login") == [None, Reason.BLIND, STATUS]


def test_sixty_checks_that_hang_at_once_are_all_down_while_our_self_checks_are_good() -> None:
    names = [f"s{n}" for n in range(60)]
    hand = watched(
        company(
            *(check(f"{name}-check", name) for name in names),
            services={name: Service(name=name, tier=1) for name in names},
        )
    ).passes(5)
    for _ in range(2):
        begun = hand.now
        hand.passes(10)
        for name in names:
            hand.hear(Attempted(made(f"{name}-check", begun, Reason.RESPONSE_TIMEOUT, took=10_000)))
        hand.passes(5)

    assert hand.open() == sorted([*(f"service/{name}" for name in names), "storm/pager"])


def test_a_self_check_that_never_worked_hides_nothing_and_is_told() -> None:
    only = company(self_checks=company().self_checks[:1])
    hand = Hand(only).blinded().start().passes(3)
    hand.works(times=3).passes(60)
    assert hand.told() == [("open", "monitor/self-check/a:443")]

    begun = hand.now
    hand.fails(reason=TIMEOUT)
    assert hand.open() == ["monitor/self-check/a:443", "service/sso"]
    assert hand.opened("sso")[1].fault_at == begun


def test_a_self_check_that_works_again_is_told_too() -> None:
    hand = watched()
    hand.mute = frozenset({"a:443"})
    for _ in range(5):
        hand.passes(30).attempt()
    hand.sighted().passes(60)

    key = "monitor/self-check/a:443"
    assert hand.told() == [("open", key), ("resolve", key)]


def test_a_network_that_comes_back_for_moments_alone_takes_no_vote_and_blames_nobody() -> None:
    hand = watched().passes(30)
    for _ in range(5):
        hand.blinded().attempt(reason=TIMEOUT, took=10).attempt(reason=TIMEOUT, took=10)
        hand.sighted().passes(0.5).attempt().passes(0.5)  # less than until the next round

    assert hand.told() == []
    assert set(hand.reasons()) == {None, Reason.BLIND}


def test_a_resolver_that_knows_no_name_blames_nobody_and_hides_no_address() -> None:
    hand = watched(company(check("login"), check("vpn", "vpn", host="192.0.2.1"), services=_both()))
    hand.passes(30).mute = NAMES
    for _ in range(3):
        hand.attempt("login", NXDOMAIN).attempt("vpn", TIMEOUT).passes(5)
    hand.passes(10)

    assert hand.open() == ["monitor/blind/internet", "service/vpn"]
    assert hand.reasons("login")[1:] == [Reason.BLIND] * 3
    assert "names" in hand.intent("open").message.summary


def _both() -> dict[str, Service]:
    return {name: Service(name=name, tier=1) for name in ("sso", "vpn")}


def test_the_return_of_addresses_alone_asks_everybody_too() -> None:
    hand = watched().blinded()
    hand.attempt(reason=TIMEOUT, took=10).passes(20)
    before = len(hand.asked())
    hand.mute = NAMES
    hand.passes(6)

    assert [name for name, _ in hand.asked()[before:]] == ["login"]


def test_what_time_alone_changes_is_told_also_when_an_attempt_comes_first() -> None:
    hand = watched(PAIR).passes(30).blinded()
    hand.attempt("login", TIMEOUT).passes(2.5)
    since = hand.engine.seeing.sights["internet"].blind_since
    assert since is not None
    hand.passes((since + 9990 - hand.now) / 1000)

    hand.now = since + 10_003  # the timer is late, and an attempt is before it
    hand.hear(Attempted(made("vpn", hand.now - 250, STATUS)))

    assert hand.opened("blind/internet")[0] == since + 10_003


# --- our own strain, our store


def test_two_minutes_of_strain_are_told_and_calm_ends_it() -> None:
    hand = watched()
    begun = hand.now
    hand.strained(125).passes(600)

    assert hand.told() == [("open", "monitor/overload"), ("resolve", "monitor/overload")]
    assert hand.opened("overload")[0] == begun + 120_000
    assert hand.opened("overload")[1].fault_at == begun
    assert hand.resolved("overload")[0] == begun + 125_000 + 300_000


def test_less_strain_is_told_to_nobody() -> None:
    assert watched().strained(119).passes(600).intents == []


def test_attempts_spoilt_by_our_own_slowness_are_strain_told_at_once() -> None:
    hand = watched(company(self_checks=()))
    begun = hand.now + 250
    for _ in range(13):
        hand.attempt(reason=Reason.OVERLOAD).passes(9.75)

    assert hand.opened("overload")[0] == begun + 120_000


def test_a_store_that_fails_is_told_until_it_is_back() -> None:
    hand = watched().hear(StoreFailing("the disk is full")).hear(StoreFailing("still")).passes(60)
    assert hand.intents[-1].message.summary == "Watchkeeper: the disk is full"
    hand.hear(StoreBack())

    assert hand.told() == [("open", "monitor/store"), ("resolve", "monitor/store")]


# --- delivery


def paired(off: str = "") -> Configuration:
    """A pager on the only route, a chat that is the fallback."""
    receivers = {"pager": receiver("pager", info=False), "chat": receiver("chat", off=off)}
    return company(receivers=receivers, alerting=alerting(Route(receivers=("pager",)), fallback="chat"))


@pytest.mark.parametrize("how", ["dead", "fallback_due"])
def test_a_page_that_is_not_delivered_goes_through_the_fallback_which_hears_the_end_too(how: str) -> None:
    hand = watched(paired()).fails()
    hand.delivered(hand.intent("open"), how, "HTTP 500")
    key = "monitor/receiver/pager"
    assert sorted(hand.told("chat")) == [("open", key), ("open", "service/sso")]
    assert hand.told("pager") == [("open", "service/sso")]
    assert "HTTP 500" in hand.engine.book.open[f"hq/{key}"].text

    hand.works()
    assert hand.told("chat")[-1] == ("resolve", "service/sso")
    assert hand.told("pager")[-1] == ("resolve", "service/sso")


def test_what_is_late_and_then_refused_goes_through_the_fallback_once() -> None:
    hand = watched(paired()).fails()
    page = hand.intent("open")
    hand.delivered(page, "fallback_due").delivered(page, "dead")

    assert hand.told("chat").count(("open", "service/sso")) == 1


def test_a_receiver_that_delivers_again_is_told_to_be_well() -> None:
    hand = watched(paired()).fails()
    page = hand.intent("open")
    hand.delivered(page, "fallback_due").passes(60).delivered(page, "sent")

    assert hand.told("chat")[-1] == ("resolve", "monitor/receiver/pager")
    assert hand.open() == ["service/sso"]


def test_an_info_that_is_refused_does_not_go_through_the_fallback() -> None:
    receivers = {"chat": receiver("chat"), "pager": receiver("pager", info=False)}
    routes = alerting(Route(receivers=("chat",)), fallback="pager")
    hand = watched(tiered(3, receivers=receivers, alerting=routes)).fails()
    hand.delivered(hand.intent("open", "chat"), "dead", "HTTP 400")

    assert hand.told("pager") == [("open", "monitor/receiver/chat")]


def test_a_fallback_that_is_off_is_told_nothing() -> None:
    hand = watched(paired(off="no key")).fails()
    hand.delivered(hand.intent("open"), "dead")

    assert hand.told("chat") == []


@pytest.mark.parametrize("how", ["dead", "fallback_due"])
def test_a_page_that_is_over_goes_through_no_fallback(how: str) -> None:
    hand = watched(paired()).fails()
    page = hand.intent("open")
    hand.works().delivered(page, how)

    assert hand.told("chat") == [("open", "monitor/receiver/pager")]


def test_a_message_of_an_earlier_episode_speaks_for_that_alone() -> None:
    hand = watched(paired()).fails()
    page = hand.intent("open")
    hand.works().fails()
    hand.delivered(page, "dead").delivered(page, "sent")

    assert ("open", "service/sso") not in hand.told("chat")
    assert hand.engine.book.open["hq/service/sso"].accepted_at is None


def test_a_receiver_that_has_gone_is_not_said_to_be_silent_for_ever() -> None:
    hand = watched(paired()).fails()
    orphan = replace(hand.intent("open"), receiver="gone")
    hand.delivered(orphan, "dead", "there is no such receiver")

    assert hand.open() == ["service/sso"]
    assert hand.told("chat") == [("open", "service/sso")]


def test_the_first_acceptance_is_when_it_was_accepted() -> None:
    hand = watched(company(receivers={name: receiver(name) for name in ("pager", "chat")})).fails()
    accepted = hand.now
    hand.delivered(hand.intent("open", "chat")).passes(30).delivered(hand.intent("open", "pager"))

    assert hand.engine.book.open["hq/service/sso"].accepted_at == accepted
    assert hand.rows(IncidentRow)[-1].document.count(str(accepted)) == 1


def test_a_message_that_was_replaced_changes_nothing() -> None:
    hand = watched(paired()).fails()
    hand.delivered(hand.intent("open"), "replaced")

    assert hand.decisions[-1][1].rows == []


# --- what follows from a decision


def test_results_and_what_they_decide_are_one_decision_in_order() -> None:
    hand = watched().fails()
    (decision,) = [decision for _, decision in hand.decisions if decision.opened]

    assert [type(row).__name__ for row in decision.rows] == ["Result", "IncidentRow", "IntentRow"]
    assert decision.intents[0].action is Action.OPEN
    assert decision.urgent


def test_a_result_that_decides_nothing_is_not_urgent() -> None:
    hand = watched()

    assert [type(row) for row in hand.decisions[-1][1].rows] == [Result]
    assert not hand.decisions[-1][1].urgent


def test_self_checks_are_asked_at_the_start_every_minute_and_at_once_when_in_doubt() -> None:
    hand = Hand().start().passes(70)
    hand.attempt(reason=TIMEOUT)
    doubted = hand.now
    hand.passes(1)

    assert hand.looked == [(at, "internet") for at in (START, START + 60_000, doubted)]
