"""What changes while an incident is open: told in updates, at most one in ten seconds for each incident.

A check is asked every five seconds, at START + 10 s, 15 s, … for a pair, and answers a quarter of a second
later. Times are seconds after START.
"""

from itertools import pairwise
from typing import Any

from alerting.events import ReloadRefused, StoreFailing
from checks.model import Configuration, Service
from tests.alerting.hand import BAD, GOOD, UNSEEN, Hand, check, company, receiver, restarted
from tests.alerting.test_held import family, to, well

BOTH = {"pager": receiver("pager", info=False), "chat": receiver("chat")}


def pair(**said: Any) -> Configuration:
    """One service that two checks decide; each is down after one bad attempt, and up after one good."""
    checks = [check(name, confirm=1, recover=1) for name in ("login", "token")]
    return company(*checks, **{"receivers": BOTH, "self_checks": (), **said})


def down(configuration: Configuration | None = None) -> Hand:
    """Its first check fails: told at 10.25, and it is 15."""
    return well(configuration or pair()).sees(BAD)


def updates(hand: Hand, receiver: str = "pager", key: str = "service/sso") -> list[float]:
    return [at for action, at in hand.heard(receiver, key) if action == "update"]


# --- causes


def test_another_cause_is_told_ten_seconds_later() -> None:
    hand = to(down().sees(BAD, name="token"), 60)

    assert hand.heard() == hand.heard("chat") == [("open", 10.25), ("update", 25.25)]
    listed = hand.intent("update").message.details["failing checks"]
    assert [line.split(":")[0] for line in listed] == ["login", "token"]


def test_a_cause_that_goes_is_told_too() -> None:
    hand = to(to(down().sees(BAD, name="token"), 60).sees(GOOD, name="token"), 120)

    assert updates(hand) == [25.25, 70.25]
    assert len(hand.intent("update").message.details["failing checks"]) == 1


def test_the_first_cause_may_go_while_another_stays() -> None:
    hand = to(down().sees(BAD, name="token").sees(GOOD), 60)

    assert updates(hand) == [25.25]
    assert hand.open() == ["service/sso"]
    assert [cause.check for cause in hand.incident().causes] == ["token"]


def test_what_comes_meanwhile_is_told_in_the_same_update() -> None:
    names = [f"c{number}" for number in range(5)]
    checks = [check(name, confirm=1, recover=1) for name in names]
    hand = well(company(*checks, services={"sso": Service(name="sso", tier=1)}, self_checks=()))
    for name in names:
        hand.attempt(name, BAD, took=0).passes(1)
    to(hand, 120)

    assert [action for action, _ in hand.heard()] == ["open", "update"]
    assert len(hand.intent("update").message.details["failing checks"]) == 5


def test_there_is_at_most_one_in_ten_seconds() -> None:
    hand = down()
    for _ in range(40):
        hand.attempt("token", BAD, took=0).passes(1.5).attempt("token", GOOD, took=0).passes(1.5)
    times = updates(to(hand, 300))

    assert len(times) > 5
    assert all(later - earlier >= 10 for earlier, later in pairwise(times))


def test_each_incident_has_updates_of_its_own() -> None:
    services = {name: Service(name=name, tier=1) for name in ("sso", "vpn")}
    names = [("login", "sso"), ("token", "sso"), ("gate", "vpn"), ("tunnel", "vpn")]
    checks = [check(name, service, confirm=1) for name, service in names]
    hand = well(company(*checks, services=services, self_checks=()))
    for name, _ in names:
        hand.attempt(name, BAD, took=0).passes(1)
    to(hand, 120)

    assert (updates(hand), updates(hand, key="service/vpn")) == ([31], [33])


def test_the_same_again_is_no_news() -> None:
    assert updates(to(down().sees(*[BAD] * 20), 300)) == []


def test_news_that_is_due_after_the_end_is_told_to_nobody() -> None:
    hand = down().attempt("token", BAD, took=0).passes(1).attempt("token", took=0).attempt(took=0)
    to(hand, 120)

    assert [action for action, _ in hand.heard()] == ["open", "resolve"]


# --- unknown


def test_that_we_cannot_see_it_is_told_and_is_no_recovery() -> None:
    hand = to(down().sees(UNSEEN), 60)

    assert updates(hand) == [25.25]
    said = hand.intent("update").message
    assert said.summary.startswith(
        "Single sign-on is down since 2026-01-01 00:00:10 UTC (we cannot see it now)"
    )
    assert said.details["now"] == "unknown: nothing is learned from its checks, and that is no recovery"
    assert hand.open() == ["service/sso"]


def test_that_we_see_it_again_is_told_too() -> None:
    hand = to(to(down().sees(UNSEEN), 60).sees(BAD), 120)

    assert updates(hand) == [25.25, 70.25]
    assert "now" not in hand.intent("update").message.details


