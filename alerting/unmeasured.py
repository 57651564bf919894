"""Services that nobody measures: unknown is no outage, and no reason to say nothing. Pure; times are ms."""

from collections.abc import Collection, Iterable, Mapping

from alerting.intent import Urgency
from alerting.monitors import Condition
from alerting.services import Standing
from checks.model import Network
from probes.result import Result
from slo.judge import Judge
from slo.state import State

AFTER = {1: 600.0, 2: 1_800.0, 3: 14_400.0}  # seconds by tier, where `unknown_after` says nothing
URGENCY = {1: Urgency.PAGE, 2: Urgency.TICKET, 3: Urgency.TICKET}
INTERVALS = 3  # of its slowest check, at least: nobody has missed what was not due
FAMILY = "unmeasured"


class Unmeasured:
    """Owner of since when we look, and of when to look again. A check that is not asked yet is not missed."""

    def __init__(self) -> None:
        self._began: dict[str, int] = {}  # when each check was first looked for
        self._blind: dict[Network, int] = {}  # when we were last blind
        self._wake: int | None = None

    def wake(self) -> int | None:
        """Give the next instant at which time alone makes somebody unmeasured for too long."""
        return self._wake

    def conditions(
        self,
        standings: Mapping[str, Standing],
        blind: Collection[Network],
        down: Collection[str],
        told: Collection[str],
        now: int,
    ) -> list[Condition]:
        """Give the services to be told of; `told` are the names of conditions that are open already.

        What our own blindness explains is told by that, and of a service whose incident is open (`down`)
        somebody knows: unknown is no recovery.
        """
        checks = [judge.check.name for standing in standings.values() for judge in standing.judges]
        self._began = {name: self._began.get(name, now) for name in checks}
        self._blind |= dict.fromkeys(blind, now)
        found, coming = list[Condition](), list[int]()
        for name, standing in standings.items():
            missing, called = _missing(standing), f"{FAMILY}/{name}"
            told_of = name in down and called not in told
            if not missing or told_of or any(judge.check.network in blind for judge in missing):
                continue
            since = self._since(missing)
            due = since + _patience(standing)
            if due <= now or called in told:
                found.append(
                    Condition(called, _text(standing, missing), since, URGENCY[standing.service.tier])
                )
            else:
                coming.append(due)
        self._wake = min(coming, default=None)
        return found

    def _since(self, missing: Iterable[Judge]) -> int:
        """Say since when: from when we began to look, or saw again, where that was later."""
        return min(
            max(
                self._began[judge.check.name] if judge.since is None else judge.since,
                self._blind.get(judge.check.network, 0),
            )
            for judge in missing
        )


def _missing(standing: Standing) -> list[Judge]:
    """Give the checks that keep a service from being known, or have never had a verdict."""
    asked = [judge for judge in standing.judges if getattr(judge.check.probe, "asked", True)]
    silent = [judge for judge in asked if judge.verdict is State.UNKNOWN and not judge.suspect]
    if standing.state is not State.UNKNOWN:
        return silent
    return silent or [judge for judge in asked if judge.shown is State.UNKNOWN]


def _patience(standing: Standing) -> int:
    service = standing.service
    wanted = service.unknown_after if service.unknown_after is not None else AFTER[service.tier]
    slowest = max(judge.check.interval for judge in standing.judges)
    return round(max(wanted, INTERVALS * slowest) * 1000)


def _text(standing: Standing, missing: Iterable[Judge]) -> str:
    title = standing.service.title or standing.service.name
    whys = sorted(f"{judge.check.name} ({_why(judge.last)})" for judge in missing)
    return f"nobody knows whether {title} works: nothing is learned from {', '.join(whys)}"


def _why(last: Result | None) -> str:
    if last is None:
        return "never asked"
    return last.reason.value if last.reason else "unknown"
