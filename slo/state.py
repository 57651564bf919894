"""States of checks and services, and the three-valued logic that combines them."""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """What we hold true of a check or a service now."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


def needed(up_when: str | int, members: int) -> int:
    """Say how many of `members` must be up: all of them, any one, or k."""
    if up_when == "all":
        return members
    return 1 if up_when == "any" else int(up_when)


def combine(up_when: str | int, states: Iterable[State]) -> State:
    """Combine by AND (all), OR (any) or counting (k); unknown propagates only where it matters."""
    held = tuple(states)
    if not held:
        return State.UNKNOWN
    need = needed(up_when, len(held))
    if held.count(State.UP) >= need:
        return State.UP
    return State.DOWN if len(held) - held.count(State.DOWN) < need else State.UNKNOWN
