"""How often a check that works goes down by chance: exact counts, where attempts fail independently.

The model is of a check that is asked every 30 s and confirms by the defaults: `confirm` 3, `recover` 2, extra
attempts `confirm_interval` (5 s) after the end of the one before. Its unit is the slot: a grid attempt and
the extra ones that follow it. With quick answers they end some 10 s after it, before the next grid time.

- Up: the grid attempt is bad with p, and so is each of the two that confirm it. A good one among them makes
  the check up, and nothing is asked until the next grid time. So exactly those runs of three bad attempts
  confirm that begin on the grid, p³ a slot: no run spans two slots, and no extra attempt begins one.
- Down: a good grid attempt and the good extra one that follows it make it up, (1 − p)² a slot. Anything else
  leaves it down until the next slot, and pages nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from math import exp, lgamma, log, sqrt

CONFIRM, RECOVER = 3, 2
NOTHING = 1e-18  # a probability that changes no figure


@dataclass(frozen=True, slots=True)
class Distribution:
    """Of a count: `shares` are the probabilities of `least`, `least` + 1 and so on."""

    least: int
    shares: tuple[float, ...]

    @property
    def mean(self) -> float:
        return sum(count * share for count, share in enumerate(self.shares, self.least))

    def above(self, count: float) -> float:
        """Give the probability of more than `count`."""
        return sum(share for each, share in enumerate(self.shares, self.least) if each > count)

    def interval(self, level: float) -> tuple[int, int]:
        """Give the least and the greatest count, each passed with at most (1 − level) / 2."""
        tail = (1 - level) / 2
        skipped = sum(1 for below in accumulate(self.shares) if below <= tail)
        dropped = sum(1 for beyond in accumulate(reversed(self.shares)) if beyond <= tail)
        return self.least + skipped, self.least + len(self.shares) - 1 - dropped


def bad_rows(noise: float, slots: int, checks: int, row: int = CONFIRM) -> Distribution:
    """Count the slots of up checks whose first `row` attempts are bad: pages where that is `CONFIRM`.

    Every check is up at first, and has so many slots.
    """
    return _together(_trimmed(0, _of_one(noise, slots, row)), checks)


def poisson_interval(count: int, level: float) -> tuple[float, float]:
    """Give the means that a count leaves possible: Garwood's exact interval."""
    tail, most = (1 - level) / 2, count + 10 * sqrt(count + 1) + 20
    below = _root(lambda mean: poisson_at_most(count - 1, mean) - (1 - tail), most) if count else 0.0
    return below, _root(lambda mean: poisson_at_most(count, mean) - tail, most)


def poisson_at_most(count: int, mean: float) -> float:
    """Give the probability of at most `count` events where `mean` are expected."""
    if not mean:
        return 1.0
    return sum(exp(each * log(mean) - mean - lgamma(each + 1)) for each in range(count + 1))


def _of_one(noise: float, slots: int, row: int) -> list[float]:
    """Give the probabilities of 0, 1, 2 … such rows of one check.

    `up` and `down` hold them by how the check stands after the slot.
    """
    falls, rises, counted = noise**CONFIRM, (1 - noise) ** RECOVER, noise**row
    up, down = [1.0], [0.0]
    for _ in range(slots):
        before = [0.0, *up]
        up = [*up, 0.0]
        down = [*down, 0.0]
        up, down = (
            [
                stayed * (1 - counted) + one_less * (counted - falls) + fallen * rises
                for stayed, one_less, fallen in zip(up, before, down, strict=True)
            ],
            [fallen * (1 - rises) + one_less * falls for one_less, fallen in zip(before, down, strict=True)],
        )
        if up[-1] + down[-1] < NOTHING:
            up.pop()
            down.pop()
    return [one + other for one, other in zip(up, down, strict=True)]


def _together(one: Distribution, times: int) -> Distribution:
    """Give the distribution of the sum of so many independent counts."""
    total = Distribution(0, (1.0,))
    while times:
        if times % 2:
            total = _sum(total, one)
        times //= 2
        if times:
            one = _sum(one, one)
    return total


def _sum(one: Distribution, other: Distribution) -> Distribution:
    shares = [0.0] * (len(one.shares) + len(other.shares) - 1)
    for place, share in enumerate(one.shares):
        for each, factor in enumerate(other.shares, place):
            shares[each] += share * factor
    return _trimmed(one.least + other.least, shares)


def _trimmed(least: int, shares: list[float]) -> Distribution:
    """Leave out what is next to impossible at both ends."""
    held = [place for place, share in enumerate(shares) if share > NOTHING]
    return Distribution(least + held[0], tuple(shares[held[0] : held[-1] + 1]))


def _root(falling: Callable[[float], float], most: float) -> float:
    """Find by bisection where a falling function passes 0, between 0 and `most`."""
    least = 0.0
    for _ in range(100):
        middle = (least + most) / 2
        least, most = (middle, most) if falling(middle) > 0 else (least, middle)
    return least
