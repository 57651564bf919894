"""Edge: what the ledger needs of the store: results, what was judged of them, and counts.

A check's past is that of all its sites together.
"""

import itertools
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from probes.result import Outcome, Result
from store import hours, packing, past
from store.hours import HOUR, LAST
from store.past import OUTCOMES, Source
from store.rows import StoredOutage

# Of all checks, or with OF_ONE of one.
CHECKPOINTS = "SELECT check_name, at, state FROM checkpoints {}"
STRETCHES = 'SELECT check_name, start, "end", state FROM stretches {} ORDER BY check_name, start'
OUTAGES = """
    SELECT check_name, start, "end", last_bad, last_good_before, first_good FROM outages {}
    ORDER BY check_name, start
"""
BLIPS = "SELECT check_name, at FROM blips {} ORDER BY check_name, at"
OF_ONE = "WHERE check_name = ?"
REVISIONS = "SELECT check_name, number FROM revisions"
REVISION = "SELECT number FROM revisions WHERE check_name = ?"
PRUNED_UNTIL = "SELECT until FROM pruned"
COUNTS = """
    SELECT hour, sum(good), sum(bad), sum(unknown) FROM counts JOIN sources ON id = source
    WHERE check_name = ? GROUP BY hour ORDER BY hour
"""
FAST = """
    SELECT hour, threshold_ms, sum(fast.good) FROM fast JOIN sources ON id = source
    WHERE check_name = ? GROUP BY hour, threshold_ms ORDER BY hour, threshold_ms
"""
NO_COLUMNS = packing.Columns([], [], [], [])


@dataclass(frozen=True, slots=True)
class StoredJudgement:
    """What was judged of one check; its checkpoint is `at` (ms) and `state`, None where there is none."""

    at: int | None
    state: str | None
    stretches: tuple[tuple[int, int, str], ...]
    outages: tuple[StoredOutage, ...]
    blips: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Grid attempts as columns of equal length: starts (ms), outcomes, durations (whole microseconds)."""

    at: Sequence[int]
    outcome: Sequence[Outcome]
    took_us: Sequence[int]


@dataclass(frozen=True, slots=True)
class Count:
    """The grid attempts of one hour (its start, ms) whose results are gone; `fast` by threshold in ms."""

    hour: int
    good: int
    bad: int
    unknown: int
    fast: Mapping[int, int]


def results_from(
    connection: sqlite3.Connection, since: Mapping[str, int], otherwise: int | None, *, learned: bool = False
) -> Iterator[Result]:
    """Give the results of the checks named that began after their own instant (ms), in one order of time.

    Those of other checks from `otherwise` (ms) on; none of them where it is None.
    """
    asked = []
    for source in past.sources(connection, past.FIRST, LAST):
        after = since.get(source.check)
        first = otherwise if after is None else after + 1
        if first is not None:
            asked.append(replace(source, first=first))
    return past.results(connection, asked, learned=learned)


def results_of(
    connection: sqlite3.Connection,
    check: str,
    since: int,
    until: int,
    *,
    learned: bool,
    newest_first: bool = False,
    limit: int | None = None,
) -> Iterator[Result]:
    """Give the results of one check, of all its sites, that began in [since, until), in order of time."""
    asked = past.sources(connection, since, until - 1, check)
    order = past.newest_first if newest_first else past.results
    return itertools.islice(order(connection, asked, learned=learned), limit)


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour in which a check has results: those that began in [first, end), ms.

    `good` are their starts where all of them were good, else empty.
    """

    first: int
    end: int
    good: Sequence[int]


def hours_of(connection: sqlite3.Connection, check: str, since: int, until: int) -> Iterator[Hour]:
    """Give the hours of a check, of all its sites, in which results began in [since, until); in order."""
    for hour, those in past.by_hour(connection, past.sources(connection, since, until - 1, check)):
        first, end = max(hour, since), min(hour + HOUR, until)
        columns = hours.columns_of(connection, those[0].id, hour) if len(those) == 1 else NO_COLUMNS
        whole = columns.at and first <= columns.at[0] and columns.at[-1] < end
        calm = whole and columns.outcome.count("good") == len(columns.outcome)
        yield Hour(first, end, columns.at if calm else ())


