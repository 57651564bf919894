"""The table "Who is told what, when" of the contract, row by row, with the routes of its example."""

from datetime import date

import pytest

from alerting.events import ReloadRefused, StoreFailing, Swapped
from alerting.intent import Intent
from checks.model import Configuration, Escalation, Route, Service
from probes.result import Reason
from tests.alerting.example import (
    DAY,
    ESCALATE,
    HOUR,
    QUARTER,
    at,
    example,
    instant,
    moments,
    told,
    until,
)
from tests.alerting.hand import BAD, GOOD, SELF_CHECKS, UNSEEN, Hand, check, restarted

NOON, NIGHT = "2026-01-07 12:00", "2026-01-07 22:00"  # a Wednesday
AMSTERDAM = "Europe/Amsterdam"
CONFIRMED = 10.25 - 5  # seconds from the first bad attempt to the answer of the second
INFO, TICKET, ERROR, CRITICAL = (
    ("info", "info"),
    ("ticket", "warning"),
    ("page", "error"),
    ("page", "critical"),
)


def down(clock: str, configuration: Configuration) -> Hand:
    return at(clock, configuration).sees(BAD, BAD)


def page(hand: Hand, receiver: str, key: str = "service/sso") -> Intent:
    """The first open that a receiver was sent."""
    return next(
        each
        for each in hand.intents
        if (each.receiver, each.key, each.action.value) == (receiver, f"hq/{key}", "open")
    )


# --- the rows, by tier


@pytest.mark.parametrize(
    ("tier", "clock", "who"),
    [
        (1, NOON, {"oncall": CRITICAL, "chat": CRITICAL}),
        (1, NIGHT, {"oncall": CRITICAL, "chat": CRITICAL}),
        (2, NOON, {"oncall": ERROR, "chat": ERROR}),
        (3, NOON, {"chat": INFO}),
        (3, NIGHT, {"chat": INFO}),
    ],
)
def test_a_service_that_is_down(tier: int, clock: str, who: dict[str, tuple[str, str]]) -> None:
    assert told(down(clock, example(tier)), "service/sso") == who


def test_a_service_of_tier_two_in_the_night_is_said_in_the_chat_as_information() -> None:
    hand = down(NIGHT, example(2))

    assert {name: urgency for name, (urgency, _) in told(hand, "service/sso").items()} == {"chat": "info"}
    assert "hours" in [each for _, decision in hand.decisions for each in decision.suppressed]


def test_what_is_said_outside_of_the_hours_is_no_error_in_its_severity_either() -> None:
    assert told(down(NIGHT, example(2)), "service/sso") == {"chat": INFO}


@pytest.mark.parametrize(
    ("tier", "after", "who"),
    [
        (1, 600, {"oncall": CRITICAL, "chat": CRITICAL}),
        (2, 1_800, {"tickets": TICKET}),
        (3, 14_400, {"tickets": TICKET}),
    ],
)
@pytest.mark.parametrize("clock", [NOON, NIGHT])
def test_a_service_that_nobody_measures(
    clock: str, tier: int, after: int, who: dict[str, tuple[str, str]]
) -> None:
    hand = at(clock, example(tier))
    begun = hand.now
    hand.sees(UNSEEN)
    until_due = begun + after * 1000 - hand.now
    assert hand.passes((until_due - 1) / 1000).open() == []
    hand.passes(0.001)

    assert told(hand, "monitor/unmeasured/sso") == who
    assert hand.decisions[-1][0] == begun + after * 1000


def test_three_intervals_are_the_least_time_for_which_nobody_measures() -> None:
    hand = at(NOON, example(1, checks=(check("login", interval=300.0),)))
    begun = hand.now
    hand.sees(UNSEEN).passes(HOUR)

    assert moments(hand, "oncall", "monitor/unmeasured/sso") == [("open", begun + 900_000)]


def test_blindness() -> None:
    hand = at(NOON, example(1, self_checks=SELF_CHECKS)).blinded()
    hand.attempt(reason=Reason.CONNECT_TIMEOUT, took=10).passes(30)

    assert told(hand, "monitor/blind/internet") == {"chat": CRITICAL}
    hand.sighted().passes(10)
    assert told(hand, "monitor/blind/internet", "resolve").keys() == {"chat"}


def test_overload() -> None:
    assert told(at(NOON, example()).strained(121), "monitor/overload") == {"chat": CRITICAL}


def test_a_store_that_cannot_be_written() -> None:
    hand = at(NIGHT, example()).hear(StoreFailing("the disk is full"))

    assert told(hand, "monitor/store") == {"chat": CRITICAL}


