"""The usual burn rules, made to fit an objective's window, its target, and how often it is measured."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from checks.model import BurnRule, Objective
from slo.windows import UNITS, length_ms

HOUR, DAY = UNITS["h"], UNITS["d"]
LONG_ENOUGH = 28 * DAY  # shorter windows have shares of their own
FEWEST = 3  # attempts that a short window must have room for


class Usual(NamedTuple):
    """Somebody is told when `share` of the budget goes in `long` (ms), and still does in `short` (ms)."""

    urgency: Literal["page", "ticket"]
    long: int
    short: int
    share: Fraction


USUAL = (
    Usual("page", HOUR, HOUR // 12, Fraction(2, 100)),
    Usual("page", 6 * HOUR, HOUR // 2, Fraction(5, 100)),
    Usual("ticket", DAY, 2 * HOUR, Fraction(10, 100)),
    Usual("ticket", 3 * DAY, 6 * HOUR, Fraction(10, 100)),
)
SHORT = (
    Usual("page", HOUR, HOUR // 12, Fraction(10, 100)),
    Usual("page", 6 * HOUR, HOUR // 2, Fraction(20, 100)),
    Usual("ticket", DAY, 2 * HOUR, Fraction(40, 100)),
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A usual rule, by its urgency and its long window in seconds, that cannot be kept, and why."""

    urgency: Literal["page", "ticket"]
    long: float
    why: Literal["never fires", "too few attempts"]


def rules_of(objective: Objective, interval: float) -> tuple[tuple[BurnRule, ...], tuple[LeftOut, ...]]:
    """Give the burn rules of an objective that is measured every `interval` seconds, and what is left out.

    Rules that somebody wrote are given as they are.
    """
    if objective.burn is not None:
        return objective.burn, ()
    window = length_ms(objective.window)
    fitted = [
        _fitted(usual, window, objective.target, Fraction(repr(interval)))
        for usual in (USUAL if window >= LONG_ENOUGH else SHORT)
    ]
    kept = tuple(one for one in fitted if isinstance(one, BurnRule))
    return kept, tuple(one for one in fitted if isinstance(one, LeftOut))


def _fitted(usual: Usual, window: int, target: Fraction, interval: Fraction) -> BurnRule | LeftOut:
    long = usual.long / 1000
    factor = max(Fraction(1), usual.share * window / usual.long)
    short = max(Fraction(usual.short), FEWEST * interval * 1000)
    if factor * (1 - target) >= 1:  # all bad is a burn rate of 1 / (1 - target)
        return LeftOut(usual.urgency, long, "never fires")
    if 2 * short > usual.long:
        return LeftOut(usual.urgency, long, "too few attempts")
    return BurnRule(urgency=usual.urgency, long=long, short=float(short / 1000), factor=factor)
