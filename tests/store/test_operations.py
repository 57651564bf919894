import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from store import file, operations, reader
from store.errors import NewerStore, StoreError
from store.file import Store
from store.rows import Memory, Operation
from store.writer import Listener, Writer
from tests.store.samples import NOW, good

Child = Callable[..., subprocess.Popen[str]]
APPEND = """
import sys
from store import operations
print(operations.append(sys.argv[1], "silence.add", "silence-1", "{}", "anna", 7))
"""


def silence(place: Path, subject: str = "silence-1", author: str = "anna") -> int:
    return operations.append(place, "silence.add", subject, '{"a": 1}', author, NOW)


def test_what_is_written_comes_back_in_order_with_its_serial(place: Path, store: Store) -> None:
    serials = [silence(place, f"silence-{number}") for number in range(3)]

    read = list(reader.operations(store.connection, after=serials[0]))

    assert serials == [1, 2, 3]
    assert read[0] == Operation(2, NOW, "anna", "silence.add", "silence-1", '{"a": 1}')
    assert [each.subject for each in read] == ["silence-1", "silence-2"]


def test_nobody_known_is_nobody(place: Path, store: Store) -> None:
    silence(place, author="")

    assert store.connection.execute("SELECT author FROM operations").fetchone() == (None,)
    assert next(reader.operations(store.connection)).author == ""


def test_a_letter_that_is_none_does_not_cost_the_operation(place: Path, store: Store) -> None:
    silence(place, author="ann\udce4")

    assert next(reader.operations(store.connection)).author == "ann?"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE operations SET document = '{}'",
        "DELETE FROM operations",
        "INSERT OR REPLACE INTO operations VALUES (1, 0, NULL, 'silence.remove', 'silence-1', '{}')",
    ],
)
def test_nothing_that_was_written_is_ever_changed(place: Path, store: Store, statement: str) -> None:
    silence(place)
    before = list(reader.operations(store.connection))

    with pytest.raises(sqlite3.IntegrityError, match="never"):
        store.connection.execute(statement)

    assert list(reader.operations(store.connection)) == before


def test_another_process_appends_while_the_daemon_holds_the_lock(
    place: Path, store: Store, child: Child
) -> None:
    said, _ = child(APPEND, place).communicate(timeout=60)
    Writer(store).put([good(NOW)], urgent=True)

    assert said == "1\n"
    assert next(reader.operations(store.connection)).author == "anna"
    assert reader.last_result_at(store.connection) == NOW


def test_a_store_that_nobody_runs_is_written_too(place: Path) -> None:
    file.open(place, "a test", NOW).close()

    assert silence(place) == 1


def test_what_is_refused_within_leaves_nothing_behind(place: Path, store: Store) -> None:
    def thought_better_of() -> None:
        with operations.writing(place) as log:
            log.append(Operation(None, NOW, "", "silence.add", "silence-1", "{}"))
            raise KeyError

    with pytest.raises(KeyError):
        thought_better_of()

    assert not list(reader.operations(store.connection))
    silence(place)


def test_nobody_else_writes_between_what_is_read_and_what_is_written(
    place: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "WAIT", 0.01)

    with operations.writing(place), pytest.raises(StoreError, match=r"by another process for .* try again"):
        silence(place)

    assert not list(reader.operations(store.connection))


def test_the_daemon_loses_nothing_while_a_command_holds_the_file(place: Path, store: Store) -> None:
    troubles: list[str] = []
    writer = Writer(store, Listener(on_trouble=troubles.append))
    store.connection.execute("PRAGMA busy_timeout = 1")
    with operations.writing(place) as log:
        log.append(Operation(None, NOW, "", "silence.add", "silence-1", "{}"))
        writer.put([Memory("a", "1")], urgent=True)
        assert (writer.waiting, len(troubles)) == (1, 1)

    writer.flush()

    assert writer.failing_since is None
    assert reader.memory(store.connection) == {"a": "1"}
    assert len(list(reader.operations(store.connection))) == 1


def test_a_missing_store_is_not_made(place: Path) -> None:
    with pytest.raises(StoreError, match="there is no store at"):
        silence(place)
    assert not place.exists()


@pytest.mark.parametrize(("version", "error"), [(7, NewerStore), (1, StoreError)])
def test_another_schema_is_refused(place: Path, store: Store, version: int, error: type) -> None:
    store.connection.execute(f"PRAGMA user_version = {version}")

    with pytest.raises(error, match=f"schema {version}, this one"):
        silence(place)


def test_a_disk_without_room_is_named_with_the_remedy(place: Path, store: Store) -> None:
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]

    def too_much() -> None:
        with operations.writing(place) as log:
            log.connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()
            log.append(Operation(None, NOW, "", "silence.add", "silence-1", "x" * 100_000))

    with pytest.raises(StoreError, match=r"is full.*nothing was changed: the disk needs room"):
        too_much()
    assert silence(place) == 1


def test_a_store_of_the_first_schema_gets_the_log_and_keeps_the_rest(place: Path) -> None:
    first = (resources.files("store") / "schema" / "0001.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(place)) as old:
        old.executescript(f"{first} PRAGMA user_version = 1; INSERT INTO memory VALUES ('a', '1');")

    with file.open(place, "a test", NOW) as opened:
        silence(place)
        assert reader.memory(opened.connection) == {"a": "1"}
        assert len(list(reader.operations(opened.connection))) == 1
