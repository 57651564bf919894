"""A service that goes up and down: one incident, open until it has been calm; the numbers exact."""

from dataclasses import replace
from math import log2

import pytest

from alerting.events import Swapped
from alerting.flapping import Flapping
from checks.model import Configuration, Service
from slo.state import State
from tests.alerting.hand import BAD, GOOD, START, UNSEEN, Hand, alerting, check, company, receiver, restarted

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
HALF_LIFE = 900_000  # ms
QUICK = check("login", confirm=1, recover=1)


def firm() -> Configuration:
    """One service with a check that one attempt confirms, and one ends."""
    return company(QUICK, self_checks=())


def well(configuration: Configuration | None = None) -> Hand:
    hand = Hand(configuration or firm()).start()
    for name in hand.engine.judges:
        hand.sees(GOOD, name=name)
    return hand


def restless(hand: Hand | None = None) -> Hand:
    """Down, up, down, up, each five seconds after the one before: it flaps, and is up."""
    return (hand or well()).sees(BAD, GOOD, BAD, GOOD)


def calm_after(hand: Hand) -> int:
    """Say when the penalty falls to 1, from what was recorded: one for each change (ms)."""
    value, last, verdict = 0.0, START, UP
    for at, result in hand.recorded():
        state = {"good": UP, "bad": DOWN}.get(result.outcome.value, verdict)
        if state is not verdict:
            value, last, verdict = min(6.0, value / 2 ** ((at - last) / HALF_LIFE) + 1), at, state
    return last + round(HALF_LIFE * log2(value))


def changed(*times: int, planned: bool = False) -> Flapping:
    """A service that was up, and has changed at these instants (ms)."""
    flapping = Flapping()
    flapping.seen("sso", UP, 0)
    for number, at in enumerate(times):
        flapping.seen("sso", UP if number % 2 else DOWN, at, planned=planned)
    return flapping


def is_calm(flapping: Flapping, at: int) -> bool:
    return flapping.calm(at) == ["sso"]


# --- the penalty


@pytest.mark.parametrize(
    ("times", "flaps"),
    [
        ((), False),
        ((0,), False),
        ((0, 0), False),
        ((0, 0, 0), True),
        ((0, 0, 373_533), True),  # 2 is halved in 15 min: 1.5 is left of it after 373.534 s
        ((0, 0, 373_535), False),
        ((0, 900_000, 1_800_000), False),
        ((0, 900_000, 900_000), True),  # 0.5 + 2, exactly
        ((0, 900_001, 900_001), False),
        (tuple(range(0, 9_000_000, 600_000)), True),  # 1 / (1 - 2 ** -(2 / 3)) = 2.7 in the end
        (tuple(range(0, 90_000_000, 900_000)), False),  # never 2
    ],
)
def test_a_change_is_one_and_is_halved_in_a_quarter_of_an_hour(times: tuple[int, ...], flaps: bool) -> None:
    assert changed(*times).flaps("sso") is flaps


@pytest.mark.parametrize(
    ("changes", "least"), [(3, log2(3)), (4, 2), (5, log2(5)), (6, log2(6)), (7, log2(6)), (100, log2(6))]
)
def test_it_is_calm_when_less_than_one_is_left_of_six_at_most(changes: int, least: float) -> None:
    one_left = int(HALF_LIFE * least)

    assert not is_calm(changed(*[0] * changes), one_left)
    assert is_calm(changed(*[0] * changes), one_left + 2)


def test_the_instant_at_which_it_becomes_calm_is_known_before() -> None:
    (due,) = changed(0, 0, 0, 0).wakes()

    assert due == 2 * HALF_LIFE + 1
    assert list(changed(0, 0).wakes()) == []


def test_it_flaps_on_until_it_is_calm_and_not_only_while_it_is_restless() -> None:
    flapping = changed(0, 0, 0)
    assert flapping.calm(HALF_LIFE) == []

    assert flapping.flaps("sso")


@pytest.mark.parametrize("days", [10, 11, 400])
def test_after_any_number_of_calm_days_a_change_is_one(days: int) -> None:
    flapping = changed(0, 5_000, days * 86_400_000, days * 86_400_000 + 5_000)

    assert not flapping.flaps("sso")


