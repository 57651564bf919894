"""Raw results as lines, CSV or JSON, and lines as results: what `import` reads and `export` writes. Pure."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, Literal

from alerting.form import instant
from checks.shapes import guess
from commands.result_fields import COLUMNS, Fields, Meanings, Mistake, Row, instead, quoted
from probes.result import Result

Format = Literal["csv", "jsonl"]

REQUIRED = ("check", "at", "took", "outcome")
HEADER = ",".join(COLUMNS)
BLANK = "\ufeff \t\r\n"


def read(lines: Iterable[str], site: str) -> Iterator[Row | Mistake]:
    """Understand lines: CSV with a header or JSON objects, as the first that is not blank tells.

    `site` is that of results that name none. What is wrong is given in its place, and reading goes on behind
    it, unless nothing can be understood any more.
    """
    found, blank = iter(lines), 0
    for first in found:
        if first.strip(BLANK):
            break
        blank += 1
    else:
        yield Mistake(1, f"must have the header {HEADER}, or JSON lines: there is nothing in it")
        return
    first = first.removeprefix("\ufeff")
    read_lines = _json_lines if first.lstrip()[0] in "{[" else _csv_lines
    yield from read_lines(chain([first], found), blank, Meanings(site))


# --- lines to fields


def _csv_lines(lines: Iterable[str], line: int, meanings: Meanings) -> Iterator[Row | Mistake]:
    """Understand CSV (RFC 4180). `line` is how many came before."""
    found = csv.reader(lines, strict=True, skipinitialspace=True)
    before = line
    try:
        head = [name.strip().lower() for name in next(found)]
        if wrong := _wrong_header(head):
            yield Mistake(line + 1, wrong)
            return
        width, in_order = len(head), _in_order(head)
        before = line + found.line_num
        for cells in found:
            if len(cells) == width:
                cells.append("")
                yield meanings.of(in_order(cells), before + 1)
            elif any(map(str.strip, cells)):
                yield Mistake(before + 1, f"must have {width} fields, as the header has, not {len(cells)}")
            before = line + found.line_num
    except csv.Error as error:
        yield Mistake(
            before + 1, f"cannot be read as CSV ({error}), nor what follows: are its quotes closed?"
        )


def _in_order(head: Sequence[str]) -> Callable[[list[str]], Fields]:
    """Give what brings cells into the order of COLUMNS; one that is not there is the last cell, empty."""
    return itemgetter(*(head.index(name) if name in head else -1 for name in COLUMNS))


def _wrong_header(head: Sequence[str]) -> str:
    """Say what is wrong with a header, or nothing."""
    if len(head) == 1 and (";" in head[0] or "\t" in head[0]):
        return f"must be the header {HEADER}: columns are separated by commas"
    missing = [name for name in REQUIRED if name not in head]
    if len(missing) == len(REQUIRED):
        return f"must be the header {HEADER}, or the first of JSON lines{instead(','.join(head))}"
    if missing:
        return f"must have a column {missing[0]}, as in the header {HEADER}"
    if other := _unknown(head):
        return other
    twice = [name for index, name in enumerate(head) if name in head[:index]]
    return f"has the column {twice[0]} twice: take one out" if twice else ""


def _unknown(names: Iterable[str]) -> str:
    """Refuse the first name that is none of ours: what stands under it would be lost."""
    for name in names:
        if name not in COLUMNS:
            meant = guess(name, COLUMNS)
            remedy = f'did you mean "{meant}"?' if meant else f"take it out; there is {', '.join(COLUMNS)}"
            return f"must not have {quoted(name)}: {remedy}"
    return ""


def _json_lines(lines: Iterable[str], line: int, meanings: Meanings) -> Iterator[Row | Mistake]:
    """Understand JSON, an object a line. `line` is how many came before."""
    for number, text in enumerate(lines, line + 1):
        if text.strip():
            fields = _fields_of(text)
            yield Mistake(number, fields) if isinstance(fields, str) else meanings.of(fields, number)


def _fields_of(text: str) -> Fields | str:
    """Give the fields of a line of JSON, numbers as they are written; or say what is wrong with it."""
    try:
        said = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return f"must be a JSON object on a line of its own{instead(text.strip())}"
    return _unknown(said) or tuple(_text(said.get(name)) for name in COLUMNS)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)


# --- results to lines


def lines_of(results: Iterable[Result], form: Format) -> Iterator[str]:
    """Write results, a line each; CSV begins with its header. Reading them gives the same lines again.

    Names need no quotes: they are letters, digits, dots, dashes and underscores.
    """
    if form == "csv":
        yield f"{HEADER}\n"
    write = _csv_line if form == "csv" else _json_line
    yield from map(write, results)


def _csv_line(one: Result) -> str:
    reason = one.reason or ""
    took = _took_of(one)
    return f"{one.check},{one.site},{instant(one.at)},{took},{one.outcome},{reason},{int(one.extra)}\n"


def _json_line(one: Result) -> str:
    reason = f'"{one.reason}"' if one.reason else "null"
    return (
        f'{{"check":"{one.check}","site":"{one.site}","at":"{instant(one.at)}","took":{_took_of(one)},'
        f'"outcome":"{one.outcome}","reason":{reason},"extra":{int(one.extra)}}}\n'
    )


def _took_of(one: Result) -> str:
    """Write seconds in whole microseconds, without an exponent."""
    whole, sep, part = f"{one.took:.6f}".partition(".")
    return f"{whole}{sep}{part[:3]}{part[3:].rstrip('0')}"
