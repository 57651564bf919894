"""Edge: results into the file. The first recorded of an instant stays, in a row or in a packed hour."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from probes.result import Outcome, Result
from store import hours
from store.hours import HOUR, LATEST_PACKED, hour_of
from store.packing import Row
from store.statements import (
    EVIDENCE,
    ITS_SOURCE,
    OLDER_EVIDENCE,
    RESULT,
    SOURCE,
    STORED_RESULT,
    evidence_values,
    result_key,
    result_values,
)

PACKED = f"SELECT source, document FROM hours WHERE source = {ITS_SOURCE} AND hour = ?"  # noqa: S608 – constants
LATEST_CHECKPOINT = "SELECT max(at) FROM checkpoints"
UNJUDGE = "DELETE FROM checkpoints WHERE check_name = ? AND at >= ?"


@dataclass(slots=True)
class Added:
    """How many results are new, those that differ from what stands, and the new ones before a checkpoint."""

    count: int = 0
    differing: list[Result] = field(default_factory=list)
    late: list[Result] = field(default_factory=list)


def add(connection: sqlite3.Connection, results: Sequence[Result]) -> Added:
    """Insert what is new. Needs a transaction.

    A new result that began before a checkpoint of its check deletes that: judging must begin anew.
    """
    connection.executemany(SOURCE, dict.fromkeys((row.check, row.site) for row in results))
    (judged,) = connection.execute(LATEST_CHECKPOINT).fetchone()
    added = Added()
    rows = _merge_packed(connection, results, judged, added)
    _insert(connection, rows, judged, added)
    fits = results if not added.differing else _without(results, added.differing)
    _keep_evidence(connection, fits)
    earliest = {row.check: row.at for row in sorted(added.late, key=_at, reverse=True)}
    connection.executemany(UNJUDGE, earliest.items())
    return added


def _without(results: Sequence[Result], left_out: Sequence[Result]) -> list[Result]:
    """Leave out these very results: others may be equal to them."""
    names = set(map(id, left_out))
    return [row for row in results if id(row) not in names]


def _insert(
    connection: sqlite3.Connection, results: Sequence[Result], judged: int | None, added: Added
) -> None:
    before = [] if judged is None else [row for row in results if row.at <= judged]
    rest = results if not before else [row for row in results if row.at > (judged or 0)]
    count = connection.executemany(RESULT, map(_values, rest)).rowcount if rest else 0
    late = [row for row in before if connection.execute(RESULT, _values(row)).rowcount]
    added.count += count + len(late)
    added.late += late
    if count + len(late) < len(results):
        added.differing += [row for row in results if _differs(connection, row)]


def _values(row: Result) -> tuple[object, ...]:
    return (*result_key(row), *result_values(row))


def _differs(connection: sqlite3.Connection, row: Result) -> bool:
    took, outcome, reason, *_, extra = result_values(row)
    stored = connection.execute(STORED_RESULT, result_key(row)).fetchone()
    return bool(stored != (took, outcome, reason, extra))


def _merge_packed(
    connection: sqlite3.Connection, results: Sequence[Result], judged: int | None, added: Added
) -> Sequence[Result]:
    """Add what belongs into packed hours; give the rest."""
    latest = connection.execute(LATEST_PACKED).fetchone()
    if not latest or all(row.at >= latest[0] + HOUR for row in results):
        return results
    rest: list[Result] = []
    for (check, site, hour), group in _by_hour(results).items():
        found = connection.execute(PACKED, (check, site, hour)).fetchone()
        if found:
            _merge(connection, (found[0], hour, found[1]), group, judged, added)
        else:
            rest += group
    return rest


def _by_hour(results: Sequence[Result]) -> dict[tuple[str, str, int], list[Result]]:
    groups: dict[tuple[str, str, int], list[Result]] = {}
    for row in results:
        groups.setdefault((row.check, row.site, hour_of(row.at)), []).append(row)
    return groups


def _merge(
    connection: sqlite3.Connection,
    packed: tuple[int, int, bytes],
    group: list[Result],
    judged: int | None,
    added: Added,
) -> None:
    rows: list[Row] = [(row.at, *result_values(row)) for row in group]
    whose = {id(row): result for row, result in zip(rows, group, strict=True)}
    new, differing = hours.merge(connection, *packed, rows)
    added.count += len(new)
    added.differing += [whose[id(row)] for row in differing]
    added.late += [whose[id(row)] for row in new if judged is not None and row[0] <= judged]


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
