import asyncio
import socket

import pytest
from pycares import errno

from probes.net.lookup import Lookup, LookupFailed
from tests.fakes.dns import NXDOMAIN, A, name_server


async def test_addresses_are_given_with_their_family() -> None:
    async with name_server() as server:
        assert await Lookup([server.address]).addresses("a.example.org") == [(socket.AF_INET, "127.0.0.1")]


async def test_a_failure_keeps_the_code_of_c_ares() -> None:
    async with name_server(NXDOMAIN) as server:
        with pytest.raises(LookupFailed, match="not found") as failed:
            await Lookup([server.address]).addresses("a.example.org")

    assert failed.value.code == errno.ARES_ENOTFOUND


async def test_a_silent_name_server_is_passed_over_for_the_next() -> None:
    async with name_server(None) as silent, name_server() as server:
        found = await Lookup([silent.address, server.address]).addresses("a.example.org")

    assert found == [(socket.AF_INET, "127.0.0.1")]
    assert silent.asked


async def test_many_are_looked_up_at_once() -> None:
    async with name_server() as server:
        lookups = (Lookup([server.address]).addresses(f"{number}.example.org") for number in range(50))
        found = await asyncio.gather(*lookups)

    assert found == [[(socket.AF_INET, "127.0.0.1")]] * 50
    assert server.asked.count(A) == 50
