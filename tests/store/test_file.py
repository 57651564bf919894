import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import file, reader
from store.errors import CorruptStore, NewerStore, StoreError
from store.writer import Writer
from tests.store.samples import NOW, good


@pytest.fixture
def filled(place: Path) -> bytes:
    with file.open(place, "a test", NOW) as opened:
        Writer(opened).put([good(NOW + n, phases={"connect": n / 7}) for n in range(2000)], urgent=True)
    return place.read_bytes()


@pytest.fixture
def forbidden(tmp_path: Path) -> Iterator[Path]:
    """A folder that this user may not write."""
    folder = tmp_path / "forbidden"
    folder.mkdir()
    folder.chmod(0o500)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield folder
    if root:
        os.seteuid(0)


def refused(place: Path) -> str:
    with pytest.raises(StoreError) as caught:
        file.open(place, "a test", NOW)
    return str(caught.value)


def pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_new_store_is_durable_and_knows_its_version(place: Path) -> None:
    with file.open(place, "a test", NOW) as opened:
        assert pragma(opened.connection, "journal_mode") == "wal"
        assert pragma(opened.connection, "synchronous") == 2
        assert pragma(opened.connection, "user_version") == file.latest_version()
        assert pragma(opened.connection, "application_id") == file.APPLICATION


def test_what_was_written_is_there_when_it_is_opened_again(place: Path, filled: bytes) -> None:
    with file.open(place, "a test", NOW) as opened:
        assert reader.last_result_at(opened.connection) == NOW + 1999


def test_a_store_in_memory_takes_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with file.open(":memory:", "a test", NOW), file.open(":memory:", "a test", NOW):
        assert list(tmp_path.iterdir()) == []


def test_a_damaged_page_puts_the_store_aside_whole(place: Path, filled: bytes) -> None:
    middle = len(filled) // 2 // 4096 * 4096
    damaged = filled[:middle] + b"\xff" * 4096 + filled[middle + 4096 :]
    place.write_bytes(damaged)
    with pytest.raises(
        CorruptStore, match=r"kept as .*; the next start begins with an empty store"
    ) as caught:
        file.open(place, "a test", NOW)
    assert caught.value.kept.name == "watchkeeper.db.corrupt-20260921T141320Z"
    assert caught.value.kept.read_bytes() == damaged
    assert not place.exists()


def test_a_damaged_header_puts_the_store_aside(place: Path, filled: bytes) -> None:
    place.write_bytes(filled[:16] + b"\xff" * 84 + filled[100:])
    with pytest.raises(CorruptStore):
        file.open(place, "a test", NOW)
    with file.open(place, "a test", NOW) as opened:
        assert reader.last_result_at(opened.connection) is None


def test_a_store_cut_short_is_put_aside(place: Path, filled: bytes) -> None:
    place.write_bytes(filled[: len(filled) // 2 // 4096 * 4096])
    with pytest.raises(CorruptStore):
        file.open(place, "a test", NOW)


def test_the_log_of_a_damaged_store_is_kept_beside_it(place: Path, filled: bytes) -> None:
    place.write_bytes(filled[:16] + b"\xff" * 84 + filled[100:])
    log = place.with_name("watchkeeper.db-wal")
    log.write_bytes(b"what was last written")
    with pytest.raises(CorruptStore) as caught:
        file.open(place, "a test", NOW)
    assert Path(f"{caught.value.kept}-wal").read_bytes() == b"what was last written"
    assert not log.exists()


def test_two_damaged_stores_of_one_second_are_both_kept(place: Path, filled: bytes) -> None:
    kept = []
    for mark in (b"\xff", b"\xfe"):
        place.write_bytes(filled[:16] + mark * 84 + filled[100:])
        with pytest.raises(CorruptStore) as caught:
            file.open(place, "a test", NOW)
        kept.append(caught.value.kept.read_bytes()[20:21])
    assert kept == [b"\xff", b"\xfe"]


def test_a_newer_store_is_refused_and_left_as_it_is(place: Path, filled: bytes) -> None:
    connection = sqlite3.connect(place)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    before = place.read_bytes()
    with pytest.raises(NewerStore, match=r"newer Watchkeeper \(schema 7, this one knows 4\): install"):
        file.open(place, "a test", NOW)
    assert place.read_bytes() == before


def test_a_file_that_is_no_database_is_left_as_it_is(place: Path) -> None:
    place.write_text("version: 1\nchecks: {}\n")
    assert "is not an SQLite database, and was left as it is" in refused(place)
    assert place.read_text() == "version: 1\nchecks: {}\n"


def test_the_database_of_another_program_is_left_alone(place: Path) -> None:
    connection = sqlite3.connect(place)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = place.read_bytes()
    assert "another program's" in refused(place)
    assert place.read_bytes() == before


def test_a_log_without_its_store_is_not_thrown_away(place: Path) -> None:
    log = place.with_name("watchkeeper.db-wal")
    log.write_bytes(b"what was last written")
    assert "without its store" in refused(place)
    assert log.read_bytes() == b"what was last written"


def test_an_empty_file_becomes_a_store(place: Path) -> None:
    place.touch()
    with file.open(place, "a test", NOW) as opened:
        assert pragma(opened.connection, "user_version") == file.latest_version()


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path)


def test_a_missing_folder_is_named_with_the_remedy(tmp_path: Path) -> None:
    assert "No such file or directory" in refused(tmp_path / "missing" / "watchkeeper.db")


def test_a_folder_that_may_not_be_written_is_refused(forbidden: Path) -> None:
    assert "(Permission denied)" in refused(forbidden / "watchkeeper.db")


def test_a_file_that_can_only_be_read_is_refused_at_once(
    place: Path, filled: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect
    read_only = f"{place.as_uri()}?mode=ro"
    monkeypatch.setattr(
        sqlite3, "connect", lambda _, **options: connect(read_only, **options | {"uri": True})
    )
    assert "attempt to write a readonly database" in refused(place)


def test_a_migration_that_fails_leaves_nothing_behind(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_scripts", lambda: ["CREATE TABLE one (x); CREATE TABLE one (x);"])
    assert "table one already exists" in refused(place)
    monkeypatch.undo()
    with file.open(place, "a test", NOW) as opened:
        names = [name for (name,) in opened.connection.execute("SELECT name FROM sqlite_schema")]
    assert "one" not in names
    assert "results" in names


def test_a_refused_store_can_be_locked_by_the_next_one(place: Path) -> None:
    place.write_text("not a database at all")
    refused(place)
    place.unlink()
    with file.open(place, "a test", NOW) as opened:
        assert opened.lock
