"""The phases of a packed hour, each within 2 %: most of what is learned, and the least of what is asked for.

A phase is told as a power, on a scale where neighbours are 4 % apart. The longest one is told by what is left
of the attempt's duration when the others are taken from it, and only where that is not within 2 % as a power
too. Phases that are packed again stay what they are, but for the longest, which may move by another two.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from store import rice
from store.rice import fold, unfold

NEAR = 0.0199  # a little less than 2 %
GROWTH = 2 * math.log1p(NEAR)
NO_TIME = -4096  # the power of a phase that took none
LEAST, MOST = 1e-9, 1e9  # seconds that have a power

# The names of a row's phases, in order; a text that is kept as it is; or nothing.
Shape = tuple[str, ...] | str | None


def fits(value: Any) -> bool:
    """Say whether a phase can be told as a power."""
    return type(value) in (int, float) and (value == 0 or LEAST <= value <= MOST)


def lengths(shapes: Sequence[Shape]) -> dict[str, int]:
    """Count the rows that have a name, for each name, in the order in which they come."""
    counted: dict[str, int] = {}
    for shape in shapes:
        for name in shape if isinstance(shape, tuple) else ():
            counted[name] = counted.get(name, 0) + 1
    return counted


def pack(
    shapes: Sequence[Shape], columns: Mapping[str, list[float]], took: Sequence[float]
) -> tuple[bytes, list[Any]]:
    """Write the columns; give also what `unpack` must be told: the phase that is left, and the gap."""
    powers = {name: list(map(_power, column)) for name, column in columns.items()}
    packed = {name: rice.pack(column) for name, column in powers.items()}
    left: list[Any] = []
    if len(columns) > 1:
        name = max(columns, key=lambda name: sum(columns[name]))
        gap = _gap(shapes, columns, name, took)
        column = rice.pack(_beside(shapes, columns, powers, took, (name, gap)))
        if len(column) < len(packed[name]):
            packed[name], left = column, [name, gap]
    return b"".join(packed[name] for name in _order(packed, left)), left


def unpack(
    data: bytes, at: int, shapes: Sequence[Shape], took: Sequence[float], left: Sequence[Any]
) -> tuple[dict[str, list[float]], int]:
    """Read the columns (seconds); give them and where they end."""
    counted = lengths(shapes)
    columns: dict[str, list[float]] = {}
    for name in _order(counted, left):
        numbers, at = rice.unpack(data, at, counted[name])
        if name in left[:1]:
            rests = _rests(shapes, columns, name, took, left[1])
            columns[name] = [_from(rest, number) for rest, number in zip(rests, numbers, strict=True)]
        else:
            columns[name] = _all_seconds(numbers)
    return columns, at


def _order(names: Mapping[str, Any], left: Sequence[Any]) -> list[str]:
    """Give the names so that the one that follows from the others comes last."""
    return [*(name for name in names if name not in left[:1]), *left[:1]]


def _power(seconds: float) -> int:
    return round(math.log(seconds) / GROWTH) if seconds else NO_TIME


def _seconds(power: int) -> float:
    return math.exp(power * GROWTH) if power != NO_TIME else 0.0


def _all_seconds(powers: Sequence[int]) -> list[float]:
    known = {power: _seconds(power) for power in set(powers)}
    return [known[power] for power in powers]


def _nearest(seconds: float) -> int:
    return _power(seconds) if LEAST <= seconds <= MOST else 0


def _gap(
    shapes: Sequence[Shape], columns: Mapping[str, list[float]], name: str, took: Sequence[float]
) -> float:
    """Give how much longer than its phases an attempt usually took (seconds)."""
    rests = _rests(shapes, columns, name, took, 0.0)
    gaps = sorted(rest - phase for rest, phase in zip(rests, columns[name], strict=True))
    return round(gaps[len(gaps) // 2], 6)


def _rests(
    shapes: Sequence[Shape], columns: Mapping[str, list[float]], name: str, took: Sequence[float], gap: float
) -> list[float]:
    """Give what is left for the phase `name`, of each row that has it."""
    those = {other: column for other, column in columns.items() if other != name}
    if len(set(shapes)) == 1:
        return [seconds - gap - sum(others) for seconds, *others in zip(took, *those.values(), strict=True)]
    given = {other: iter(column) for other, column in those.items()}
    rests = []
    for shape, seconds in zip(shapes, took, strict=True):
        if isinstance(shape, tuple):
            others = sum([next(given[other]) for other in shape if other != name])
            if name in shape:
                rests.append(seconds - gap - others)
    return rests


def _beside(
    shapes: Sequence[Shape],
    columns: Mapping[str, list[float]],
    powers: Mapping[str, list[int]],
    took: Sequence[float],
    left: tuple[str, float],
) -> list[int]:
    name, gap = left
    told = {other: _all_seconds(column) for other, column in powers.items()}
    rests = _rests(shapes, told, name, took, gap)
    each = zip(rests, columns[name], powers[name], strict=True)
    return [_step(rest, phase, power) for rest, phase, power in each]


def _step(rest: float, phase: float, power: int) -> int:
    """Give 0 where what is left is near enough; else, from 1 on, how far its power is from the right one."""
    return 0 if abs(rest - phase) <= NEAR * phase else fold(power - _nearest(rest)) + 1


def _from(rest: float, step: int) -> float:
    return _seconds(_nearest(rest) + unfold(step - 1)) if step else rest
