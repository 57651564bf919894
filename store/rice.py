"""Columns of whole numbers as few bytes, by the code of Rice (1979).

A column is told by its length, which the reader must know, and by its bytes, which say where they end.
Each number is its distance from a base: its low bits in one plane, the rest in unary in another, so that
numbers that scatter by s around anything cost little more than log2(4 s) bits. A number far out costs some
bytes, wherever it lies, and a column of equal numbers nothing but one of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

FAR = 20  # unary digits from which a number is told by itself
TOLD = 28  # bits that this costs, about
WIDEST = 100  # low bits
SAMPLE = 64  # numbers by which the way is chosen
CHUNK = 64  # numbers whose low bits are packed together

RUNS = ["0" * high + "1" for high in range(FAR + 1)]

Column = list[int]


def varint(number: int) -> bytes:
    """Write a number ≥ 0, seven bits a byte, the lowest first."""
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Read what `varint` wrote; give the number and where the next one stands. IndexError at the end."""
    number = shift = 0
    while (byte := data[at]) > 0x7F:
        number |= (byte & 0x7F) << shift
        shift += 7
        at += 1
    return number | byte << shift, at + 1


def fold(number: int) -> int:
    """Fold the line at zero: 0, -1, 1, -2, 2 and so on become 0, 1, 2, 3, 4."""
    return number << 1 if number >= 0 else ~(number << 1)


def unfold(folded: int) -> int:
    """Undo `fold`."""
    return folded >> 1 ^ -(folded & 1)


def signed(number: int) -> bytes:
    """Write any number."""
    return varint(fold(number))


def read_signed(data: bytes, at: int) -> tuple[int, int]:
    """Read what `signed` wrote."""
    folded, at = read_varint(data, at)
    return unfold(folded), at


@dataclass(frozen=True, slots=True, order=True)
class _Way:
    """A way to write a column. `cost` is in bits; `bits` is None where all numbers are `base`, or are told.

    Two-sided, what lies just under the base costs as little as what lies above it.
    """

    cost: int
    base: int
    bits: int = -1
    two_sided: bool = False

    @property
    def byte(self) -> int:
        return 0 if self.bits < 0 else 1 + 2 * self.bits + self.two_sided

    def highs(self, numbers: Sequence[int]) -> Column:
        """Give how many zeros tell the high bits of each number; negative where none can."""
        base, bits = self.base, self.bits
        if self.two_sided:
            # As `fold` does, but without a call for each.
            return [high << 1 if (high := number - base >> bits) >= 0 else ~(high << 1) for number in numbers]
        return [number - base >> bits for number in numbers]


def pack(column: Sequence[int]) -> bytes:
    """Write a column in the shortest of a few ways."""
    if not column:
        return b""
    ordered = sorted(column)
    middle = ordered[len(column) // 2]
    others = len(column) - column.count(middle)
    alike = _Way(others * TOLD, middle)
    return _written(column, min([alike, *(_ways(column, ordered) if others else ())]))


def unpack(data: bytes, at: int, length: int) -> tuple[Column, int]:
    """Read a column of that length from `at` on; give it and where it ends."""
    if not length:
        return [], at
    way = data[at]
    base, at = read_signed(data, at + 1)
    told, at = _read_told(data, at)
    if way:
        column, at = _read_planes(data, at, length, _Way(0, base, (way - 1) >> 1, not way & 1))
    else:
        column = [base] * length
    for index, number in told:
        column[index] = base + number
    return column, at


def _ways(column: Sequence[int], ordered: Column) -> Iterator[_Way]:
    count = len(ordered)
    low, middle = ordered[count // 20], ordered[count // 2]
    width = (ordered[count * 3 // 4] - ordered[count // 4]).bit_length()
    sample = column[:: count // SAMPLE + 1]
    for bits in range(max(0, width - 2), width + 1) if width <= WIDEST else ():
        for way in (_Way(0, low, bits), _Way(0, middle - (1 << bits >> 1), bits, True)):
            yield replace(way, cost=_cost(sample, way) * count // len(sample))


def _cost(column: Sequence[int], way: _Way) -> int:
    highs = way.highs(column)
    near = [high for high in highs if 0 <= high <= FAR]
    return len(near) * (way.bits + 1) + sum(near) + (len(highs) - len(near)) * (TOLD + way.bits)


def _written(column: Sequence[int], way: _Way) -> bytes:
    if way.bits < 0:
        far = [index for index, number in enumerate(column) if number != way.base]
        planes = b""
    else:
        highs = way.highs(column)
        far = [index for index, high in enumerate(highs) if not 0 <= high <= FAR]
        near = list(column)
        for index in far:
            near[index], highs[index] = way.base, 0
        planes = _low_bits(near, way) + _unary(highs)
    told = _tell((index, column[index] - way.base) for index in far)
    return bytes([way.byte]) + signed(way.base) + told + planes


def _tell(numbers: Iterable[tuple[int, int]]) -> bytes:
    written, last, count = b"", 0, 0
    for index, number in numbers:
        written += varint(index - last) + signed(number)
        last, count = index, count + 1
    return varint(count) + written


def _read_told(data: bytes, at: int) -> tuple[list[tuple[int, int]], int]:
    count, at = read_varint(data, at)
    told, index = [], 0
    for _ in range(count):
        gap, at = read_varint(data, at)
        number, at = read_signed(data, at)
        index += gap
        told.append((index, number))
    return told, at


def _unary(highs: Column) -> bytes:
    digits = "".join([RUNS[high] for high in highs])
    digits += "0" * (-len(digits) % 8)
    return int(digits, 2).to_bytes(len(digits) // 8)


def _low_bits(column: Column, way: _Way) -> bytes:
    bits, base = way.bits, way.base
    mask, written = (1 << bits) - 1, b""
    for first in range(0, len(column), CHUNK):
        chunk = column[first : first + CHUNK]
        whole = 0
        for number in reversed(chunk):
            whole = whole << bits | number - base & mask
        written += whole.to_bytes(_size(len(chunk), bits), "little")
    return written


def _size(count: int, bits: int) -> int:
    return (count * bits + 7) // 8


def _read_planes(data: bytes, at: int, length: int, way: _Way) -> tuple[Column, int]:
    lows, at = _read_low_bits(data, at, length, way.bits)
    runs, end = _read_unary(data, at, length)
    highs = [way.base + ((unfold(high) if way.two_sided else high) << way.bits) for high in range(FAR + 1)]
    if way.bits:
        return [highs[len(run)] + low for run, low in zip(runs, lows, strict=True)], end
    return [highs[len(run)] for run in runs], end


def _read_low_bits(data: bytes, at: int, length: int, bits: int) -> tuple[Column, int]:
    mask, lows = (1 << bits) - 1, []
    for first in range(0, length if bits else 0, CHUNK):
        count = min(CHUNK, length - first)
        end = at + _size(count, bits)
        whole = int.from_bytes(data[at:end], "little")
        lows += [whole >> shift & mask for shift in range(0, count * bits, bits)]
        at = end
    return lows, at


def _read_unary(data: bytes, at: int, length: int) -> tuple[list[str], int]:
    """Read runs of zeros, each ended by a one: as many as there are numbers, up to the end of a byte."""
    size = _size(length, 3) + 1
    while True:
        digits = bin(int.from_bytes(b"\1" + data[at : at + size]))[3:]
        *runs, rest = digits.split("1", length)
        if len(runs) == length:
            return runs, at + (len(digits) - len(rest) + 7) // 8
        if at + size >= len(data):
            raise IndexError("a column ends before its last number")
        size *= 2