def test_a_change_in_between_makes_it_last() -> None:
    flapping = changed(0, 0, 0, HALF_LIFE)  # 3 / 2 + 1
    (due,) = flapping.wakes()

    assert due == pytest.approx(HALF_LIFE + HALF_LIFE * log2(2.5), abs=2)


def test_unknown_is_no_change() -> None:
    flapping = Flapping()
    for at, state in enumerate((UP, UNKNOWN, UP, DOWN, UNKNOWN, DOWN, UNKNOWN, UP, UNKNOWN, UP)):
        flapping.seen("sso", state, at)
    assert not flapping.flaps("sso")

    flapping.seen("sso", DOWN, 10)
    assert flapping.flaps("sso")


def test_the_first_that_is_known_is_no_change() -> None:
    flapping = Flapping()
    for state in (UNKNOWN, DOWN, UP, DOWN):
        flapping.seen("sso", state, 0)

    assert not flapping.flaps("sso")


def test_what_is_planned_costs_nothing() -> None:
    assert not changed(*[0] * 9, planned=True).flaps("sso")


def test_what_was_planned_is_no_change_afterwards() -> None:
    flapping = changed(0, planned=True)
    for _ in range(3):
        flapping.seen("sso", DOWN, 0)
    flapping.seen("sso", UP, 0)
    flapping.seen("sso", DOWN, 0)

    assert not flapping.flaps("sso")


def test_services_are_counted_apart_and_those_that_have_gone_not_at_all() -> None:
    flapping = changed(0, 0, 0)
    assert not flapping.flaps("vpn")
    flapping.follow(company(check("gate", "vpn"), services={"vpn": Service(name="vpn")}))

    assert not flapping.flaps("sso")
    assert list(flapping.wakes()) == []


# --- the incident


def test_the_third_change_keeps_it_open() -> None:
    hand = well().sees(BAD, GOOD)
    assert hand.told() == [("open", "service/sso"), ("resolve", "service/sso")]
    hand.sees(BAD, GOOD)

    assert hand.told()[2:] == [("open", "service/sso")]
    assert hand.open() == ["service/sso"]
    assert "flapping" in [each for _, decision in hand.decisions for each in decision.suppressed]


def test_it_is_resolved_when_it_is_calm_and_says_when_it_was_restored() -> None:
    hand = restless()
    restored_at = hand.now - 5_000
    due = calm_after(hand)
    hand.passes((due - hand.now) / 1000 - 0.001)
    assert hand.open() == ["service/sso"]
    hand.passes(0.003)

    assert hand.open() == []
    assert hand.resolved_last().restored_at == restored_at
    assert hand.resolved_last().resolved_at == pytest.approx(due, abs=2)


def test_it_is_told_once_in_one_update() -> None:
    hand = restless().sees(*[BAD, GOOD] * 40)

    assert [action for action, _ in hand.heard()[2:]] == ["open", "update"]
    said = hand.intent("update").message
    assert said.summary.startswith("Single sign-on goes up and down since")
    assert said.details["now"] == "it goes up and down, and is resolved once it has been calm"


def test_it_dates_from_the_first_bad_attempt_of_its_episode() -> None:
    hand = restless().sees(*[BAD, GOOD] * 3)

    assert hand.incident().fault_at == START + 15_000


def test_no_more_than_six_count() -> None:
    hand = restless().sees(*[BAD, GOOD] * 60)
    hand.passes(HALF_LIFE / 1000 * log2(6) + 1)

    assert hand.open() == []


def test_what_is_down_when_it_has_become_calm_is_down_and_not_over() -> None:
    hand = restless().sees(BAD)
    for _ in range(80):
        hand.sees(BAD).passes(25)

    assert [action for action, _ in hand.heard()[2:]] == ["open", "update", "update"]
    assert hand.intent("update").message.summary.startswith("Single sign-on is down since")
    assert not hand.incident().flapping
    hand.sees(GOOD)
    assert hand.open() == []


