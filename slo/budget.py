"""How much may go wrong, how much has, and what can honestly be said of it. Nothing is rounded here."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from slo.timeline import Totals

Verdict = Literal["kept", "broken", "undecided"]


@dataclass(frozen=True, slots=True)
class Figures:
    """An objective of the `time` indicator over [start, end); ms, and exact fractions of ms.

    good + bad + unknown + excluded = elapsed. `remaining` is signed.
    """

    start: int
    end: int
    target: Fraction
    good: int
    bad: int
    unknown: int
    excluded: int

    @property
    def elapsed(self) -> int:
        """How much of the window has passed; all of it, for a rolling one."""
        return self.end - self.start

    @property
    def sli(self) -> Fraction | None:
        """Good of valid; None where nothing was measured."""
        valid = self.good + self.bad
        return Fraction(self.good, valid) if valid else None

    @property
    def coverage(self) -> Fraction | None:
        """The measured share of the time that counts; None where none counts."""
        counts = self.elapsed - self.excluded
        return Fraction(self.good + self.bad, counts) if counts else None

    @property
    def budget(self) -> Fraction:
        """How much may be bad in the whole window."""
        return (1 - self.target) * (self.elapsed - self.excluded)

    @property
    def spent(self) -> int:
        """How much of the budget is gone."""
        return self.bad

    @property
    def remaining(self) -> Fraction:
        """What is left of the budget; negative once it is overspent."""
        return self.budget - self.spent

    @property
    def remaining_ratio(self) -> Fraction | None:
        """What is left, as a share of the budget; None where there is none to share."""
        return self._left(self.spent)

    @property
    def worst_case_remaining_ratio(self) -> Fraction | None:
        """The same with every unknown second counted as bad."""
        return self._left(self.spent + self.unknown)

    @property
    def verdict(self) -> Verdict:
        """Broken if more is spent than there was; kept if even the worst case fits; else undecided."""
        budget = self.budget
        if self.spent > budget:
            return "broken"
        return "kept" if self.spent + self.unknown <= budget else "undecided"

    def _left(self, spent: int) -> Fraction | None:
        budget = self.budget
        if not budget:
            return None
        # (budget − spent) / budget with one reduction instead of two.
        return Fraction(budget.numerator - spent * budget.denominator, budget.numerator)


def figures(totals: Callable[[int, int], Totals], target: Fraction, length: int, now: int) -> Figures:
    """Count the rolling window of `length` ms that ends at `now`. `totals` counts [start, end).

    All of a rolling window is past: what nobody measured of it is unknown, also before we ever ran.
    """
    start = now - length
    counted = totals(start, now)
    return Figures(start, now, target, counted.good, counted.bad, counted.unknown, 0)
