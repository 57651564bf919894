import asyncio
import socket
from collections.abc import Iterator

import pytest

from probes.net.datagram import LARGEST, ask_once, has_way
from probes.net.resolve import Address
from probes.result import Reason
from probes.tools import Failed
from tests.probes.asking import sockets, tools

NOWHERE = Address(socket.AF_INET, "255.255.255.255", 9)  # to all: the kernel lets nobody who has not asked to


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        yield sock


def at(sock: socket.socket) -> Address:
    return Address(socket.AF_INET, "127.0.0.1", sock.getsockname()[1])


async def answered(server: socket.socket, answer: bytes) -> tuple[bytes, bytes]:
    """Ask, answer; give what was heard on either side."""
    asking = asyncio.create_task(ask_once(tools(), [at(server)], b"how are you"))
    heard, client = await asyncio.get_running_loop().sock_recvfrom(server, 100)
    server.sendto(answer, client)
    return heard, await asking


@pytest.mark.parametrize("size", [0, 5, LARGEST])
async def test_one_datagram_there_and_one_back(server: socket.socket, size: int) -> None:
    assert await answered(server, b"x" * size) == (b"how are you", b"x" * size)


async def test_a_port_where_nobody_listens_refuses(server: socket.socket) -> None:
    address = at(server)
    server.close()
    with pytest.raises(Failed) as failed:
        await ask_once(tools(), [address], b"x")

    assert failed.value.reason is Reason.CONNECT_REFUSED
    assert failed.value.detail == f"{address}: Connection refused"


async def test_a_stranger_is_not_heard(server: socket.socket) -> None:
    asking = asyncio.create_task(ask_once(tools(), [at(server)], b"x"))
    _, client = await asyncio.get_running_loop().sock_recvfrom(server, 100)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(b"I am the server", client)
    server.sendto(b"no, me", client)

    assert await asking == b"no, me"


async def test_an_address_to_which_there_is_no_way_is_passed_over(server: socket.socket) -> None:
    asking = asyncio.create_task(ask_once(tools(), [NOWHERE, at(server)], b"x"))
    _, client = await asyncio.get_running_loop().sock_recvfrom(server, 100)
    server.sendto(b"here", client)

    assert await asking == b"here"


async def test_no_way_at_all_is_unreachable() -> None:
    with pytest.raises(Failed) as failed:
        await ask_once(tools(), [NOWHERE], b"x")

    assert failed.value.reason is Reason.CONNECT_UNREACHABLE


async def test_an_attempt_cut_short_leaves_no_socket(server: socket.socket) -> None:
    before = sockets()
    asking = asyncio.create_task(ask_once(tools(), [at(server)], b"x"))
    await asyncio.get_running_loop().sock_recvfrom(server, 100)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    assert sockets() == before


@pytest.mark.parametrize(("ip", "has"), [("127.0.0.1", True), ("255.255.255.255", False)])
def test_our_kernel_knows_whether_there_is_a_way(ip: str, has: bool) -> None:
    before = sockets()

    assert has_way(ip) is has
    assert sockets() == before


class Flooded(socket.socket):
    """A socket at which there is always one more datagram."""

    def recv(self, _: int, __: int = 0) -> bytes:
        return b"x"


async def test_a_flood_of_what_is_not_wanted_does_not_keep_time_from_running_out(
    server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("probes.net.datagram.socket.socket", Flooded)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await ask_once(tools(), [at(server)], b"x", wanted=lambda _: False)
