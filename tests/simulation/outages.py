"""Outages one after the other in a random graph, each with a root that fails in a manner of its own."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from driver.loop import Driver
from probes.result import Reason
from store.rows import Operation, What
from tests.fakes.pagerduty import Incident
from tests.simulation.graphs import Graph, configured
from tests.simulation.oracle import Due, Page, Restless, complaints
from tests.simulation.stage import Stage, passes
from tests.simulation.world import clock

QUICK = (Reason.HTTP_STATUS, Reason.CONNECT_REFUSED)
SLOW = (Reason.RESPONSE_TIMEOUT, Reason.CONNECT_TIMEOUT)  # nothing is known before the time-out
UNKNOWN = (Reason.MISSING_CAPABILITY, Reason.CREDENTIAL, Reason.POLICY, Reason.RATE_LIMITED, Reason.BUG)
SPREAD = 20.0  # seconds in which what hangs on a service fails, and comes back, after it
CALM = 1_500.0  # so long that a service that fails once more does not flap
PATIENCE = 3_600.0  # in which one that flaps has become calm
TAKEN = 0.9  # of what hangs on a service fails with it
LISTED = "down with it, not told by themselves"
DOWN_TOO = "depends on, also down"


@dataclass(frozen=True)
class Case:
    """A root, and all that it takes along."""

    root: str
    taken: list[str]

    @property
    def failing(self) -> list[str]:
        return [self.root, *self.taken]

    def halves(self) -> tuple[list[str], list[str]]:
        return self.taken[::2], self.taken[1::2]


@dataclass
class Outage:
    """What happened, and what was told of it. `others` are incidents at PagerDuty of anything else."""

    manner: str
    case: Case
    due: Due
    pages: list[Page]
    others: list[str] = field(default_factory=list)
    left_open: list[str] = field(default_factory=list)

    @property
    def surplus(self) -> int:
        return max(0, len(self.pages) - self.due.most)

    def complaints(self, graph: Graph) -> list[str]:
        found = complaints(graph, self.case.root, self.due, self.pages)
        found += [f"{other} was told" for other in self.others]
        return found + [f"{key} is still open" for key in self.left_open]


@dataclass
class Series:
    """A life with outages. `outages` are those so far."""

    seed: int
    graph: Graph
    chance: Random
    outages: list[Outage] = field(default_factory=list)
    restless: Restless = field(default_factory=Restless)
    operations: int = 0

    def __post_init__(self) -> None:
        self.stage = Stage(configured(self.graph))

    async def happen(self, name: str, manner: "Manner", driver: Driver) -> None:
        """Let an outage of a manner happen; at the end all is well, and nothing may be open."""
        case = self._case(name)
        before = len(self.stage.pagerduty.incidents)
        due = await manner(self, case, driver)
        await self.heal(case.failing)
        await passes(CALM)
        left = await self._closed(driver)
        incidents = self.stage.pagerduty.incidents[before:]
        pages = [page_of(each) for each in incidents if "/service/" in each.dedup_key]
        others = [each.dedup_key for each in incidents if "/service/" not in each.dedup_key]
        self.outages.append(Outage(name, case, due, pages, others, left))

    def troubles(self) -> list[str]:
        """Say what went wrong, and which outage it was."""
        return [
            f"seed {self.seed}, outage {number} ({each.manner}, {each.case.root}): {complaint}"
            for number, each in enumerate(self.outages)
            for complaint in each.complaints(self.graph)
        ]

    def extras(self) -> list[str]:
        """Say where more pages were sent than are due."""
        return [
            f"seed {self.seed}, outage {number} ({each.manner}, {each.case.root}): {each.due.most} due, "
            f"but paged {[page.name for page in each.pages]}"
            for number, each in enumerate(self.outages)
            if each.surplus
        ]

    # --- what fails

    def _case(self, manner: str) -> Case:
        roots = list(self.graph.parents)
        if manner != "plain":
            roots = [name for name in roots if self.graph.descendants(name)]
        if manner == "tier 3":
            roots = [name for name in roots if not self.graph.wakes(name)] or roots
        root = self.chance.choice(roots)
        taken = [name for name in self.graph.descendants(root) if self.chance.random() < TAKEN]
        return Case(root, taken)

    async def fail(self, names: Iterable[str], reason: Reason | None = None, *, quick: bool = False) -> None:
        """Let services fail within `SPREAD`, ancestors first; the first of them for a reason of its own."""
        reasons = QUICK if quick else QUICK + SLOW
        told = {name: self.chance.choice(reasons) for name in names}
        if reason is not None:
            told[next(iter(told))] = reason
        async for name in self._one_by_one(told):
            self.stage.world.down[f"{name}-check"] = told[name]
            if told[name] not in UNKNOWN:
                self.restless.changed(name, clock().time())

    async def heal(self, names: Iterable[str]) -> None:
        """Let services work again within `SPREAD`, ancestors first."""
        async for name in self._one_by_one(names):
            if self.stage.world.down.pop(f"{name}-check", None) not in UNKNOWN:
                self.restless.changed(name, clock().time())

    async def _one_by_one(self, names: Iterable[str]) -> AsyncIterator[str]:
        """Give services when it is their turn: the topmost at once, each other after what it depends on."""
        began, delays = clock().time(), dict[str, float]()
        for name in self.graph.ordered(names):
            above = [delays[each] for each in self.graph.ancestors[name] if each in delays]
            after = max(above, default=0.0)
            delays[name] = after + (SPREAD - after) * self.chance.random() if above or delays else 0.0
        for name, delay in sorted(delays.items(), key=lambda each: each[1]):
            await passes(max(0.0, began + delay - clock().time()))
            yield name

    # --- what is ordered

    def silence(self, name: str, seconds: float, driver: Driver) -> None:
        """Let nobody hear of a service for a while."""
        match = self.chance.choice(({"service": name}, {"scope": "service", "name": name}))
        now = clock().now()
        document = {"match": match, "start": now, "end": now + round(seconds * 1000), "reason": "as told"}
        self._order("silence.add", document, driver)

    def maintain(self, name: str, seconds: float, driver: Driver, *, dependents: bool) -> None:
        """Declare a maintenance of a service that begins now."""
        start = datetime.fromtimestamp(clock().now() // 1000, UTC).isoformat()
        document = {"services": [name], "start": start, "duration": seconds, "dependents": dependents}
        self._order("maintenance.add", document, driver)

    def _order(self, what: What, document: Mapping[str, object], driver: Driver) -> None:
        self.operations += 1
        subject = f"order-{self.operations}"
        driver.ordered(Operation(self.operations, clock().now(), "ada", what, subject, json.dumps(document)))
        assert not driver.engine.calendar.orders.unreadable

    async def _closed(self, driver: Driver) -> list[str]:
        """Wait until nothing is open; name what is after a patient while."""
        until = clock().time() + PATIENCE
        while clock().time() < until and (driver.engine.book.open or driver.engine.dependencies.waiting):
            await passes(60)
        at_pagerduty = [each.dedup_key for each in self.stage.pagerduty.open_incidents()]
        waiting = [f"the wait of {name}" for name in driver.engine.dependencies.waiting]
        return [*driver.engine.book.open, *waiting, *at_pagerduty]


Manner = Callable[[Series, Case, Driver], Awaitable[Due]]


def page_of(incident: Incident) -> Page:
    """Read what somebody was woken with."""
    said = incident.event["payload"]["custom_details"]
    return Page(
        name=incident.dedup_key.rsplit("/", 1)[1],
        began_at=incident.began_at,
        ended_at=incident.log[-1][0],
        listed=frozenset(each.removesuffix(", up again") for each in said.get(LISTED, ())),
        down=frozenset(said.get(DOWN_TOO, ())),
        resolved=incident.log[-1][1] == "resolve",
    )
