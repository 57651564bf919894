"""Objectives in the shape of `slo --json`: nothing rounded, null where nothing is counted. Pure."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from alerting.engine import Engine
from alerting.form import instant
from slo.accounts import Account, services_of
from slo.budget import Figures
from slo.judge import Judge

FIGURES = (
    *("from", "to", "elapsed", "verdict", "blips", "good", "bad", "unknown", "excluded", "sli", "coverage"),
    *("budget", "spent", "remaining", "remaining_ratio", "worst_case_remaining_ratio"),
)
LATER = ("bad_bounds", "frozen", "exhausted_in")  # not worked out by this version


def document_of(counted: Account, engine: Engine) -> dict[str, Any]:
    """Give one objective, with every key of the contract."""
    objective, figures = counted.objective, counted.figures
    return {
        "objective": objective.name,
        "services": list(services_of(objective, engine.configuration)),
        "indicator": objective.indicator,
        "target": float(objective.target),
        "window": objective.window,
        "unit": "seconds" if objective.indicator == "time" else "attempts",
        **dict.fromkeys((*FIGURES, *LATER)),
        **(_figures(figures, _judges(counted, engine)) if figures else {}),
        "burn": {window: _number(rate) for window, rate in counted.burn.items()},
    }


def _figures(figures: Figures, judges: Iterable[Judge]) -> dict[str, Any]:
    return {
        "from": instant(figures.start),
        "to": instant(figures.end),
        "elapsed": figures.elapsed / 1000,
        "verdict": figures.verdict,
        "blips": sum(judge.blips_between(figures.start, figures.end) for judge in judges),
        "good": figures.good / 1000,
        "bad": figures.bad / 1000,
        "unknown": figures.unknown / 1000,
        "excluded": figures.excluded / 1000,
        "sli": _number(figures.sli),
        "coverage": _number(figures.coverage),
        "budget": float(figures.budget / 1000),
        "spent": figures.bad / 1000,
        "remaining": float(figures.remaining / 1000),
        "remaining_ratio": _number(figures.remaining_ratio),
        "worst_case_remaining_ratio": _number(figures.worst_case_remaining_ratio),
    }


def _judges(counted: Account, engine: Engine) -> list[Judge]:
    """Give the checks that decide an objective."""
    objective = counted.objective
    if objective.check:
        return [engine.judges[objective.check]]
    return [judge for name in objective.services for judge in engine.services[name].judges]


def _number(exact: Fraction | None) -> float | None:
    return None if exact is None else float(exact)
