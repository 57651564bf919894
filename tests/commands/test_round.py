import asyncio
from dataclasses import dataclass, field, replace
from typing import ClassVar

from checks.model import Check, Configuration, Limits, SelfCheck, Service
from commands.round import ask_each, look_around, narrowed
from probes.clock import Clock
from probes.result import Outcome, Reason
from probes.tools import Fact, Failed, Tools


@dataclass
class Crowd:
    """Counts how many are asked at once; lets them go when nobody else comes."""

    most: int = 0
    now: int = 0
    order: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asks:
    kind: ClassVar[str] = "asks"
    facts: ClassVar[tuple[Fact, ...]] = ()
    least_spacing: ClassVar[float] = 0.0

    crowd: Crowd
    reason: Reason | None = None

    def host(self) -> str:
        return ""

    async def ask(self, tools: Tools) -> None:  # noqa: ARG002 - the contract's arguments
        self.crowd.now += 1
        self.crowd.most = max(self.crowd.most, self.crowd.now)
        for _ in range(20):
            await asyncio.sleep(0)
        self.crowd.now -= 1
        if self.reason:
            raise Failed(self.reason, "as told")


def said(crowd: Crowd, count: int, *, host: str = "", reason: Reason | None = None) -> Configuration:
    probe = Asks(crowd, reason)
    checks = [Check(name=f"c{n}", kind="asks", probe=probe, service="web", host=host) for n in range(count)]
    return Configuration(
        checks={check.name: check for check in checks},
        services={"web": Service(name="web")},
        limits=Limits(in_flight=3, per_host=2),
    )


async def test_no_more_are_asked_at_once_than_the_limit_says() -> None:
    crowd = Crowd()
    configuration = said(crowd, 10)

    asked = await ask_each(configuration, [*configuration.checks], Clock(), look=True)

    assert (len(asked.results), crowd.most) == (10, 3)


async def test_one_host_is_asked_by_no_more_at_once_than_its_limit_says() -> None:
    crowd = Crowd()
    configuration = said(crowd, 10, host="a.example.org")

    await ask_each(configuration, [*configuration.checks], Clock(), look=True)

    assert crowd.most == 2


async def test_each_final_outcome_is_a_step_forward() -> None:
    steps: list[int] = []
    configuration = said(Crowd(), 4)

    await ask_each(configuration, ["c1", "c3"], Clock(), look=False, then=lambda: steps.append(1))

    assert len(steps) == 2


async def test_without_anybody_to_ask_about_ourselves_a_bad_outcome_stands_at_once() -> None:
    configuration = said(Crowd(), 1, reason=Reason.CONNECT_TIMEOUT)

    asked = await ask_each(configuration, ["c0"], Clock(), look=False)

    assert asked.results["c0"].outcome is Outcome.BAD
    assert asked.blind == ()


async def test_self_checks_of_another_network_are_not_asked() -> None:
    elsewhere = SelfCheck(name="tcp:127.0.0.1:1", action="tcp", target="127.0.0.1:1", network="internal")
    configuration = replace(said(Crowd(), 1), self_checks=(elsewhere,))

    asked = await ask_each(configuration, ["c0"], Clock(), look=True)

    assert asked.looks == {}


async def test_a_good_answer_needs_no_look_at_ourselves() -> None:
    eye = SelfCheck(name="tcp:127.0.0.1:1", action="tcp", target="127.0.0.1:1", network="internet")
    configuration = replace(said(Crowd(), 1), self_checks=(eye,))

    assert (await ask_each(configuration, ["c0"], Clock(), look=False)).looks == {}
    assert [*(await ask_each(configuration, ["c0"], Clock(), look=True)).looks] == ["tcp:127.0.0.1:1"]


async def test_looking_around_asks_every_self_check_in_their_order() -> None:
    eyes = tuple(
        SelfCheck(name=f"tcp:{target}", action="tcp", target=target, network="internal")
        for target in ("127.0.0.1:2", "127.0.0.1:1")
    )

    looks = await look_around(Configuration(self_checks=eyes), Clock())

    assert [*looks] == ["tcp:127.0.0.1:2", "tcp:127.0.0.1:1"]
    assert {result.reason for result in looks.values()} == {Reason.CONNECT_REFUSED}


def test_what_is_asked_is_switched_on_for_that_and_tells_nobody() -> None:
    configuration = said(Crowd(), 2)
    off = replace(configuration.checks["c0"], enabled=False, confirm=1)

    narrow = narrowed(replace(configuration, checks={"c0": off}), ["c0"])

    assert narrow.checks["c0"].enabled
    assert narrow.checks["c0"].confirm > 1, "one attempt confirms nothing"
    assert (narrow.receivers, narrow.objectives) == ({}, {})
