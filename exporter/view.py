"""Everything that is read from outside, at one instant: what scrape, page and API are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from alerting.deliver import Deliverer
from alerting.engine import Engine
from checks.model import Configuration
from exporter.counters import Counters
from exporter.objectives import Account, Timed, account, timelines


@dataclass(frozen=True, slots=True)
class Build:
    """What runs: our version, and that of Python."""

    version: str
    python: str


@dataclass(frozen=True, slots=True)
class Reload:
    """How reading the configuration ended the last time, and when it was last accepted (ms)."""

    successful: bool
    accepted_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A daemon as it stands at `now` (ms since the epoch). Engine and counters live on: do not keep it."""

    configuration: Configuration
    engine: Engine
    counters: Counters
    deliverer: Deliverer | None
    accounts: tuple[Account, ...]
    build: Build
    reload: Reload
    now: int


@dataclass(slots=True, kw_only=True)
class Viewer:
    """Makes views of one engine; keeps the timelines of objectives, which remember sums between two views."""

    engine: Engine
    counters: Counters
    build: Build
    reload: Reload
    deliverer: Deliverer | None = None
    _timelines: Mapping[str, Timed] = field(init=False)

    def __post_init__(self) -> None:
        self._timelines = timelines(self.engine)

    def at(self, now: int) -> View:
        """See all as it stands at an instant, which is not before anything that was told to the engine."""
        configuration = self.engine.configuration
        return View(
            configuration=configuration,
            engine=self.engine,
            counters=self.counters,
            deliverer=self.deliverer,
            accounts=tuple(
                account(each, configuration, self._timelines.get(each.name), now)
                for each in configuration.objectives.values()
            ),
            build=self.build,
            reload=self.reload,
            now=now,
        )
