"""How much may go wrong, how much has, and what can honestly be said of it. Nothing is rounded here."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from slo.timeline import Totals
from slo.windows import Window

Verdict = Literal["kept", "broken", "undecided"]
Unit = Literal["seconds", "attempts"]
Amount = int | Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """An objective over the elapsed part [start, end) of a window that ends at `until` (ms, UTC).

    Amounts are ms where the unit is seconds, else attempts, and exact: a share of an attempt is a Fraction.
    good + bad + unknown + excluded is what has elapsed; of counted attempts, what was expected until now, or
    what was made where that is more. `outside` is the part of what is excluded that lies outside of the
    objective's hours. `countable` is what the whole window holds without what is excluded, also ahead. One
    attempt is expected every `interval` ms.
    """

    start: int
    end: int
    until: int
    target: Fraction
    good: int
    bad: int
    unknown: Amount
    excluded: Amount = 0
    outside: Amount = 0
    countable: Amount
    blips: int = 0
    unit: Unit = "seconds"
    interval: int = 1

    @property
    def excluded_ms(self) -> Amount:
        """How much of the elapsed part does not count, in ms also where attempts are counted."""
        return self.excluded * self.interval

    @property
    def elapsed(self) -> int:
        """How much of the window has passed, in ms; all of it, for a rolling one."""
        return self.end - self.start

    @property
    def sli(self) -> Fraction | None:
        """Good of valid; None where nothing was measured."""
        valid = self.good + self.bad
        return Fraction(self.good, valid) if valid else None

    @property
    def coverage(self) -> Fraction | None:
        """The measured share of what counts; None where nothing counts."""
        counts = self.good + self.bad + self.unknown
        return Fraction(self.good + self.bad) / counts if counts else None

    @property
    def budget(self) -> Fraction:
        """How much may be bad in the whole window."""
        return (1 - self.target) * self.countable

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
        """The same with everything unknown counted as bad."""
        return self._left(self.spent + self.unknown)

    @property
    def verdict(self) -> Verdict:
        """Broken if more is spent than there was; kept if even the worst case fits; else undecided."""
        budget = self.budget
        if self.spent > budget:
            return "broken"
        return "kept" if self.spent + self.unknown <= budget else "undecided"

    def _left(self, spent: Amount) -> Fraction | None:
        budget = self.budget
        if not budget:
            return None
        if isinstance(spent, Fraction):
            return (budget - spent) / budget
        # (budget − spent) / budget with one reduction instead of two.
        return Fraction(budget.numerator - spent * budget.denominator, budget.numerator)


@dataclass(frozen=True, slots=True)
class Excuse:
    """Time of a whole window that does not count, in ms, also what is still ahead.

    `outside` is the elapsed part of it that lies outside of the objective's hours.
    """

    all: int = 0
    outside: int = 0


def of_time(
    counted: Totals, target: Fraction, window: Window, now: int, excuse: Excuse, blips: int = 0
) -> Figures:
    """Make the figures of the `time` indicator; `counted` are the totals of the elapsed part.

    All of a rolling window is past: what nobody measured of it is unknown, also before we ever ran.
    """
    return Figures(
        start=window.start,
        end=min(window.end, now),
        until=window.end,
        target=target,
        good=counted.good,
        bad=counted.bad,
        unknown=counted.unknown,
        excluded=counted.excluded,
        outside=excuse.outside,
        countable=window.length - excuse.all,
        blips=blips,
    )


def of_attempts(
    counted: Totals,
    target: Fraction,
    window: Window,
    now: int,
    excuse: Excuse,
    interval: int,
    blips: int = 0,
) -> Figures:
    """Make the figures of a counted indicator, asked every `interval` ms.

    One attempt is expected in each interval: those that were not made are unknown. A window may hold one more
    than its length has room for; then nothing is unknown.
    """
    end = min(window.end, now)
    excluded = Fraction(counted.excluded, interval)
    expected = Fraction(end - window.start, interval) - excluded
    return Figures(
        start=window.start,
        end=end,
        until=window.end,
        target=target,
        good=counted.good,
        bad=counted.bad,
        unknown=max(Fraction(0), expected - counted.good - counted.bad),
        excluded=excluded,
        outside=Fraction(excuse.outside, interval),
        countable=Fraction(window.length - excuse.all, interval),
        blips=blips,
        unit="attempts",
        interval=interval,
    )
