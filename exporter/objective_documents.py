"""Objectives in the shape of `slo --json`: nothing rounded, null where nothing is counted. Pure."""

from fractions import Fraction
from typing import Any

from alerting.form import instant
from checks.model import Configuration
from slo.account import Account
from slo.accounts import Accounts
from slo.budget import Amount, Figures
from slo.tracks import services_of

FIGURES = (
    *("from", "to", "elapsed", "verdict", "blips", "good", "bad", "unknown", "excluded", "outside", "sli"),
    *("coverage", "budget", "spent", "remaining", "remaining_ratio", "worst_case_remaining_ratio"),
)


def objective_document(account: Account, accounts: Accounts, configuration: Configuration) -> dict[str, Any]:
    """Give one objective, with every key of the contract, and `outside`: what is excluded as off hours."""
    objective, figures = account.objective, account.figures
    return {
        "objective": objective.name,
        "services": list(services_of(objective, configuration)),
        "indicator": objective.indicator,
        "target": float(objective.target),
        "window": objective.window,
        "unit": "seconds" if objective.indicator == "time" else "attempts",
        **dict.fromkeys(FIGURES),
        **(_figures(figures) if figures else {}),
        "bad_bounds": _bounds(accounts.bounds(objective.name, figures.end)) if figures else None,
        "burn": {window: _number(rate) for window, rate in account.burn.items()},
        "frozen": any(account.frozen.values()) if figures else None,
        "exhausted_in": None if account.exhausted_in is None else float(account.exhausted_in / 1000),
    }


def _figures(figures: Figures) -> dict[str, Any]:
    """Give time in seconds, and attempts as they are."""
    scale = 1000 if figures.unit == "seconds" else 1

    def amount(exact: Amount) -> float:
        return float(Fraction(exact) / scale)

    return {
        "from": instant(figures.start),
        "to": instant(figures.end),
        "elapsed": figures.elapsed / 1000,
        "verdict": figures.verdict,
        "blips": figures.blips,
        "good": amount(figures.good),
        "bad": amount(figures.bad),
        "unknown": amount(figures.unknown),
        "excluded": amount(figures.excluded),
        "outside": amount(figures.outside),
        "sli": _number(figures.sli),
        "coverage": _number(figures.coverage),
        "budget": amount(figures.budget),
        "spent": amount(figures.spent),
        "remaining": amount(figures.remaining),
        "remaining_ratio": _number(figures.remaining_ratio),
        "worst_case_remaining_ratio": _number(figures.worst_case_remaining_ratio),
    }


def _bounds(ms: tuple[int, int] | None) -> list[float] | None:
    return None if ms is None else [each / 1000 for each in ms]


def _number(exact: Fraction | None) -> float | None:
    return None if exact is None else float(exact)
