import itertools
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.result import Outcome, Reason, Result
from store import file, hours, reader
from store.errors import DamagedHour
from store.file import Store
from store.hours import HOUR
from store.packing import unpack
from store.rows import Judged, Pack, Reclassified, Row
from store.transaction import write
from store.writer import Writer
from tests.store.samples import NOW, bad, good

ALL = Pack(2**62, 10**6)
BEGIN = NOW // HOUR * HOUR
LATE = good(BEGIN + 5)


def results(store: Store) -> list[Result]:
    return list(reader.results_since(store.connection, -(2**63)))


def lying(store: Store) -> tuple[int, int]:
    """Count the results in rows, and those in packed hours."""
    count = "SELECT (SELECT count(*) FROM results), (SELECT coalesce(sum(count), 0) FROM hours)"
    in_rows, packed = store.connection.execute(count).fetchone()
    return in_rows, packed


def in_both(store: Store) -> int:
    both = "SELECT count(*) FROM hours JOIN results USING (source) WHERE at BETWEEN hour AND hour + 3599999"
    return int(store.connection.execute(both).fetchone()[0])


def damage(store: Store) -> None:
    store.connection.execute("UPDATE hours SET document = x'0123' WHERE hour = (SELECT min(hour) FROM hours)")


def checkpoints(store: Store) -> list[str]:
    return [
        name
        for (name,) in store.connection.execute("SELECT check_name FROM checkpoints ORDER BY check_name DESC")
    ]


def test_packed_results_come_back_in_order_among_those_in_rows(store: Store) -> None:
    told: list[Row] = [
        good(BEGIN, "sso", facts={"status_code": 200}),
        bad(BEGIN + 1, "mail", detail="“no”"),
        good(BEGIN + 2, "sso", site="lab", extra=True),
        good(BEGIN + HOUR, "sso"),
        good(BEGIN + HOUR, "mail"),
    ]
    write(store.connection, told)
    write(store.connection, [Pack(BEGIN + HOUR, 10)])
    assert (lying(store), results(store)) == ((2, 3), told)


def test_only_hours_that_are_over_are_packed_so_many_at_a_time_the_oldest_first(store: Store) -> None:
    writer = Writer(store)
    told = [good(BEGIN + hour * HOUR, check) for hour in range(3) for check in ("sso", "mail")]
    writer.put([*told, Pack(BEGIN + 2 * HOUR, 3)], urgent=True)
    packed = store.connection.execute("SELECT source, hour FROM hours ORDER BY hour, source").fetchall()
    assert packed == [(1, BEGIN), (2, BEGIN), (1, BEGIN + HOUR)]
    assert (writer.packed, writer.unpacked) == (3, True)
    writer.put([Pack(BEGIN + 2 * HOUR, 3)], urgent=True)
    assert (writer.packed, writer.unpacked, lying(store)) == (4, False, (2, 4))
    assert results(store) == told


def test_a_late_result_goes_into_its_packed_hour(store: Store) -> None:
    write(store.connection, [good(BEGIN), good(BEGIN + 9), ALL])
    said = write(store.connection, [LATE, good(BEGIN + 5, "mail"), good(BEGIN + HOUR)])
    assert (said.added, said.differing, lying(store)) == (3, [], (2, 3))
    assert [row.at - BEGIN for row in results(store)] == [0, 5, 5, 9, HOUR]


def test_the_first_recorded_stays_in_a_packed_hour_too(store: Store) -> None:
    write(store.connection, [good(BEGIN), good(BEGIN + 1), ALL])
    other = good(BEGIN + 1, took=0.5, evidence={"n": 1})
    said = write(store.connection, [good(BEGIN), other, good(BEGIN + 2), good(BEGIN + 2)])
    assert (said.added, said.differing) == (1, [other])
    assert results(store) == [good(BEGIN), good(BEGIN + 1), good(BEGIN + 2)]
    assert store.connection.execute("SELECT count(*) FROM evidence").fetchone() == (0,)


