"""Whatever happens in whatever order: nothing raises, and what must always hold holds."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerting.events import Decision, ReloadRefused, StoreBack, StoreFailing, Strained, Swapped
from alerting.incident import Happening, Incident
from alerting.intent import Action, Intent
from checks.model import Configuration, Escalation, Hours, Maintenance, Route, Service
from probes.result import Outcome, Reason
from store.rows import IncidentRow, IntentRow
from tests.alerting.hand import (
    ADDRESSES,
    NAMES,
    Hand,
    alerting,
    check,
    company,
    receiver,
    restarted,
)
from tests.alerting.orders import Hold, holds_of

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


MINUTELY = Maintenance(  # of the wiki, from 00:03 on for a minute every seven
    name="rota",
    services=("wiki",),
    start=datetime(2026, 1, 1, 0, 3, tzinfo=UTC),
    duration=60.0,
    recurrence="FREQ=MINUTELY;INTERVAL=7",
)
EARLY = Hours(name="early", days=tuple(range(7)), begin=10, end=25)  # minutes after START
HAPPENINGS: tuple[Happening, ...] = ("acknowledged", "acknowledged", "unacknowledged", "resolved", "reopened")
MATCHES: tuple[dict[str, Any], ...] = (
    {"service": "sso"},
    {"name": "wiki"},
    {"tier": 2},
    {"scope": "monitor"},
    {"scope": "service"},
)


def whole() -> Configuration:
    """Three services, one of them told in hours alone; others hear of what nobody acknowledges."""
    names = {"pager": receiver("pager", info=False), "chat": receiver("chat"), "sms": receiver("sms")}
    next_ = (Escalation(after=120, receivers=("sms",)),)
    both = ("pager", "chat")
    routes = (
        Route(match={"tier": 2}, receivers=both, during="early", otherwise=("chat",), escalate=next_),
        Route(receivers=both, escalate=next_),
    )
    told = alerting(*routes, fallback="sms", hours={"early": EARLY}, acknowledge_expires=300.0, storm_limit=3)
    return company(*CHECKS, services=SERVICES, receivers=names, alerting=told, maintenance=(MINUTELY,))


class Step(NamedTuple):
    """Something that happens, whom it concerns, and the seconds after it."""

    what: str
    choice: int
    pause: float


OURS = ("mute", "hang", "strain", "store", "deliver", "restart", "reload", "refuse")
PEOPLES = ("silence", "silence", "maintain", "maintain", "remove", "report", "report")
WORDS = (*["attempt"] * 9, *OURS, *PEOPLES)
PAUSES = (0, 0.02, 1, 5, 5, 12, 45, 300)
STEPS = st.lists(
    st.builds(Step, st.sampled_from(WORDS), st.integers(0, 10_000), st.sampled_from(PAUSES)), max_size=40
)


HELD = ("silence", "silence", "maintain", "maintain", "remove", "restart", "reload")
OUTAGES = st.lists(  # in which holds begin and end, and little else happens
    st.builds(
        Step,
        st.sampled_from((*["fails"] * 7, "works", "works", *HELD)),
        st.integers(0, 10_000),
        st.sampled_from((0.02, 2, 5, 5, 5, 20, 45)),
    ),
    min_size=10,
    max_size=40,
)


def happens(hand: Hand, step: Step) -> Hand:
    """Let one step happen; a restart gives another hand."""
    choice = step.choice
    if step.what == "attempt":
        one = CHECKS[choice % len(CHECKS)].name
        hand.attempt(one, REASONS[choice // 7 % len(REASONS)], took=(0.25, 2.5, 10)[choice // 50 % 3])
    elif step.what in ("fails", "works"):
        one = CHECKS[choice % 5 % len(CHECKS)].name  # the first of them twice as often
        hand.attempt(one, Reason.HTTP_STATUS if step.what == "fails" else None)
    elif step.what == "restart":
        new = restarted(hand).start()
        new.decisions[:0] = hand.decisions
        return new
    elif step.what in PEOPLES:
        does(hand.passes(0.001), step)
    else:
        troubles(hand, step)
    return hand.passes(step.pause)


def troubles(hand: Hand, step: Step) -> None:
    """Let something happen to us."""
    choice = step.choice
    match step.what:
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
        case "reload":
            hand.hear(Swapped(whole()))
        case "refuse":
            hand.hear(ReloadRefused(f"line {choice % 2}"))


def does(hand: Hand, step: Step) -> None:
    """Let a person do something."""
    choice, called = step.choice, f"order-{len(hand.operations)}"
    seconds, later = (5, 20, 60, 600)[choice % 4], choice // 4
    match step.what:
        case "silence":
            hand.silenced(seconds, called, after=(0, 0, 30)[later % 3], **MATCHES[later // 3 % 5])
        case "maintain":
            name, dependents = list(SERVICES)[later % 3], bool(later // 3 % 2)
            hand.maintained(name, seconds=seconds, called=called, dependents=dependents)
        case "remove" if added := [each for each in hand.operations if each.what.endswith(".add")]:
            one = added[choice % len(added)]
            hand.ordered("silence.remove" if "silence" in one.what else "maintenance.remove", one.subject)
        case "report" if keys := sorted(hand.engine.book.open):
            key = keys[choice // 10 % len(keys)].removeprefix("hq/")
            what, name = HAPPENINGS[choice % 5], ("pager", "chat", "sms")[choice // 5 % 3]
            hand.reported(what, name, key, by_person=choice % 7 > 0)


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
        changes = [(each.key, each.episode, "opened") for each in decision.opened]
        changes += [(each.key, each.episode, "resolved") for each in decision.resolved]
        for key, episode, what in sorted(changes):  # one may take the place of another in a decision
            if what == "opened":
                assert key not in still
                assert episode == opened.get(key, 0) + 1
                opened[key] = episode
                still.add(key)
            else:
                assert episode == opened[key]
                still.remove(key)
    assert hand.engine.book.open.keys() == still


@settings(deadline=None, max_examples=150)
@given(STEPS)
def test_everyone_who_was_told_of_a_beginning_is_told_of_the_end_and_nobody_else(steps: list[Step]) -> None:
    told: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for intent in (intent for decision in decided(lived(steps)) for intent in decision.intents):
        if intent.action is Action.OPEN:
            told[intent.key, intent.episode].add(intent.receiver)
        elif intent.action in (Action.UPDATE, Action.ACKNOWLEDGE):
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
            assert incident.fault_at <= incident.opened_at <= at
            assert (incident.restored_at is None) is (incident.ended != "")
            if incident.restored_at is not None and incident.scope != "monitor":
                assert incident.fault_at < incident.restored_at <= at
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


def beginnings(hand: Hand) -> Iterator[tuple[int, Incident, Intent]]:
    """Give the first open of each episode, when it was decided, and the incident as it was then."""
    known: dict[tuple[str, int], Incident] = {}
    told: set[tuple[str, int]] = set()
    for at, decision in hand.decisions:
        for row in decision.rows:
            if isinstance(row, IncidentRow):
                known[row.key, row.episode] = Incident.of(row)
        for intent in decision.intents:
            place = (intent.key, intent.episode)
            if place not in told:
                assert intent.action is Action.OPEN
                told.add(place)
                yield at, known[place], intent


def holding(hand: Hand, incident: Incident) -> list[Hold]:
    """Give what holds an incident at some time, as people have ordered and the file declares it."""
    return [each for each in holds_of(hand, SERVICES, MINUTELY) if each.is_about(incident)]


@settings(deadline=None, max_examples=150)
@given(OUTAGES)
def test_what_is_held_and_was_not_announced_is_told_to_nobody_before_it_is_free(steps: list[Step]) -> None:
    hand = lived(steps)
    for at, incident, _ in beginnings(hand):
        assert not incident.held
        assert [each for each in holding(hand, incident) if each.is_on(at)] == []


TWICE_HELD = [  # a second hold comes and goes while it waits for a bad attempt after the first
    *[Step("works", 0, 5.0)] * 2,
    Step("silence", 0, 0.02),
    Step("fails", 0, 0.02),
    Step("remove", 0, 0.02),
    Step("fails", 0, 0.02),
    Step("silence", 0, 5.0),
    Step("fails", 0, 5.0),
]


@settings(deadline=None, max_examples=150)
@given(OUTAGES)
@example(TWICE_HELD)
def test_what_was_held_is_told_after_as_many_bad_attempts_as_confirm_begun_after_it(
    steps: list[Step],
) -> None:
    hand = lived(steps)
    for at, incident, _ in beginnings(hand):
        if incident.name not in ("sso", "wiki"):
            continue  # what depends on others may be told as information with them, at once
        ends = [each.end for each in holding(hand, incident) if each.was_on(incident.fault_at, at)]
        for one in (one for one in CHECKS if one.service == incident.name and ends):
            starts = {
                result.at
                for when, result in hand.recorded(one.name)
                if result.outcome is Outcome.BAD and max(ends) <= result.at and when <= at
            }
            assert len(starts) >= one.confirm


@settings(deadline=None, max_examples=100)
@given(STEPS)
def test_nobody_is_told_that_an_episode_begins_after_it_has_ended(steps: list[Step]) -> None:
    over: set[tuple[str, int]] = set()
    for decision in decided(lived(steps)):
        assert not {(each.key, each.episode) for each in decision.intents} & over
        over |= {(each.key, each.episode) for each in decision.resolved}
