"""A new life on what the old one left: what is true is said again, what was announced is resolved."""

from dataclasses import replace

from alerting.intent import Action, Intent
from checks.model import Configuration, Service
from probes.result import Reason, Result
from slo.state import State
from tests.alerting.hand import Hand, check, company, made, receiver, restarted

TWO = company(receivers={name: receiver(name) for name in ("pager", "chat")})
BOTH = {name: Service(name=name, tier=1) for name in ("sso", "vpn")}
PAIR = company(check("login"), check("tunnel", "vpn"), services=BOTH)


def down(configuration: Configuration | None = None, name: str = "login") -> Hand:
    """A life that ends while a check is down."""
    return Hand(configuration).start().passes(1).works(name, times=1).fails(name)


def without(configuration: Configuration, name: str) -> Configuration:
    """Leave a check out."""
    checks = {each: said for each, said in configuration.checks.items() if each != name}
    return replace(configuration, checks=checks)


def said(hand: Hand) -> list[tuple[str, str, int]]:
    return [(intent.action.value, intent.receiver, intent.episode) for intent in hand.intents]


def test_what_is_still_true_is_said_again_and_opens_no_second_incident() -> None:
    new = restarted(down(TWO)).start().fails()

    assert said(new) == [("open", "pager", 1), ("open", "chat", 1)]
    assert [decision.opened for _, decision in new.decisions if decision.opened] == []


def test_what_is_said_again_is_not_taken_for_a_first_announcement() -> None:
    new = restarted(down()).start()

    assert not new.intents[0].first
    assert new.intents[0].created_at == new.now
    assert new.intents[0].message.opened_at < new.now


def test_what_waits_to_be_sent_anyway_is_not_said_twice() -> None:
    old = down(TWO)
    waiting = [intent for intent in old.intents if intent.receiver == "chat"]
    new = restarted(old, queued=waiting).start()

    assert said(new) == [("open", "pager", 1)]


def test_a_resolve_that_waits_keeps_nobody_from_hearing_what_is_true() -> None:
    old = down().works().fails()
    waiting: list[Intent] = [intent for intent in old.intents if intent.action is Action.RESOLVE]
    new = restarted(old, queued=waiting).start()

    assert said(new) == [("open", "pager", 2)]


def test_what_is_open_is_resolved_by_the_new_life_once() -> None:
    new = restarted(down()).start().works(times=4)

    assert said(new) == [("open", "pager", 1), ("resolve", "pager", 1)]


def test_episodes_go_on_counting() -> None:
    new = restarted(down()).start().works().fails()

    assert said(new)[-1] == ("open", "pager", 2)


def test_an_outage_that_began_in_an_earlier_life_keeps_its_first_bad_attempt() -> None:
    old = Hand().start().passes(1).works(times=1)
    begun = old.now
    new = restarted(old.fails(times=1)).start().fails(times=1)

    assert new.opened("sso")[1].fault_at == begun


def test_a_suspect_of_an_earlier_life_goes_before_others_in_the_new_one() -> None:
    assert restarted(Hand().start().passes(1).fails(times=1)).engine.suspects == {"login"}


def test_reading_the_past_decides_nothing() -> None:
    hand = Hand()
    hand.engine.replay(made("login", at, Reason.HTTP_STATUS) for at in range(0, 60_000, 5000))
    hand.engine.replay([made("gone", 0)])

    assert hand.engine.judges["login"].verdict is State.DOWN
    assert hand.engine.book.open == {}
    hand.now = 60_000
    assert hand.start().open() == ["service/sso"]


def test_unknown_after_the_start_resolves_nothing() -> None:
    old = down()
    new = Hand(open_incidents=old.engine.book.open.values()).start()

    assert new.engine.services["sso"].state is State.UNKNOWN
    assert said(new) == [("open", "pager", 0 + 1)]
    assert new.open() == ["service/sso"]


def test_the_incident_of_a_service_that_has_gone_is_resolved() -> None:
    rest = {"vpn": BOTH["vpn"]}
    new = restarted(down(PAIR), replace(without(PAIR, "login"), services=rest)).start()

    assert said(new)[-1] == ("resolve", "pager", 1)
    assert new.open() == []


def test_the_incident_of_a_service_that_nothing_measures_any_more_is_resolved() -> None:
    new = restarted(down(PAIR), without(PAIR, "login")).start()

    assert said(new)[-1] == ("resolve", "pager", 1)
    assert new.open() == []


def test_under_another_prefix_the_old_key_is_resolved_and_the_new_one_opened() -> None:
    moved = replace(company(), alerting=replace(company().alerting, prefix="branch"))
    new = restarted(down(), moved).start()

    assert [(intent.action.value, intent.key) for intent in new.intents] == [
        ("open", "hq/service/sso"),  # nobody hears this one: the resolve takes its place
        ("open", "branch/service/sso"),
        ("resolve", "hq/service/sso"),
    ]
    assert list(new.engine.book.open) == ["branch/service/sso"]


def test_where_the_failing_check_has_gone_the_end_lies_after_the_beginning() -> None:
    both = company(check("login"), check("logs"))
    old = Hand(both).start().passes(1).works("logs").fails("logs").works("logs").passes(60).fails("login")
    new = restarted(old, without(both, "login")).start()
    (_, over) = new.resolved("sso")

    assert over.restored_at == over.resolved_at == new.now


def test_an_open_page_is_not_said_again_to_a_receiver_that_has_gone() -> None:
    new = restarted(down(TWO), company()).start()

    assert said(new) == [("open", "pager", 1)]


def test_results_of_both_lives_are_one_history() -> None:
    old = down()
    new = restarted(old).start().works()

    (outage,) = new.engine.judges["login"].outages
    assert outage.start == next(row.at for row in old.rows(Result) if row.reason)
    assert outage.end is not None
