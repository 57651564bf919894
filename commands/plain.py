"""Plain text: made safe for a terminal, aligned in columns, and JSON as it is printed. Pure."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from rich.cells import cell_len

GAP = "  "


def safe(text: str) -> str:
    """Escape what a terminal might obey: whoever answers a probe chooses what stands in its details."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character.isprintable() or character == "\N{NO-BREAK SPACE}":
        return character
    return character.encode("unicode_escape").decode("ascii")


def aligned(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Give the lines of a table: columns side by side, nothing after the last word of a line."""
    cells = [list(heads), *([safe(cell) for cell in row] for row in rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    return [_line(row, widths) for row in cells]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
    return GAP.join(padded).rstrip()


def json_text(document: object, *, ascii_only: bool = False) -> str:
    """Write JSON for people and programs. A number that JSON does not have becomes null."""
    return json.dumps(_finite(document), indent=2, ensure_ascii=ascii_only, allow_nan=False)


def _finite(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _finite(held) for key, held in value.items()}
    return [_finite(held) for held in value] if isinstance(value, list | tuple) else value


def milliseconds(took: float) -> str:
    """Write seconds in ms, all of one width: so a column of them can be compared at a glance."""
    return f"{took * 1000:8.1f} ms"


def share(ratio: Fraction | None, digits: int = 3) -> str:
    """Write a share in per cent, rounded down: what is not 100 % is not shown as 100 %."""
    if ratio is None:
        return "–"
    return f"{math.floor(ratio * 10 ** (digits + 2)) / 10**digits:.{digits}f} %"


def plural(count: int, word: str) -> str:
    """Count things: `1 check`, `2 checks`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
