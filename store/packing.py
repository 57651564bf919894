"""An hour of one check's results as bytes, and back: about 5 B a result instead of 180.

Packed are rows of the table `results`, without their source, in order of time. All of it comes back exactly,
but the phases: each within 2 % (store/phases.py). The first byte is the version of the format, four are a
checksum; columns follow: starts, as steps of a grid and what they are beside it (ms), durations (whole
microseconds; any other is kept as it is), then outcomes, reasons, details and `extra` as runs of equal ones,
and at the end what was learned. Who only counts, or judges, leaves the rest unread.
"""

import itertools
import math
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from store import learned, rice
from store.compressed import deflate, inflate
from store.errors import DamagedHour
from store.rice import read_signed, read_varint, signed, varint

VERSION = 1
HEAD = 5  # bytes: version, checksum
GRIDS = (1000, 100, 10, 1)  # ms that an interval is first thought to be a multiple of
MOST = 10_000_000  # rows of one hour
FINE = 500  # an interval is so many times what is left beside it, or others are tried
LONGEST = 10**15  # microseconds; a longer one is kept as it is
MICROSECONDS = 1e6
USUAL = ("good", None, None, 0)

# at, took, outcome, reason, detail, phases, facts, extra: as the table `results` has them.
Row = tuple[int, float, str, str | None, str | None, str | None, str | None, int]
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Columns:
    """What counting needs of an hour: starts (ms), durations (whole microseconds), outcomes, extra (0, 1)."""

    at: list[int]
    took: list[int]
    outcome: list[str]
    extra: list[int]


def pack(hour: int, rows: Sequence[Row]) -> bytes:
    """Pack rows in order of their start; `hour` (ms) is near all of them."""
    kinds = _pack_kinds([(row[2], row[3], row[4], row[7]) for row in rows])
    body = b"".join(
        [
            varint(len(rows)),
            _pack_starts(hour, [row[0] for row in rows]),
            _pack_durations([row[1] for row in rows]),
            varint(len(kinds)),
            kinds,
            learned.pack([(row[1], row[5], row[6]) for row in rows]),
        ]
    )
    return bytes([VERSION]) + zlib.crc32(body).to_bytes(4) + body


