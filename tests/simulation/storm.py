"""Many services that fail together, each free to tell of itself, with the limit that is the default."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from checks.model import Alerting
from probes.result import Reason
from tests.fakes.pagerduty import Incident
from tests.simulation.graphs import INTERVAL, Graph, configured
from tests.simulation.outages import Series
from tests.simulation.stage import passes
from tests.simulation.virtualloop import run

MINUTE = 60_000  # ms
TOGETHER = "told together"


@dataclass
class Storm:
    """Who was told of: `singly`, and `together` with others, of which `listed` are all lines ever sent.

    `left_open` is what is not over in the end.
    """

    names: list[str]
    singly: list[Incident]
    together: list[Incident]
    listed: frozenset[str]
    left_open: list[str] = field(default_factory=list)

    @property
    def most_in_a_minute(self) -> int:
        """Count the pages of single services in the worst minute."""
        begins = [each.began_at for each in self.singly]
        return max(sum(first <= begin < first + MINUTE for begin in begins) for first in begins)

    @property
    def told_twice(self) -> list[str]:
        return [name for name in self.names if self._is_single(name) and self._is_listed(name)]

    @property
    def told_never(self) -> list[str]:
        return [name for name in self.names if not self._is_single(name) and not self._is_listed(name)]

    def _is_single(self, name: str) -> bool:
        return any(each.dedup_key.endswith(f"/service/{name}") for each in self.singly)

    def _is_listed(self, name: str) -> bool:
        return any(line.startswith(f"{name.upper()} is down") for line in self.listed)


def storm(seed: int, *, children: int, tier: int) -> Storm:
    """Let a silenced service take along all that depends on it, and bring all of it back."""
    names = [f"app{number}" for number in range(children)]
    graph = Graph({"base": (), **dict.fromkeys(names, ("base",))}, {"base": 1, **dict.fromkeys(names, tier)})
    made = Series(seed, graph, Random(seed))
    made.stage.configuration = configured(graph, storm_limit=Alerting().storm_limit)
    left: list[str] = []

    async def life() -> None:
        async with made.stage.life() as driver:
            await passes(200)
            made.silence("base", 3_600.0, driver)
            await made.fail(["base", *names], Reason.HTTP_STATUS, quick=True)
            await passes(2 * INTERVAL)
            await made.heal(["base", *names])
            await passes(2 * INTERVAL)
            left.extend(driver.engine.book.open)
            left.extend(each.dedup_key for each in made.stage.pagerduty.open_incidents())

    run(life())
    told = made.stage.pagerduty.incidents
    return Storm(
        names=names,
        singly=[each for each in told if "/service/" in each.dedup_key],
        together=[each for each in told if "/storm/" in each.dedup_key],
        listed=frozenset(_lines(event for _, event in made.stage.pagerduty.received)),
        left_open=left,
    )


def _lines(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for event in events:
        yield from event.get("payload", {}).get("custom_details", {}).get(TOGETHER, ())
