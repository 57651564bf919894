"""What follows from what a receiver reports back, to the millisecond."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from alerting.book import Book
from alerting.events import Decision, Reported
from alerting.incident import Heard, Incident
from alerting.intent import Action
from alerting.receivers.pagerduty import PagerDuty
from checks.model import Check, Configuration, Receiver
from checks.values import Secret
from probes.result import Reason
from store.rows import IncidentRow
from tests.alerting.hand import Hand, check, company, restarted

KEY = "hq/service/sso"
HOLD = 1_800_000  # ms
OPEN, ACKNOWLEDGE, RESOLVE = ((what, "service/sso") for what in ("open", "acknowledge", "resolve"))


def paged(*, checks: Sequence[Check] = (), **said: Any) -> Configuration:
    target = PagerDuty(routing_key=Secret("k" * 32))
    return company(
        *checks, receivers={"pager": Receiver(name="pager", kind="pagerduty", target=target, **said)}
    )


def outage() -> Hand:
    """A service is down, and its page has been accepted."""
    return Hand(paged()).start().fails()


def report(hand: Hand, what: Any, *, person: bool = False, **said: Any) -> Hand:
    given: dict[str, Any] = {"receiver": "pager", "key": KEY, "at": hand.now} | said
    return hand.hear(Reported(what=what, by_person=person, **given))


def kept(hand: Hand) -> dict[str, Any]:
    """The incident as it was written last."""
    said: dict[str, Any] = json.loads(hand.rows(IncidentRow)[-1].document)
    return said


def note(hand: Hand) -> object:
    return hand.intents[-1].message.details.get("note")


# --- acknowledged


def test_the_first_acknowledgement_by_a_person_counts_and_is_kept() -> None:
    hand = outage()
    first = hand.now
    report(hand, "acknowledged", person=True).passes(100)
    report(hand, "unacknowledged").passes(100)
    report(hand, "acknowledged", person=True)

    assert hand.engine.book.open[KEY].acknowledged_at == first
    assert kept(hand)["acknowledged_at"] == first


def test_what_no_person_acknowledged_is_not_acknowledged() -> None:
    assert report(outage(), "acknowledged").engine.book.open[KEY].acknowledged_at is None


def test_an_earlier_one_that_comes_late_is_still_the_first() -> None:
    hand = outage()
    first = hand.now
    report(hand.passes(100), "acknowledged", person=True)
    report(hand, "acknowledged", person=True, at=first)

    assert hand.engine.book.open[KEY].acknowledged_at == first


def test_what_no_person_acknowledged_is_not_acknowledged_again() -> None:
    hand = report(outage(), "acknowledged").passes(100)
    report(hand, "resolved").fails(times=1)

    assert hand.told() == [OPEN, OPEN]


def test_an_acknowledgement_tells_nobody_anything() -> None:
    hand = report(outage(), "acknowledged", person=True).passes(7200)

    assert hand.told() == [OPEN]


# --- resolved by the receiver itself


def test_what_the_receiver_resolved_itself_is_said_again_at_the_next_bad_attempt_and_once() -> None:
    hand = report(outage(), "resolved").passes(20)
    assert hand.told() == [OPEN]

    hand.fails(times=3)
    assert hand.told() == [OPEN, OPEN]
    assert note(hand) == "resolved by the receiver itself at 2026-01-01 00:00:10 UTC, still failing"


@pytest.mark.parametrize("reason", [None, Reason.OVERLOAD])
def test_what_we_do_not_see_bad_is_not_said_again(reason: Reason | None) -> None:
    hand = report(outage(), "resolved").attempt("login", reason).passes(7200)

    assert hand.told() == [OPEN]


def test_another_service_that_is_bad_says_nothing_of_this_one() -> None:
    hand = report(outage(), "resolved", key="hq/service/other").fails()

    assert hand.told() == [OPEN]


def test_a_check_that_is_only_suspect_is_no_cause_yet() -> None:
    configuration = paged(checks=(check("login"), check("inbox")))
    hand = report(Hand(configuration).start().works("inbox").fails("login"), "resolved")

    assert hand.fails("inbox", times=1).told() == [OPEN]
    assert hand.fails("inbox", times=1).told() == [OPEN, OPEN]


def test_what_was_answered_is_in_dispute_no_more() -> None:
    hand = report(outage(), "resolved")
    assert hand.engine.book.disputed == {KEY}

    assert hand.fails(times=1).engine.book.disputed == set()


def test_it_is_acknowledged_again_where_a_person_had_acknowledged_it() -> None:
    hand = report(outage(), "acknowledged", person=True)
    for _ in range(2):
        report(hand.passes(100), "resolved").fails(times=1)
        report(hand, "acknowledged")  # ours, told back to us

    assert hand.told() == [OPEN, OPEN, ACKNOWLEDGE, OPEN, ACKNOWLEDGE]


def test_an_acknowledgement_that_was_taken_back_is_not_repeated() -> None:
    hand = report(outage(), "acknowledged", person=True).passes(100)
    report(hand, "unacknowledged").passes(100)
    report(hand, "resolved").fails(times=1)

    assert hand.told() == [OPEN, OPEN]
    assert hand.engine.book.open[KEY].acknowledged_at is not None


def test_what_no_check_watches_is_said_again_after_a_minute() -> None:
    hand = Hand(paged()).start().blinded().passes(200)
    key = next(key for key in hand.engine.book.open if key.startswith("hq/monitor/blind"))
    closed_at = hand.now
    before = hand.told()
    report(hand, "resolved", key=key).passes(3600)

    assert hand.told() == [*before, ("open", key.removeprefix("hq/"))]
    assert hand.intents[-1].created_at == closed_at + 60_000


# --- resolved by a person


def test_a_person_is_believed_for_half_an_hour_and_contradicted_once() -> None:
    hand = outage()
    closed_at = hand.now
    report(hand, "resolved", person=True).fails(times=10).passes(7200)

    assert hand.told() == [OPEN, OPEN]
    assert hand.intents[-1].created_at == closed_at + HOLD
    assert note(hand) == "resolved by hand at 2026-01-01 00:00:10 UTC, still failing"


def test_the_note_is_for_that_message_alone() -> None:
    hand = report(outage(), "resolved", person=True).passes(1800).works()

    assert note(hand) is None
    assert hand.told()[-1] == RESOLVE


def test_whoever_resolves_it_twice_is_contradicted_twice() -> None:
    hand = report(outage(), "resolved", person=True).passes(2000)
    second = hand.now
    report(hand, "resolved", person=True).passes(7200)

    assert hand.told() == [OPEN] * 3
    assert hand.intents[-1].created_at == second + HOLD


def test_what_a_person_resolved_is_not_acknowledged_again() -> None:
    hand = report(outage(), "acknowledged", person=True).passes(100)
    report(hand, "resolved", person=True).passes(1800)
    report(hand.passes(100), "resolved").fails(times=1)

    assert hand.told() == [OPEN, OPEN, OPEN]


def test_after_the_hold_what_we_cannot_see_waits_until_we_see_it_bad() -> None:
    hand = report(outage(), "resolved", person=True).attempt("login", Reason.OVERLOAD).passes(7200)
    assert hand.told() == [OPEN]

    assert hand.fails(times=1).told() == [OPEN, OPEN]


def test_what_recovers_within_the_hold_is_resolved_and_never_said_again() -> None:
    hand = report(outage(), "resolved", person=True).works().passes(7200)

    assert hand.told() == [OPEN, RESOLVE]


def test_what_is_opened_again_there_needs_no_answer() -> None:
    hand = report(outage(), "resolved", person=True).passes(100)
    report(hand, "reopened", person=True).fails().passes(7200)

    assert hand.told() == [OPEN]


def test_a_clock_ahead_of_ours_does_not_prolong_the_hold() -> None:
    hand = outage()
    closed_at = hand.now
    report(hand, "resolved", person=True, at=closed_at + 86_400_000).passes(7200)

    assert hand.intents[-1].created_at == closed_at + HOLD


# --- what changes nothing


@pytest.mark.parametrize(
    "strange", [{"key": "hq/service/nowhere"}, {"receiver": "chat"}, {"at": 1_767_225_600_000}]
)
def test_what_is_not_ours_or_of_an_earlier_episode_changes_nothing(strange: dict[str, Any]) -> None:
    hand = report(outage(), "resolved", **strange)

    assert hand.decisions[-1][1].rows == []
    assert hand.fails().told() == [OPEN]


def test_a_report_that_comes_twice_or_late_changes_nothing() -> None:
    hand = outage()
    closed_at = hand.now
    report(hand, "resolved", at=closed_at).fails(times=1)
    for _ in range(2):
        report(hand, "resolved", at=closed_at)
        assert hand.decisions[-1][1].rows == []
        hand.fails()

    report(hand, "acknowledged", person=True).passes(10)
    report(hand, "resolved", at=closed_at + 1).fails()
    assert hand.told() == [OPEN, OPEN]


def test_no_report_changes_what_we_hold_true() -> None:
    hand = outage()
    before = hand.engine.services["sso"].state
    report(hand, "resolved", person=True)

    assert hand.engine.services["sso"].state is before
    assert hand.open() == ["service/sso"]


def test_a_receiver_that_cannot_be_told_is_not_waited_for() -> None:
    hand = report(outage(), "resolved", person=True)
    gone = restarted(hand, replace(hand.engine.configuration, receivers={})).start().fails(times=1)
    off = restarted(hand, paged(off="routing_key is not set")).start().fails(times=1)

    assert gone.passes(7200).told() == off.passes(7200).told() == []


# --- over two lives


def test_a_hold_survives_a_restart_and_the_start_does_not_cut_it_short() -> None:
    hand = outage()
    closed_at = hand.now
    report(hand, "resolved", person=True)
    second = restarted(hand).start()
    assert second.told() == []

    second.fails(times=1).passes(7200)
    assert second.told() == [OPEN]
    assert second.intents[0].created_at == closed_at + HOLD


def test_what_was_said_again_stays_said_after_a_restart() -> None:
    hand = report(outage(), "resolved").fails(times=1)
    second = restarted(hand).start().fails(times=2)

    assert second.told() == [OPEN]  # of the start, as for every open incident


def test_an_incident_written_before_reports_were_heard_is_read() -> None:
    row = outage().engine.book.open[KEY].row()
    said = json.loads(row.document)
    del said["heard"]

    assert Incident.of(replace(row, document=json.dumps(said))).heard == {}


# --- updates


def test_no_update_goes_to_whoever_holds_it_for_resolved() -> None:
    hand, decision = outage(), Decision()
    incident = replace(
        hand.engine.book.open[KEY],
        heard={"pager": Heard("resolved", hand.now), "chat": Heard("acknowledged", hand.now)},
    )
    Book().say(incident, Action.UPDATE, ["pager", "chat"], hand.engine.configuration, hand.now, decision)

    assert [intent.receiver for intent in decision.intents] == ["chat"]
