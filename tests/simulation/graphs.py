"""Random outages in a random graph of services, and how many pages each of them was."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random

from checks.model import Configuration
from probes.result import Reason
from tests.fakes.pagerduty import Incident
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import clock, company

REASONS = (Reason.HTTP_STATUS, Reason.CONNECT_REFUSED, Reason.RESPONSE_TIMEOUT, Reason.CONNECT_TIMEOUT)
SPREAD = 20.0  # seconds in which what hangs on a service fails, and comes back, after it
LASTS = 240.0
CALM = 1500.0  # so long that a service that fails once more does not flap


def graph(size: int, chance: Random) -> dict[str, tuple[str, ...]]:
    """Give services, each depending on up to three of those before it."""
    names = [f"s{number}" for number in range(size)]
    return {
        name: tuple(chance.sample(names[:number], min(number, chance.choice((0, 1, 1, 1, 2, 3)))))
        for number, name in enumerate(names)
    }


def depending(
    parents: Mapping[str, tuple[str, ...]], tiers: Mapping[str, int] | None = None
) -> Configuration:
    """A company of services, each with what it depends on; tier 1 unless said."""
    names = {name: (tiers or {}).get(name, 1) for name in parents}
    made = company(names, receivers={"oncall": oncall()}, interval=120.0)
    services = {name: replace(made.services[name], depends_on=parents[name]) for name in parents}
    return replace(made, services=services)


def descendants(root: str, parents: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Name all that depends on a service, in the order in which they were made."""
    found = {root}
    for name, above in parents.items():
        if found & set(above):
            found.add(name)
    return [name for name in parents if name in found - {root}]


@dataclass
class Outage:
    """What failed by whom, and the incidents that PagerDuty opened for it."""

    root: str
    taken: list[str]
    tiers: Mapping[str, int]
    pages: list[Incident] = field(default_factory=list)

    @property
    def due(self) -> int:
        """Say how many pages it should be: none where nobody is to be woken for anything of it."""
        return int(any(self.tiers[name] < 3 for name in (self.root, *self.taken)))


@dataclass
class Series:
    """Outages one after the other."""

    stage: Stage
    parents: Mapping[str, tuple[str, ...]]
    tiers: Mapping[str, int]
    chance: Random
    outages: list[Outage] = field(default_factory=list)

    async def happen(self) -> None:
        """Let one root fail, and most of what hangs on it; then all come back."""
        root = self.chance.choice(list(self.parents))
        taken = [name for name in descendants(root, self.parents) if self.chance.random() < 0.9]
        outage = Outage(root, taken, self.tiers)
        before = len(self.stage.pagerduty.incidents)
        await self._change({root: 0.0} | {name: SPREAD * self.chance.random() for name in taken}, down=True)
        await passes(LASTS)
        await self._change({root: 0.0} | {name: SPREAD * self.chance.random() for name in taken}, down=False)
        await passes(CALM)
        outage.pages = [
            each for each in self.stage.pagerduty.incidents[before:] if "/service/" in each.dedup_key
        ]
        self.outages.append(outage)

    async def _change(self, delays: Mapping[str, float], *, down: bool) -> None:
        began = clock().time()
        for name, delay in sorted(delays.items(), key=lambda each: each[1]):
            await passes(max(0.0, began + delay - clock().time()))
            if down:
                self.stage.world.down[f"{name}-check"] = self.chance.choice(REASONS)
            else:
                self.stage.world.down.pop(f"{name}-check", None)


def series(seed: int, *, services: int, outages: int) -> Series:
    """Live through outages; everything is up at the end, and nothing may be open."""
    chance = Random(seed)
    parents = graph(services, chance)
    tiers = {name: chance.choices((1, 2, 3), (5, 3, 2))[0] for name in parents}
    made = Series(Stage(depending(parents, tiers)), parents, tiers, chance)

    async def life() -> None:
        async with made.stage.life() as driver:
            await passes(200)
            for _ in range(outages):
                await passes(60 * chance.random())
                await made.happen()
                assert not driver.engine.book.open, list(driver.engine.book.open)
                assert not driver.engine.dependencies.waiting

    run(life())
    return made