def test_unknown_in_between_is_no_change_of_a_service() -> None:
    hand = well().sees(*[BAD, UNSEEN] * 10).sees(GOOD)

    assert hand.open() == []
    assert [action for action, _ in hand.heard()][-1] == "resolve"


def test_unknown_does_not_resolve_what_has_become_calm() -> None:
    hand = restless().sees(UNSEEN).passes(2 * HALF_LIFE / 1000)
    assert hand.open() == ["service/sso"]

    assert hand.sees(GOOD).open() == []


def test_changes_in_a_maintenance_cost_nothing() -> None:
    hand = well().maintained("sso", seconds=100).sees(*[BAD, GOOD] * 10).sees(BAD, GOOD)

    assert hand.open() == []
    assert [action for action, _ in hand.heard()] == ["open", "resolve"]


def test_changes_of_what_depends_on_what_is_maintained_cost_nothing() -> None:
    hand = well(family()).maintained("sso", seconds=100)
    hand.sees(*[BAD, GOOD] * 9, name="inbox")

    assert not hand.engine.dependencies.flapping.flaps("mail")


def test_changes_in_a_silence_do_cost() -> None:
    hand = well().silenced(100, service="sso").sees(*[BAD, GOOD] * 3)

    assert hand.incident().flapping
    assert hand.intents == []


def family() -> Configuration:
    services = {
        "sso": Service(name="sso", title="Single sign-on", tier=1),
        "mail": Service(name="mail", tier=1, depends_on=("sso",)),
    }
    inbox = replace(QUICK, name="inbox", service="mail")
    people = {"pager": receiver("pager", info=False), "chat": receiver("chat")}
    return company(QUICK, inbox, services=services, receivers=people, self_checks=())


def test_a_parent_that_flaps_swallows_also_while_it_is_up() -> None:
    hand = restless(well(family())).sees(BAD, name="inbox").sees(GOOD)

    assert [key for _, key in hand.told()] == ["service/sso"] * len(hand.told())
    assert hand.incident("service/mail").suppressed_by == "sso"


# --- a new life, a reload


def test_a_restart_knows_the_penalty_from_what_is_stored() -> None:
    hand = restless().sees(BAD, GOOD)
    due = calm_after(hand)
    new = restarted(hand).start()
    assert new.open() == ["service/sso"]
    new.passes((due - new.now) / 1000 - 1)
    assert new.open() == ["service/sso"]

    assert new.passes(2).open() == []


def test_a_restart_after_it_has_become_calm_resolves_it() -> None:
    hand = restless()
    restored_at = hand.now - 5_000
    new = restarted(hand, after=7_200).start()

    assert new.open() == []
    assert new.resolved("sso")[1].restored_at == restored_at


def test_a_restart_does_not_make_an_outage_one_that_flaps() -> None:
    new = restarted(well().sees(BAD, GOOD), after=5).start().sees(GOOD)

    assert new.open() == []
    assert not new.engine.dependencies.flapping.flaps("sso")


def test_a_restart_after_a_maintenance_counts_nothing_of_it() -> None:
    hand = well().maintained("sso", seconds=100).sees(*[BAD, GOOD] * 10)
    new = restarted(hand, after=5).start().sees(BAD, GOOD)

    assert new.open() == []


def test_a_restart_does_not_remember_that_it_flapped_before_it_was_calm() -> None:
    hand = restless().passes(7_200).sees(BAD, GOOD)
    assert hand.open() == []
    new = restarted(hand, after=5).start()

    assert not new.engine.dependencies.flapping.flaps("sso")


def test_a_reload_that_changes_nothing_does_not_resolve_what_flaps() -> None:
    hand = restless().hear(Swapped(firm()))

    assert hand.open() == ["service/sso"]


def test_where_nobody_wants_to_know_each_outage_is_an_incident() -> None:
    hand = restless(well(replace(firm(), alerting=alerting(flapping=False))))

    assert hand.open() == []
    assert [action for action, _ in hand.heard()] == ["open", "resolve"] * 2


def test_a_reload_keeps_the_penalty() -> None:
    hand = well().sees(BAD, GOOD).hear(Swapped(firm())).sees(BAD, GOOD)

    assert hand.open() == ["service/sso"]
