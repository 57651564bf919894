"""The store is read beside the daemon: never by many at once, and never by the loop itself."""

import asyncio
import threading
from contextlib import closing
from pathlib import Path

import pytest

from probes.result import Reason
from store import reader
from store.errors import StoreError
from tests.web.recorded import Recorded
from web import past
from web.listings import place_of_incident
from web.past import AT_ONCE, Past

FOREVER = 1 << 50  # ms


async def test_only_a_few_read_at_once_and_the_loop_reads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, most, threads = 0, 0, set[int]()

    def slowly(path: str) -> object:
        nonlocal inside, most
        inside, most = inside + 1, max(most, inside + 1)
        threads.add(threading.get_ident())
        try:
            threading.Event().wait(0.01)
            return reader.open_reader(path)
        finally:
            inside -= 1

    with closing(Recorded(tmp_path / "x.db").store):
        monkeypatch.setattr(past, "open_reader", slowly)
        store = Past(str(tmp_path / "x.db"))
        await asyncio.gather(*(store.results("login", 0, FOREVER, None, 1) for _ in range(8)))

    assert most == AT_ONCE
    assert threading.get_ident() not in threads


async def test_what_is_open_is_not_over(tmp_path: Path) -> None:
    told = Recorded(tmp_path / "x.db")
    with closing(told.store):
        told.attempt("login", 0, Reason.RESET)
        assert await Past(str(told.place)).incidents(FOREVER, None, 9) == []


async def test_incidents_go_on_behind_a_place(tmp_path: Path) -> None:
    told = Recorded(tmp_path / "x.db")
    with closing(told.store):
        for hour in range(4):
            told.attempt("login", 3600 * hour, Reason.RESET)
            told.attempt("login", 3600 * hour + 20).attempt("login", 3600 * hour + 40)
        whole = await Past(str(told.place)).incidents(FOREVER, None, 99)
        rest = await Past(str(told.place)).incidents(FOREVER, place_of_incident(whole[0]), 99)

    assert len(whole) == 4
    assert rest == whole[1:]


async def test_what_the_database_says_is_a_trouble_of_the_store(tmp_path: Path) -> None:
    told = Recorded(tmp_path / "x.db")
    with closing(told.store):
        told.store.connection.execute("DROP TABLE incidents")
        with pytest.raises(StoreError, match=r"x\.db cannot be read: no such table"):
            await Past(str(told.place)).incidents(FOREVER, None, 1)
