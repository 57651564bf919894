import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import backup, file, reader
from store.errors import StoreError
from store.file import Store
from store.rows import Memory, Pack
from store.transaction import write
from tests.store.samples import NOW, good

HOUR = 3_600_000


@pytest.fixture
def busy(store: Store) -> Iterator[Store]:
    """A store that a thread writes: transaction n brings ten results, its number, and packs an hour."""
    stop, begun = threading.Event(), threading.Event()

    def write_on() -> None:
        for n in itertools.count(1):
            if stop.is_set():
                break
            rows = [good(n * HOUR + m, detail="x" * 200) for m in range(10)]
            write(store.connection, [*rows, Memory("n", str(n)), Pack(2**62, 1)])
            if n == 20:
                begun.set()

    thread = threading.Thread(target=write_on)
    thread.start()
    begun.wait(20)
    yield store
    stop.set()
    thread.join()


def test_a_copy_made_while_the_store_is_written_is_whole_and_opens_as_a_store(
    busy: Store, place: Path, tmp_path: Path
) -> None:
    for n in range(5):
        target = tmp_path / f"copy {n}.db"
        backup.copy(place, target)
        with file.open(target, "a test", NOW) as copied:
            last = int(reader.memory(copied.connection)["n"])
            starts = [row.at for row in reader.results_since(copied.connection, 0)]
        assert last >= 20
        assert starts == [hour * HOUR + m for hour in range(1, last + 1) for m in range(10)]


def test_nothing_but_the_copy_is_left_and_it_may_be_read_by_whom_the_store_may(
    store: Store, place: Path, tmp_path: Path
) -> None:
    write(store.connection, [good(NOW)])
    place.chmod(0o640)
    folder = tmp_path / "copies"
    folder.mkdir()
    backup.copy(place, folder / "a.db")
    assert [left.name for left in folder.iterdir()] == ["a.db"]
    assert (folder / "a.db").stat().st_mode & 0o777 == 0o640


def test_what_is_there_already_is_refused_and_left(store: Store, place: Path, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("mine")
    with pytest.raises(
        StoreError, match="is there already, and was left as it is: give the copy another name"
    ):
        backup.copy(place, target)
    assert target.read_text() == "mine"


def test_a_folder_that_is_not_there_is_told(store: Store, place: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no copy was made at .*missing.* its folder must be there"):
        backup.copy(place, tmp_path / "missing" / "a.db")


def test_a_store_that_is_not_there_is_told_and_nothing_is_made(place: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store at"):
        backup.copy(place, tmp_path / "a.db")
    assert list(tmp_path.iterdir()) == []