@pytest.mark.parametrize("packed", [[], [ALL]])
def test_other_words_for_the_same_attempt_do_not_differ(store: Store, packed: list[Row]) -> None:
    write(store.connection, [bad(BEGIN, phases={"tls": 0.1}, facts={"status": 503}), *packed])
    again = [bad(BEGIN, detail="other words"), bad(BEGIN, extra=True)]
    said = write(store.connection, again)
    assert (said.added, said.differing) == (0, again[1:])


def test_a_reclassified_result_means_something_else_in_a_packed_hour_too(store: Store) -> None:
    blind = Reclassified("sso", "hq", BEGIN, Outcome.UNKNOWN, Reason.BLIND)
    nobody = Reclassified("never asked", "hq", BEGIN, Outcome.UNKNOWN, Reason.BLIND)
    elsewhen = Reclassified("sso", "hq", BEGIN + 7, Outcome.UNKNOWN, Reason.BLIND)
    write(store.connection, [bad(BEGIN), bad(BEGIN + 1), ALL, blind, nobody, elsewhen])
    assert results(store) == [bad(BEGIN, outcome=Outcome.UNKNOWN, reason=Reason.BLIND), bad(BEGIN + 1)]


@pytest.mark.parametrize("packed", [[], [ALL]])
def test_a_new_result_before_the_checkpoint_of_its_check_deletes_it(store: Store, packed: list[Row]) -> None:
    until = BEGIN + 9
    judged = [Judged(check, BEGIN, until, (), (), (), "{}") for check in ("sso", "mail", "vpn")]
    write(store.connection, [good(until), good(until, "mail"), *packed, *judged])
    write(store.connection, [good(until), good(until + 1, "mail")])
    assert checkpoints(store) == ["vpn", "sso", "mail"]
    write(store.connection, [LATE, good(BEGIN + 2 * HOUR, "mail")])
    assert checkpoints(store) == ["vpn", "mail"]


