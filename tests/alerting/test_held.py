"""Maintenance and silences: what they hold, and what is said when they are over; each on exact instants.

A check is asked every five seconds, at START + 5 s, 10 s, …, and answers a quarter of a second later; two bad
attempts confirm. Times in the tables are seconds after START.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

import pytest

from alerting.events import ReloadRefused, Swapped
from alerting.intent import Intent, Urgency
from alerting.lane import Entry, Lane
from alerting.receiver import Abilities
from checks.model import Configuration, Escalation, Maintenance, Route, Service
from probes.result import Reason
from tests.alerting.hand import (
    BAD,
    GOOD,
    START,
    UNSEEN,
    Hand,
    alerting,
    check,
    company,
    receiver,
    restarted,
)

Sort = Literal["maintenance", "silence"]
SORTS: tuple[Sort, ...] = ("maintenance", "silence")
both = pytest.mark.parametrize("sort", SORTS)
SSO = Service(name="sso", title="Single sign-on", tier=1)
MAIL = Service(name="mail", title="Mail", tier=1, depends_on=("sso",))
VPN = Service(name="vpn", tier=1)
PEOPLE = {"pager": receiver("pager", info=False), "chat": receiver("chat")}


def firm(confirm: int = 2, **said: Any) -> Configuration:
    """One service of tier 1 with one check."""
    return company(check("login", confirm=confirm), **{"self_checks": (), **said})


def family(*services: Service, **said: Any) -> Configuration:
    """Sign-on, mail that depends on it, and a VPN that does not."""
    given = {"sso": SSO, "mail": MAIL, "vpn": VPN} | {each.name: each for each in services}
    checks = (check("login"), check("inbox", "mail"), check("tunnel", "vpn"))
    return company(*checks, **{"services": given, "receivers": PEOPLE, "self_checks": (), **said})


def well(configuration: Configuration | None = None) -> Hand:
    """All that is asked has been seen to work."""
    hand = Hand(configuration or firm()).start()
    for name in hand.engine.judges:
        hand.sees(GOOD, name=name)
    return hand


def hold(hand: Hand, sort: Sort, seconds: float, name: str = "", *, after: float = 0) -> Hand:
    """Hold sign-on back, from `after` seconds from now."""
    if sort == "maintenance":
        return hand.maintained("sso", seconds=seconds, after=after, called=name or "works")
    return hand.silenced(seconds, name or "quiet", after=after, service="sso")


def take_back(hand: Hand, sort: Sort, name: str = "") -> Hand:
    """Let a person remove it."""
    if sort == "maintenance":
        return hand.ordered("maintenance.remove", name or "works")
    return hand.ordered("silence.remove", name or "quiet")


def to(hand: Hand, second: float) -> Hand:
    """Let time pass until so many seconds after START."""
    return hand.passes(second - (hand.now - START) / 1000)


def held(sort: Sort, **said: Any) -> Hand:
    """Sign-on is held from 5 to 65, is down since 5, and it is 65."""
    return to(hold(well(firm(**said)), sort, 60).sees(BAD, BAD), 65)


def opens(hand: Hand, receiver: str = "pager") -> list[str]:
    return [key.removeprefix("service/") for action, key in hand.told(receiver) if action == "open"]


# --- one hold


@both
def test_what_begins_and_ends_inside_is_told_to_nobody(sort: Sort) -> None:
    hand = hold(well(), sort, 60).sees(BAD, BAD)
    assert hand.open() == ["service/sso"]
    hand.sees(GOOD, GOOD).passes(3_600)

    assert (hand.open(), hand.intents) == ([], [])


@both
def test_what_begins_inside_is_open_and_says_what_holds_it(sort: Sort) -> None:
    hand = hold(well(), sort, 60).sees(BAD, BAD)
    names = (hand.incident().in_maintenance, hand.incident().silenced_by)

    assert names == (("works", "") if sort == "maintenance" else ("", "quiet"))
    assert [each for _, decision in hand.decisions for each in decision.suppressed] == [sort]


@both
def test_what_still_fails_at_the_end_is_told_after_as_many_bad_attempts_as_confirm(sort: Sort) -> None:
    hand = held(sort).sees(BAD)
    assert hand.intents == []
    hand.sees(BAD)

    assert hand.heard() == [("open", 70.25)]
    assert hand.intent("open").message.fault_at == hand.incident().fault_at == START + 5_000
    assert not hand.incident().held


@both
@pytest.mark.parametrize("confirm", [1, 2, 3, 5])
def test_it_takes_as_many_as_the_check_says(sort: Sort, confirm: int) -> None:
    hand = to(hold(well(firm(confirm)), sort, 60).sees(*[BAD] * confirm), 65).sees(*[BAD] * 6)

    assert hand.heard() == [("open", 65.25 + 5 * (confirm - 1))]


@both
def test_an_attempt_that_was_on_its_way_at_the_end_does_not_count(sort: Sort) -> None:
    hand = to(hold(well(), sort, 60).sees(BAD, BAD), 64.9).attempt(reason=BAD)
    to(hand, 70).sees(BAD)
    assert hand.intents == []

    assert hand.sees(BAD).heard() == [("open", 75.25)]


@both
def test_the_check_is_asked_at_once_at_the_end_and_again_soon_after_a_bad_answer(sort: Sort) -> None:
    hand = hold(well(), sort, 60).sees(BAD, BAD)
    before = len(hand.asked())
    to(hand, 65)
    assert hand.asked()[before:] == [("login", START + 65_000)]
    hand.sees(BAD)

    assert hand.asked()[before + 1 :] == [("login", START + 70_250)]


@both
def test_what_is_well_after_the_end_is_told_to_nobody(sort: Sort) -> None:
    assert held(sort).sees(BAD, GOOD, GOOD).intents == []


@both
def test_what_begins_after_the_end_is_told_as_ever(sort: Sort) -> None:
    assert to(hold(well(), sort, 60), 65).sees(BAD, BAD).heard() == [("open", 70.25)]


@both
def test_a_suspicion_across_the_end_is_told_after_as_many_begun_after_it(sort: Sort) -> None:
    hand = to(hold(well(), sort, 60), 60).sees(BAD, BAD)
    assert hand.intents == []
    hand.sees(BAD)

    assert hand.heard() == [("open", 70.25)]
    assert hand.incident().fault_at == START + 60_000


@both
@pytest.mark.parametrize(
    ("confirm", "inside"),
    [
        (3, 1),
        (3, 2),
        (4, 1),
        (4, 2),
        (4, 3),
    ],
)
def test_a_suspicion_across_the_end_counts_all_that_begin_after_it(
    sort: Sort, confirm: int, inside: int
) -> None:
    hand = to(hold(well(firm(confirm)), sort, 60), 65 - 5 * inside).sees(*[BAD] * (inside + 8))

    assert hand.heard() == [("open", 65.25 + 5 * (confirm - 1))]


@both
def test_a_suspicion_across_the_beginning_is_held(sort: Sort) -> None:
    hand = hold(well(), sort, 60, after=5).sees(BAD, BAD)

    assert (hand.open(), hand.intents) == (["service/sso"], [])


@both
def test_what_was_known_before_is_not_announced_again(sort: Sort) -> None:
    hand = to(hold(well().sees(BAD, BAD), sort, 60).sees(BAD), 75).sees(*[BAD] * 4)

    assert hand.heard() == [("open", 10.25)]


@both
def test_what_was_known_before_is_resolved_within(sort: Sort) -> None:
    hand = hold(well().sees(BAD, BAD), sort, 60).sees(GOOD, GOOD)

    assert hand.heard() == [("open", 10.25), ("resolve", 20.25)]


@both
def test_what_was_known_before_says_what_holds_it_while_it_does(sort: Sort) -> None:
    hand = hold(well().sees(BAD, BAD), sort, 60)
    assert hand.incident().held

    assert not to(hand, 75).incident().held


@both
def test_a_second_outage_inside_is_no_news_of_the_first(sort: Sort) -> None:
    hand = hold(well().sees(BAD, BAD), sort, 60).sees(GOOD, GOOD, BAD, BAD)

    assert hand.heard() == [("open", 10.25), ("resolve", 20.25)]
    assert hand.incident().episode == 2


@both
def test_what_is_removed_by_hand_ends_then(sort: Sort) -> None:
    hand = to(hold(well(), sort, 3_600).sees(BAD, BAD), 65)
    take_back(hand, sort).sees(BAD)
    assert hand.intents == []

    assert hand.sees(BAD).heard() == [("open", 70.25)]


@both
def test_what_is_removed_before_it_begins_holds_nothing(sort: Sort) -> None:
    hand = hold(well(), sort, 60, after=10)
    take_back(hand, sort)

    assert to(hand, 20).sees(BAD, BAD).heard() == [("open", 25.25)]


@both
def test_one_that_was_declared_before_begins_at_its_instant(sort: Sort) -> None:
    hand = hold(well(), sort, 60, after=20)
    to(hand, 24.999)
    assert not hand.engine.calendar.maintained
    to(hand, 20 + 5)

    assert hand.decisions[-1][0] == START + 25_000
    assert hand.sees(BAD, BAD).intents == []


@both
def test_what_nobody_sees_at_the_end_is_told_when_it_is_seen_bad(sort: Sort) -> None:
    hand = held(sort).sees(UNSEEN, UNSEEN, BAD)
    assert hand.intents == []

    assert hand.sees(BAD).heard()[0] == ("open", 80.25)


@both
def test_what_nobody_sees_after_the_end_is_told_to_be_unmeasured(sort: Sort) -> None:
    hand = held(sort)
    for _ in range(80):
        hand.attempt(reason=UNSEEN).passes(19.75)

    assert ("open", "monitor/unmeasured/sso") in hand.told()


@both
def test_a_tier_that_rises_meanwhile_is_told_as_it_is_then(sort: Sort) -> None:
    hand = held(sort, services={"sso": replace(SSO, tier=3)}, receivers=PEOPLE)
    hand.hear(Swapped(firm(receivers=PEOPLE))).sees(BAD, BAD)

    assert hand.heard() == [("open", 70.25)]
    assert hand.intent("open").message.severity == "critical"


# --- two at once, and one after the other


@pytest.mark.parametrize("first", SORTS)
@pytest.mark.parametrize("second", SORTS)
@pytest.mark.parametrize(("begins", "ends"), [(30, 65), (10, 20), (60, 65), (0, 65)])
def test_of_two_that_overlap_the_last_end_counts(first: Sort, second: Sort, begins: int, ends: int) -> None:
    hand = hold(well(), first, 40, "one")
    hold(hand, second, ends - begins, "two", after=begins).sees(BAD, BAD)
    over = max(5 + 40, 5 + ends)
    to(hand, over).sees(BAD)
    assert hand.intents == []

    assert hand.sees(BAD).heard() == [("open", over + 5.25)]


@pytest.mark.parametrize("first", SORTS)
@pytest.mark.parametrize("second", SORTS)
def test_of_two_one_that_is_removed_leaves_the_other(first: Sort, second: Sort) -> None:
    hand = hold(hold(well(), first, 600, "one"), second, 60, "two").sees(BAD, BAD)
    take_back(hand, first, "one").sees(BAD, BAD)
    assert hand.intents == []
    assert hand.incident().held
    to(hand, 65).sees(BAD, BAD)

    assert hand.heard() == [("open", 70.25)]


@both
def test_attempts_between_two_holds_do_not_count_after_the_second(sort: Sort) -> None:
    hand = hold(held("silence").sees(BAD), sort, 60, "second").sees(GOOD)
    to(hand, 130).sees(BAD)
    assert hand.intents == []

    assert hand.sees(BAD).heard() == [("open", 135.25)]


@both
def test_a_hold_that_begins_while_it_waits_for_bad_attempts_holds_it(sort: Sort) -> None:
    hand = hold(held("maintenance").sees(BAD), sort, 60, "second").sees(BAD, BAD, BAD)

    assert hand.intents == []
    assert hand.incident().held


@both
def test_a_recurring_outage_inside_is_each_time_another_episode_that_nobody_hears(sort: Sort) -> None:
    hand = hold(well(), sort, 600).sees(BAD, BAD, GOOD, GOOD, BAD, BAD, GOOD, GOOD)

    assert hand.intents == []
    assert hand.engine.book.episodes == {"hq/service/sso": 2}


# --- recurring ones, and those of the file


def nightly(**said: Any) -> Maintenance:
    """Sign-on, from 00:01 for a minute every five minutes."""
    given: dict[str, Any] = {
        "name": "nightly",
        "services": ("sso",),
        "start": datetime(2026, 1, 1, 0, 1, tzinfo=UTC),
        "duration": 60.0,
        "recurrence": "FREQ=MINUTELY;INTERVAL=5",
    }
    return Maintenance(**(given | said))


@pytest.mark.parametrize("window", [0, 1, 2])
def test_each_window_of_a_recurrence_holds(window: int) -> None:
    hand = to(well(firm(maintenance=(nightly(),))), 60 + 300 * window).sees(BAD, BAD)
    assert hand.intents == []
    to(hand, 120 + 300 * window).sees(BAD, BAD)

    assert hand.heard() == [("open", 125.25 + 300 * window)]


def test_what_is_announced_between_two_windows_is_not_announced_again() -> None:
    hand = to(well(firm(maintenance=(nightly(),))), 60).sees(*[BAD] * 200)

    assert hand.heard() == [("open", 125.25)]


def test_a_reload_that_adds_one_holds_what_begins_then() -> None:
    hand = to(well(), 60).hear(Swapped(firm(maintenance=(nightly(),)))).sees(BAD, BAD)

    assert (hand.open(), hand.intents) == (["service/sso"], [])


def test_a_reload_that_adds_one_keeps_what_is_announced() -> None:
    hand = to(well(), 50).sees(BAD, BAD).hear(Swapped(firm(maintenance=(nightly(),))))
    hand.sees(GOOD, GOOD)

    assert hand.heard() == [("open", 55.25), ("resolve", 65.25)]


def test_a_reload_that_drops_one_is_its_end() -> None:
    hand = to(well(firm(maintenance=(nightly(duration=240.0),))), 60).sees(BAD, BAD).hear(Swapped(firm()))
    hand.sees(BAD)
    assert hand.intents == []

    assert hand.sees(BAD).heard() == [("open", 75.25)]


@pytest.mark.parametrize(("minute", "told_at"), [(0, 75.25), (2, 245.25)])
def test_a_reload_that_moves_one_holds_as_it_is_now(minute: int, told_at: float) -> None:
    """From 60 to 300 before the reload at 70; then from 0 to 60, or from 120 to 240."""
    hand = to(well(firm(maintenance=(nightly(duration=240.0),))), 60).sees(BAD, BAD)
    moved = nightly(start=datetime(2026, 1, 1, 0, minute, tzinfo=UTC), duration=60.0 if not minute else 120.0)
    hand.hear(Swapped(firm(maintenance=(moved,))))
    to(hand, told_at - 5.25).sees(BAD, BAD)

    assert hand.heard() == [("open", told_at)]


def test_a_reload_keeps_what_was_ordered_at_run_time() -> None:
    hand = hold(well(), "maintenance", 60).sees(BAD).hear(Swapped(firm(maintenance=(nightly(),)))).sees(BAD)

    assert hand.intents == []


def test_a_reload_that_changes_nothing_changes_nothing_for_one_that_waits() -> None:
    assert held("maintenance").sees(BAD).hear(Swapped(firm())).sees(BAD).heard() == [("open", 70.25)]


def test_a_reload_that_takes_a_service_out_of_one_ends_it_for_that() -> None:
    whole = nightly(services=("sso", "vpn"), duration=240.0)
    hand = to(well(family(maintenance=(whole,))), 60).sees(BAD, BAD).sees(BAD, BAD, name="tunnel")
    hand.hear(Swapped(family(maintenance=(replace(whole, services=("sso",)),))))
    hand.sees(BAD, BAD, name="tunnel").sees(BAD, BAD)

    assert opens(hand) == ["vpn"]


# --- a new life, in every state


@both
@pytest.mark.parametrize(
    ("before", "after", "told_at"),
    [
        ((), (BAD, BAD), 85.25),  # nothing was wrong
        ((BAD, BAD), (), 85.25),  # held
        ((BAD, BAD, GOOD), (), 85.25),  # held, recovering
    ],
)
def test_a_restart_within(
    sort: Sort, before: tuple[Reason | None, ...], after: tuple[Reason | None, ...], told_at: float
) -> None:
    hand = hold(well(), sort, 75).sees(*before)
    new = restarted(hand, after=30).start().sees(*after)
    assert new.intents == []
    to(new, 80).sees(BAD)
    assert new.intents == []

    assert new.sees(BAD).heard() == [("open", told_at)]
    assert not new.incident().held


@both
def test_a_restart_within_keeps_when_it_began(sort: Sort) -> None:
    new = restarted(hold(well(), sort, 60).sees(BAD, BAD), after=5).start()
    to(new, 65).sees(BAD, BAD)

    assert new.intent("open").message.fault_at == START + 5_000


@both
def test_a_restart_within_the_recovery_tells_nobody(sort: Sort) -> None:
    new = restarted(hold(well(), sort, 60).sees(BAD, BAD, GOOD), after=5).start().sees(GOOD, GOOD)

    assert (new.open(), new.intents) == ([], [])


@both
def test_a_restart_within_of_what_was_known_before(sort: Sort) -> None:
    new = restarted(hold(well().sees(BAD, BAD), sort, 60), after=5).start().sees(BAD)
    assert new.intents == []

    assert [action for action, _ in new.sees(GOOD, GOOD).heard()] == ["resolve"]


@both
def test_a_restart_after_the_end_asks_for_as_many_bad_attempts_again(sort: Sort) -> None:
    new = restarted(held(sort).sees(BAD), after=5).start().sees(BAD)
    assert new.intents == []

    assert new.sees(BAD).heard() == [("open", 80.25)]


@both
def test_an_end_that_nobody_lived_through_is_one(sort: Sort) -> None:
    new = restarted(hold(well(), sort, 60).sees(BAD, BAD), after=85).start()
    assert new.intents == []
    new.sees(BAD)
    assert new.intents == []

    assert new.sees(BAD).heard() == [("open", 105.25)]


@both
def test_a_restart_after_the_announcement_says_it_again_as_ever(sort: Sort) -> None:
    new = restarted(held(sort).sees(BAD, BAD), after=5).start()

    assert [action for action, _ in new.heard()] == ["open"]


@both
def test_a_restart_after_an_end_that_nobody_lived_through_says_again_what_was_known_before(
    sort: Sort,
) -> None:
    new = restarted(hold(well().sees(BAD, BAD), sort, 60), after=120).start()

    assert [action for action, _ in new.heard()] == ["open"]


@both
def test_a_hold_that_was_ordered_while_nobody_lived_holds_what_would_be_said_again(sort: Sort) -> None:
    hand = well().sees(BAD, BAD)
    absent = hold(Hand(firm()), sort, 600)  # it writes down; this life does not hear of it
    hand.operations += absent.operations
    new = restarted(hand).start()

    assert new.intents == []
    assert new.incident().held


@both
def test_a_suspicion_across_the_end_is_one_in_a_new_life_too(sort: Sort) -> None:
    hand = to(hold(well(), sort, 60), 60).sees(BAD)
    new = restarted(hand, after=1).start().passes(4).sees(BAD)
    assert new.intents == []

    assert new.sees(BAD).heard() == [("open", 75.25)]


# --- services that depend on each other


def test_a_maintenance_holds_what_depends_on_it_too() -> None:
    hand = well(family()).maintained("sso", seconds=120).sees(BAD, BAD, name="inbox").sees(GOOD)

    assert (hand.open(), hand.intents) == (["service/mail"], [])
    assert hand.incident("service/mail").in_maintenance == "works"


def test_a_maintenance_without_dependents_holds_none_of_them_and_the_child_names_the_parent() -> None:
    hand = well(family()).maintained("sso", seconds=300, dependents=False)
    hand.sees(BAD, BAD).sees(BAD, BAD, name="inbox").sees(BAD)

    assert opens(hand) == ["mail"]
    assert hand.intent("open").message.details["depends on, also down"] == ["sso"]
    assert hand.incident("service/sso").swallowed == ()


def test_a_silenced_parent_swallows_nobody_and_the_child_names_it() -> None:
    hand = well(family()).silenced(300, service="sso").sees(BAD, BAD).sees(BAD, BAD, name="inbox").sees(BAD)

    assert opens(hand) == ["mail"]
    assert hand.intent("open").message.details["depends on, also down"] == ["sso"]


def test_a_parent_that_is_silenced_after_it_was_announced_swallows_nobody_from_then_on() -> None:
    hand = well(family()).sees(BAD, BAD).silenced(300, service="sso").sees(BAD, BAD, name="inbox").sees(BAD)

    assert opens(hand) == ["sso", "mail"]


@pytest.mark.parametrize("order", [("login", "inbox"), ("inbox", "login")])
def test_parent_and_child_that_are_released_together_are_one_page(order: tuple[str, str]) -> None:
    hand = well(family()).maintained("sso", seconds=120)
    hand.sees(BAD, BAD).sees(BAD, BAD, name="inbox")
    to(hand, 135)
    assert hand.open() == ["service/mail", "service/sso"]
    for name in order * 3:
        hand.sees(BAD, name=name)

    assert opens(hand) == ["sso"]
    assert (opens(hand, "chat"), hand.incident("service/mail").suppressed_by) == (["sso", "mail"], "sso")


def test_a_child_that_is_released_waits_for_word_of_its_parent() -> None:
    hand = well(family()).maintained("sso", seconds=120).sees(BAD, BAD, name="inbox").sees(GOOD)
    to(hand, 135).sees(BAD, BAD, name="inbox")
    assert hand.intents == []

    assert opens(hand.sees(GOOD)) == ["mail"]


def test_whoever_is_released_asks_for_word_of_its_parent_at_once() -> None:
    hand = well(family()).maintained("sso", seconds=120).sees(BAD, BAD, name="inbox").sees(GOOD)
    before = len(hand.asked())
    to(hand, 135)

    assert {name for name, _ in hand.asked()[before:]} == {"inbox", "login"}


def test_a_parent_that_is_well_at_the_end_lets_its_child_go_on_bad_attempts_of_its_own() -> None:
    hand = well(family()).maintained("sso", seconds=120).sees(BAD, BAD).sees(BAD, BAD, name="inbox")
    to(hand, 135).sees(GOOD, GOOD).sees(BAD, name="inbox")
    assert hand.intents == []

    assert opens(hand.sees(BAD, name="inbox").sees(GOOD)) == ["mail"]


def test_a_silenced_child_does_not_raise_its_parent() -> None:
    hand = well(family(replace(SSO, tier=3))).silenced(300, service="mail")
    hand.sees(BAD, BAD).sees(BAD, BAD, name="inbox").sees(BAD)

    assert opens(hand) == []
    assert hand.incident().urgency is Urgency.INFO
    assert hand.incident().episode == 1


def test_a_child_that_was_silenced_raises_its_parent_when_the_silence_is_over() -> None:
    hand = well(family(replace(SSO, tier=3))).silenced(60, service="mail")
    hand.sees(BAD, BAD).sees(BAD, BAD, name="inbox").sees(BAD)
    to(hand, 90).sees(BAD, BAD, name="inbox").sees(BAD)

    assert opens(hand) == ["sso"]
    assert hand.incident("service/mail").suppressed_by == "sso"


def test_a_child_that_is_swallowed_while_it_is_silenced_is_told_to_nobody() -> None:
    hand = well(family()).silenced(300, service="mail").sees(BAD, BAD).sees(BAD, BAD, name="inbox")

    assert (opens(hand), opens(hand, "chat")) == (["sso"], ["sso"])
    assert hand.incident().swallowed == ("mail",)


def test_a_parent_that_is_raised_while_it_is_held_tells_nobody() -> None:
    hand = well(family(replace(SSO, tier=3))).silenced(300, service="sso")
    hand.sees(BAD, BAD).sees(BAD, BAD, name="inbox").sees(BAD)

    assert opens(hand) == ["mail"]
    assert hand.heard("chat") == hand.heard() == []


def test_one_that_is_held_again_and_swallowed_then_stays_held() -> None:
    hand = well(family()).silenced(60, "one", service="mail").sees(BAD, BAD, name="inbox").sees(GOOD)
    to(hand, 75).sees(BAD, name="inbox").silenced(300, "two", service="mail")
    assert hand.incident("service/mail").silenced_by == "two"
    hand.sees(BAD, BAD)

    assert hand.incident("service/mail").suppressed_by == "sso"
    assert hand.incident("service/mail").silenced_by == "two"


@pytest.mark.parametrize("event", ["silence", "reload"])
def test_what_does_not_concern_a_released_child_does_not_keep_it_waiting(event: str) -> None:
    hand = well(family()).sees(BAD, BAD).sees(BAD, BAD, name="inbox").sees(GOOD, GOOD)
    hand.sees(BAD, name="inbox").sees(GOOD)
    if event == "silence":
        hand.silenced(60, service="vpn")
    else:
        hand.hear(Swapped(family()))
    hand.sees(BAD, name="inbox").sees(GOOD)

    assert opens(hand) == ["sso", "mail"]


def test_attempts_within_a_hold_of_a_child_that_was_swallowed_do_not_count_after_it() -> None:
    hand = well(family()).sees(BAD, BAD).sees(BAD, BAD, name="inbox").sees(GOOD, GOOD)
    hand.silenced(60, service="mail").sees(BAD, name="inbox").passes(55)
    assert opens(hand.sees(BAD, name="inbox").sees(GOOD)) == ["sso"]

    assert opens(hand.sees(BAD, name="inbox").sees(GOOD)) == ["sso", "mail"]


@pytest.mark.parametrize("sort", SORTS)
def test_a_hold_that_comes_and_goes_while_a_child_waits_for_word_has_an_end_too(sort: Sort) -> None:
    hand = well(family()).sees(BAD, BAD, name="inbox")
    if sort == "silence":
        hand.silenced(20, service="mail")
    else:
        hand.maintained("mail", seconds=20)
    hand.passes(20).sees(GOOD)
    assert hand.intents == []

    assert opens(hand.sees(BAD, BAD, name="inbox").sees(GOOD)) == ["mail"]


def test_a_maintenance_of_a_child_holds_nothing_of_its_parent() -> None:
    hand = well(family()).maintained("mail", seconds=300).sees(BAD, BAD, name="inbox").sees(BAD, BAD)

    assert opens(hand) == ["sso"]
    assert "service/mail" not in [key for _, key in hand.told("chat")]


# --- on the way to a receiver


def unsent(hand: Hand, receiver: str) -> list[str]:
    """What is left to be sent where nothing of it was ever tried."""
    lane = Lane()
    for order, intent in enumerate(each for each in hand.intents if each.receiver == receiver):
        lane.add(Entry(intent, Abilities(), receiver, intent.created_at, order), intent.created_at)
    return [entry.intent.action.value for entry in lane.waiting]


@both
def test_what_is_announced_at_the_end_and_is_over_before_it_was_sent_is_sent_to_nobody(sort: Sort) -> None:
    hand = held(sort).sees(BAD, BAD)
    assert unsent(hand, "pager") == ["open"]

    assert unsent(hand.sees(GOOD, GOOD), "pager") == []


def test_what_others_are_told_later_and_is_over_before_it_was_sent_is_sent_to_none_of_them() -> None:
    hand = to(well(escalating()).sees(BAD, BAD), 1_000)
    assert unsent(hand, "chat") == ["open"]

    assert unsent(hand.sees(GOOD, GOOD), "chat") == []


# --- what else there is to say


def escalating() -> Configuration:
    steps = (Escalation(after=900, receivers=("chat",)),)
    return firm(receivers=PEOPLE, alerting=alerting(Route(receivers=("pager",), escalate=steps)))


@both
def test_nobody_else_is_told_within_and_all_that_is_due_at_the_end(sort: Sort) -> None:
    hand = hold(well(escalating()).sees(BAD, BAD), sort, 1_800)
    to(hand, 1_814)
    assert hand.heard("chat") == []

    assert to(hand, 1_815).heard("chat") == [("open", 1_815)]


@both
def test_a_hold_that_is_over_in_time_puts_nothing_off(sort: Sort) -> None:
    hand = hold(well(escalating()).sees(BAD, BAD), sort, 60)

    assert to(hand, 1_000).heard("chat") == [("open", 910.25)]


@both
def test_what_is_announced_at_the_end_is_told_to_others_from_then_on(sort: Sort) -> None:
    hand = to(hold(well(escalating()), sort, 1_800).sees(BAD, BAD), 1_805).sees(BAD, BAD)
    to(hand, 4_000)

    assert (hand.heard(), hand.heard("chat")) == ([("open", 1_810.25)], [("open", 2_710.25)])


@both
def test_news_is_told_after_the_end(sort: Sort) -> None:
    pair = company(check("login"), check("token"), self_checks=())
    hand = hold(well(pair).sees(BAD, BAD), sort, 60).sees(BAD, BAD, name="token")
    to(hand, 80 - 1)
    assert hand.heard() == [("open", 15.25)]
    to(hand, 200)

    assert hand.heard() == [("open", 15.25), ("update", 80)]


@both
def test_what_a_receiver_resolved_itself_is_not_said_again_within(sort: Sort) -> None:
    hand = hold(well().sees(BAD, BAD), sort, 60).reported("resolved", by_person=False).sees(BAD, BAD)
    assert hand.heard() == [("open", 10.25)]
    to(hand, 75).sees(BAD)

    assert hand.heard() == [("open", 10.25), ("open", 75.25)]


def page(hand: Hand) -> Intent:
    return next(each for each in hand.intents if each.receiver == "pager")


# --- silences of anything


@pytest.mark.parametrize(
    "match",
    [
        {"service": "sso"},
        {"name": "sso"},
        {"tier": 1},
        {"urgency": "page"},
        {"severity": "critical"},
        {"scope": "service"},
        {"owner": "identity"},
        {"labels": {"region": "eu"}},
        {"tier": 1, "owner": "identity"},
    ],
)
def test_a_silence_holds_what_it_matches(match: dict[str, Any]) -> None:
    known = replace(SSO, owner="identity", labels={"region": "eu", "floor": "2"})

    assert well(firm(services={"sso": known})).silenced(60, **match).sees(BAD, BAD).intents == []


@pytest.mark.parametrize(
    "match", [{"service": "vpn"}, {"tier": 2}, {"labels": {"region": "us"}}, {"tier": 1, "owner": "network"}]
)
def test_a_silence_holds_nothing_else(match: dict[str, Any]) -> None:
    assert opens(well().silenced(60, **match).sees(BAD, BAD)) == ["sso"]


def test_a_silence_of_a_receiver_that_does_not_deliver() -> None:
    hand = well(firm(receivers=PEOPLE)).silenced(600, name="receiver/pager").sees(BAD, BAD)
    hand.delivered(page(hand), "fallback_due", "503")
    assert hand.open() == ["monitor/receiver/pager", "service/sso"]
    assert [key for _, key in hand.told("chat")] == ["service/sso"]
    to(hand, 605)

    assert hand.told("chat")[-1] == ("open", "monitor/receiver/pager")


def test_a_silenced_receiver_that_delivers_again_is_told_to_nobody() -> None:
    hand = well(firm(receivers=PEOPLE)).silenced(600, name="receiver/pager").sees(BAD, BAD)
    hand.delivered(page(hand), "fallback_due", "503").passes(60).delivered(page(hand))

    assert [key for _, key in hand.told("chat")] == ["service/sso"]
    assert hand.open() == ["service/sso"]


def test_a_silence_of_ourselves_holds_what_is_wrong_with_us_alone() -> None:
    hand = well().silenced(60, scope="monitor").hear(ReloadRefused("line 7")).sees(BAD, BAD)
    assert hand.told() == [("open", "service/sso")]
    to(hand, 65)

    assert hand.told() == [("open", "service/sso"), ("open", "monitor/reload")]


def test_nobody_is_told_that_nobody_measures_what_is_in_maintenance() -> None:
    hand = well().maintained("sso", seconds=3_600).sees(UNSEEN)
    to(hand, 3_600)

    assert (hand.open(), hand.intents) == (["monitor/unmeasured/sso"], [])


def test_what_nobody_measures_after_a_maintenance_is_told() -> None:
    hand = well().maintained("sso", seconds=3_600).sees(UNSEEN)
    to(hand, 3_700)

    assert hand.heard(key="monitor/unmeasured/sso") == [("open", 3_605)]


def test_what_is_measured_again_within_a_maintenance_is_told_to_nobody() -> None:
    hand = well().maintained("sso", seconds=3_600).sees(UNSEEN)
    to(hand, 1_800).sees(GOOD)
    to(hand, 7_200)

    assert (hand.open(), hand.intents) == ([], [])


def test_what_went_up_and_down_in_a_silence_and_fails_after_it_is_told() -> None:
    hand = well().silenced(100, service="sso")
    hand.sees(*[BAD, BAD, GOOD, GOOD] * 3).sees(BAD, BAD, GOOD, GOOD)
    assert hand.incident().flapping
    to(hand, 105).sees(GOOD, GOOD).sees(*[BAD] * 4)

    assert opens(hand) == ["sso"]
