"""Looks at the way to a host whose check has just gone down, once per outage, and keeps what it finds.

Nobody waits for it: what is to be told is on its way before.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import cast

from alerting.events import Downed
from checks.model import Check
from probes.net.trace import Way
from probes.result import Reason
from probes.tools import Probe
from store.rows import Trace

log = logging.getLogger("watchkeeper.examiner")

# Reasons that the way may explain. A handshake that does not get through may have a packet too large.
TELLING = frozenset(
    {
        Reason.CONNECT_TIMEOUT,
        Reason.CONNECT_UNREACHABLE,
        Reason.RESPONSE_TIMEOUT,
        Reason.RESET,
        Reason.TLS_HANDSHAKE,
    }
)
AT_ONCE = 4  # ways that are followed at the same time
MOST_WAITING = 64  # hosts; of what comes beyond them nothing is found out
PATIENCE = 60.0  # seconds after which a way that could not be followed yet tells nothing of the beginning


def end_of(check: Check) -> str:
    """Say which host a check connects to: its own, or a proxy on the way; empty for none."""
    probe = cast(Probe, check.probe)
    return getattr(probe, "connects_to", "") or probe.host()


Examine = Callable[[Check], Awaitable[Way]]


class Examiner:
    """Owner of the ways under examination: one per host, whoever of its checks went down meanwhile."""

    def __init__(
        self,
        examine: Examine,
        put: Callable[[Sequence[Trace]], None],
        spawn: Callable[[Coroutine[None, None, None]], object],
    ) -> None:
        self._examine, self._put, self._spawn = examine, put, spawn
        self._wanted: dict[str, list[Downed]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    def take(self, downed: Iterable[Downed], checks: Mapping[str, Check]) -> None:
        """Begin where the way may tell something. It does not wait."""
        for each in downed:
            host = end_of(checks[each.check]) if each.reason in TELLING else ""
            if host in self._wanted:
                self._wanted[host].append(each)
            elif host and len(self._wanted) < MOST_WAITING:
                self._wanted[host] = [each]
                self._spawn(self._follow(host, checks[each.check]))

    async def _follow(self, host: str, check: Check) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turns.acquire()
        except TimeoutError:
            log.info("the way to %s is not looked at: too many others are", host)
            del self._wanted[host]
            return
        try:
            way = await self._examine(check)
        finally:
            self._turns.release()
            downed = self._wanted.pop(host)
        document = json.dumps(way.document(), ensure_ascii=False, separators=(",", ":"))
        self._put([Trace(each.check, each.since, way.at, document) for each in downed])
