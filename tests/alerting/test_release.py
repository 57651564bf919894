import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from alerting.events import Decision
from alerting.intent import Intent
from alerting.release import Release
from store import file
from store.file import Store
from store.writer import Listener, Writer
from tests.alerting.hand import START, made
from tests.alerting.intents import intent
from tests.simulation.stage import passes
from tests.simulation.virtualloop import run
from tests.simulation.world import clock


class Disk(Writer):
    """A writer whose disk may stand still: then what is handed over waits, and nobody is told why."""

    still = False

    def flush(self) -> None:
        if not self.still:
            super().flush()


class Desk:
    """A release on a store in memory. `sent` is what left, with when and whether its row was stored then."""

    def __init__(self) -> None:
        self.store: Store = file.open(file.MEMORY, "a test", START)
        self.sent: list[tuple[float, str, bool, bool]] = []  # seconds, id, stored, marked as unstored
        self.told: list[tuple[float, str]] = []
        self.writes: list[float] = []
        listener = Listener(
            on_trouble=lambda detail: self.release.trouble(detail),
            on_recovered=lambda: self.release.recovered(),
            on_write=self.writes.append,
        )
        self.disk = Disk(self.store, listener, clock=clock().time)
        self.release = Release(self.disk, self._send, self._failing, self._back)

    def decide(self, *numbers: int) -> None:
        intents = [intent(n=number) for number in numbers]
        self.release.decide(Decision(rows=[each.row() for each in intents], intents=intents))

    def readonly(self, on: bool) -> None:
        """Let the database refuse what is written, or take it again."""
        self.store.connection.execute(f"PRAGMA query_only = {int(on)}")

    def stored(self, table: str) -> int:
        count: int = self.store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return count

    @property
    def out(self) -> list[tuple[float, int, bool]]:
        """What was sent: when, its number, whether marked."""
        return [(at, int(id.rpartition(":")[2]), marked) for at, id, _, marked in self.sent]

    def _send(self, intents: Sequence[Intent]) -> None:
        for each in intents:
            found = self.store.connection.execute("SELECT count(*) FROM intents WHERE id = ?", (each.id,))
            self.sent.append((clock().time(), each.id, bool(found.fetchone()[0]), each.unstored))

    def _failing(self, detail: str) -> None:
        self.told.append((clock().time(), detail))

    def _back(self) -> None:
        self.told.append((clock().time(), "back"))


def at_desk(scene: Any) -> Desk:
    """Play a scene at a desk, on virtual time."""

    async def play() -> Desk:
        desk = Desk()
        await scene(desk)
        desk.release.close()
        return desk

    desk = run(play())
    assert desk is not None
    return desk


def test_a_message_leaves_when_its_decision_is_stored() -> None:
    async def scene(desk: Desk) -> None:
        desk.decide(1, 2)

    assert [sent[2:] for sent in at_desk(scene).sent] == [(True, False)] * 2


def test_a_decision_waits_for_its_store_before_anything_leaves() -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.still = True
        desk.decide(1)
        await passes(9)
        assert desk.sent == []
        desk.disk.still = False
        desk.disk.flush()

    assert at_desk(scene).out == [(9.0, 1, False)]


def test_after_ten_seconds_it_leaves_from_memory_and_says_so() -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.still = True
        desk.decide(1)
        await passes(5)
        desk.decide(2)
        await passes(20)

    desk = at_desk(scene)
    assert desk.out == [(10.0, 1, True), (15.0, 2, True)]
    assert [at for at, _ in desk.told] == [10.0]
    assert "does not answer" in desk.told[0][1]


def test_while_the_store_is_known_to_fail_nothing_waits() -> None:
    async def scene(desk: Desk) -> None:
        desk.readonly(True)
        desk.decide(1)
        await passes(30)
        desk.decide(2)
        await passes(1)

    desk = at_desk(scene)
    assert desk.out == [(10.0, 1, True), (30.0, 2, True)]
    assert "readonly" in desk.told[0][1]


