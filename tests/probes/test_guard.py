import asyncio
import time

from probes.guard import PERIOD, Block, LoopGuard, block, blocked_since
from tests.simulation import virtualloop

BLOCKS = [Block(20.0, 21.0), Block(10.0, 10.5)]


def test_a_beat_in_time_or_a_little_late_tells_of_no_block() -> None:
    assert block(5.0, 5.0) is None
    assert block(5.0, 5.1) is None


def test_a_late_beat_tells_of_a_block_since_the_beat_before() -> None:
    assert block(5.0, 5.5) == Block(5.0 - PERIOD, 5.5)


def test_blocks_add_up() -> None:
    assert blocked_since(BLOCKS, 0.0) == 1.5


def test_a_block_that_began_before_counts_in_part() -> None:
    assert blocked_since(BLOCKS, 20.75) == 0.25


def test_what_is_over_does_not_count() -> None:
    assert blocked_since(BLOCKS, 21.0) == 0


async def test_a_blocked_loop_is_noticed() -> None:
    lags: list[float] = []
    guard = LoopGuard(lags.append)
    guard.start()
    begun = asyncio.get_running_loop().time()
    time.sleep(0.3)  # noqa: ASYNC251 - to block is the point
    ending = guard.blocked_since(begun)
    await asyncio.sleep(0.01)
    guard.stop()

    assert ending > 0.29
    assert guard.blocked_since(begun) >= ending
    assert max(lags) > 0.24


async def test_a_guard_that_was_not_started_knows_of_no_block() -> None:
    assert LoopGuard().blocked_since(0.0) == 0


def test_time_that_jumps_is_no_block() -> None:
    lags: list[float] = []
    guard = LoopGuard(lags.append)

    async def day() -> None:
        guard.start()
        await asyncio.sleep(60)
        guard.stop()

    virtualloop.run(day())

    assert len(lags) >= 1199
    assert max(lags) < 1e-9
    assert guard.blocked_since(0.0) == 0
