import asyncio
import logging
import sqlite3
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.result import Result
from store import file, reader
from store.file import Store
from store.rows import Memory, Row
from store.writer import Listener, ThreadedWriter, Writer
from tests.store.samples import NOW, bad, full_disk, good, incident, intent

Child = Callable[..., subprocess.Popen[str]]


@pytest.fixture
async def threaded(store: Store) -> AsyncIterator[ThreadedWriter]:
    writer = ThreadedWriter(store, asyncio.get_running_loop())
    yield writer
    await asyncio.to_thread(writer.close, 0)


async def committed(writer: Writer, rows: Sequence[Row]) -> None:
    """Put rows, urgently, and wait until they are in the file."""
    done = asyncio.Event()
    writer.put(rows, urgent=True, then=done.set)
    await asyncio.wait_for(done.wait(), 20)


def starts(store: Store) -> list[int]:
    return [row.at for row in reader.results_since(store.connection, 0)]


def many(first: int, count: int) -> list[Result]:
    return [good(first + n, detail="x" * 500) for n in range(count)]


def test_rows_wait_until_they_are_flushed(store: Store) -> None:
    writer = Writer(store)
    writer.put([good(1)])
    assert (starts(store), writer.waiting) == ([], 1)
    writer.flush()
    assert (starts(store), writer.waiting) == ([1], 0)


def test_an_urgent_put_is_one_transaction_with_all_before_it(store: Store) -> None:
    statements: list[str] = []
    writer = Writer(store)
    writer.put([good(1)])
    writer.put([good(2)])
    store.connection.set_trace_callback(statements.append)
    writer.put([incident(), intent()], urgent=True)
    store.connection.set_trace_callback(None)
    assert [word for word in statements if word in ("BEGIN IMMEDIATE", "COMMIT")] == [
        "BEGIN IMMEDIATE",
        "COMMIT",
    ]
    assert starts(store) == [1, 2]
    assert list(reader.open_incidents(store.connection)) == [incident()]


def test_then_is_called_after_the_commit_in_order(store: Store) -> None:
    writer, seen = Writer(store), []
    writer.put([good(1)], then=lambda: seen.append(("first", starts(store), store.connection.in_transaction)))
    writer.put(
        [good(2)], then=lambda: seen.append(("second", starts(store), store.connection.in_transaction))
    )
    assert seen == []
    writer.flush()
    assert seen == [("first", [1, 2], False), ("second", [1, 2], False)]


def test_then_may_put_more(store: Store) -> None:
    writer = Writer(store)
    writer.put([good(1)], urgent=True, then=lambda: writer.put([good(2)], urgent=True))
    assert starts(store) == [1, 2]


def test_a_full_disk_loses_nothing_and_is_told_once(store: Store) -> None:
    told: list[str] = []
    listener = Listener(on_trouble=told.append, on_recovered=lambda: told.append("recovered"))
    writer = Writer(store, listener, clock=lambda: 7.0)
    with full_disk(store):
        writer.put(many(0, 100), urgent=True, then=lambda: told.append("then"))
        writer.put(many(100, 100), urgent=True)
        assert (starts(store), writer.failing_since, writer.waiting) == ([], 7.0, 2)
    writer.flush()
    assert starts(store) == list(range(200))
    assert writer.failing_since is None
    assert told == ["the store cannot be written: database or disk is full", "recovered", "then"]


def test_after_trouble_only_results_beyond_the_limit_are_missing(store: Store) -> None:
    writer = Writer(store, results_limit=50)
    with full_disk(store):
        for row in many(0, 100):
            writer.put([row])
        writer.put([intent()], urgent=True)
        writer.put(many(100, 1), urgent=True)
    writer.flush()
    assert (starts(store), writer.dropped) == (list(range(51, 101)), 51)
    assert list(reader.unsettled_intents(store.connection)) == [intent()]


def test_each_transaction_is_timed(store: Store) -> None:
    seconds: list[float] = []
    ticks = iter([10.0, 10.25, 20.0, 20.5])
    writer = Writer(store, Listener(on_write=seconds.append), clock=lambda: next(ticks))
    writer.put([good(1)], urgent=True)
    writer.put([good(2)], urgent=True)
    assert (seconds, writer.last_commit) == ([0.25, 0.5], 20.5)


rows = st.one_of(
    st.builds(good, st.integers(0, 3), st.sampled_from(["sso", "mail"])),
    st.builds(bad, st.integers(0, 3)),
    st.builds(Memory, st.sampled_from("ab"), st.text(max_size=3)),
    st.builds(incident, st.just("key"), st.integers(1, 2), st.none() | st.just(NOW)),
)
puts = st.lists(st.tuples(st.lists(rows, max_size=4), st.booleans(), st.booleans()), max_size=12)