def test_what_is_seen_to_work_again_is_resolved_without_another_word() -> None:
    hand = to(to(down().sees(UNSEEN), 60).sees(GOOD), 120)

    assert [action for action, _ in hand.heard()] == ["open", "update", "resolve"]


# --- those that are down with it


def test_those_that_it_takes_along_are_listed_with_their_owners() -> None:
    mail = Service(name="mail", title="Mail", owner="messaging", tier=1, depends_on=("sso",))
    hand = to(well(family(mail)).sees(BAD, BAD).sees(BAD, BAD, name="inbox"), 120)

    assert updates(hand) == [40.25]
    assert hand.intent("update").message.details["down with it, not told by themselves"] == [
        "mail (messaging)"
    ]


# --- who hears it


def test_a_receiver_that_holds_it_for_resolved_hears_no_news() -> None:
    hand = down().reported("resolved").sees(BAD, name="token")
    to(hand, 120)

    assert (updates(hand), updates(hand, "chat")) == ([], [25.25])


def test_it_hears_news_again_once_it_was_said_again() -> None:
    hand = down().reported("resolved", by_person=False).sees(BAD)
    assert [action for action, _ in hand.heard()] == ["open", "open"]
    to(hand.sees(BAD, name="token"), 120)

    assert updates(hand) == [30.25]


def test_whoever_was_told_later_hears_news_from_then_on() -> None:
    hand = down()
    page = next(intent for intent in hand.intents if intent.receiver == "pager")
    hand.delivered(page, "fallback_due").sees(BAD, name="token")

    assert updates(to(hand, 120)) == [25.25]


def test_news_waits_for_the_end_of_a_silence_and_is_told_then() -> None:
    hand = down().silenced(60, service="sso").sees(UNSEEN)
    to(hand, 74.999)
    assert updates(hand) == []

    assert updates(to(hand, 120)) == [75]


def test_news_of_before_a_silence_waits_too() -> None:
    hand = down().sees(BAD, name="token").silenced(60, service="sso")

    assert updates(to(hand, 120)) == [80]


def test_what_was_never_told_has_no_news_beside_its_announcement() -> None:
    hand = well(pair()).silenced(60, service="sso").sees(BAD).sees(BAD, name="token")
    to(hand, 80).sees(BAD)

    assert [action for action, _ in to(hand, 120).heard()] == ["open"]


def test_what_is_held_and_was_never_told_has_no_news() -> None:
    hand = well(pair()).silenced(600, service="sso").sees(BAD).sees(BAD, name="token").sees(UNSEEN)

    assert to(hand, 500).intents == []


# --- a new life


def test_what_is_said_again_after_a_start_says_the_news() -> None:
    new = restarted(down().sees(BAD, name="token"), after=1).start()

    assert len(new.intent("open").message.details["failing checks"]) == 2


def test_news_that_waits_for_the_end_of_a_silence_waits_in_another_life_too() -> None:
    hand = down().silenced(60, service="sso").sees(BAD, name="token")
    new = to(restarted(hand, after=5).start(), 120)

    assert updates(new) == [75]


def test_a_receiver_that_is_not_told_again_hears_the_news_in_another_life() -> None:
    plain = {"pager": receiver("pager", deduplicates=False)}
    hand = down(pair(receivers=plain)).sees(BAD, name="token")
    new = to(restarted(hand, after=1).start(), 120)

    assert updates(new) != []


# --- ourselves


def test_another_reason_for_a_refused_reload_is_told_at_once() -> None:
    hand = well(pair()).hear(ReloadRefused("line 7")).passes(60).hear(ReloadRefused("line 9")).passes(1)

    assert hand.heard(key="monitor/reload") == [("open", 10), ("update", 70)]
    assert "line 9" in hand.intent("update").message.summary


def test_the_same_reason_again_is_no_news() -> None:
    hand = well(pair()).hear(ReloadRefused("line 7")).passes(60).hear(ReloadRefused("line 7")).passes(60)

    assert [action for action, _ in hand.heard(key="monitor/reload")] == ["open"]


def test_it_wakes_nobody_in_the_same_instant() -> None:
    hand = well(pair()).hear(ReloadRefused("line 7")).passes(60).hear(ReloadRefused("line 9"))
    at, decision = hand.decisions[-1]

    assert {intent.action.value for intent in decision.intents} == {"update"}
    assert decision.wake is None or decision.wake > at


def test_another_sentence_about_the_store_is_no_news() -> None:
    hand = (
        well(pair()).hear(StoreFailing("it is full")).passes(60).hear(StoreFailing("it is gone")).passes(60)
    )

    assert [action for action, _ in hand.heard(key="monitor/store")] == ["open"]
