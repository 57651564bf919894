"""Storms: of more openings in a minute than a receiver is told of singly, one incident tells together."""

from typing import Any

import pytest

from alerting.events import StoreFailing, Swapped
from alerting.incident import Incident
from checks.model import Configuration, Escalation, Receiver, Route, Service
from tests.alerting.example import PEOPLE, at, office, until
from tests.alerting.hand import (
    BAD,
    GOOD,
    START,
    Hand,
    alerting,
    check,
    company,
    receiver,
    restarted,
)
from tests.alerting.test_engine_reload import Addressed

BOTH = {"pager": receiver("pager", info=False), "chat": receiver("chat")}
LIMIT = 5


def firm(*tiers: int, above: str = "", **said: Any) -> Configuration:
    """Services s0, s1, … of these tiers; each has a check of its name that one attempt confirms or ends."""
    names = [f"s{number}" for number in range(len(tiers))]
    services = {
        name: Service(name=name, tier=tier, depends_on=(above,) if above not in ("", name) else ())
        for name, tier in zip(names, tiers, strict=True)
    }
    checks = [check(name, name, confirm=1, recover=1) for name in names]
    return company(*checks, **{"services": services, "self_checks": (), **said})


def well(configuration: Configuration) -> Hand:
    """All have been seen to work, and it is 5 s after START."""
    hand = Hand(configuration).start().passes(4)
    for name in configuration.checks:
        hand.attempt(name, took=0)
    return hand.passes(1)


def each(hand: Hand, numbers: range, reason: Any = BAD, every: float = 1.0) -> Hand:
    """Let services fail or work, one after the other."""
    for number in numbers:
        hand.attempt(f"s{number}", reason, took=0).passes(every)
    return hand


def stormy(tier: int = 2, count: int = LIMIT + 3, **said: Any) -> Hand:
    """So many services fail, one each second."""
    return each(well(firm(*[tier] * count, **said)), range(count))


def names(hand: Hand, action: str = "open", receiver: str = "pager") -> list[str]:
    return [key.removeprefix("service/") for what, key in hand.told(receiver) if what == action]


def singly(count: int) -> list[str]:
    return [f"s{number}" for number in range(count)]


def joint(hand: Hand, receiver: str = "pager") -> Incident:
    return hand.incident(f"storm/{receiver}")


def members(incident: Incident) -> list[str]:
    return [key.removeprefix("hq/service/") for key in incident.swallowed]


# --- who is told singly


@pytest.mark.parametrize(("tier", "limit"), [(1, 10), (2, 5), (3, 5)])
def test_so_many_are_told_singly_and_the_next_together(tier: int, limit: int) -> None:
    hand = stormy(tier, limit + 3, receivers={"pager": receiver("pager")})

    assert names(hand) == [*singly(limit), "storm/pager"]
    assert members(joint(hand)) == [f"s{limit}", f"s{limit + 1}", f"s{limit + 2}"]


def test_as_many_as_the_limit_are_no_storm() -> None:
    assert names(stormy(count=LIMIT)) == singly(LIMIT)


@pytest.mark.parametrize(("tier", "told"), [(2, 2), (1, 4)])
def test_the_limit_is_what_is_configured(tier: int, told: int) -> None:
    assert names(stormy(tier, alerting=alerting(storm_limit=2))) == [*singly(told), "storm/pager"]


def test_the_first_tier_is_told_singly_after_others_up_to_twice_as_many() -> None:
    hand = each(well(firm(*[2] * 7, *[1] * 7)), range(14), every=0.1)

    assert names(hand) == [*singly(5), "storm/pager", "s7", "s8", "s9", "s10", "s11"]
    assert members(joint(hand)) == ["s5", "s6", "s12", "s13"]


@pytest.mark.parametrize(("seconds", "told_singly"), [(59.999, False), (60, True)])
def test_a_minute_counts(seconds: float, told_singly: bool) -> None:
    hand = each(well(firm(*[2] * 6)), range(5), every=0).passes(seconds)
    each(hand, range(5, 6))

    assert ("s5" in names(hand)) is told_singly


def test_the_minute_goes_along() -> None:
    hand = each(well(firm(*[2] * 20)), range(20), every=15)

    assert "storm/pager" not in names(hand)


def test_what_is_told_together_does_not_count_as_told_singly() -> None:
    hand = each(well(firm(*[2] * 12)), range(5), every=0)
    each(hand.passes(58), range(5, 11), every=0)
    each(hand.passes(2), range(11, 12))

    assert names(hand)[-1] == "s11"


