"""Commands that write, and a daemon's ear at the store."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from driver.operations import Ear, follow
from store import file
from store.file import Store
from store.operations import append
from store.reader import operations
from store.rows import Operation
from store.transaction import write
from tests.store.samples import NOW, good

SOON = 0.01


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "watchkeeper.db"


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    with file.open(place, "a test", NOW) as opened:
        yield opened


def silence(place: Path, number: int) -> None:
    append(place, "silence.add", f"silence-{number}", "{}", "anna", NOW)


class Heard(list[str]):
    """Keeps what was heard, and lets one wait until there is so much."""

    def __init__(self) -> None:
        super().__init__()
        self.news = asyncio.Event()
        self.bug = ""  # the subject that cannot be heard

    def __call__(self, operation: Operation) -> None:
        if operation.subject == self.bug:
            raise LookupError(self.bug)
        self.append(operation.subject)
        self.news.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self) < count:
                self.news.clear()
                await self.news.wait()


@asynccontextmanager
async def following(place: Path, after: int = 0) -> AsyncIterator[Heard]:
    heard = Heard()
    task = asyncio.create_task(follow(place, heard, after=after, every=SOON))
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.usefixtures("store")
async def test_each_operation_is_heard_once_and_in_order(place: Path) -> None:
    silence(place, 1)
    async with following(place) as heard:
        await heard.until(1)
        for number in (2, 3, 4):
            silence(place, number)
        await heard.until(4)
        await asyncio.sleep(5 * SOON)

    assert heard == ["silence-1", "silence-2", "silence-3", "silence-4"]


@pytest.mark.usefixtures("store")
async def test_what_was_known_at_the_start_is_not_heard_again(place: Path) -> None:
    silence(place, 1)
    async with following(place, after=1) as heard:
        silence(place, 2)
        await heard.until(1)

    assert heard == ["silence-2"]


@pytest.mark.usefixtures("store")
async def test_a_bug_with_one_operation_is_logged_and_no_reason_to_be_deaf_to_the_next(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with following(place) as heard:
        heard.bug = "silence-1"
        for number in (1, 2):
            silence(place, number)
        await heard.until(1)

    assert heard == ["silence-2"]
    (told,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert told.message == (
        "silence.add: silence-1 (serial 1) is not carried out, by a bug of ours: please report this"
    )
    assert told.exc_info
    assert isinstance(told.exc_info[1], LookupError)


async def test_a_store_in_memory_has_nobody_to_listen_to() -> None:
    await asyncio.wait_for(follow(None, Heard()), 20)


async def test_a_store_that_cannot_be_read_is_heard_later_and_complained_about_once(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with following(place) as heard:
        await asyncio.sleep(10 * SOON)
        with file.open(place, "a test", NOW):
            silence(place, 1)
            await heard.until(1)

    assert heard == ["silence-1"]
    assert sum("cannot be read, and is heard later" in record.message for record in caplog.records) == 1


def test_results_alone_tell_nothing_and_an_unchanged_file_is_not_read(
    place: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def counted(connection: sqlite3.Connection, after: int) -> Iterator[Operation]:
        asked.append(after)
        return operations(connection, after)

    monkeypatch.setattr("driver.operations.operations", counted)
    ear = Ear(place)
    silence(place, 1)

    assert [len(ear.look()) for _ in range(3)] == [1, 0, 0]
    write(store.connection, [good(NOW)])
    assert [len(ear.look()) for _ in range(2)] == [0, 0]
    assert asked == [0, 1]
    ear.close()


def test_listening_leaves_no_transaction_open(place: Path, store: Store) -> None:
    ear = Ear(place)
    silence(place, 1)
    assert len(ear.look()) == 1
    write(store.connection, [good(NOW)])

    busy, *_ = store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    assert busy == 0
    ear.close()
