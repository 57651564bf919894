"""Whatever happens in whatever order: nothing raises, and what must always hold holds."""

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.events import Decision, StoreBack, StoreFailing, Strained
from alerting.intent import Action
from checks.model import Configuration, Route, Service
from probes.result import Outcome, Reason
from store.rows import IncidentRow, IntentRow
from tests.alerting.hand import ADDRESSES, NAMES, Hand, alerting, check, company, receiver, restarted

SERVICES = {
    "sso": Service(name="sso", tier=1),
    "email": Service(name="email", tier=2, depends_on=("sso",), up_when="any"),
    "wiki": Service(name="wiki", tier=3),
}
CHECKS = (
    check("login"),
    check("inbox", "email", confirm=1, recover=1),
    check("outbox", "email", host="192.0.2.7"),
    check("page", "wiki", network="internal"),
)
REASONS = (None, None, Reason.CONNECT_TIMEOUT, Reason.DNS_NXDOMAIN, Reason.HTTP_STATUS, Reason.OVERLOAD)


def whole() -> Configuration:
    names = {"pager": receiver("pager", info=False), "chat": receiver("chat"), "sms": receiver("sms")}
    routes = alerting(Route(receivers=("pager", "chat")), fallback="sms")
    return company(*CHECKS, services=SERVICES, receivers=names, alerting=routes)


class Step(NamedTuple):
    """Something that happens, whom it concerns, and the seconds after it."""

    what: str
    choice: int
    pause: float


WORDS = ("attempt", "attempt", "attempt", "attempt", "mute", "hang", "strain", "store", "deliver", "restart")
STEPS = st.lists(
    st.builds(Step, st.sampled_from(WORDS), st.integers(0, 10_000), st.sampled_from((0, 0.02, 1, 5, 12, 45))),
    max_size=40,
)


def happens(hand: Hand, step: Step) -> Hand:
    """Let one step happen; a restart gives another hand."""
    choice = step.choice
    match step.what:
        case "attempt":
            one = CHECKS[choice % len(CHECKS)].name
            hand.attempt(one, REASONS[choice // 7 % len(REASONS)], took=(0.25, 2.5, 10)[choice // 50 % 3])
        case "mute":
            hand.mute = (frozenset[str](), NAMES, ADDRESSES, ADDRESSES | NAMES)[choice % 4]
        case "hang":
            hand.hung = bool(choice % 2)
        case "strain":
            hand.strained(choice % 130) if choice % 5 == 0 else hand.hear(Strained())
        case "store":
            hand.hear(StoreFailing("full") if choice % 2 else StoreBack())
        case "deliver" if hand.intents:
            how = ("sent", "dead", "replaced", "fallback_due")[choice % 4]
            hand.delivered(hand.intents[choice // 4 % len(hand.intents)], how)
        case "restart":
            new = restarted(hand).start()
            new.decisions[:0] = hand.decisions
            return new
    return hand.passes(step.pause)


def lived(steps: list[Step]) -> Hand:
    hand = Hand(whole()).start()
    for step in steps:
        hand = happens(hand, step)
    return hand


def decided(hand: Hand) -> list[Decision]:
    return [decision for _, decision in hand.decisions]


@settings(deadline=None, max_examples=150)
@given(STEPS)
def test_episodes_open_once_one_after_another_and_resolve_after_that(steps: list[Step]) -> None:
    opened: dict[str, int] = {}
    still: set[str] = set()
    hand = lived(steps)
    for decision in decided(hand):
        for incident in decision.opened:
            assert incident.key not in still
            assert incident.episode == opened.get(incident.key, 0) + 1
            opened[incident.key] = incident.episode
            still.add(incident.key)
        for incident in decision.resolved:
            assert incident.episode == opened[incident.key]
            still.remove(incident.key)
    assert hand.engine.book.open.keys() == still


@settings(deadline=None, max_examples=150)
@given(STEPS)
def test_everyone_who_was_told_of_a_beginning_is_told_of_the_end_and_nobody_else(steps: list[Step]) -> None:
    told: dict[tuple[str, int], set[str]] = {}
    for intent in (intent for decision in decided(lived(steps)) for intent in decision.intents):
        if intent.action is Action.OPEN:
            told.setdefault((intent.key, intent.episode), set()).add(intent.receiver)
        elif intent.action is Action.UPDATE:
            assert intent.receiver in told[intent.key, intent.episode]
        else:
            told[intent.key, intent.episode].remove(intent.receiver)
    assert all(
        told[each.key, each.episode] == set()
        for decision in decided(lived(steps))
        for each in decision.resolved
    )


@settings(deadline=None, max_examples=100)
@given(STEPS)
def test_times_of_an_incident_are_in_their_order_and_its_messages_are_its_own(steps: list[Step]) -> None:
    seen: set[str] = set()
    for at, decision in lived(steps).decisions:
        for incident in decision.resolved:
            assert incident.restored_at is not None
            assert incident.fault_at <= incident.opened_at <= at
            assert incident.fault_at < incident.restored_at <= at or incident.scope == "monitor"
        ids = {intent.id for intent in decision.intents}
        assert len(ids) == len(decision.intents)
        assert not ids & seen
        seen |= ids


@settings(deadline=None, max_examples=100)
@given(STEPS)
def test_each_attempt_is_recorded_once_in_order_and_soon(steps: list[Step]) -> None:
    hand = lived([step for step in steps if step.what != "restart"]).passes(3)
    attempts = sum(1 for step in steps if step.what == "attempt")

    finals = [(at, result) for each in CHECKS for at, result in hand.recorded(each.name)]
    assert len(finals) == attempts
    assert all(result.ended <= at <= result.ended + 3000 for at, result in finals)
    for each in CHECKS:
        times = [result.at for _, result in hand.recorded(each.name)]
        assert times == sorted(times)


@settings(deadline=None, max_examples=100)
@given(STEPS)
def test_the_engine_never_asks_to_be_woken_in_the_past(steps: list[Step]) -> None:
    for at, decision in lived(steps).decisions:
        assert decision.wake is None or decision.wake > at


@settings(deadline=None, max_examples=50)
@given(STEPS)
def test_what_is_decided_is_what_is_written(steps: list[Step]) -> None:
    for decision in decided(lived(steps)):
        written = [row.id for row in decision.rows if isinstance(row, IntentRow)]
        assert written == [intent.id for intent in decision.intents]
        changed = {row.key for row in decision.rows if isinstance(row, IncidentRow)}
        assert changed >= {each.key for each in (*decision.opened, *decision.resolved)}


@settings(deadline=None, max_examples=50)
@given(STEPS)
def test_the_same_events_give_the_same_decisions(steps: list[Step]) -> None:
    one, other = lived(steps), lived(steps)

    assert one.decisions == other.decisions


@settings(deadline=None, max_examples=50)
@given(STEPS)
def test_blindness_is_always_unknown_and_what_is_not_good_says_why(steps: list[Step]) -> None:
    for decision in decided(lived(steps)):
        for result in decision.recorded:
            blind = result.reason is Reason.BLIND
            assert not blind or result.outcome is Outcome.UNKNOWN
            assert (result.detail == "") == (result.outcome is Outcome.GOOD)
