"""What attempts vouch for: held while it may turn out otherwise, laid down in the timeline once it cannot."""

from collections.abc import Collection, Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from slo.state import State
from slo.timeline import Stretch, Timeline


class Provisional(Enum):
    """Time whose state a later attempt decides."""

    SUSPECT = "suspect"  # a bad attempt that is not confirmed yet
    RECOVERING = "recovering"  # a good attempt of an outage that has not ended yet
    MISSED = "missed"  # no attempt vouches, but the next bad one of the outage may be near enough


Claim = State | Provisional
SUSPECT, RECOVERING, MISSED = Provisional
AS_THINGS_STAND: Mapping[Provisional, State] = {
    SUSPECT: State.UP,
    RECOVERING: State.DOWN,
    MISSED: State.UNKNOWN,
}


class Held(NamedTuple):
    """A claim on [start, end), milliseconds."""

    start: int
    end: int
    claim: Claim


class Claims:
    """The timeline of one check, append-only, and the few claims after its end that are still open.

    `confirm` and `recover` bound what is held: unknown time between two provisional claims is one claim.
    """

    __slots__ = ("_held", "timeline")

    def __init__(self) -> None:
        self.timeline = Timeline()
        self._held: list[Held] = []

    def lay(self, until: int, claim: Claim) -> None:
        """Claim the time from the last claim's end to `until`."""
        if self._held or isinstance(claim, Provisional):
            self._hold(until, claim)
        else:
            self.timeline.append(until, claim)

    def settle(self, meaning: Mapping[Provisional, State]) -> None:
        """Lay down everything held, each provisional claim as what it has turned out to be."""
        for _, end, claim in self._held:
            self.timeline.append(end, meant(claim, meaning))
        self._held.clear()

    def reclassify(self, starts: Collection[int]) -> None:
        """Turn the claims that begin at `starts` into unknown ones."""
        self._held = [
            Held(held.start, held.end, State.UNKNOWN) if held.start in starts else held for held in self._held
        ]

    def drain(self) -> None:
        """Lay down what stands before the first provisional claim."""
        while self._held and isinstance(claim := self._held[0].claim, State):
            self.timeline.append(self._held.pop(0).end, claim)

    def held(self) -> tuple[Held, ...]:
        """Give the claims that are not laid down yet, in order."""
        return tuple(self._held)

    def stretches(self, now: int) -> Iterator[Stretch]:
        """Give what is held of the time before `now`, as things stand."""
        for start, end, claim in self._held:
            if start < now:
                yield Stretch(start, min(end, now), meant(claim))

    def _hold(self, until: int, claim: Claim) -> None:
        start = self._held[-1].end if self._held else self.timeline.end
        if claim is State.UNKNOWN and self._held and self._held[-1].claim is State.UNKNOWN:
            start = self._held.pop().start
        if until > start:
            self._held.append(Held(start, until, claim))


def meant(claim: Claim, meaning: Mapping[Provisional, State] = AS_THINGS_STAND) -> State:
    """Say which state a claim comes to."""
    return meaning[claim] if isinstance(claim, Provisional) else claim
