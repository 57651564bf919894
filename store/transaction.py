"""Rows into the file: in order, in one transaction; a row that cannot be stored does not stop the others."""

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from probes.result import Outcome, Result
from store.rename import rename
from store.rows import Renamed, Row
from store.statements import (
    EVIDENCE,
    OLDER_EVIDENCE,
    RESULT,
    SOURCE,
    STATEMENTS,
    STORED_RESULT,
    evidence_values,
    result_key,
    result_values,
)

# The file's troubles, which pass: full, locked, unreadable. sqlite3 raises the bare DatabaseError for damage.
TROUBLES = (sqlite3.OperationalError, sqlite3.InternalError, OSError, MemoryError)


@dataclass(slots=True)
class Exceptional:
    """What did not go in: results that differ from the one recorded first, and rows that no table takes."""

    differing: list[Result] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)  # a row's type, the error's type


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
            exceptional.differing += _results(connection, [row for row in group if isinstance(row, Result)])
        elif kind is Renamed:
            for row in group:
                rename(connection, row)
        else:
            statement = STATEMENTS[kind]
            connection.executemany(statement.sql, map(statement.values, group))


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


def _results(connection: sqlite3.Connection, results: Sequence[Result]) -> list[Result]:
    """Insert what is new; give those that differ from what stands under their identity."""
    connection.executemany(SOURCE, dict.fromkeys((row.check, row.site) for row in results))
    inserted = connection.executemany(RESULT, ((*result_key(row), *result_values(row)) for row in results))
    if inserted.rowcount == len(results):
        _keep_evidence(connection, results)
        return []
    fits = [_stored(connection, row) == result_values(row) for row in results]
    _keep_evidence(connection, [row for row, same in zip(results, fits, strict=True) if same])
    return [row for row, same in zip(results, fits, strict=True) if not same]


def _stored(connection: sqlite3.Connection, row: Result) -> object:
    return connection.execute(STORED_RESULT, result_key(row)).fetchone()


def _keep_evidence(connection: sqlite3.Connection, results: Sequence[Result]) -> None:
    """Keep the evidence of each bad attempt, and of the last good one of each check."""
    telling = [row for row in results if row.evidence]
    if not telling:
        return
    good = {(row.check, row.site): row for row in sorted(telling, key=_at) if row.outcome is Outcome.GOOD}
    bad = [row for row in telling if row.outcome is Outcome.BAD]
    connection.executemany(EVIDENCE, map(evidence_values, [*good.values(), *bad]))
    connection.executemany(OLDER_EVIDENCE, [(*source, *source) for source in good])


def _at(row: Result) -> int:
    return row.at