def test_a_refused_reload() -> None:
    hand = at(NIGHT, example()).hear(ReloadRefused("line 7"))

    assert told(hand, "monitor/reload") == {"tickets": TICKET}


@pytest.mark.parametrize(
    ("silent", "who"),
    [("oncall", {"chat": CRITICAL, "sms": CRITICAL}), ("chat", {"sms": CRITICAL})],
)
def test_a_receiver_that_does_not_deliver_is_told_through_another(
    silent: str, who: dict[str, tuple[str, str]]
) -> None:
    hand = down(NOON, example())
    hand.delivered(page(hand, silent), "fallback_due", "503")

    assert told(hand, f"monitor/receiver/{silent}") == who
    assert told(hand, "service/sso")["sms"] == CRITICAL


def family(parent: int, child: int) -> Configuration:
    services = {
        "sso": Service(name="sso", tier=parent, owner="identity"),
        "mail": Service(name="mail", tier=child, depends_on=("sso",)),
    }
    return example(checks=(check("login"), check("inbox", "mail")), services=services)


@pytest.mark.parametrize("child", [1, 2, 3])
def test_a_service_that_is_swallowed_by_what_it_depends_on(child: int) -> None:
    hand = at(NOON, family(1, child)).sees(BAD, BAD).sees(BAD, BAD, name="inbox")

    assert told(hand, "service/sso") == {"oncall": CRITICAL, "chat": CRITICAL}
    assert told(hand, "service/mail") == {"chat": INFO}
    hand.sees(GOOD, GOOD, name="inbox")
    assert told(hand, "service/mail", "resolve").keys() == {"chat"}


def test_information_reaches_a_pager_by_a_route_that_names_it_alone() -> None:
    everybody = Route(receivers=("oncall", "chat"))
    named = Route(match={"urgency": "info"}, receivers=("oncall", "chat"))

    assert told(down(NOON, example(3, everybody)), "service/sso").keys() == {"chat"}
    assert told(down(NOON, example(3, named)), "service/sso").keys() == {"oncall", "chat"}


def test_whoever_was_told_hears_the_end_and_nobody_else() -> None:
    hand = down(NOON, example()).sees(GOOD, GOOD)

    assert told(hand, "service/sso", "resolve").keys() == {"oncall", "chat"}


# --- escalation


def paged() -> tuple[Hand, int]:
    """A service of tier 1 that is down, and when it was told."""
    hand = at(NIGHT, example())
    begun = hand.now
    return hand.sees(BAD, BAD), begun + round(CONFIRMED * 1000)


def since(hand: Hand, told_at: int, receiver: str = "lead") -> list[tuple[str, float]]:
    """What a receiver heard, with the seconds since it was told first."""
    return [(action, (when - told_at) / 1000) for action, when in moments(hand, receiver)]


def test_what_nobody_acknowledges_is_told_to_the_next_after_a_quarter_of_an_hour() -> None:
    hand, told_at = paged()
    hand.passes(DAY)

    assert since(hand, told_at) == [("open", QUARTER)]
    said = hand.intent("open", "lead").message.details["note"]
    assert said == "nobody has acknowledged it for 15 min"
    assert told(hand, "service/sso")["lead"] == CRITICAL


def test_they_hear_the_end_too() -> None:
    hand, told_at = paged()
    hand.passes(HOUR).sees(GOOD, GOOD)

    assert [action for action, _ in since(hand, told_at)] == ["open", "resolve"]


def test_an_acknowledgement_keeps_the_next_asleep() -> None:
    hand, told_at = paged()
    hand.passes(QUARTER - 10).acknowledged("oncall").passes(3 * HOUR)

    assert since(hand, told_at) == []


def test_an_acknowledgement_by_no_person_keeps_nobody_asleep() -> None:
    hand, told_at = paged()
    hand.reported("acknowledged", "oncall", by_person=False).passes(HOUR)

    assert since(hand, told_at) == [("open", QUARTER)]


def test_an_acknowledgement_at_any_receiver_counts() -> None:
    hand, told_at = paged()
    hand.acknowledged("chat").passes(HOUR)

    assert since(hand, told_at) == []


def test_an_acknowledgement_expires() -> None:
    hand, told_at = paged()
    hand.passes(300).acknowledged("oncall")
    acknowledged_at = hand.now
    hand.passes(DAY)

    assert since(hand, told_at) == [("open", (acknowledged_at - told_at) / 1000 + 4 * HOUR)]
    assert "and still open" in hand.intent("open", "lead").message.details["note"]


