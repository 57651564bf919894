import asyncio
from typing import Literal

import pytest

from checks.model import SelfCheck
from probes.clock import Clock
from probes.guard import LoopGuard
from probes.result import Outcome, Reason, Result
from probes.self_checks import ask_self
from tests.fakes.badhttp import serving, silence
from tests.servers.nginx import free_port


async def asked(action: Literal["resolve", "tcp"], target: str) -> Result:
    return await ask_self(SelfCheck(name="one", action=action, target=target), "hq", Clock(), LoopGuard())


async def test_a_name_that_resolves_is_good() -> None:
    result = await asked("resolve", "localhost")

    assert (result.check, result.site, result.outcome) == ("self/one", "hq", Outcome.GOOD)
    assert set(result.phases) == {"resolve"}


async def test_a_name_that_cannot_be_is_bad() -> None:
    result = await asked("resolve", "no..such..name")

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.DNS_NXDOMAIN)


async def test_an_address_that_takes_a_connection_is_good() -> None:
    async with serving(silence) as port:
        assert (await asked("tcp", f"127.0.0.1:{port}")).outcome is Outcome.GOOD


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_an_address_that_refuses_is_bad(host: str) -> None:
    result = await asked("tcp", f"{host}:{free_port()}")

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.CONNECT_REFUSED)


async def test_an_ipv6_address_stands_in_brackets() -> None:
    result = await asked("tcp", f"[::1]:{free_port()}")

    assert result.reason in (Reason.CONNECT_REFUSED, Reason.CONNECT_UNREACHABLE)  # not every machine has IPv6
    assert result.detail.startswith("[::1]:")


async def test_many_are_asked_at_once() -> None:
    async with serving(silence) as port:
        results = await asyncio.gather(*(asked("tcp", f"127.0.0.1:{port}") for _ in range(20)))

    assert {result.outcome for result in results} == {Outcome.GOOD}
