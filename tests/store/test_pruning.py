import logging
import random

import pytest

from store import ledger, pruning, reader
from store.file import Store, utc
from store.hours import HOUR
from store.ledger import Count
from store.pruning import used_bytes
from store.rows import IntentRow, Judged, Pack, Prune, Row, Settled, StoredOutage
from store.transaction import write
from store.writer import Writer
from tests.store.samples import NOW, bad, good, incident

BEGIN = NOW // HOUR * HOUR
ENOUGH = 2**40
PACKED = [Pack(2**62, 10**6)]


def starts(store: Store) -> list[int]:
    return [row.at - BEGIN for row in reader.results_since(store.connection, 0)]


def number(store: Store, table: str) -> int:
    return int(store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def letter(name: str, created_at: int, episode: int = 1) -> IntentRow:
    return IntentRow(name, "oncall", "hq/service/sso", episode, "open", "page", created_at, "{}")


@pytest.mark.parametrize("packed", [[], PACKED])
def test_an_hour_goes_when_it_ended_before_the_age(store: Store, packed: list[Row]) -> None:
    told = [good(BEGIN + at, check) for at in (0, HOUR - 1, HOUR, 2 * HOUR) for check in ("sso", "mail")]
    write(store.connection, [*told, *packed])
    write(store.connection, [Prune(BEGIN + HOUR - 1, 0, ENOUGH)])
    assert len(starts(store)) == 8
    write(store.connection, [Prune(BEGIN + 2 * HOUR - 1, 0, ENOUGH)])
    assert starts(store) == [HOUR, HOUR, 2 * HOUR, 2 * HOUR]
    write(store.connection, [Prune(BEGIN + 9 * HOUR, 0, ENOUGH)])
    assert starts(store) == []


@pytest.mark.parametrize("packed", [[], PACKED])
def test_grid_attempts_stay_counted(store: Store, packed: list[Row]) -> None:
    attempts = [
        good(BEGIN, took=0.1),
        good(BEGIN + 1, took=0.100_001),
        good(BEGIN + 2, took=0.05, extra=True),
        bad(BEGIN + 3, took=0.05),
    ]
    write(store.connection, [*attempts, *packed])
    write(store.connection, [Prune(BEGIN + HOUR, 0, ENOUGH, {"sso": (100, 200)})])
    assert ledger.counts_of(store.connection, "sso") == [Count(BEGIN, 2, 1, 0, {100: 1, 200: 2})]


def test_what_comes_again_and_is_pruned_again_is_not_counted_twice(store: Store) -> None:
    limits = {"sso": (300,)}
    for some in ([0, 1, 2], [0, 1, 2], [7]):
        write(store.connection, [good(BEGIN + at) for at in some])
        write(store.connection, [Prune(BEGIN + HOUR, 0, ENOUGH, limits)])
    assert ledger.counts_of(store.connection, "sso") == [Count(BEGIN, 3, 0, 0, {300: 3})]


def test_evidence_goes_with_its_results(store: Store) -> None:
    write(store.connection, [bad(BEGIN + at, evidence={"n": at}) for at in (0, HOUR)])
    write(store.connection, [Prune(BEGIN + HOUR, 0, ENOUGH)])
    assert store.connection.execute("SELECT at FROM evidence").fetchall() == [(BEGIN + HOUR,)]


@pytest.mark.parametrize("packed", [[], PACKED])
def test_a_store_too_large_loses_its_oldest_hours_and_not_its_newest(
    store: Store, packed: list[Row], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    chance = random.Random(1)
    told = [bad(BEGIN + n * 60_000, detail=chance.randbytes(200).hex()) for n in range(60 * 40)]
    writer = Writer(store)
    writer.put([*told, *packed], urgent=True)
    size = used_bytes(store.connection) * 2 // 3
    writer.put([Prune(0, 0, size)], urgent=True)
    left = starts(store)
    assert used_bytes(store.connection) <= size
    assert left[0] % HOUR == 0
    assert 60 * 10 < len(left) < 60 * 35
    assert writer.pruned == 60 * 40 - len(left)
    until = f"{utc(BEGIN + left[0]):%Y-%m-%dT%H:%M:%SZ}"
    why = "the store is larger than it may be"
    assert caplog.messages == [f"{writer.pruned} results from before {until} were deleted: {why}"]
    writer.put([Prune(0, 0, 1)], urgent=True)
    assert starts(store)[0] == 39 * HOUR


def test_one_row_does_a_bounded_part(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "GROUPS", 3)
    told = [good(BEGIN + hour * HOUR, check) for hour in range(2) for check in ("a", "b", "c", "d")]
    write(store.connection, told)
    order = Prune(BEGIN + 9 * HOUR, 0, ENOUGH)
    left = []
    for _ in range(4):
        said = write(store.connection, [order])
        left.append((len(starts(store)), sum(pruned.results for pruned in said.pruned)))
    assert left == [(5, 3), (2, 3), (0, 2), (0, 0)]


def test_a_damaged_hour_goes_too(store: Store) -> None:
    write(store.connection, [good(BEGIN), good(BEGIN + HOUR), *PACKED])
    store.connection.execute("UPDATE hours SET document = x'00'")
    write(store.connection, [Prune(BEGIN + HOUR, 0, ENOUGH)])
    assert number(store, "hours") == 1


def test_history_goes_when_it_ended_before_its_age(store: Store) -> None:
    stretches = ((0, 10, "up"), (10, 20, "down"), (20, 30, "up"))
    outages = tuple(StoredOutage(at, end, at, None, end) for at, end in ((10, 20), (15, 21), (22, None)))
    rows: list[Row] = [good(BEGIN), Judged("sso", 0, 30, stretches, outages, (19, 20), "{}")]
    write(store.connection, [*rows, Prune(0, 20, ENOUGH)])
    left = ledger.judged(store.connection)["sso"]
    assert (left.at, left.stretches) == (30, stretches[2:])
    assert [outage.start for outage in left.outages] == [15, 22]
    assert left.blips == (20,)


def test_counts_go_when_their_hour_ended_before_the_age_of_history(store: Store) -> None:
    write(store.connection, [good(BEGIN), good(BEGIN + HOUR), good(BEGIN + 2 * HOUR)])
    write(store.connection, [Prune(BEGIN + 2 * HOUR, BEGIN + HOUR, ENOUGH, {"sso": (300,)})])
    assert [count.hour for count in ledger.counts_of(store.connection, "sso")] == [BEGIN + HOUR]
    assert number(store, "fast") == 1


def test_incidents_go_when_they_were_over_before_but_the_latest_of_each_key(store: Store) -> None:
    rows = [incident(episode=n, resolved_at=NOW + n + 5 if n != 3 else None) for n in (1, 2, 3, 4)]
    write(store.connection, [*rows, Prune(0, NOW + 8, ENOUGH)])
    kept = store.connection.execute("SELECT episode FROM incidents ORDER BY episode").fetchall()
    assert kept == [(3,), (4,)]
    write(store.connection, [Prune(0, NOW + 999, ENOUGH)])
    kept = store.connection.execute("SELECT episode FROM incidents ORDER BY episode").fetchall()
    assert kept == [(3,), (4,)]


def test_messages_go_when_they_were_settled_before_and_their_incident_is_over(store: Store) -> None:
    incidents = [incident(episode=1, resolved_at=NOW + 2), incident(episode=2)]
    settled = [Settled(name, NOW + 3, "sent") for name in ("over", "open", "young")]
    letters = [letter("over", NOW), letter("waits", NOW), letter("open", NOW, 2), letter("young", NOW + 50)]
    write(store.connection, [*incidents, *letters, *settled, Prune(0, NOW + 40, ENOUGH)])
    kept = store.connection.execute("SELECT id FROM intents ORDER BY serial").fetchall()
    assert kept == [("waits",), ("open",), ("young",)]
    assert number(store, "incidents") == 2


def test_an_incident_with_a_message_that_waits_stays(store: Store) -> None:
    incidents = [incident(episode=n, resolved_at=NOW + 2) for n in (1, 2)]
    write(store.connection, [*incidents, letter("waits", NOW), Prune(0, NOW + 40, ENOUGH)])
    assert number(store, "incidents") == 2


@pytest.mark.parametrize("packed", [[], PACKED])
def test_it_is_known_until_when_results_were_pruned(store: Store, packed: list[Row]) -> None:
    assert ledger.pruned_until(store.connection) == 0
    told = [good(BEGIN + at, check) for at in (0, HOUR, 2 * HOUR) for check in ("sso", "mail")]
    write(store.connection, [*told, *packed, Prune(BEGIN + HOUR - 1, BEGIN, ENOUGH)])
    assert ledger.pruned_until(store.connection) == 0
    write(store.connection, [Prune(BEGIN + 2 * HOUR, BEGIN, ENOUGH)])
    assert ledger.pruned_until(store.connection) == BEGIN + 2 * HOUR


def test_older_results_that_come_and_go_again_do_not_lower_it(store: Store) -> None:
    write(store.connection, [good(BEGIN), Prune(BEGIN + HOUR, 0, ENOUGH)])
    write(store.connection, [good(BEGIN - 5 * HOUR), Prune(BEGIN + HOUR, 0, ENOUGH)])
    assert starts(store) == []
    assert ledger.pruned_until(store.connection) == BEGIN + HOUR


def test_it_is_known_also_of_a_store_that_was_too_large(store: Store) -> None:
    write(store.connection, [good(BEGIN + n * HOUR) for n in range(3)])
    write(store.connection, [Prune(BEGIN + HOUR, 0, 0)])
    assert starts(store) == [2 * HOUR]
    assert ledger.pruned_until(store.connection) == BEGIN + 2 * HOUR
