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
NONE_SPENT = Fraction(0)


def burn_rates(over: Callable[[int], Totals], target: Fraction) -> dict[str, Fraction | None]:
    """Give bad / valid over each window that ends now, in units of 1 − target; None without data.

    `over` sums up the last so many ms.
    """
    allowed = 1 - target
    return {name: burn(over(length), allowed) for name, length in WINDOWS.items()}


def burn(counted: Totals, allowed: Fraction) -> Fraction | None:
    """Give bad / valid in units of what is `allowed`, an exact share above 0; None without data."""
    if not counted.valid:
        return None
    if not counted.bad:
        return NONE_SPENT
    # One division, not two: each objective comes here seven times at every scrape.
    return Fraction(counted.bad * allowed.denominator, counted.valid * allowed.numerator)
