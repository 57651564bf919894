"""Objectives as they stand at one instant: figures and burn rates, read from the one ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from alerting.engine import Engine
from checks.model import Configuration, Objective
from slo.budget import Figures, figures
from slo.burn import burn_rates
from slo.combined import Combined
from slo.timeline import Reading
from slo.windows import length_ms


class Timed(Protocol):
    """Something whose time is accounted for: a check, a service, or several of them."""

    def reading(self, now: int) -> Reading:
        """Read it as it stands at `now` (ms), for many windows."""
        ...


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


def timelines(engine: Engine) -> dict[str, Timed]:
    """Give the time that each objective with figures is about. To be kept: they remember sums."""
    objectives = engine.configuration.objectives.values()
    found = {each.name: _timeline(each, engine) for each in objectives if each.has_figures}
    return {name: timed for name, timed in found.items() if timed is not None}


def account(objective: Objective, configuration: Configuration, timed: Timed | None, now: int) -> Account:
    """Count one objective over its window that ends at `now`."""
    service, length = _service(objective, configuration), length_ms(objective.window)
    if timed is None:
        return Account(objective, service, length, None, {})
    totals = timed.reading(now).totals
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


def _timeline(objective: Objective, engine: Engine) -> Timed | None:
    if objective.check:
        return engine.judges.get(objective.check)
    members = [engine.services[name].timeline for name in objective.services]
    return members[0] if len(members) == 1 else Combined(objective.combine, members)