def test_a_damaged_hour_is_left_out_and_told_once(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    write(store.connection, [good(BEGIN + hour * HOUR) for hour in range(3)])
    write(store.connection, [ALL])
    damage(store)
    for _ in range(2):
        assert results(store) == [good(BEGIN + HOUR), good(BEGIN + 2 * HOUR)]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "is left out: a packed hour of results cannot be read" in caplog.text


def test_what_comes_late_for_a_damaged_hour_takes_its_place(store: Store) -> None:
    write(store.connection, [good(BEGIN), good(BEGIN + HOUR), ALL])
    damage(store)
    blind = Reclassified("sso", "hq", BEGIN, Outcome.UNKNOWN, Reason.BLIND)
    write(store.connection, [blind, LATE, ALL])
    assert results(store) == [LATE, good(BEGIN + HOUR)]


def test_the_last_result_is_known_when_all_are_packed(store: Store) -> None:
    write(store.connection, [good(BEGIN + 7), good(BEGIN + 3, "mail"), ALL])
    assert reader.last_result_at(store.connection) == BEGIN + 7
    write(store.connection, [good(BEGIN + 9, "vpn")])
    assert reader.last_result_at(store.connection) == BEGIN + 9
    damage(store)
    assert reader.last_result_at(store.connection) == BEGIN + 9


some = st.builds(
    lambda at, check, site, took: good(BEGIN + at * (HOUR // 3), check, site=site, took=took),
    st.integers(-4, 8),
    st.sampled_from(["sso", "mail"]),
    st.sampled_from(["hq", "lab"]),
    st.sampled_from([0.25, 0.5]),
)
steps = st.lists(
    st.one_of(
        st.lists(some, max_size=6),
        st.builds(Pack, st.integers(-2, 4).map(lambda n: BEGIN + n * HOUR), st.integers(0, 9)),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(steps)
def test_whatever_is_packed_when_the_results_are_what_they_would_be_in_rows(
    steps: list[list[Result] | Pack],
) -> None:
    known: dict[tuple[str, str, int], Result] = {}
    with file.open(":memory:", "a test", NOW) as store:
        for step in steps:
            rows: list[Row] = [step] if isinstance(step, Pack) else [*step]
            said = write(store.connection, rows)
            before = len(known)
            for row in rows:
                if isinstance(row, Result):
                    known.setdefault((row.check, row.site, row.at), row)
            assert said.added == len(known) - before
            assert in_both(store) == 0
        read = results(store)
        assert {(row.check, row.site, row.at): row for row in read} == known
        assert [row.at for row in read] == sorted(row.at for row in known.values())
        assert sum(lying(store)) == len(known) == len(read)


def test_results_shuffled_and_twice_are_in_packed_hours_once(store: Store) -> None:
    told = [good(BEGIN + n * 30_000, check) for n in range(240) for check in ("sso", "mail")]
    shuffled = sorted(told, key=lambda row: (row.at * 7919) % 10_007)
    write(store.connection, [*shuffled[::2], ALL])
    said = [write(store.connection, batch).added for batch in (shuffled[:300], shuffled[300:], shuffled)]
    assert (sum(said), said[2]) == (240, 0)
    assert results(store) == sorted(told, key=lambda row: row.at)


def test_an_hour_that_is_packed_while_it_is_read_is_neither_missed_nor_seen_twice(
    place: Path, store: Store
) -> None:
    told = [good(BEGIN + n * HOUR // 2) for n in range(8)]
    write(store.connection, told)
    connection = reader.open_reader(place)
    reading = reader.results_since(connection, 0)
    first = list(itertools.islice(reading, 3))
    write(store.connection, [ALL])
    assert [*first, *reading] == told
    connection.close()


PACK_UNTIL_KILLED = """
import itertools, sys
from store import file
from store.rows import Pack
from store.transaction import write
from tests.store.samples import good
from tests.store.test_hours import BEGIN, HOUR
opened = file.open(sys.argv[1], "a test", 0)
for n in itertools.count():
    write(opened.connection, [good(BEGIN + n * 600_000 + m) for m in range(20)])
    write(opened.connection, [Pack(2**62, 3)])
    write(opened.connection, [good(BEGIN + n * 600_000 + 20), good(BEGIN + n * 600_000 + 1)])
    print(n, flush=True)
"""


def test_a_process_killed_while_it_packs_and_merges_leaves_each_result_once(
    place: Path, child: Callable[..., "Popen[str]"]
) -> None:
    process = child(PACK_UNTIL_KILLED, place)
    assert process.stdout
    for _ in range(60):
        process.stdout.readline()
    process.kill()
    whole = 60 + len(process.stdout.read().splitlines())
    with file.open(place, "a test", NOW) as opened:
        assert in_both(opened) == 0
        starts = [row.at - BEGIN for row in results(opened)]
        assert starts == sorted(set(starts))
        assert set(starts) >= {n * 600_000 + m for n in range(whole) for m in range(21)}
        assert len(starts) <= whole * 21 + 21


def test_a_transaction_that_fails_packs_nothing(store: Store) -> None:
    write(store.connection, [good(BEGIN)])
    store.connection.execute(
        "CREATE TRIGGER no BEFORE DELETE ON results BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    said = write(store.connection, [ALL])
    assert said.refused == [("Pack", sqlite3.IntegrityError.__name__)]
    assert (lying(store), results(store)) == ((1, 0), [good(BEGIN)])


def test_a_blob_is_what_the_codec_reads(store: Store) -> None:
    write(store.connection, [good(BEGIN), ALL])
    blob = hours.blob_of(store.connection, 1, BEGIN)
    assert blob is not None
    assert [row[0] for row in unpack(BEGIN, blob)] == [BEGIN]
    with pytest.raises(DamagedHour):
        unpack(BEGIN, blob[:-1])
