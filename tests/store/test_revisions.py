"""Whoever judged without having seen all results is not believed."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store import file, ledger, reader
from store.file import Store
from store.rows import Judged, Memory, Renamed, Revised, Row
from store.transaction import write
from store.writer import Writer
from tests.store.samples import NOW, full_disk, good

RENAMED = Renamed("login", "sso", "hq")


def judged(check: str = "sso", revision: int = 0, until: int = 10) -> Judged:
    return Judged(check, 0, until, ((0, until, "up"),), (), (until - 1,), f"at {until}", revision)


def revisions(store: Store) -> dict[str, int]:
    return ledger.revisions(store.connection)


def test_each_check_is_revised_on_its_own(store: Store) -> None:
    assert (revisions(store), ledger.revision_of(store.connection, "sso")) == ({}, 0)
    write(store.connection, [Revised("sso"), Revised("mail"), good(NOW), Revised("sso")])

    assert revisions(store) == {"sso": 2, "mail": 1}
    assert ledger.revision_of(store.connection, "sso") == 2
    assert ledger.revision_of(store.connection, "vpn") == 0


def test_what_was_judged_before_the_results_changed_is_not_kept(store: Store) -> None:
    write(store.connection, [judged(until=10)])
    before = ledger.judged(store.connection)
    said = write(store.connection, [Revised("sso"), good(NOW), judged(until=20), judged("mail")])

    assert said.stale == ["sso"]
    assert ledger.judged(store.connection, "sso") == before
    assert set(ledger.judged(store.connection)) == {"sso", "mail"}


@pytest.mark.parametrize("revision", [0, 1, 3])
def test_only_the_revision_of_now_is_taken(store: Store, revision: int) -> None:
    write(store.connection, [Revised("sso"), Revised("sso")])

    assert write(store.connection, [judged(revision=revision)]).stale == ["sso"]
    assert ledger.judged(store.connection) == {}
    assert write(store.connection, [judged(revision=2)]).stale == []
    assert ledger.judged(store.connection)["sso"].at == 10


def test_a_later_revision_leaves_what_was_written_before_it(store: Store) -> None:
    said = write(store.connection, [judged(), Revised("sso")])

    assert (said.stale, ledger.judged(store.connection)["sso"].at) == ([], 10)


def test_a_row_that_no_table_takes_beside_it_does_not_raise_it_twice(store: Store) -> None:
    broken = Memory("token", None)  # type: ignore[arg-type] # the bug
    said = write(store.connection, [Revised("sso"), judged(), broken])

    assert (said.stale, said.refused) == (["sso"], [("Memory", "IntegrityError")])
    assert revisions(store) == {"sso": 1}


def test_a_store_that_cannot_be_written_does_not_raise_it(store: Store) -> None:
    with full_disk(store), pytest.raises(sqlite3.OperationalError):
        write(store.connection, [Revised("sso"), *(good(n, detail="x" * 500) for n in range(2000))])

    assert revisions(store) == {}


def test_it_is_said_whose_judgement_is_not_kept(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    writer, told = Writer(store), []
    writer.put([Revised("sso"), judged(), judged("mail")], urgent=True, then=lambda: told.append("then"))

    assert caplog.record_tuples == [
        (
            "store.writer",
            logging.INFO,
            "what was judged of sso is not kept: its results have changed meanwhile",
        )
    ]
    assert (writer.refused, writer.duplicates, told) == (0, 0, ["then"])


def test_the_number_is_there_after_a_restart(place: Path) -> None:
    with file.open(place, "a test", NOW) as store:
        write(store.connection, [Revised("sso")])
    with file.open(place, "a test", NOW) as store:
        assert revisions(store) == {"sso": 1}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([good(NOW, "login")], {}),
        ([good(NOW, "login"), Revised("login"), Revised("login")], {"sso": 2}),
        # The new name was in use before: who judged it then is not believed now.
        ([good(NOW, "login"), Revised("login"), Revised("sso"), Revised("sso")], {"sso": 2}),
        ([good(NOW, "login"), good(NOW)], {"sso": 1}),
        ([good(NOW, "login"), good(NOW), Revised("login"), Revised("login"), Revised("sso")], {"sso": 3}),
        ([good(NOW, "login"), good(NOW), Revised("login"), Revised("sso"), Revised("sso")], {"sso": 3}),
        ([good(NOW, "login"), good(NOW, site="lab"), Revised("sso")], {"sso": 2}),
        # At one site of two: both names have half of what was one past.
        ([good(NOW, "login"), good(NOW, "login", site="lab"), Revised("login")], {"login": 2, "sso": 2}),
        ([Revised("login")], {"login": 1}),
        ([good(NOW, "login", site="lab")], {}),
    ],
)
def test_the_number_goes_along_with_a_new_name(
    store: Store, before: list[Row], after: dict[str, int]
) -> None:
    write(store.connection, [*before, Revised("mail")])
    for _ in range(2):
        write(store.connection, [RENAMED])
        assert revisions(store) == after | {"mail": 1}


def test_who_judged_under_the_old_name_goes_on_where_there_was_but_one_past(store: Store) -> None:
    write(store.connection, [good(NOW, "login"), Revised("login"), judged("login", 1), RENAMED])

    assert write(store.connection, [judged("sso", 1, 20)]).stale == []


@pytest.mark.parametrize("name", ["login", "sso"])
def test_who_judged_half_of_what_is_one_past_now_is_not_believed(store: Store, name: str) -> None:
    write(store.connection, [good(NOW, "login"), good(NOW), *[Revised("login")] * 2, Revised("sso")])
    read = ledger.revision_of(store.connection, name)
    write(store.connection, [RENAMED])

    assert write(store.connection, [judged("sso", read)]).stale == ["sso"]


def test_a_snapshot_shows_one_state_while_others_write(store: Store, place: Path) -> None:
    write(store.connection, [good(NOW)])
    with closing(reader.open_reader(place)) as connection:
        with reader.snapshot(connection):
            before = ledger.revision_of(connection, "sso")
            write(store.connection, [good(NOW + 1), Revised("sso")])
            assert list(reader.results_since(connection, 0)) == [good(NOW)]
            assert ledger.revision_of(connection, "sso") == before == 0
        assert len(list(reader.results_since(connection, 0))) == 2
        assert ledger.revision_of(connection, "sso") == 1


def fail_within(store: Store, first: str) -> None:
    with reader.snapshot(store.connection):
        store.connection.execute(first)
        raise ValueError("within")


@pytest.mark.parametrize("first", ["SELECT at FROM results", "ROLLBACK"])
def test_a_snapshot_ends_with_what_is_raised_within(store: Store, first: str) -> None:
    """Also where SQLite has rolled back on its own."""
    with pytest.raises(ValueError, match="within"):
        fail_within(store, first)

    assert not store.connection.in_transaction
    assert write(store.connection, [good(NOW)]).added == 1


def test_nothing_is_written_within_a_snapshot(store: Store) -> None:
    with reader.snapshot(store.connection), pytest.raises(sqlite3.OperationalError, match="transaction"):
        write(store.connection, [good(NOW)])

    assert list(reader.results_since(store.connection, 0)) == []


def test_what_was_judged_of_one_check_is_given_alone(store: Store) -> None:
    write(store.connection, [judged(check) for check in ("mail", "sso", "vpn")])
    every = ledger.judged(store.connection)

    assert set(every) == {"mail", "sso", "vpn"}
    assert ledger.judged(store.connection, "sso") == {"sso": every["sso"]}
    assert ledger.judged(store.connection, "login") == ledger.judged(store.connection, "") == {}


def test_what_was_judged_of_one_check_is_found_without_reading_that_of_others(store: Store) -> None:
    statements: list[str] = []
    store.connection.set_trace_callback(statements.append)
    ledger.judged(store.connection, "sso")
    ledger.revision_of(store.connection, "sso")
    store.connection.set_trace_callback(None)

    plans = [store.connection.execute(f"EXPLAIN QUERY PLAN {each}").fetchall() for each in statements]
    steps = [step for plan in plans for *_, step in plan]
    assert len(statements) == 5
    assert all(step.startswith("SEARCH") for step in steps), steps
