"""What the attempts of a packed hour learned: facts exactly, and phases each within 2 % (store/phases.py)."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

from store import phases, rice
from store.compressed import deflate, inflate
from store.phases import Shape
from store.rice import read_varint, varint

Texts = list[str | None]


@dataclass(frozen=True, slots=True)
class Table:
    """Mappings as columns: the shape of each row, and for each name the numbers of the rows that have it."""

    shapes: list[Shape]
    columns: dict[str, list[Any]]


def pack(rows: Sequence[tuple[float, str | None, str | None]]) -> bytes:
    """Write the phases and facts (JSON, or None) of attempts that took so long (seconds)."""
    if not any(phased or stated for _, phased, stated in rows):
        return b""
    phased = _table([row[1] for row in rows], phases.fits)
    stated = _table([row[2] for row in rows], _is_number)
    spent, left = phases.pack(phased.shapes, phased.columns, [row[0] for row in rows])
    told = [_told(column) for column in stated.columns.values()]
    head = deflate([*_runs(phased.shapes), *_runs(stated.shapes), told, *left])
    untold = [rice.pack(column) for column in stated.columns.values() if _told(column) is None]
    return varint(len(head)) + head + spent + b"".join(untold)


def unpack(data: bytes, took: Sequence[float]) -> tuple[Texts, Texts]:
    """Give phases and facts of attempts that took so long (seconds)."""
    if not data:
        return [None] * len(took), [None] * len(took)
    size, at = read_varint(data, 0)
    at += size
    phased, phased_runs, stated, stated_runs, told, *left = inflate(data[at - size : at])
    shapes = _unrun(phased, phased_runs, len(took))
    spent, at = phases.unpack(data, at, shapes, took, left)
    texts = _texts(Table(shapes, spent))
    shapes = _unrun(stated, stated_runs, len(took))
    return texts, _texts(Table(shapes, _facts(data, at, shapes, told)))


def _facts(data: bytes, at: int, shapes: list[Shape], told: list[Any]) -> dict[str, list[Any]]:
    facts = {}
    for (name, length), values in zip(phases.lengths(shapes).items(), told, strict=True):
        if values is None:
            facts[name], at = rice.unpack(data, at, length)
        else:
            facts[name] = values * length if len(values) == 1 else values
    return facts


def _told(column: list[Any]) -> list[Any] | None:
    """Give what the head tells of a column: one number for all, every number, or nothing of whole ones."""
    if len(set(map(repr, column))) == 1:
        return column[:1]
    return None if all(type(number) is int for number in column) else column


def _table(texts: Sequence[str | None], fits: Callable[[Any], bool]) -> Table:
    columns: dict[str, list[Any]] = {}
    shapes: list[Shape] = []
    known = _parsed(texts, fits)
    for text in texts:
        numbers = known.get(text)
        shapes.append(text if numbers is None else tuple(numbers))
        for name, number in (numbers or {}).items():
            columns.setdefault(name, []).append(number)
    return Table(shapes, columns)


def _parsed(texts: Sequence[str | None], fits: Callable[[Any], bool]) -> dict[str | None, dict[str, Any]]:
    """Give what the texts say, of those that fit into columns. Others are kept as the texts that they are."""
    different = list(dict.fromkeys(text for text in texts if text))
    try:
        values = json.loads(f"[{','.join(different)}]")
    except ValueError:
        values = []
    if len(values) != len(different):
        return {}
    pairs = zip(different, values, strict=True)
    return {text: value for text, value in pairs if type(value) is dict and all(map(fits, value.values()))}


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _text(numbers: dict[str, Any]) -> str:
    return json.dumps(numbers, separators=(",", ":"))


def _texts(table: Table) -> Texts:
    given = {name: iter(column) for name, column in table.columns.items()}
    return [
        _text({name: next(given[name]) for name in shape}) if isinstance(shape, tuple) else shape
        for shape in table.shapes
    ]


def _runs(shapes: list[Shape]) -> tuple[list[Shape], list[int]]:
    """Give the different shapes, and runs of their numbers; none where there is only one."""
    numbers = {shape: number for number, shape in enumerate(dict.fromkeys(shapes))}
    if len(numbers) == 1:
        return list(numbers), []
    return list(numbers), list(chain.from_iterable(_run(numbers[key], same) for key, same in groupby(shapes)))


def _run(number: int, same: Iterable[Any]) -> tuple[int, int]:
    return number, sum(1 for _ in same)


def _unrun(shapes: list[Any], runs: list[int], count: int) -> list[Shape]:
    known: list[Shape] = [tuple(shape) if isinstance(shape, list) else shape for shape in shapes]
    pairs = zip(runs[::2], runs[1::2], strict=True)
    return list(chain.from_iterable([known[number]] * length for number, length in pairs)) or known * count
