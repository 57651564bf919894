"""Lives that a fuzzer of the engine led, shortened: seldom, and each of them was told wrongly once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from alerting.events import Swapped
from alerting.intent import Intent
from alerting.outbox import Outbox
from alerting.receiver import Abilities
from checks.model import Configuration, Escalation, Hours, Receiver, Route, Service
from tests.alerting.hand import BAD, Hand, Target, alerting, check, company, receiver, restarted, tiered

PAGER, CHAT, LEAD = receiver("pager", info=False), receiver("chat"), receiver("lead", info=False)
PEOPLE = {"pager": PAGER, "chat": CHAT, "sms": receiver("sms")}
ALWAYS = Route(receivers=("pager",))
DAILY = {"office": Hours(name="office", days=tuple(range(7)), begin=480, end=1080)}
OF_PAGES = {"urgency": "page"}
AFTER_15 = (Escalation(after=900, receivers=("lead",)),)
NAMES = [f"s{number}" for number in range(4)]


@dataclass(frozen=True)
class Same(Target):
    """A receiver that is the same addressee whatever its options are."""

    url: str = ""

    @property
    def abilities(self) -> Abilities:
        return Abilities(info=self.info, deduplicates=True, address="here")


def family(tier: int = 1, **said: Any) -> Configuration:
    """An app that depends on its base."""
    services = {
        "base": Service(name="base", tier=tier),
        "app": Service(name="app", tier=tier, depends_on=("base",)),
    }
    given = {"services": services, "receivers": PEOPLE, **said}
    return company(check("b", "base"), check("a", "app"), **given)


def both_fail(hand: Hand) -> Hand:
    for _ in range(2):
        hand.attempt("b", BAD).attempt("a", BAD).passes(5)
    return hand


def well(said: Configuration) -> Hand:
    return Hand(said).start().works("b").works("a")


def swallowed() -> Hand:
    hand = both_fail(well(family()))
    assert hand.incident("service/app").suppressed_by == "base"
    return hand


def kept_open() -> Hand:
    """The app is up, and its incident is open, as it flaps."""
    hand = swallowed()
    for _ in range(2):
        hand.works("a").fails("a")
    hand.works("a")
    assert hand.incident("service/app").flapping
    return hand


def stormy(*steps: Escalation) -> Hand:
    """Four services are down at once, and a receiver is told singly of one in a minute."""
    route = Route(receivers=("pager",), escalate=steps)
    said = company(
        *(check(f"c{name}", name) for name in NAMES),
        services={name: Service(name=name, tier=2) for name in NAMES},
        receivers={"pager": PAGER, "lead": LEAD},
        alerting=alerting(route, storm_limit=1),
    )
    hand = Hand(said).start()
    for name in NAMES:
        hand.works(f"c{name}")
    for _ in range(2):
        for name in NAMES:
            hand.attempt(f"c{name}", BAD)
        hand.passes(5)
    assert "storm/pager" in hand.open()
    return hand.passes(60)


def opens(hand: Hand, name: str = "pager") -> list[str]:
    return [key.removeprefix("service/") for action, key in hand.told(name) if action == "open"]


def is_sent(*intents: Intent) -> bool:
    """Say whether an outbox that was never tried has anything to send."""
    outbox = Outbox()
    for each in intents:
        outbox.add(each, Target().abilities, each.created_at)
    return outbox.next(intents[0].receiver, intents[-1].created_at) is not None


# --- what flaps and is up


def test_a_turn_of_the_calendar_leaves_a_swallowed_one_that_flaps_and_is_up_alone() -> None:
    hand = kept_open().silenced(600, service="nobody")

    assert hand.incident("service/app").suppressed_by == "base"


def test_a_restart_leaves_a_swallowed_one_that_flaps_and_is_up_alone() -> None:
    new = restarted(kept_open(), after=5).start()

    assert new.incident("service/app").suppressed_by == "base"


def test_a_swallowed_one_whose_check_is_another_after_a_restart_stays_swallowed() -> None:
    said = family()
    other = replace(said, checks={"b": said.checks["b"], "a2": check("a2", "app")})
    new = restarted(swallowed(), other).start()

    assert new.incident("service/app").suppressed_by == "base"


# --- hours


def night(*otherwise: str) -> Configuration:
    duty = Route(match=OF_PAGES, receivers=("pager",), during="office", otherwise=otherwise)
    return family(2, alerting=alerting(duty, Route(receivers=("chat",)), hours=DAILY))


def test_a_failure_in_the_night_is_one_page_in_the_morning_also_where_nobody_is_told_at_night() -> None:
    assert opens(both_fail(well(night())).passes(9 * 3600)) == ["base"]


def test_a_failure_in_the_night_is_one_page_in_the_morning() -> None:
    assert opens(both_fail(well(night("chat"))).passes(9 * 3600)) == ["base"]


def test_a_pager_that_was_told_at_night_as_information_is_paged_in_the_morning() -> None:
    hand = well(night("pager")).fails("b").passes(9 * 3600)
    told = [each for each in hand.intents if each.receiver == "pager" and each.action.value == "open"]

    assert [(each.urgency.value, each.episode) for each in told] == [("info", 1), ("page", 2)]


# --- storms


def test_an_acknowledgement_of_a_storm_that_is_taken_back_escalates_all_of_it() -> None:
    hand = stormy(*AFTER_15).reported("acknowledged", key="storm/pager").passes(1200)
    before = opens(hand, "lead")
    hand.reported("unacknowledged", key="storm/pager").passes(1000)

    assert before == ["s0"]
    assert "storm/lead" in hand.open()


def test_a_storm_resolved_by_hand_is_not_said_again_while_all_of_it_is_in_maintenance() -> None:
    hand = stormy().reported("resolved", key="storm/pager").maintained(*NAMES, seconds=7200).passes(3600)

    assert [action for action, _ in hand.heard(key="storm/pager")].count("open") == 1


# --- reloads and restarts


def reloaded(before: Sequence[Receiver], after: Sequence[Receiver]) -> Hand:
    """A reload raises an incident of tier 3, and gives its receiver, which took nothing, other options."""
    routes = alerting(Route(match=OF_PAGES, receivers=("pager",)), Route(receivers=("chat",)))
    said, now = (
        tiered(tier, receivers={each.name: each for each in receivers}, alerting=routes)
        for tier, receivers in ((3, before), (1, after))
    )
    hand = Hand(said).start().works().fails()
    hand.delivered(hand.intent("open", "chat"), "dead", "400")
    return hand.hear(Swapped(now)).passes(100).works()


def test_a_reload_that_raises_and_mends_tells_only_those_of_the_route() -> None:
    mended = replace(CHAT, target=Target(True, False))
    hand = reloaded((PAGER, CHAT), (PAGER, mended))
    told = [each.action.value for each in hand.intents if (each.receiver, each.episode) == ("chat", 2)]

    assert told in ([], ["open", "resolve"])


def test_a_reload_that_raises_and_mends_the_same_addressee_says_nothing_twice() -> None:
    one, other = (Receiver(name="chat", kind="fake", target=Same(url=url)) for url in "ab")
    hand = reloaded((PAGER, one), (PAGER, other))
    told = [each.action.value for each in hand.intents if (each.receiver, each.episode) == ("chat", 2)]
    ids = [each.id for each in hand.intents]

    assert told in ([], ["open", "resolve"])
    assert len(ids) == len(set(ids))


def test_a_service_that_left_while_its_page_was_not_taken_covers_again_when_it_is_back() -> None:
    said = family(alerting=alerting(ALWAYS))
    hand = well(said).fails("b")
    hand.delivered(hand.intent("open", "pager"), "fallback_due")
    alone = {"app": replace(said.services["app"], depends_on=())}
    without = replace(said, services=alone, checks={"a": said.checks["a"]})
    hand.hear(Swapped(without)).passes(100).hear(Swapped(said)).works("b").works("a").passes(3600)

    assert both_fail(hand).incident("service/app").suppressed_by == "base"


def test_a_receiver_that_was_out_over_a_restart_is_told_when_a_reload_brings_it_back() -> None:
    both = family(alerting=alerting(Route(receivers=("chat", "pager"))))
    one = replace(both, receivers={"chat": CHAT}, alerting=alerting(Route(receivers=("chat",))))
    new = restarted(well(both).fails("b"), one).start().passes(60)
    new.hear(Swapped(both)).passes(60)

    assert opens(new) == ["base"]


# --- what is not taken, or resolved


def test_a_page_that_nobody_took_goes_to_the_fallback_after_the_silence() -> None:
    hand = well(family(alerting=alerting(ALWAYS, fallback="sms"))).fails("b").silenced(3600, service="base")
    hand.delivered(hand.intent("open", "pager"), "fallback_due")
    assert "base" not in opens(hand, "sms")

    assert "base" in opens(hand.passes(3620), "sms")


def test_an_open_said_again_that_is_late_tells_no_fallback_of_what_is_acknowledged() -> None:
    hand = well(family(alerting=alerting(ALWAYS, fallback="sms"))).fails("b")
    hand.delivered(hand.intent("open")).acknowledged(key="service/base").passes(600)
    new = restarted(hand).start()
    new.delivered(new.intent("open", "pager"), "fallback_due")

    assert "base" not in opens(new, "sms")


def test_what_is_told_late_and_was_never_tried_is_not_resolved() -> None:
    hand = Hand(company()).start().works().silenced(60, service="sso").fails().passes(60).fails()
    opened = hand.intent("open")

    assert is_sent(opened)
    assert not is_sent(opened, hand.works().intent("resolve"))


def test_an_escalation_that_was_never_tried_is_not_resolved() -> None:
    route = Route(receivers=("pager",), escalate=AFTER_15)
    said = company(receivers={"pager": PAGER, "lead": LEAD}, alerting=alerting(route))
    hand = Hand(said).start().works().fails().passes(1000)
    opened = hand.intent("open", "lead")

    assert not is_sent(opened, hand.works().intent("resolve", "lead"))


def test_what_an_ancestor_has_taken_stays_with_it_where_a_pager_closes_that() -> None:
    hand = swallowed().passes(60).reported("resolved", key="service/base", by_person=False)
    hand.silenced(60, service="somebody-else").passes(5).attempt("b", BAD)

    assert opens(hand) == ["base", "base"]


def test_what_fails_when_its_ancestor_was_resolved_by_hand_pages() -> None:
    hand = well(family()).fails("b").reported("resolved", "pager", key="service/base")

    assert opens(hand.fails("a").attempt("b", BAD)) == ["base", "app"]
