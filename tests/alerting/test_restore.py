from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from alerting.restore import Restored, restore
from checks.model import Objective
from probes.result import Outcome, Reason
from slo.state import State
from store import file
from store.file import Store
from store.operations import APPEND
from store.rows import Memory, Operation, Reclassified, Settled, Tried, What
from store.writer import Writer
from tests.alerting.hand import START, Hand, company, made

HOUR, DAY = 3_600_000, 86_400_000


@pytest.fixture
def store() -> Iterator[Store]:
    with file.open(file.MEMORY, "a test", START) as opened:
        yield opened


def keep(store: Store, hand: Hand) -> Hand:
    """Write all that a life has decided."""
    writer = Writer(store)
    for _, decision in hand.decisions:
        writer.put(decision.rows)
    writer.flush()
    return hand


def down() -> Hand:
    return Hand().start().passes(1).works(times=1).fails()


def restored(store: Store, after: int = 60_000) -> Restored:
    return restore(company(), store.connection, START + after)


def test_nothing_stored_is_a_beginning(store: Store) -> None:
    fresh = restored(store)

    assert fresh.queued == ()
    assert fresh.engine.book.open == {}
    assert fresh.engine.judges["login"].verdict is State.UNKNOWN


def test_states_are_as_the_results_left_them(store: Store) -> None:
    old = keep(store, down())

    judge = restored(store).engine.judges["login"]
    assert judge.verdict is State.DOWN
    assert judge.outages == old.engine.judges["login"].outages


def test_what_was_blindness_in_the_end_is_read_as_blindness(store: Store) -> None:
    writer = Writer(store)
    writer.put([made("login", START + at, Reason.CONNECT_TIMEOUT) for at in (0, 5000)])
    writer.put([Reclassified("login", "hq", START, Outcome.UNKNOWN, Reason.BLIND)])
    writer.flush()

    assert restored(store).engine.judges["login"].first_bad == START + 5000


def test_open_incidents_and_their_episodes_come_back(store: Store) -> None:
    old = keep(store, down().works().fails())
    book = restored(store).engine.book

    assert book.open == old.engine.book.open
    assert book.episodes == {"hq/service/sso": 2}


def test_a_resolved_incident_leaves_its_episode_alone(store: Store) -> None:
    keep(store, down().works())
    book = restored(store).engine.book

    assert book.open == {}
    assert book.episodes == {"hq/service/sso": 1}


def test_unsent_messages_come_back_in_order_with_whether_they_were_tried(store: Store) -> None:
    old = keep(store, down().works())
    opening, end = old.intents
    writer = Writer(store)
    writer.put([Tried(opening.id, START)])
    writer.flush()

    assert restored(store).queued == ((opening, True), (end, False))


def test_a_message_that_is_over_does_not_come_back(store: Store) -> None:
    old = keep(store, down().works())
    writer = Writer(store)
    writer.put([Settled(old.intents[0].id, START, "sent")])
    writer.flush()

    assert [intent for intent, _ in restored(store).queued] == [old.intents[1]]


def test_what_waits_to_be_sent_is_not_said_again_at_the_start(store: Store) -> None:
    keep(store, down())
    new = Hand()
    new.engine, new.now = restored(store).engine, START + 60_000

    assert new.start().intents == []
    assert new.works().told() == [("resolve", "service/sso")]


@pytest.mark.parametrize(("hours", "read"), [(23, True), (25, False)])
def test_a_day_of_results_is_read_where_no_objective_asks_for_more(
    store: Store, hours: int, read: bool
) -> None:
    writer = Writer(store)
    writer.put([made("login", START)])
    writer.flush()

    assert (restored(store, hours * HOUR).engine.judges["login"].last is not None) is read


@pytest.mark.parametrize(("days", "read"), [(27, True), (29, False)])
def test_results_are_read_as_far_as_the_longest_window(store: Store, days: int, read: bool) -> None:
    target = Fraction(999, 1000)
    windows = {
        name: Objective(name=name, target=target, window=name, services=("sso",)) for name in ("1d", "28d")
    }
    writer = Writer(store)
    writer.put([made("login", START)])
    writer.flush()
    said = replace(company(), objectives=windows)

    engine = restore(said, store.connection, START + days * DAY).engine
    assert (engine.judges["login"].last is not None) is read


def order(what: What, subject: str, serial: int) -> Operation:
    return Operation(serial, START, "jo", what, subject, "{}")


def test_orders_about_messages_that_nobody_has_carried_out_are_given(store: Store) -> None:
    keep(store, old := down())
    waiting = old.intent("open").id
    for what, subject in (("outbox.retry", "a"), ("outbox.drop", waiting), ("outbox.retry", "b")):
        store.connection.execute(APPEND, (START, "jo", what, subject, "{}"))
    Writer(store).put([Memory("outbox.orders", "1")], urgent=True)

    assert restored(store).orders == (order("outbox.drop", waiting, 2), order("outbox.retry", "b", 3))
