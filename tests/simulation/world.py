"""The world outside, on virtual time: services, our own network, a store, PagerDuty; all fail as told."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from random import Random
from typing import cast

from checks.model import (
    Alerting,
    Check,
    Configuration,
    Limits,
    Receiver,
    Route,
    SelfCheck,
    Service,
)
from probes.result import NETWORK, Outcome, Reason, Result
from tests.simulation.virtualloop import VirtualLoop


@dataclass(frozen=True)
class Kind:
    """A probe that is never asked: the world answers in its place."""

    kind = "simulated"
    facts = ()
    least_spacing = 0.0

    def host(self) -> str:
        return ""


@dataclass
class World:
    """Who is down and why, and whether our own network stands. `asked` is the rhythm: (check, at, extra)."""

    latency: float = 0.05
    down: dict[str, Reason] = field(default_factory=dict)
    network: bool = True
    noise: float = 0.0  # the share of attempts that fail by themselves
    random: Random = field(default_factory=lambda: Random(1))
    asked: list[tuple[str, int, bool]] = field(default_factory=list)
    eyes: dict[str, bool] = field(default_factory=dict)  # self-checks that fail or not, whatever the network

    async def ask(self, check: Check, extra: bool) -> Result:
        at = clock().now()
        self.asked.append((check.name, at, extra))
        reason = self._fate(check.name)
        begun = clock().time()
        await asyncio.sleep(check.timeout if reason in NETWORK else self.latency)
        if reason is None and not self.network:
            reason = Reason.CONNECT_TIMEOUT
        return made(check.name, at, reason, clock().time() - begun, extra)

    async def look(self, self_check: SelfCheck) -> Result:
        at = clock().now()
        works = self.eyes.get(self_check.name, True) and self.network
        await asyncio.sleep(0.02 if works else 2.0)
        took = 0.02 if works else 2.0
        return made(f"self/{self_check.name}", at, None if works else Reason.CONNECT_TIMEOUT, took, False)

    def _fate(self, check: str) -> Reason | None:
        if not self.network:
            return Reason.CONNECT_TIMEOUT
        if self.noise and self.random.random() < self.noise:
            return Reason.HTTP_STATUS
        return self.down.get(check)


def clock() -> VirtualLoop:
    """Give both clocks: the loop's own time, and the wall clock that goes with it."""
    return cast(VirtualLoop, asyncio.get_running_loop())


def made(check: str, at: int, reason: Reason | None, took: float, extra: bool) -> Result:
    outcome = Outcome.GOOD if reason is None else reason.outcome
    detail = "as told" if reason else ""
    return Result(check, "sim", at, round(took, 6), outcome, reason, detail, extra=extra)


def company(
    services: Mapping[str, int],
    *,
    interval: float = 30.0,
    timeout: float = 10.0,
    receivers: Mapping[str, object] | None = None,
    fallback: str = "",
    confirm: int = 3,
) -> Configuration:
    """A service per name with its tier, one check each (`<name>-check`), four self-checks."""
    targets = receivers or {}
    return Configuration(
        site="sim",
        services={name: Service(name=name, title=name.upper(), tier=tier) for name, tier in services.items()},
        checks={
            f"{name}-check": Check(
                name=f"{name}-check",
                kind="simulated",
                probe=Kind(),
                service=name,
                interval=interval,
                timeout=timeout,
                confirm=confirm,
            )
            for name in services
        },
        receivers={name: Receiver(name=name, kind="fake", target=target) for name, target in targets.items()},
        alerting=Alerting(
            prefix="sim",
            fallback=fallback,
            routes=(Route(receivers=tuple(name for name in targets if name != fallback)),),
        ),
        self_checks=tuple(
            SelfCheck(name=name, action="tcp", target=name) for name in ("a:443", "b:443", "c:443", "d:443")
        ),
        limits=Limits(in_flight=max(8, ceil(1.5 * len(services) * timeout / interval))),
    )
