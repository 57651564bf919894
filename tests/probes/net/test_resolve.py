import asyncio
import socket
import threading

import pytest

from probes.net.resolve import Address, resolve
from probes.result import Reason
from probes.tools import Failed
from tests.fakes.dns import AAAA, NOERROR, NXDOMAIN, REFUSED, SERVFAIL, A, name_server
from tests.probes.asking import sockets, tools


async def test_a_name_becomes_its_addresses() -> None:
    async with name_server() as server:
        found = await resolve(tools(), "a.example.org", 443, [server.address])

    assert found == (Address(socket.AF_INET, "127.0.0.1", 443),)


async def test_every_look_up_asks_anew() -> None:
    async with name_server() as server:
        for _ in range(5):
            await resolve(tools(), "a.example.org", 443, [server.address])

    assert (server.asked.count(A), server.asked.count(AAAA)) == (5, 5)


@pytest.mark.parametrize("literal", ["192.0.2.7", "2001:db8::7"])
async def test_an_address_is_its_own_and_nobody_is_asked(literal: str) -> None:
    async with name_server() as server:
        (found,) = await resolve(tools(), literal, 1, [server.address])

    assert (found.ip, server.asked) == (literal, [])


async def test_localhost_comes_from_the_hosts_file() -> None:
    async with name_server(NXDOMAIN) as server:
        found = await resolve(tools(), "localhost", 80, [server.address])

    assert "127.0.0.1:80" in map(str, found)
    assert server.asked == []


@pytest.mark.parametrize(
    ("code", "known", "reason"),
    [
        (NXDOMAIN, False, Reason.DNS_NXDOMAIN),
        (NOERROR, False, Reason.DNS_NXDOMAIN),
        (SERVFAIL, False, Reason.DNS_FAILURE),
        (REFUSED, False, Reason.DNS_FAILURE),
    ],
)
async def test_an_answer_without_an_address_says_why(code: int, known: bool, reason: Reason) -> None:
    async with name_server(code, known) as server:
        with pytest.raises(Failed) as failed:
            await resolve(tools(), "a.example.org", 443, [server.address])

    assert failed.value.reason is reason
    assert "a.example.org" in failed.value.detail


async def test_no_name_server_at_all_is_a_failure() -> None:
    async with name_server() as server:
        pass
    with pytest.raises(Failed) as failed:
        await resolve(tools(), "a.example.org", 443, [server.address])

    assert failed.value.reason is Reason.DNS_FAILURE


async def test_a_name_server_that_is_silent_runs_out_of_time_for_dns() -> None:
    hands = tools()
    async with name_server(None) as server:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await resolve(hands, "a.example.org", 443, [server.address])

    assert (hands.timeout_reason, hands.doing) == (Reason.DNS_FAILURE, "resolve")
    assert len(server.asked) == 2


async def test_a_look_up_cut_short_leaves_no_socket() -> None:
    async with name_server(None) as server:
        before = sockets()
        task = asyncio.create_task(resolve(tools(), "a.example.org", 443, [server.address]))
        await server.heard.wait()
        during = sockets()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

        assert (during > before, sockets()) == (True, before)


async def test_no_thread_is_started_for_a_look_up() -> None:
    async with name_server() as server:
        await resolve(tools(), "a.example.org", 443, [server.address])
        before = threading.active_count()
        await asyncio.gather(*(resolve(tools(), f"{n}.example.org", 1, [server.address]) for n in range(50)))

        assert threading.active_count() == before
