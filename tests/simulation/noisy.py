"""Lives in which nothing is down, and attempts fail by themselves: what the whole daemon makes of that."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from alerting.engine import Engine
from checks.model import Check
from probes.result import Result
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import NEW_YEAR, run
from tests.simulation.world import World, clock, company

INTERVAL = 30.0
QUIET = 60.0  # seconds without noise: before, in which every check comes up, and after, in which all ends


@dataclass
class Noisy(World):
    """Attempts on the grid fail with `rate` from `begins` until `ends` (ms), extra ones also after that.

    So every suspicion is brought to its end. `tries` counts, by how many bad attempts of a suspicion stood
    before them, the extra ones that were to confirm it.
    """

    rate: float = 0.0
    begins: int = 0
    ends: int = 0
    engine: Engine | None = None
    grid: int = 0
    extra: int = 0
    tries: Counter[int] = field(default_factory=Counter)

    async def ask(self, check: Check, extra: bool) -> Result:
        now = clock().now()
        is_noisy = self.begins <= now and (extra or now < self.ends)
        self.noise = self.rate if is_noisy else 0.0
        if is_noisy:
            self._count(check.name, extra)
        return await super().ask(check, extra)

    def _count(self, check: str, extra: bool) -> None:
        self.grid += not extra
        self.extra += extra
        if extra and self.engine is not None:
            judge = self.engine.judges[check]
            if judge.suspect:
                self.tries[judge.bads_in_row] += 1


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of some slots: attempts on the grid and beside it, rows of bad attempts of up checks, pages.

    `rows` are those of one, two and three bad ones; the third is what PagerDuty was told of services, and
    `others` of anything else. `cpu` is in seconds.
    """

    grid: int
    extra: int
    rows: tuple[int, int, int]
    others: int
    cpu: float


def live(noise: float, checks: int, slots: int, seed: str) -> Seen:
    """Let so many checks, of a service of tier 1 each, be asked in so many noisy slots each."""
    begins = NEW_YEAR + round(QUIET * 1000)
    ends = begins + round(slots * INTERVAL * 1000)
    world = Noisy(random=Random(seed), rate=noise, begins=begins, ends=ends)
    services = {f"s{number}": 1 for number in range(checks)}
    stage = Stage(company(services, interval=INTERVAL, receivers={"oncall": oncall()}), world)

    async def life() -> None:
        async with stage.life() as driver:
            world.engine = driver.engine
            await passes(QUIET + slots * INTERVAL + QUIET)

    begun = time.process_time()
    run(life())
    cpu = time.process_time() - begun
    stage.store.close()
    pages = sum("/service/" in incident.dedup_key for incident in stage.pagerduty.incidents)
    others = len(stage.pagerduty.incidents) - pages
    return Seen(world.grid, world.extra, (world.tries[1], world.tries[2], pages), others, cpu)


def together(parts: Iterable[Seen]) -> Seen:
    """Sum up."""
    seen = list(parts)
    once, twice, thrice = (sum(column) for column in zip(*(each.rows for each in seen), strict=True))
    return Seen(
        grid=sum(each.grid for each in seen),
        extra=sum(each.extra for each in seen),
        rows=(once, twice, thrice),
        others=sum(each.others for each in seen),
        cpu=sum(each.cpu for each in seen),
    )
