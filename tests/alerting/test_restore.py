from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from alerting import relearn
from alerting.relearn import learn, settle
from alerting.restore import Restored, restore, resume
from checks.model import Configuration, Objective
from probes.result import Outcome, Reason
from slo.judge import Judge
from slo.past import judged
from slo.state import State
from store import file
from store.file import Store
from store.operations import APPEND
from store.rows import Judged, Memory, Operation, Prune, Reclassified, Revised, Settled, Tried, Unjudged, What
from store.writer import Writer
from tests.alerting.hand import START, Hand, company, made

DAY = 86_400_000


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


def attempts(store: Store, *seconds: int, reason: Reason | None = None) -> None:
    writer = Writer(store)
    writer.put([made("login", START + 1000 * second, reason) for second in seconds], urgent=True)


def keep_judged(store: Store) -> None:
    """Write what has been judged of the check until now."""
    row = judged(restored(store).engine.judges["login"], 0)
    assert row is not None
    Writer(store).put([row], urgent=True)


def ups(store: Store) -> list[tuple[int, int, State]]:
    """Give the stretches of the check that are known, in seconds."""
    judge = restored(store).engine.judges["login"]
    known = judge.reading(START + 60_000).stretches(START, START + 60_000)
    return [((start - START) // 1000, (end - START) // 1000, state) for start, end, state in known]


def test_a_check_goes_on_from_where_it_was_kept_and_older_results_are_not_read(store: Store) -> None:
    attempts(store, 0, 10)
    keep_judged(store)
    store.connection.execute("UPDATE results SET outcome = 'bad', reason = 'reset'")
    attempts(store, 20)
    found = restored(store)

    assert ups(store) == [(0, 60, State.UP)]
    assert found.engine.judges["login"].outages == []
    assert found.kept == {"login": START + 10_000}


def test_a_late_result_lets_everything_be_judged_again(store: Store) -> None:
    attempts(store, 0, 40)
    keep_judged(store)
    attempts(store, 5, 10, 15, reason=Reason.RESET)

    assert ups(store) == [(0, 5, State.UP), (5, 60, State.DOWN)]
    assert restored(store).kept == {}


def test_what_was_judged_outlives_the_results(store: Store) -> None:
    attempts(store, 0, 10)
    keep_judged(store)
    Writer(store).put([Unjudged("login")], urgent=True)
    store.connection.execute("DELETE FROM results WHERE at = ?", (START,))

    assert ups(store) == [(0, 60, State.UP)]


def test_an_import_that_is_older_than_what_is_kept_takes_nothing_of_the_judged_past(store: Store) -> None:
    attempts(store, *range(0, 40_000, 10))
    keep_judged(store)
    known = restored(store).engine.judges["login"].totals(START, START + 36_000_000, START + DAY)
    Writer(store).put([Prune(START + 36_000_000, 0, 1 << 40)], urgent=True)
    Writer(store).put([made("login", START - DAY, Reason.RESET), Revised("login")], urgent=True)
    after = restored(store)

    assert after.engine.judges["login"].totals(START, START + 36_000_000, START + DAY) == known
    assert known.good == 36_000_000


def test_what_was_judged_of_results_that_changed_meanwhile_is_not_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts(store, *range(0, 4_000, 10))
    others = iter([made("login", START + 5_000 + number, Reason.RESET) for number in range(4)])

    def meanwhile(judge: Judge, since: int, revision: int) -> Judged | None:
        if result := next(others, None):  # another import, while this one judges
            Writer(store).put([result, Revised("login")], urgent=True)
        return judged(judge, since, revision)

    monkeypatch.setattr(relearn, "judged", meanwhile)
    settle(company(), store, START + DAY)

    assert restored(store).kept == {"login": START + 3_990_000}
    assert len(restored(store).engine.judges["login"].outages) == 1


def test_a_state_that_cannot_be_read_costs_nothing_but_time(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    attempts(store, 0, 10)
    keep_judged(store)
    store.connection.execute("UPDATE checkpoints SET state = '{}'")

    assert ups(store) == [(0, 60, State.UP)]
    assert "login cannot be read" in caplog.text


def counting() -> Configuration:
    objective = Objective(
        name="speed", target=Fraction(1, 2), window="1h", check="login", indicator="latency"
    )
    return replace(company(), objectives={"speed": replace(objective, faster_than=0.3)})


def test_attempts_are_counted_from_before_what_was_kept_and_after(store: Store) -> None:
    attempts(store, 0, 10, 20)
    keep_judged(store)
    attempts(store, 30, reason=Reason.RESET)
    (account,) = restore(counting(), store.connection, START + 60_000).engine.accounts.at(START + 60_000)

    assert account.figures is not None
    assert (account.figures.good, account.figures.bad) == (3, 1)


def test_attempts_of_long_ago_are_counted_where_that_is_asked_about(store: Store) -> None:
    days = 200
    attempts(store, *range(0, 3_600, 30), *range(days * 86_400, days * 86_400 + 3_600, 30))
    engine = restore(counting(), store.connection, START + 3_600_000).engine
    (then,), (later,) = (engine.accounts.at(START + at) for at in (3_600_000, days * DAY + 3_600_000))

    assert then.figures is not None
    assert later.figures is not None
    assert (then.figures.good, later.figures.good) == (120, 120)


def test_of_two_objectives_of_one_check_the_longer_window_is_counted_anew(store: Store) -> None:
    (speed,) = counting().objectives.values()
    both = {name: replace(speed, name=name, window=name) for name in ("90d", "1h")}
    attempts(store, *range(0, 3_600, 30))
    engine = restore(replace(company(), objectives=both), store.connection, START + 80 * DAY).engine
    judge = engine.judges["login"]
    learned = learn(judge.check, engine.accounts.counted(judge), store.connection, START + 80 * DAY)

    assert [each.totals(START, START + DAY).good for each in learned.attempts.values()] == [120]


def test_a_check_learned_anew_is_as_after_a_restart(store: Store) -> None:
    attempts(store, 0, 10, 20, 30, 40)
    keep_judged(store)
    attempts(store, 5, 6, 7, reason=Reason.RESET)
    engine = restore(counting(), store.connection, START + 60_000).engine
    before = engine.judges["login"]
    learned = learn(before.check, engine.accounts.counted(before), store.connection, START + 60_000)

    assert learned.judge.outages == before.outages
    assert [each.totals(0, START + DAY) for each in learned.attempts.values()] == [
        each.totals(0, START + DAY) for each in engine.accounts.counted(before)
    ]


@pytest.mark.parametrize("kept", [False, True])
def test_results_that_lie_ahead_make_a_new_life_deaf_to_nothing(store: Store, kept: bool) -> None:
    attempts(store, 0, 10)
    attempts(store, 5000, 5010)
    if kept:
        keep_judged(store)
    hand = Hand()
    hand.engine, hand.now = resume(company(), store, START + 60_000).engine, START + 60_000
    hand.start().fails()

    assert hand.told() == [("open", "service/sso")]
    assert ups(store) == [(0, 60, State.UP)]


def test_a_store_that_was_settled_has_nothing_left_to_judge_or_pack(store: Store) -> None:
    attempts(store, *range(0, 40_000, 10))
    before = ups(store)
    settle(company(), store, START + DAY)

    assert restored(store).kept["login"] == START + 39_990_000
    assert store.connection.execute("SELECT count(*) FROM results").fetchone() == (0,)
    assert ups(store) == before


def order(what: What, subject: str, serial: int) -> Operation:
    return Operation(serial, START, "jo", what, subject, "{}")


def test_orders_about_messages_that_nobody_has_carried_out_are_given(store: Store) -> None:
    keep(store, old := down())
    waiting = old.intent("open").id
    for what, subject in (("outbox.retry", "a"), ("outbox.drop", waiting), ("outbox.retry", "b")):
        store.connection.execute(APPEND, (START, "jo", what, subject, "{}"))
    Writer(store).put([Memory("outbox.orders", "1")], urgent=True)

    assert restored(store).orders == (order("outbox.drop", waiting, 2), order("outbox.retry", "b", 3))
