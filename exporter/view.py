"""Everything that is read from outside, at one instant: what scrape, page and API are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from alerting.deliver import Deliverer
from alerting.engine import Engine
from checks.model import Configuration
from exporter.counters import Counters
from slo.account import Account


@dataclass(frozen=True, slots=True)
class Build:
    """What runs: our version, and that of Python."""

    version: str
    python: str


@dataclass(frozen=True, slots=True)
class Reload:
    """How reading the configuration ended the last time, and when it was last accepted (ms).

    Where it was refused: since when (ms), and the mistakes of the last one, a line each.
    """

    successful: bool
    accepted_at: int
    refused_at: int = 0
    mistakes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class View:
    """A daemon as it stands at `now` (ms since the epoch). Engine and counters live on: do not keep it."""

    configuration: Configuration
    engine: Engine
    counters: Counters
    deliverer: Deliverer | None
    build: Build
    reload: Reload
    now: int

    @cached_property
    def accounts(self) -> tuple[Account, ...]:
        """Count the objectives, when somebody asks."""
        return self.engine.accounts.at(self.now)


@dataclass(slots=True, kw_only=True)
class Viewer:
    """Makes views of one engine."""

    engine: Engine
    counters: Counters
    build: Build
    reload: Reload
    deliverer: Deliverer | None = None

    def accepted(self, now: int) -> None:
        """Take note that the engine watches by another configuration from now on."""
        self.reload = Reload(successful=True, accepted_at=now)

    def refused(self, mistakes: Sequence[str], now: int) -> None:
        """Take note that a configuration was refused, and why: a line each."""
        since = now if self.reload.successful else self.reload.refused_at
        self.reload = Reload(False, self.reload.accepted_at, since, tuple(mistakes))

    def at(self, now: int) -> View:
        """See all as it stands at an instant, which is not before anything that was told to the engine."""
        return View(
            configuration=self.engine.configuration,
            engine=self.engine,
            counters=self.counters,
            deliverer=self.deliverer,
            build=self.build,
            reload=self.reload,
            now=now,
        )
