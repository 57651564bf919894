import asyncio
import time

import pytest

from tests.simulation.virtualloop import NEW_YEAR, Deadlock, VirtualLoop, run


async def seconds_now() -> float:
    return asyncio.get_running_loop().time()


def test_sleepers_wake_in_the_order_of_their_times_not_of_their_start() -> None:
    woken: list[tuple[int, float]] = []

    async def sleeper(seconds: int) -> None:
        await asyncio.sleep(seconds)
        woken.append((seconds, await seconds_now()))

    async def main() -> None:
        await asyncio.gather(*(sleeper(seconds) for seconds in (30, 10, 20)))

    run(main())

    assert woken == [(10, 10.0), (20, 20.0), (30, 30.0)]


def test_a_timeout_comes_at_its_instant() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2.5):
                await asyncio.sleep(60)
        return await seconds_now()

    assert run(main()) == 2.5


def test_a_task_group_ends_with_its_slowest_task() -> None:
    async def main() -> float:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(5))
            group.create_task(asyncio.sleep(86_400 * 3))
        return await seconds_now()

    assert run(main()) == 86_400 * 3


def test_a_failing_task_cancels_its_group_at_once() -> None:
    async def fail() -> None:
        await asyncio.sleep(1)
        raise LookupError

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(3600))
            group.create_task(fail())

    async def main() -> float:
        with pytest.raises(ExceptionGroup):
            await both()
        return await seconds_now()

    assert run(main()) == 1.0


def test_waiting_for_what_nobody_will_do_is_a_deadlock_that_names_the_waiter() -> None:
    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.Event().wait(), name="the one who waits")

    with pytest.raises(Deadlock) as caught:
        run(main())

    assert "the one who waits" in caught.value.__notes__[0]


def test_what_runs_for_ever_is_stopped_at_until() -> None:
    beats: list[float] = []

    async def for_ever() -> None:
        try:
            while True:
                beats.append(await seconds_now())
                await asyncio.sleep(60)
        finally:
            beats.append(-1.0)

    assert run(for_ever(), until=150) is None
    assert beats == [0.0, 60.0, 120.0, -1.0]


def test_what_ends_before_until_gives_its_value() -> None:
    assert run(asyncio.sleep(5, "done"), until=150) == "done"


def test_an_exception_of_the_coroutine_is_raised() -> None:
    async def main() -> None:
        await asyncio.sleep(1)
        raise LookupError("here")

    with pytest.raises(LookupError, match="here"):
        run(main())


def test_the_wall_clock_goes_with_the_loop() -> None:
    async def main() -> int:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        await asyncio.sleep(1.5)
        return loop.now()

    assert run(main()) == NEW_YEAR + 1500
    assert run(main(), began=0) == 1500


def test_a_callback_that_came_through_the_pipe_is_heard() -> None:
    async def main() -> str:
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        await asyncio.sleep(1)
        loop.call_soon_threadsafe(answer.set_result, "heard")
        return str(await answer)

    assert run(main()) == "heard"


def test_a_hundred_thousand_sleeps_cost_little() -> None:
    async def sleeper(offset: float) -> None:
        for _ in range(1_000):
            await asyncio.sleep(60 + offset)

    async def main() -> None:
        await asyncio.gather(*(sleeper(n / 100) for n in range(100)))

    before = time.process_time()
    run(main())

    assert time.process_time() - before < 10  # about one second; real time would be sixteen hours
