"""Objectives as they stand at one instant: figures and burn rates, read from the one ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from checks.model import Configuration, Objective
from slo.budget import Figures, figures
from slo.burn import burn_rates
from slo.combined import Combined
from slo.judge import Judge
from slo.windows import length_ms


@dataclass(frozen=True, slots=True)
class Account:
    """An objective, the one service it is about (or none), its window in ms, and its figures.

    There are none (`figures` is None, `burn` empty) where nothing is counted yet (Objective.has_figures), and
    for a check that is switched off.
    """

    objective: Objective
    service: str
    length: int
    figures: Figures | None
    burn: Mapping[str, Fraction | None]


@dataclass(frozen=True, slots=True)
class Kept:
    """The time that an objective is about, kept because it remembers sums, and of whom it is made."""

    combine: str | int
    members: tuple[Judge | Combined, ...]
    timed: Judge | Combined  # of one member its own, which is not ours to change

    def redefined(self, combine: str | int, members: tuple[Judge | Combined, ...], now: int) -> "Kept":
        """Be about others from `now` on: the time before stays as it was counted."""
        if (combine, members) == (self.combine, self.members):
            return self
        timed = self.timed
        if timed in self.members or isinstance(timed, Judge):
            timed = Combined(self.combine, self.members)
        timed.redefine(now, combine, members)
        return Kept(combine, members, timed)


class Accounts:
    """Owner of the time that each objective with figures is about.

    `judges` by check, `times` by service.
    """

    def __init__(
        self, configuration: Configuration, judges: Mapping[str, Judge], times: Mapping[str, Combined]
    ) -> None:
        self._kept: dict[str, Kept] = {}
        self.follow(configuration, judges, times, 0)

    def follow(
        self,
        configuration: Configuration,
        judges: Mapping[str, Judge],
        times: Mapping[str, Combined],
        now: int,
    ) -> None:
        """Count by another configuration from `now` on; the time before stays as it was counted."""
        self._configuration = configuration
        known, self._kept = self._kept, {}
        for objective in configuration.objectives.values():
            members = _members(objective, judges, times) if objective.has_figures else ()
            before = known.get(objective.name) if objective.has_figures else None
            if members and not before:
                before = _kept(objective.combine, members)
            if before:  # where nobody is asked any more, what was counted stays, and time goes on unknown
                self._kept[objective.name] = before.redefined(objective.combine, members, now)

    def at(self, now: int) -> tuple[Account, ...]:
        """Count every objective over its window that ends at `now`."""
        return tuple(self._account(each, now) for each in self._configuration.objectives.values())

    def of(self, service: str, now: int) -> tuple[Account, ...]:
        """Count those that are about a service, alone or among others."""
        objectives = self._configuration.objectives.values()
        found = [each for each in objectives if service in services_of(each, self._configuration)]
        return tuple(self._account(each, now) for each in found)

    def _account(self, objective: Objective, now: int) -> Account:
        return account(objective, self._configuration, self._kept.get(objective.name), now)


def account(objective: Objective, configuration: Configuration, kept: Kept | None, now: int) -> Account:
    """Count one objective over its window that ends at `now`."""
    service, length = _service(objective, configuration), length_ms(objective.window)
    if kept is None:
        return Account(objective, service, length, None, {})
    totals = kept.timed.reading(now).totals
    counted = figures(totals, objective.target, length, now)
    return Account(objective, service, length, counted, burn_rates(totals, objective.target, now))


def services_of(objective: Objective, configuration: Configuration) -> tuple[str, ...]:
    """Name the services that an objective is about; one of a check is about that check's."""
    if objective.services:
        return objective.services
    check = configuration.checks.get(objective.check)
    return (check.service,) if check and check.service else ()


def _service(objective: Objective, configuration: Configuration) -> str:
    services = services_of(objective, configuration)
    return services[0] if len(services) == 1 else ""


def _members(
    objective: Objective, judges: Mapping[str, Judge], times: Mapping[str, Combined]
) -> tuple[Judge | Combined, ...]:
    """Name whose time counts; nobody's where the check is switched off."""
    if objective.check:
        judge = judges.get(objective.check)
        return (judge,) if judge else ()
    return tuple(times[name] for name in objective.services)


def _kept(combine: str | int, members: tuple[Judge | Combined, ...]) -> Kept:
    return Kept(combine, members, members[0] if len(members) == 1 else Combined(combine, members))