def test_receivers_are_counted_apart() -> None:
    hand = each(well(firm(*[3] * 6, *[2] * 2, receivers=BOTH)), range(8))

    assert names(hand) == ["s6", "s7"]
    assert names(hand, receiver="chat") == [*singly(5), "storm/chat", "storm/chat"]
    assert members(joint(hand, "chat")) == ["s5", "s6", "s7"]


def test_what_is_wrong_with_ourselves_counts_too() -> None:
    hand = stormy(count=LIMIT).hear(StoreFailing("the disk is full"))

    assert names(hand) == [*singly(5), "storm/pager"]
    assert members(joint(hand)) == ["hq/monitor/store"]


def test_what_is_swallowed_by_a_parent_is_no_storm_of_pages() -> None:
    whole = well(firm(*[2] * 12, above="s0", receivers=BOTH))
    hand = each(whole, range(12), every=0.1)

    assert names(hand) == ["s0"]
    assert names(hand, receiver="chat") == [*singly(5), "storm/chat"]


def test_what_is_silenced_is_in_no_storm_and_counts_for_none() -> None:
    whole = well(firm(*[3] * 6, *[2] * 6)).silenced(600, tier=3)

    assert names(each(whole, range(12), every=0.1)) == [*(f"s{n}" for n in range(6, 11)), "storm/pager"]


# --- the one that tells together


def test_it_is_as_urgent_as_what_it_tells_of() -> None:
    for tier, loud in ((2, ("page", "error")), (3, ("info", "info"))):
        hand = stormy(tier, receivers={"pager": receiver("pager")})
        said = next(intent for intent in hand.intents if intent.key == "hq/storm/pager")

        assert (said.urgency.value, said.message.severity) == loud


def test_it_lists_all_and_says_so_in_one_update() -> None:
    hand = stormy(count=15).passes(20)

    assert hand.heard(key="storm/pager") == [("open", 10), ("update", 21)]
    said = hand.intent("update").message
    assert said.summary == "many incidents at once, told together: s5, s6, s7, s8, s9 and 5 more"
    assert len(said.details["told together"]) == 10


def test_it_dates_from_the_first_fault_in_it() -> None:
    hand = stormy()

    assert joint(hand).fault_at == START + 10_000
    assert joint(hand).opened_at == START + 10_000


def test_one_to_which_nothing_is_added_has_no_news() -> None:
    hand = stormy(count=LIMIT + 1).passes(60)

    assert hand.heard(key="storm/pager") == [("open", 10)]


def test_it_is_raised_when_a_louder_one_joins() -> None:
    hand = each(well(firm(*[3] * 7, 2, receivers={"chat": receiver("chat")})), range(8))

    assert [(action, at_) for action, at_ in hand.heard("chat", "storm/chat")] == [
        ("open", 10),
        ("resolve", 12),
        ("open", 12),
    ]
    said = hand.intent("open", "chat")
    assert (said.key, said.urgency.value, said.message.severity) == ("hq/storm/chat", "page", "error")
    assert members(joint(hand, "chat")) == ["s5", "s6", "s7"]


def test_a_quieter_one_changes_nothing_of_how_loud_it_is() -> None:
    hand = each(well(firm(*[2] * 7, 3, receivers={"chat": receiver("chat")})), range(8)).passes(20)

    assert [action for action, _ in hand.heard("chat", "storm/chat")] == ["open", "update"]
    assert joint(hand, "chat").severity == "error"


def test_it_is_resolved_when_all_that_it_tells_of_are() -> None:
    hand = each(stormy(), range(5, 7), GOOD)
    assert members(joint(hand)) == ["s7"]
    assert names(hand, "resolve") == []
    each(hand, range(7, 8), GOOD)

    assert names(hand, "resolve") == ["storm/pager"]
    assert hand.intent("resolve").message.summary == "all incidents that were told together are over (3)"
    assert hand.open() == [f"service/s{n}" for n in range(5)]


def test_what_is_told_singly_ends_singly() -> None:
    hand = each(stormy(), range(8), GOOD)

    assert names(hand, "resolve") == [*singly(5), "storm/pager"]
    assert hand.open() == []


def test_those_that_leave_are_told_in_an_update() -> None:
    hand = each(stormy().passes(60), range(5, 6), GOOD).passes(60)

    assert hand.intent("update").message.summary == "many incidents at once, told together: s6, s7"


def test_the_next_storm_is_another_episode() -> None:
    hand = each(stormy(), range(8), GOOD).passes(3_600)
    each(hand, range(8))

    assert names(hand).count("storm/pager") == 2
    assert joint(hand).episode == 2


def test_whoever_acknowledges_it_acknowledges_all_that_it_tells_of() -> None:
    steps = (Escalation(after=900, receivers=("chat",)),)
    route = alerting(Route(receivers=("pager",), escalate=steps))
    hand = stormy(count=7, receivers=BOTH, alerting=route).acknowledged(key="storm/pager").passes(3_600)

    assert names(hand, receiver="chat") == singly(5)


