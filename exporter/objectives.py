"""Objectives as they stand at one instant: figures and burn rates, read from the one ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from alerting.engine import Engine
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


def timelines(engine: Engine, known: Mapping[str, Kept], now: int) -> dict[str, Kept]:
    """Give the time that each objective with figures is about; `known` are those of before a reload."""
    made: dict[str, Kept] = {}
    for objective in engine.configuration.objectives.values():
        members = _members(objective, engine) if objective.has_figures else ()
        before = known.get(objective.name) if objective.has_figures else None
        if members and not before:
            before = _kept(objective.combine, members)
        if before:  # where nobody is asked any more, what was counted stays, and time goes on unknown
            made[objective.name] = before.redefined(objective.combine, members, now)
    return made


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


def _members(objective: Objective, engine: Engine) -> tuple[Judge | Combined, ...]:
    """Name whose time counts; nobody's where the check is switched off."""
    if objective.check:
        judge = engine.judges.get(objective.check)
        return (judge,) if judge else ()
    return tuple(engine.services[name].timeline for name in objective.services)


def _kept(combine: str | int, members: tuple[Judge | Combined, ...]) -> Kept:
    return Kept(combine, members, members[0] if len(members) == 1 else Combined(combine, members))