def judged(connection: sqlite3.Connection, check: str | None = None) -> dict[str, StoredJudgement]:
    """Give what was judged of every check of which anything is, or of the one that is named."""
    checkpoints = {
        name: (at, state) for name, [(at, state)] in _by_check(connection, CHECKPOINTS, check).items()
    }
    stretches = _by_check(connection, STRETCHES, check)
    outages = _by_check(connection, OUTAGES, check)
    blips = _by_check(connection, BLIPS, check)
    return {
        name: StoredJudgement(
            *checkpoints.get(name, (None, None)),
            stretches=tuple(stretches.get(name, ())),
            outages=tuple(StoredOutage(*outage) for outage in outages.get(name, ())),
            blips=tuple(at for (at,) in blips.get(name, ())),
        )
        for name in {**checkpoints, **stretches, **outages, **blips}
    }


def _by_check(
    connection: sqlite3.Connection, query: str, check: str | None
) -> dict[str, list[tuple[Any, ...]]]:
    asked = ("", ()) if check is None else (OF_ONE, (check,))
    rows = itertools.groupby(connection.execute(query.format(asked[0]), asked[1]), key=_name)
    return {name: [row[1:] for row in group] for name, group in rows}


def _name(row: tuple[Any, ...]) -> str:
    return str(row[0])


def revisions(connection: sqlite3.Connection) -> dict[str, int]:
    """Give the revision of each check that has one other than 0, as `revision_of` gives that of one."""
    return dict(connection.execute(REVISIONS))


def revision_of(connection: sqlite3.Connection, check: str) -> int:
    """Give how often the results of a check have changed in a way that its judge cannot have seen."""
    found = connection.execute(REVISION, (check,)).fetchone()
    return int(found[0]) if found else 0


def pruned_until(connection: sqlite3.Connection) -> int:
    """Give the end (ms) of the latest hour of which results of any check were pruned; 0 where none were."""
    found = connection.execute(PRUNED_UNTIL).fetchone()
    return int(found[0]) if found else 0


def grid_columns(connection: sqlite3.Connection, check: str, since: int, until: int) -> Iterator[Columns]:
    """Give the grid attempts of a check, of all its sites, that began in [since, until): hour by hour."""
    for hour, those in past.by_hour(connection, past.sources(connection, since, until - 1, check)):
        for source in those:
            columns = _on_grid(hours.columns_of(connection, source.id, hour), source)
            if columns.at:
                yield columns


def _on_grid(columns: packing.Columns, source: Source) -> Columns:
    """Leave out what is extra, and what lies beyond the bounds."""
    at, took = columns.at, columns.took
    outcome = list(map(OUTCOMES.__getitem__, columns.outcome))
    if not at or (1 not in columns.extra and source.first <= at[0] and at[-1] <= source.last):
        return Columns(at, outcome, took)
    wanted = [
        source.first <= start <= source.last and not extra
        for start, extra in zip(at, columns.extra, strict=True)
    ]
    return Columns(
        list(itertools.compress(at, wanted)),
        list(itertools.compress(outcome, wanted)),
        list(itertools.compress(took, wanted)),
    )


def counts_of(connection: sqlite3.Connection, check: str) -> list[Count]:
    """Give the counts of the hours whose results are gone, oldest first, over all sites."""
    fast: dict[int, dict[int, int]] = {}
    for hour, threshold, good in connection.execute(FAST, (check,)):
        fast.setdefault(hour, {})[threshold] = good
    rows = connection.execute(COUNTS, (check,))
    return [Count(hour, good, bad, unknown, fast.get(hour, {})) for hour, good, bad, unknown in rows]
