"""How fast a budget goes: 1 is exactly used up at the window's end."""

from collections.abc import Callable
from fractions import Fraction

from slo.timeline import Totals

WINDOWS = {
    "5m": 300_000,
    "30m": 1_800_000,
    "1h": 3_600_000,
    "2h": 7_200_000,
    "6h": 21_600_000,
    "1d": 86_400_000,
    "3d": 259_200_000,
}


def burn_rates(
    totals: Callable[[int, int], Totals], target: Fraction, now: int
) -> dict[str, Fraction | None]:
    """Give bad / valid over each window ending at `now`, in units of 1 − target; None without data."""
    return {name: _burn(totals(now - length, now), target) for name, length in WINDOWS.items()}


def _burn(counted: Totals, target: Fraction) -> Fraction | None:
    valid = counted.good + counted.bad
    return Fraction(counted.bad, valid) / (1 - target) if valid else None
