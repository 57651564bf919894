import asyncio
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from probes.net.connect import connect
from probes.net.resolve import Address
from probes.result import Reason
from probes.tools import Failed
from tests.fakes.badhttp import serving, silence
from tests.probes.asking import sockets, tools
from tests.servers.nginx import free_port


def local(port: int, ip: str = "127.0.0.1") -> Address:
    return Address(socket.AF_INET6 if ":" in ip else socket.AF_INET, ip, port)


async def failure(*addresses: Address) -> Failed:
    with pytest.raises(Failed) as failed:
        await connect(tools(), addresses)
    return failed.value


@contextmanager
def deaf() -> Iterator[int]:
    """Listen, with a queue that is full, so that the kernel answers no further SYN."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for sock in (first, second):
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


async def test_a_port_where_nobody_listens_refuses() -> None:
    failed = await failure(local(port := free_port()))

    assert failed.reason is Reason.CONNECT_REFUSED
    assert failed.detail == f"127.0.0.1:{port}: Connection refused"


async def test_an_address_without_a_route_is_unreachable() -> None:
    # A multicast address takes no TCP, whatever routes there are.
    assert (await failure(local(80, "224.0.0.1"))).reason is Reason.CONNECT_UNREACHABLE


async def test_the_next_address_is_tried_where_one_fails() -> None:
    async with serving(silence) as port:
        (await connect(tools(), [local(free_port()), local(port)])).close()


async def test_a_refusal_tells_more_than_a_missing_route() -> None:
    assert (await failure(local(free_port()), local(80, "224.0.0.1"))).reason is Reason.CONNECT_REFUSED
    assert (await failure(local(80, "224.0.0.1"), local(free_port()))).reason is Reason.CONNECT_REFUSED


async def test_an_address_that_is_silent_runs_out_of_time_for_connecting() -> None:
    hands, before = tools(), sockets()
    with deaf() as port, pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await connect(hands, [local(port)])

    assert (hands.timeout_reason, hands.doing) == (Reason.CONNECT_TIMEOUT, "connect")
    assert sockets() == before


async def test_want_of_descriptors_is_our_own_fault() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        failed = await failure(local(80))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert failed.reason is Reason.OVERLOAD
    assert failed.detail.endswith(": Too many open files")


async def test_a_silent_address_holds_the_next_one_up_for_a_moment_only() -> None:
    before = sockets()
    with deaf() as port:
        async with serving(silence) as other:
            open_before = sockets()
            (await connect(hands := tools(), [local(port), local(other)])).close()
            assert hands.learned.phases["connect"] > 0.2
            await asyncio.sleep(0)
            assert sockets() == open_before + 1  # the server's end

    assert sockets() == before


async def test_while_several_are_silent_all_are_waited_for_and_none_is_left() -> None:
    before = sockets()
    with deaf() as port, pytest.raises(TimeoutError):
        async with asyncio.timeout(0.6):
            await connect(tools(), [local(port), local(port), local(port)])

    assert sockets() == before


async def test_a_late_refusal_does_not_end_the_wait_for_the_others() -> None:
    with deaf() as port, pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await connect(tools(), [local(port), local(free_port())])