def test_one_that_is_given_again_is_good_for_as_long_again() -> None:
    hand, told_at = paged()
    hand.acknowledged("oncall").passes(3 * HOUR).acknowledged("oncall")
    again_at = hand.now
    hand.passes(DAY)

    assert since(hand, told_at) == [("open", (again_at - told_at) / 1000 + 4 * HOUR)]


@pytest.mark.parametrize(("after", "due"), [(300, QUARTER), (HOUR, HOUR)])
def test_one_that_is_taken_back_is_none(after: int, due: int) -> None:
    hand, told_at = paged()
    hand.acknowledged("oncall")
    hand.passes((told_at - hand.now) / 1000 + after).reported("unacknowledged", "oncall").passes(DAY)

    assert since(hand, told_at) == [("open", due)]


def test_what_ends_before_that_is_told_to_no_next() -> None:
    hand, told_at = paged()
    hand.passes(600).sees(GOOD, GOOD).passes(HOUR)

    assert since(hand, told_at) == []


def test_several_steps_come_each_in_its_time() -> None:
    steps = (*ESCALATE, Escalation(after=1_800, receivers=("lead", "sms")))
    hand = at(NIGHT, example(1, Route(receivers=("oncall",), escalate=steps)))
    told_at = hand.now + round(CONFIRMED * 1000)
    hand.sees(BAD, BAD).passes(DAY)

    assert since(hand, told_at) == [("open", QUARTER)]
    assert since(hand, told_at, "sms") == [("open", 1_800)]


def test_the_next_is_told_in_another_life_too() -> None:
    hand, told_at = paged()
    new = restarted(hand).start().passes(HOUR)

    assert since(new, told_at) == [("open", QUARTER)]


def test_what_came_due_while_nobody_looked_is_told_at_the_start() -> None:
    hand, told_at = paged()
    new = restarted(hand, after=HOUR).start()

    assert since(new, told_at) == [("open", (new.now - told_at) / 1000)]


def test_an_acknowledgement_is_known_in_another_life() -> None:
    hand, told_at = paged()
    new = restarted(hand.acknowledged("oncall")).start().passes(HOUR)

    assert since(new, told_at) == []


def test_what_was_resolved_by_hand_and_fails_on_is_unacknowledged_again() -> None:
    hand, told_at = paged()
    hand.acknowledged("oncall").passes(60).reported("resolved", "oncall")
    believed_until = hand.now + 1_800_000
    hand.passes(2 * HOUR)

    assert [when for action, when in moments(hand, "oncall") if action == "open"][1:] == [believed_until]
    assert [at_ <= (believed_until - told_at) / 1000 + QUARTER for _, at_ in since(hand, told_at)] == [True]


# --- working hours


@pytest.mark.parametrize(
    ("broken", "off", "morning"),
    [
        ("2026-01-07 22:00", (), "2026-01-08 08:00"),
        ("2026-01-07 07:59", (), "2026-01-07 08:00"),
        ("2026-01-07 18:00", (), "2026-01-08 08:00"),
        ("2026-01-09 18:00", (), "2026-01-12 08:00"),  # a Friday
        ("2026-01-09 18:00", (date(2026, 1, 12),), "2026-01-13 08:00"),
        ("2026-01-07 12:00", (date(2026, 1, 7), date(2026, 1, 8)), "2026-01-09 08:00"),
        ("2026-03-27 19:00", (), "2026-03-30 08:00"),  # the clocks go forward on Sunday
        ("2026-03-27 19:00", (date(2026, 3, 30),), "2026-03-31 08:00"),
        ("2026-10-23 19:00", (), "2026-10-26 08:00"),  # and back
    ],
)
def test_what_breaks_outside_of_the_hours_pages_at_their_beginning(
    broken: str, off: tuple[date, ...], morning: str
) -> None:
    hand = at(broken, example(2, off=off, zone=AMSTERDAM))
    confirmed_at = hand.now + round(CONFIRMED * 1000)
    hand.sees(BAD, BAD).passes(5 * DAY)

    assert moments(hand, "oncall") == [("open", instant(morning, AMSTERDAM))]
    assert moments(hand, "chat") == [("open", confirmed_at)]
    assert told(hand, "service/sso")["oncall"] == ERROR


def test_what_ends_in_the_night_pages_nobody_in_the_morning() -> None:
    hand = until(down(NIGHT, example(2)).sees(GOOD, GOOD), "2026-01-08 20:00")

    assert moments(hand, "oncall") == []
    assert [action for action, _ in moments(hand, "chat")] == ["open", "resolve"]


