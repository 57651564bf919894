"""Edge: results as they were, in order of time, whether they lie in rows or in packed hours.

Goes hour by hour, so that neither all of them nor an index by time has to be held. Each hour of a source is
read by one statement: nothing is left open while whoever asked thinks about what was given.
"""

import heapq
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from probes.result import NOTHING, Outcome, Reason, Result
from store import hours
from store.hours import HOUR, LAST, hour_of
from store.packing import Row

# Of so many sources results are read at once; of more, their hours are read in parts.
TOGETHER = 2_000
FIRST = -(2**63)

SOURCES = "SELECT id, check_name, site FROM sources ORDER BY id"
SOURCES_OF = "SELECT id, check_name, site FROM sources WHERE check_name = ? ORDER BY id"
NEXT_HOUR = """
    SELECT min(found) FROM (SELECT min(hour) AS found FROM hours WHERE source = :source AND hour >= :hour
    UNION ALL SELECT min(at) FROM results WHERE source = :source AND at >= :at)
"""
PREVIOUS_HOUR = """
    SELECT max(found) FROM (SELECT max(hour) AS found FROM hours WHERE source = :source AND hour <= :hour
    UNION ALL SELECT max(at) FROM results WHERE source = :source AND at <= :at)
"""
OUTCOMES = {each.value: each for each in Outcome}
REASONS: dict[str | None, Reason | None] = {None: None} | {each.value: each for each in Reason}


@dataclass(frozen=True, slots=True)
class Source:
    """A check as one site asks it, and the bounds (ms, both inclusive) of what is asked of it."""

    id: int
    check: str
    site: str
    first: int
    last: int


def sources(connection: sqlite3.Connection, first: int, last: int, check: str | None = None) -> list[Source]:
    """Give all sources, or those of a check, with those bounds."""
    found = connection.execute(SOURCES_OF, (check,)) if check is not None else connection.execute(SOURCES)
    bounds = max(first, FIRST), min(last, LAST)
    return [Source(id, name, site, *bounds) for id, name, site in found]


def results(connection: sqlite3.Connection, asked: Iterable[Source], *, learned: bool) -> Iterator[Result]:
    """Give the results of the sources within their bounds, in one order of time, without evidence."""
    for hour, those in by_hour(connection, asked):
        yield from _results_of_hour(connection, those, hour, learned=learned)


def newest_first(
    connection: sqlite3.Connection, asked: Iterable[Source], *, learned: bool
) -> Iterator[Result]:
    """Give the same from the last to the first."""
    for hour, those in by_hour(connection, asked, backwards=True):
        yield from reversed(list(_results_of_hour(connection, those, hour, learned=learned)))


def by_hour(
    connection: sqlite3.Connection, asked: Iterable[Source], *, backwards: bool = False
) -> Iterator[tuple[int, list[Source]]]:
    """Give the hours of which anything may be stored, in order, with the sources of which it is."""
    sign = -1 if backwards else 1
    waiting: list[tuple[int, int, Source]] = []
    for source in asked:
        _wait(connection, waiting, source, source.last if backwards else source.first, sign)
    while waiting:
        turn = waiting[0][0]
        those = []
        while waiting and waiting[0][0] == turn:
            those.append(heapq.heappop(waiting)[2])
        hour = turn * sign
        yield hour, those
        for source in those:
            _wait(connection, waiting, source, hour - 1 if backwards else hour + HOUR, sign)


def _wait(
    connection: sqlite3.Connection, waiting: list[tuple[int, int, Source]], source: Source, at: int, sign: int
) -> None:
    """Let a source wait for its next hour from an instant on, if it has one."""
    if not source.first <= at <= source.last:
        return
    whose = {"source": source.id, "at": at, "hour": max(hour_of(at), FIRST)}
    found = connection.execute(NEXT_HOUR if sign > 0 else PREVIOUS_HOUR, whose).fetchone()[0]
    if found is not None and hour_of(source.first) <= found <= source.last:
        heapq.heappush(waiting, (hour_of(found) * sign, source.id, source))


def _results_of_hour(
    connection: sqlite3.Connection, those: Sequence[Source], hour: int, *, learned: bool
) -> Iterator[Result]:
    length = -(-HOUR // (1 + len(those) // TOGETHER))
    for start in range(hour, hour + HOUR, length):
        found: list[tuple[int, int, Row, Source]] = []
        for source in those:
            bounds = max(source.first, start), min(source.last, start + length - 1)
            rows = hours.content(connection, source.id, hour, bounds, learned=learned)
            found += [(row[0], source.id, row, source) for row in rows]
        if len(those) > 1:
            found.sort(key=_order)
        for _, _, row, source in found:
            yield result_of(source, row)


def _order(found: tuple[int, int, Row, Source]) -> tuple[int, int]:
    return found[:2]


def result_of(source: Source, row: Row) -> Result:
    """Make a result of a row."""
    at, took, outcome, reason, detail, phases, facts, extra = row
    return Result(
        check=source.check,
        site=source.site,
        at=at,
        took=took,
        outcome=OUTCOMES[outcome],
        reason=REASONS[reason],
        detail=detail or "",
        phases=json.loads(phases) if phases else NOTHING,
        facts=json.loads(facts) if facts else NOTHING,
        extra=bool(extra),
    )
