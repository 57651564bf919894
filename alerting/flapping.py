"""Flapping: a service that goes up and down keeps one incident open, until it has been calm. Pure.

Every change between up and down is a penalty of 1, at most 6 in all, that halves every 15 minutes. Once it is
2.5 the service flaps, until it is less than 1. Times are ms since the epoch, UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, exp2, log2

from checks.model import Configuration
from slo.state import State

MOST = 6.0
HALF_LIFE = 900_000  # ms
FLAPS, CALM = 2.5, 1.0


@dataclass(slots=True)
class Penalty:
    """How restless a service was at `at`, its last verdict then, and whether it flaps since."""

    verdict: State
    at: int
    value: float = 0.0
    flaps: bool = False

    def now(self, at: int) -> float:
        """Give what is left of it."""
        return self.value * exp2(-max(0, at - self.at) / HALF_LIFE)  # a power below 0 never overflows

    def calm_at(self) -> int:
        """Say when it will be less than 1, unless something changes."""
        return self.at + ceil(HALF_LIFE * log2(self.value / CALM)) + 1


class Flapping:
    """Owner of the penalties, by service, and of who flaps: they are few, and asked for at every event."""

    def __init__(self) -> None:
        self._penalties: dict[str, Penalty] = {}
        self._restless: set[str] = set()
        self._on = True

    def seen(self, service: str, state: State, now: int, *, planned: bool = False) -> None:
        """Take in the state of a service; unknown is no verdict, and what is planned costs nothing."""
        if state is State.UNKNOWN or not self._on:
            return
        known = self._penalties.setdefault(service, Penalty(state, now))
        if known.flaps and known.calm_at() <= now:
            known.flaps = False
        if planned:
            known.verdict = state
        elif known.verdict is not state:
            known.value = min(MOST, known.now(now) + 1)
            known.verdict, known.at = state, now
            known.flaps |= known.value >= FLAPS
        self._restless = self._restless | {service} if known.flaps else self._restless - {service}

    def flaps(self, service: str) -> bool:
        """Say whether a service flaps."""
        known = self._penalties.get(service)
        return known is not None and known.flaps

    def calm(self, now: int) -> list[str]:
        """Name the services that do not flap any more."""
        over = [name for name in sorted(self._restless) if self._penalties[name].calm_at() <= now]
        for name in over:
            self._penalties[name].flaps = False
        self._restless -= set(over)
        return over

    def follow(self, configuration: Configuration) -> None:
        """Let go of services that there are no more, and of all where nobody wants to know."""
        self._on = configuration.alerting.flapping
        there = configuration.services if self._on else ()
        self._penalties = {name: each for name, each in self._penalties.items() if name in there}
        self._restless &= self._penalties.keys()

    def wakes(self) -> Iterator[int]:
        """Give the instants at which one becomes calm."""
        return (self._penalties[name].calm_at() for name in self._restless)
