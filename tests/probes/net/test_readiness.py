import asyncio
import gc
import select
import socket
import weakref
from collections.abc import Iterator

import pytest

from probes.net import readiness as subject
from probes.net.connect import connect
from probes.net.readiness import ByLoop, OwnEpoll, readiness
from probes.net.resolve import Address
from probes.net.stream import Plain
from tests.fakes.badhttp import says, serving
from tests.probes.asking import tools

WAYS = [ByLoop, *([OwnEpoll] if hasattr(select, "epoll") else [])]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type:
    """Let the test's own loop wait in one way."""
    monkeypatch.setattr(subject, "KIND", request.param)
    kind: type = request.param
    return kind


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    for sock in (ours, theirs):
        sock.setblocking(False)
    with ours, theirs:
        yield ours, theirs


async def test_there_is_one_for_a_loop(way: type) -> None:
    assert readiness() is readiness()
    assert isinstance(readiness(), way)


async def test_an_exchange_is_the_same_either_way(way: type) -> None:
    async with serving(says(b"x" * 300_000)) as port:
        stream = await connect(tools(), [Address(socket.AF_INET, "127.0.0.1", port)])
        await stream.write_all(b"\r\n\r\n")
        received = b""
        while data := await stream.read_some():
            received += data
        stream.close()

    assert len(received) == 300_000


async def test_what_comes_before_anybody_waits_is_not_lost(
    way: type, pair: tuple[socket.socket, socket.socket]
) -> None:
    stream = Plain.watched(pair[0])
    pair[1].send(b"early")
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert await stream.read_some() == b"early"


async def test_a_wait_that_is_called_off_leaves_the_next_one_alone(
    way: type, pair: tuple[socket.socket, socket.socket]
) -> None:
    stream = Plain.watched(pair[0])
    reading = asyncio.create_task(stream.read_some())
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    again = asyncio.create_task(stream.read_some())
    await asyncio.sleep(0)
    pair[1].send(b"x")

    assert await again == b"x"


async def test_a_descriptor_that_is_used_again_is_another_socket(way: type) -> None:
    async with serving(says(b"x")) as port:
        address = Address(socket.AF_INET, "127.0.0.1", port)
        for _ in range(5):  # the kernel gives the same number each time
            stream = await connect(tools(), [address])
            await stream.write_all(b"\r\n\r\n")
            assert await stream.read_some() == b"x"
            stream.close()


def test_a_loop_that_is_gone_is_not_kept(way: type) -> None:
    async def uses() -> None:
        readiness()

    loop = asyncio.new_event_loop()
    loop.run_until_complete(uses())
    gone = weakref.ref(loop)
    loop.close()
    del loop
    gc.collect()

    assert gone() is None