@given(puts)
def test_any_puts_and_flushes_leave_what_applying_the_rows_in_order_leaves(
    puts: list[tuple[list[Row], bool, bool]],
) -> None:
    results: dict[tuple[str, int], Row] = {}
    memory: dict[str, str] = {}
    incidents: dict[int, Row] = {}
    with file.open(":memory:", "a test", NOW) as store:
        writer = Writer(store)
        for some, urgent, flush in puts:
            writer.put(some, urgent=urgent)
            if flush:
                writer.flush()
            for row in some:
                if isinstance(row, Result):
                    results.setdefault((row.check, row.at), row)
                elif isinstance(row, Memory):
                    memory[row.name] = row.value
                else:
                    incidents[getattr(row, "episode")] = row  # noqa: B009 – the one type that is left
        writer.flush()
        read = {(row.check, row.at): row for row in reader.results_since(store.connection, 0)}
        assert (read, reader.memory(store.connection)) == (results, memory)
        assert {row.episode: row for row in reader.recent_incidents(store.connection, 9)} == incidents


async def test_the_thread_writes_in_order_and_calls_back_in_the_loop(
    store: Store, threaded: ThreadedWriter
) -> None:
    here, seen = threading.current_thread(), []

    def note(n: int) -> None:
        seen.append((n, threading.current_thread() is here))

    for n in range(50):
        threaded.put([good(n)], then=partial(note, n))
    await committed(threaded, [good(50)])
    assert seen == [(n, True) for n in range(50)]
    assert starts(store) == list(range(51))


async def test_an_urgent_put_does_not_wait_for_the_second(threaded: ThreadedWriter) -> None:
    async with asyncio.timeout(5):  # ten waits for the second would be ten seconds
        for n in range(10):
            await committed(threaded, [good(n)])
    assert threaded.waiting == 0


async def test_results_are_in_the_file_within_a_second_or_so(threaded: ThreadedWriter) -> None:
    done = asyncio.Event()
    threaded.put([good(1)], then=done.set)
    await asyncio.wait_for(done.wait(), 5)
    assert done.is_set()


async def test_a_database_locked_for_a_while_is_written_when_it_is_free(place: Path, store: Store) -> None:
    troubled, recovered, done = asyncio.Event(), asyncio.Event(), asyncio.Event()
    listener = Listener(on_trouble=lambda _: troubled.set(), on_recovered=recovered.set)
    writer = ThreadedWriter(store, asyncio.get_running_loop(), listener)
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writer.put([good(1)], urgent=True, then=done.set)
    await asyncio.wait_for(troubled.wait(), 10)
    assert not done.is_set()
    other.execute("ROLLBACK")
    other.close()
    await asyncio.wait_for(asyncio.gather(recovered.wait(), done.wait()), 10)
    assert (await asyncio.to_thread(writer.close), starts(store)) == (0, [1])


async def test_closing_writes_what_waits_and_then_refuses(store: Store) -> None:
    writer = ThreadedWriter(store, asyncio.get_running_loop())
    writer.put(many(0, 10))
    assert await asyncio.to_thread(writer.close) == 0
    assert starts(store) == list(range(10))
    with pytest.raises(RuntimeError, match="closed"):
        writer.put([good(11)])


async def test_closing_gives_up_on_a_full_disk_and_says_what_is_missing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    writer = ThreadedWriter(store, asyncio.get_running_loop())
    with full_disk(store):
        writer.put(many(0, 100))
        assert await asyncio.to_thread(writer.close, 0.1) == 100
    assert caplog.record_tuples == [
        ("store.writer", logging.ERROR, "100 rows could not be written to the store before the end")
    ]


WRITE_UNTIL_KILLED = """
import itertools, sys
from store import file
from store.writer import Writer
from tests.store.samples import good, intent, incident
writer = Writer(file.open(sys.argv[1], "a test", 0))
for n in itertools.count():
    writer.put([good(n)])
    rows = [incident(episode=n), intent(str(n))]
    writer.put(rows, urgent=True, then=lambda: print(n, flush=True))
"""


def test_a_killed_process_leaves_all_it_acknowledged_and_nothing_half(place: Path, child: Child) -> None:
    process = child(WRITE_UNTIL_KILLED, place)
    assert process.stdout
    for _ in range(200):
        process.stdout.readline()
    process.kill()
    acknowledged = 200 + len(process.stdout.read().splitlines())
    with file.open(place, "a test", NOW) as opened:
        decided = len(list(reader.open_incidents(opened.connection)))
        assert acknowledged <= decided <= acknowledged + 1
        assert len(starts(opened)) == decided
        assert len(list(reader.unsettled_intents(opened.connection))) == decided


FILE_SIZE_LIMITED = """
import resource, sys
from store import file
from store.writer import Writer
from tests.store.samples import good
opened = file.open(sys.argv[1], "a test", 0)
writer = Writer(opened)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 18, resource.RLIM_INFINITY))
for n in range(2000):
    writer.put([good(n, detail="x" * 500)], urgent=n % 100 == 0)
print(writer.failing_since is not None, writer.waiting > 0)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer.flush()
print(writer.failing_since, writer.waiting)
opened.close()
"""


def test_a_file_that_the_system_lets_not_grow_is_written_when_it_may(place: Path, child: Child) -> None:
    said, _ = child(FILE_SIZE_LIMITED, place).communicate(timeout=60)
    assert said.splitlines() == ["True True", "None 0"]
    with file.open(place, "a test", NOW) as opened:
        assert starts(opened) == list(range(2000))