def test_the_morning_after_a_bad_night_is_a_storm() -> None:
    routes = Route(receivers=("oncall",), during="office", otherwise=())
    night = firm(*[2] * 8, receivers=PEOPLE, alerting=alerting(routes, hours={"office": office()}))
    hand = until(each(at("2026-01-07 22:00", night), range(8), every=100), "2026-01-08 08:00")

    assert names(hand, receiver="oncall") == [*singly(5), "storm/oncall"]
    assert joint(hand, "oncall").severity == "error"


# --- a new life


def test_a_restart_knows_who_was_told_within_the_minute() -> None:
    hand = each(well(firm(*[2] * 8)), range(4))
    new = each(restarted(hand, after=5).start(), range(4, 8))

    assert names(new) == ["s0", "s1", "s2", "s3", "s4", "storm/pager"]
    assert members(joint(new)) == ["s5", "s6", "s7"]


def test_a_restart_after_the_minute_counts_anew() -> None:
    hand = each(well(firm(*[2] * 8)), range(5))
    new = each(restarted(hand, after=60).start(), range(5, 8))

    assert "storm/pager" not in names(new)


def test_a_restart_in_a_storm_goes_on_with_it() -> None:
    new = restarted(stormy(count=9), after=5).start()
    assert "storm/pager" in names(new)
    each(new, range(5, 9), GOOD)

    assert names(new, "resolve") == ["storm/pager"]
    assert f"storm/{'pager'}" not in new.open()


def test_more_join_it_after_a_restart() -> None:
    hand = each(well(firm(*[2] * 10)), range(7))
    new = each(restarted(hand, after=5).start(), range(7, 9)).passes(20)

    assert members(joint(new)) == ["s5", "s6", "s7", "s8"]
    assert new.intent("update").message.summary.startswith("many incidents at once, told together")


# --- a reload


def addressed(address: str) -> dict[str, Receiver]:
    return {"pager": Receiver(name="pager", kind="fake", target=Addressed(address=address))}


def test_a_reload_that_drops_the_receiver_resolves_there_and_tells_the_others() -> None:
    both = Route(receivers=("pager", "chat"))
    hand = stormy(receivers=BOTH, alerting=alerting(both))
    before = len(hand.intents)
    hand.hear(
        Swapped(
            firm(*[2] * 8, receivers={"chat": BOTH["chat"]}, alerting=alerting(Route(receivers=("chat",))))
        )
    )

    goodbyes = [(each_.receiver, each_.action.value) for each_ in hand.intents[before:]]
    assert goodbyes == [("pager", "resolve")] * 6
    assert "storm/pager" not in hand.open()
    each(hand, range(8), GOOD)
    assert names(hand, "resolve", "chat") == [*singly(5), "storm/chat"]


def test_a_reload_that_gives_it_to_somebody_else_tells_those_of_the_storm() -> None:
    hand = stormy(receivers=addressed("one")).passes(60)
    before = len(hand.intents)
    hand.hear(Swapped(firm(*[2] * 8, receivers=addressed("two"))))
    said = [(intent.action.value, intent.key.removeprefix("hq/")) for intent in hand.intents[before:]]

    assert sorted(key for action, key in said if action == "resolve") == [
        *(f"service/s{n}" for n in range(5)),
        "storm/pager",
    ]
    assert [key for action, key in said if action == "open"] == [
        *(f"service/s{n}" for n in range(5)),
        "storm/pager",
    ]
    assert members(joint(hand)) == ["s5", "s6", "s7"]


def test_a_reload_that_takes_a_member_out_takes_it_off_the_list() -> None:
    hand = stormy()
    fewer = firm(*[2] * 7)
    hand.hear(Swapped(fewer))

    assert members(joint(hand)) == ["s5", "s6"]


def test_a_reload_that_changes_nothing_says_nothing() -> None:
    hand = stormy().passes(60)
    before = len(hand.intents)
    hand.hear(Swapped(firm(*[2] * 8))).passes(60)

    assert hand.intents[before:] == []


def test_a_member_whose_tier_rises_is_told_anew() -> None:
    hand = stormy(3, receivers={"chat": receiver("chat")}).passes(90)
    hand.hear(Swapped(firm(*[3] * 7, 2, receivers={"chat": receiver("chat")})))

    (loud,) = [intent for intent in hand.intents if intent.urgency.value == "page"]
    assert (loud.key, loud.action.value) == ("hq/service/s7", "open")
    assert members(joint(hand, "chat")) == ["s5", "s6"]