def _told(read: Callable[P, T]) -> Callable[P, T]:
    """Make whatever bytes that make no sense end in one clear error."""

    def reading(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return read(*arguments, **named)
        except (LookupError, ValueError, TypeError, OverflowError, struct.error, zlib.error) as error:
            raise DamagedHour(f"a packed hour of results cannot be read: {error}") from error

    return reading


@_told
def unpack(hour: int, packed: bytes) -> list[Row]:
    """Give the rows as they were. Raises DamagedHour."""
    body = _body(packed)
    at, took, kinds, end = _judged(hour, body)
    phases, facts = learned.unpack(body[end:], took)
    outcome, reason, detail, extra = kinds
    return list(zip(at, took, outcome, reason, detail, phases, facts, extra, strict=True))


@_told
def unpack_judged(hour: int, packed: bytes) -> list[Row]:
    """Give the rows without phases and facts, for which nothing of these is read. Raises DamagedHour."""
    at, took, (outcome, reason, detail, extra), _ = _judged(hour, _body(packed))
    nothing = [None] * len(at)
    return list(zip(at, took, outcome, reason, detail, nothing, nothing, extra, strict=True))


@_told
def unpack_columns(hour: int, packed: bytes) -> Columns:
    """Give what counting needs, as columns. Raises DamagedHour."""
    body = _body(packed)
    count, at = _read_count(body)
    starts, at = _read_starts(hour, body, at, count)
    took, odd, at = _read_durations(body, at, count)
    for index, seconds in odd:
        took[index] = microseconds(seconds)
    outcome, _, _, extra = _read_kinds(body, at, count)[0]
    return Columns(starts, took, outcome, extra)


def microseconds(seconds: float) -> int:
    """Give a duration in whole microseconds; what is beyond all measure as the longest there is."""
    if not abs(seconds) < LONGEST / MICROSECONDS:
        return LONGEST if seconds > 0 else -LONGEST
    return round(seconds * MICROSECONDS)


def _body(packed: bytes) -> bytes:
    if not packed or packed[0] != VERSION:
        raise ValueError(f"its format is {packed[0] if packed else 'missing'}, and {VERSION} is known")
    body = packed[HEAD:]
    if zlib.crc32(body).to_bytes(4) != packed[1:HEAD]:
        raise ValueError("its checksum is wrong")
    return body


Kinds = tuple[list[str], list[str | None], list[str | None], list[int]]


def _judged(hour: int, body: bytes) -> tuple[list[int], list[float], Kinds, int]:
    count, at = _read_count(body)
    starts, at = _read_starts(hour, body, at, count)
    took, odd, at = _read_durations(body, at, count)
    seconds = [number / MICROSECONDS for number in took]
    for index, number in odd:
        seconds[index] = number
    kinds, at = _read_kinds(body, at, count)
    return starts, seconds, kinds, at


def _read_count(body: bytes) -> tuple[int, int]:
    count, at = read_varint(body, 0)
    if count > MOST:
        raise ValueError(f"it says that it has {count} results")
    return count, at


def _pack_starts(hour: int, starts: list[int]) -> bytes:
    if not starts:
        return b""
    first = starts[0] - hour
    interval = _interval(starts)
    steps, beside = _on_grid(starts, interval)
    counted = [later - earlier for earlier, later in itertools.pairwise(steps)]
    return varint(interval) + signed(first) + rice.pack(counted) + rice.pack(beside)


def _on_grid(starts: list[int], interval: int) -> tuple[list[int], list[int]]:
    first, half = starts[0], interval // 2
    steps = [(start - first + half) // interval for start in starts]
    return steps, [start - first - step * interval for start, step in zip(starts, steps, strict=True)]


def _interval(starts: list[int]) -> int:
    """Guess the grid: the roundest interval near the usual one that leaves little beside it, or the least."""
    gaps = sorted(later - earlier for earlier, later in itertools.pairwise(starts))
    usual = max(1, gaps[len(gaps) // 2]) if gaps else 1
    guesses = [max(1, (usual + unit // 2) // unit * unit) for unit in GRIDS]
    beside = {interval: _scatter(_on_grid(starts, interval)[1]) for interval in guesses[:1]}
    if beside[guesses[0]] * FINE > usual:
        beside |= {interval: _scatter(_on_grid(starts, interval)[1]) for interval in guesses[1:]}
    return min(beside, key=lambda interval: beside[interval])


def _scatter(numbers: list[int]) -> int:
    ordered = sorted(numbers)
    return ordered[len(ordered) * 3 // 4] - ordered[len(ordered) // 4]


def _read_starts(hour: int, body: bytes, at: int, count: int) -> tuple[list[int], int]:
    if not count:
        return [], at
    interval, at = read_varint(body, at)
    first, at = read_signed(body, at)
    counted, at = rice.unpack(body, at, count - 1)
    beside, at = rice.unpack(body, at, count)
    grid = itertools.accumulate((step * interval for step in counted), initial=hour + first)
    return [start + more for start, more in zip(grid, beside, strict=True)], at


def _pack_durations(seconds: list[float]) -> bytes:
    whole = [microseconds(number) for number in seconds]
    odd = [index for index, number in enumerate(seconds) if whole[index] / MICROSECONDS != number]
    written = varint(len(odd))
    for index in odd:
        written += varint(index) + struct.pack("<d", seconds[index])
        whole[index] = whole[index - 1] if index else 0
    scale = math.gcd(*whole) or 1  # durations of four digits are whole tens or hundreds
    return written + varint(scale) + rice.pack([number // scale for number in whole])


def _read_durations(body: bytes, at: int, count: int) -> tuple[list[int], list[tuple[int, float]], int]:
    odd = []
    many, at = read_varint(body, at)
    for _ in range(many):
        index, at = read_varint(body, at)
        odd.append((index, struct.unpack_from("<d", body, at)[0]))
        at += 8
    scale, at = read_varint(body, at)
    took, at = rice.unpack(body, at, count)
    return took if scale == 1 else [number * scale for number in took], odd, at


def _pack_kinds(rows: list[tuple[str, str | None, str | None, int]]) -> bytes:
    """Write outcome, reason, detail and extra: nothing where all are good, on the grid, and say no more."""
    numbers = {kind: number for number, kind in enumerate(dict.fromkeys(rows))}
    if list(numbers) in ([USUAL], []):
        return b""
    runs = [(numbers[kind], sum(1 for _ in same)) for kind, same in itertools.groupby(rows)]
    return deflate([list(numbers), list(itertools.chain.from_iterable(runs))])


def _read_kinds(body: bytes, at: int, count: int) -> tuple[Kinds, int]:
    size, at = read_varint(body, at)
    if not size:
        return (["good"] * count, [None] * count, [None] * count, [0] * count), at
    kinds, runs = inflate(body[at : at + size])
    columns: list[list[Any]] = [[], [], [], []]
    for number, length in zip(runs[::2], runs[1::2], strict=True):
        for column, value in zip(columns, kinds[number], strict=True):
            column += [value] * length
    outcome, reason, detail, extra = columns
    return (outcome, reason, detail, extra), at + size