def test_what_ends_after_the_morning_is_resolved_for_everybody() -> None:
    hand = until(down(NIGHT, example(2)), "2026-01-08 09:00").sees(GOOD, GOOD)

    assert told(hand, "service/sso", "resolve").keys() == {"oncall", "chat"}


def test_what_is_unknown_in_the_morning_is_still_true() -> None:
    hand = until(down(NIGHT, example(2)).sees(UNSEEN), "2026-01-08 08:00")

    assert moments(hand, "oncall") == [("open", instant("2026-01-08 08:00"))]


def test_what_was_announced_in_the_hours_stays_announced_in_the_night() -> None:
    hand = until(down("2026-01-07 17:50", example(2)), "2026-01-07 23:00")
    assert [action for action, _ in moments(hand, "oncall")] == ["open"]
    assert not hand.incident().put_off
    hand.sees(GOOD, GOOD)

    assert [action for action, _ in moments(hand, "oncall")] == ["open", "resolve"]
    assert [action for action, _ in moments(hand, "chat")] == ["open", "resolve"]


def test_the_next_is_told_a_quarter_after_the_beginning_of_the_hours() -> None:
    route = Route(receivers=("oncall",), during="office", otherwise=("chat",), escalate=ESCALATE)
    hand = until(down(NIGHT, example(2, route)), "2026-01-08 12:00")

    assert moments(hand, "lead") == [("open", instant("2026-01-08 08:15"))]


def test_a_route_without_others_tells_nobody_in_the_night() -> None:
    hand = until(down(NIGHT, example(2, Route(receivers=("oncall",), during="office"))), "2026-01-08 07:59")
    assert hand.intents == []

    assert moments(until(hand, "2026-01-08 08:00"), "oncall") == [("open", instant("2026-01-08 08:00"))]


def test_what_is_put_off_is_put_off_in_another_life() -> None:
    hand = restarted(down(NIGHT, example(2))).start()

    assert moments(until(hand, "2026-01-08 12:00"), "oncall") == [("open", instant("2026-01-08 08:00"))]


def test_a_morning_that_nobody_lived_through_is_made_up_for_at_the_start() -> None:
    hand = restarted(down(NIGHT, example(2)), after=12 * HOUR).start()

    assert moments(hand, "oncall") == [("open", hand.now)]


def test_a_reload_that_drops_the_hours_tells_at_once() -> None:
    hand = down(NIGHT, example(2))
    hand.hear(Swapped(example(2, Route(receivers=("oncall", "chat")))))

    assert moments(hand, "oncall") == [("open", hand.now)]
    assert len(moments(hand, "chat")) == 1


def test_a_reload_that_adds_hours_takes_nothing_back() -> None:
    hand = down(NIGHT, example(2, Route(receivers=("oncall",)))).hear(Swapped(example(2)))

    assert [action for action, _ in moments(hand.sees(GOOD, GOOD), "oncall")] == ["open", "resolve"]


def test_a_holiday_that_a_reload_brings_is_kept() -> None:
    hand = down(NIGHT, example(2)).hear(Swapped(example(2, off=(date(2026, 1, 8),))))

    assert moments(until(hand, "2026-01-12 12:00"), "oncall") == [("open", instant("2026-01-09 08:00"))]


def test_what_is_no_page_now_goes_through_no_fallback_in_the_night() -> None:
    hand = down(NIGHT, example(2))
    hand.delivered(page(hand, "chat"), "fallback_due", "503")

    assert "sms" not in told(hand, "service/sso")


def test_one_that_is_put_off_swallows_nobody_who_is_not() -> None:
    hand = at(NIGHT, family(2, 1)).sees(BAD, BAD).sees(BAD, BAD, name="inbox").sees(BAD)

    assert told(hand, "service/mail") == {"oncall": CRITICAL, "chat": CRITICAL}
    assert hand.intent("open", "oncall").message.details["depends on, also down"] == ["sso"]


def test_one_that_is_put_off_swallows_one_that_is_put_off_too_and_pages_once_in_the_morning() -> None:
    hand = at(NIGHT, family(2, 2)).sees(BAD, BAD).sees(BAD, BAD, name="inbox")
    until(hand, "2026-01-08 12:00")

    assert moments(hand, "oncall") == [("open", instant("2026-01-08 08:00"))]
    assert moments(hand, "oncall", "service/mail") == []