def test_what_was_sent_from_memory_is_stored_in_the_end_and_not_sent_again() -> None:
    async def scene(desk: Desk) -> None:
        desk.readonly(True)
        desk.decide(1)
        await passes(30)
        desk.readonly(False)
        desk.disk.flush()
        await passes(30)

    desk = at_desk(scene)
    assert desk.out == [(10.0, 1, True)]
    assert desk.stored("intents") == 1
    assert desk.told[-1] == (30.0, "back")


def test_after_the_store_is_back_messages_wait_for_it_again() -> None:
    async def scene(desk: Desk) -> None:
        desk.readonly(True)
        desk.decide(1)
        await passes(30)
        desk.readonly(False)
        desk.disk.flush()
        desk.disk.still = True
        desk.decide(2)
        await passes(15)

    desk = at_desk(scene)
    assert desk.out == [(10.0, 1, True), (40.0, 2, True)]
    assert [detail == "back" for _, detail in desk.told] == [False, True, False]


def test_a_store_that_was_merely_slow_is_back_when_it_has_answered() -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.still = True
        desk.decide(1)
        await passes(12)
        desk.disk.still = False
        desk.disk.flush()
        desk.decide(2)

    desk = at_desk(scene)
    assert desk.told[1:] == [(12.0, "back")]
    assert desk.out == [(10.0, 1, True), (12.0, 2, False)]


def test_trouble_of_ten_seconds_is_told_although_nobody_decides() -> None:
    async def scene(desk: Desk) -> None:
        desk.readonly(True)
        desk.release.put([made("login", START)])
        await passes(20)

    assert [at for at, _ in at_desk(scene).told] == [11.0]


def test_trouble_that_passes_is_told_to_nobody() -> None:
    async def scene(desk: Desk) -> None:
        desk.readonly(True)
        desk.decide(1)
        await passes(9)
        desk.readonly(False)
        desk.disk.flush()
        await passes(30)

    desk = at_desk(scene)
    assert desk.told == []
    assert desk.out == [(9.0, 1, False)]


def test_results_of_a_second_are_written_together() -> None:
    async def scene(desk: Desk) -> None:
        for number in range(10):
            desk.release.decide(Decision(rows=[made("login", START + number)]))
            await passes(0.09)
        assert desk.stored("results") == 0
        await passes(0.11)
        assert desk.stored("results") == 10

    assert len(at_desk(scene).writes) == 1


def test_a_decision_takes_the_results_before_it_along() -> None:
    async def scene(desk: Desk) -> None:
        desk.release.decide(Decision(rows=[made("login", START)]))
        desk.decide(1)

    desk = at_desk(scene)
    assert (desk.stored("results"), desk.stored("intents"), len(desk.writes)) == (1, 1, 1)


def test_a_decision_without_rows_writes_nothing() -> None:
    async def scene(desk: Desk) -> None:
        desk.release.decide(Decision())
        await passes(5)

    assert at_desk(scene).writes == []


def test_a_mark_waits_until_it_is_stored() -> None:
    async def scene(desk: Desk) -> None:
        desk.decide(1)
        await desk.release.mark(intent(n=1), START)

    tried = "intents WHERE tried_at IS NOT NULL"
    assert at_desk(scene).stored(tried) == 1


def test_a_mark_does_not_wait_for_a_store_that_is_known_to_fail() -> None:
    async def scene(desk: Desk) -> None:
        desk.readonly(True)
        desk.decide(1)
        await passes(11)
        await desk.release.mark(intent(n=1), START)
        assert clock().time() == 11.0
        desk.readonly(False)
        desk.disk.flush()

    assert at_desk(scene).stored("intents WHERE tried_at IS NOT NULL") == 1


def test_after_the_end_nothing_leaves_any_more() -> None:
    async def scene(desk: Desk) -> None:
        desk.readonly(True)
        desk.decide(1)
        desk.release.close()
        await passes(60)

    desk = at_desk(scene)
    assert desk.sent == []
    assert desk.told == []


@pytest.mark.parametrize("seconds", [0.0, 9.0])
def test_a_message_given_up_by_whoever_waits_for_its_mark_hurts_nobody(seconds: float) -> None:
    async def scene(desk: Desk) -> None:
        desk.disk.still = True
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(seconds):
                await desk.release.mark(intent(n=1), START)
        desk.disk.still = False
        desk.disk.flush()

    assert len(at_desk(scene).writes) == 1
