"""Rows into the file: in order, in one transaction; a row that cannot be stored does not stop the others."""

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from probes.result import Result
from store import hours
from store.judgements import judge
from store.pruning import Pruned, prune
from store.rename import rename
from store.results import add
from store.rows import Judged, Pack, Prune, Reclassified, Renamed, Row
from store.statements import STATEMENTS

# The file's troubles, which pass: full, locked, unreadable. sqlite3 raises the bare DatabaseError for damage.
TROUBLES = (sqlite3.OperationalError, sqlite3.InternalError, OSError, MemoryError)


@dataclass(slots=True)
class Exceptional:
    """What became of rows, where that is not told by themselves.

    `added` counts the results that were new. Not in are results that differ from the one recorded first, and
    rows that no table takes. `packed` counts hours of one source each; `unpacked` says whether more are left
    to be packed, None where nobody asked for it. `stale` names the checks of which something judged was not
    written, because its revision was no longer that of the check.
    """

    added: int = 0
    differing: list[Result] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)  # a row's type, the error's type
    packed: int = 0
    unpacked: bool | None = None
    pruned: list[Pruned] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)


def write(connection: sqlite3.Connection, rows: Sequence[Row]) -> Exceptional:
    """Commit the rows, in order; raise when the file cannot take them now, and then none is in it."""
    try:
        return _transact(connection, rows, _all_at_once)
    except Exception as error:
        if _is_trouble(error):
            raise
    return _transact(connection, rows, _one_by_one)


def _is_trouble(error: Exception) -> bool:
    return isinstance(error, TROUBLES) or type(error) is sqlite3.DatabaseError


def _transact(
    connection: sqlite3.Connection,
    rows: Sequence[Row],
    put: Callable[[sqlite3.Connection, Sequence[Row], Exceptional], None],
) -> Exceptional:
    exceptional = Exceptional()
    connection.execute("BEGIN IMMEDIATE")
    try:
        put(connection, rows, exceptional)
        connection.execute("COMMIT")
    except BaseException:
        # SQLite may have rolled back on its own; then there is nothing left to do.
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    return exceptional


def _all_at_once(connection: sqlite3.Connection, rows: Sequence[Row], exceptional: Exceptional) -> None:
    for kind, group in groupby(rows, type):
        if kind is Result:
            _results(connection, [row for row in group if isinstance(row, Result)], exceptional)
        elif kind in STATEMENTS:
            statement = STATEMENTS[kind]
            connection.executemany(statement.sql, map(statement.values, group))
        else:
            for row in group:
                _carry_out(connection, row, exceptional)


def _results(connection: sqlite3.Connection, results: Sequence[Result], exceptional: Exceptional) -> None:
    added = add(connection, results)
    exceptional.added += added.count
    exceptional.differing += added.differing


def _carry_out(connection: sqlite3.Connection, row: Row, exceptional: Exceptional) -> None:
    match row:
        case Renamed():
            rename(connection, row)
        case Reclassified():
            hours.reclassify(connection, row)
        case Judged():
            if not judge(connection, row):
                exceptional.stale.append(row.check)
        case Prune():
            exceptional.pruned += prune(connection, row)
        case Pack():
            packed = hours.pack(connection, row)
            exceptional.packed += packed.hours
            exceptional.unpacked = packed.left
        case _:
            raise TypeError(f"{type(row).__name__} is no row")


def _one_by_one(connection: sqlite3.Connection, rows: Sequence[Row], exceptional: Exceptional) -> None:
    for row in rows:
        connection.execute("SAVEPOINT one")
        try:
            _all_at_once(connection, [row], exceptional)
        except Exception as error:
            if _is_trouble(error):
                raise
            connection.execute("ROLLBACK TO one")
            exceptional.refused.append((type(row).__name__, type(error).__name__))
        connection.execute("RELEASE one")
