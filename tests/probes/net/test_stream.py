import asyncio
import errno
import socket

import pytest

from probes.net.dial import dial
from probes.net.stream import Plain, broken
from probes.result import Reason
from probes.tools import Failed
from tests.fakes.badhttp import hang_up, reset, says, serving
from tests.probes.asking import tools

ASK = b"\r\n\r\n"


async def test_all_is_read_up_to_the_end() -> None:
    received = b""
    async with serving(says(b"x" * 300_000)) as port, dial(tools(), "127.0.0.1", port) as stream:
        await stream.write_all(ASK)
        while data := await stream.read_some():
            received += data

    assert len(received) == 300_000


async def test_the_end_is_nothing() -> None:
    async with serving(hang_up) as port, dial(tools(), "127.0.0.1", port) as stream:
        await stream.write_all(ASK)

        assert await stream.read_some() == b""


async def test_a_connection_that_is_broken_off_is_reset() -> None:
    async with serving(reset) as port, dial(tools(), "127.0.0.1", port) as stream:
        await stream.write_all(ASK)
        with pytest.raises(Failed) as failed:
            await stream.read_some()

    assert failed.value.reason is Reason.RESET
    assert failed.value.detail == "the connection was broken off: Connection reset by peer"


async def test_writing_to_who_has_left_is_reset() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.close()
    stream = Plain(ours)
    with pytest.raises(Failed) as failed:
        await stream.write_all(ASK)
    stream.close()

    assert failed.value.reason is Reason.RESET


async def test_much_is_written_to_a_slow_reader() -> None:
    ours, theirs = socket.socketpair()
    for sock in (ours, theirs):
        sock.setblocking(False)
    writer, reader = Plain.watched(ours), Plain.watched(theirs)
    writing = asyncio.create_task(writer.write_all(b"x" * 3_000_000))
    count = 0
    while count < 3_000_000:
        count += len(await reader.read_some())
    await writing
    writer.close()
    reader.close()

    assert count == 3_000_000


def test_a_connection_that_the_kernel_gave_up_is_no_answer() -> None:
    assert broken(OSError(errno.ETIMEDOUT, "timed out")).reason is Reason.RESPONSE_TIMEOUT


async def test_closing_twice_is_closing_once() -> None:
    ours, theirs = socket.socketpair()
    stream = Plain(ours)
    stream.close()
    stream.close()
    theirs.close()

    assert ours.fileno() == -1


async def test_who_floods_us_leaves_others_their_turn() -> None:
    ours, theirs = socket.socketpair()
    for sock in (ours, theirs):
        sock.setblocking(False)
    stream, turns = Plain.watched(ours), 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(others())
    await asyncio.sleep(0)
    before = turns
    for _ in range(100):  # bytes are always there: no read has to wait
        theirs.send(b"x")
        await stream.read_some()
    other.cancel()
    stream.close()
    theirs.close()

    assert turns - before >= 5
