"""What is stored of checks, judged: where it was left off, or all of it anew; and what came of that, kept."""

import logging
import sqlite3
from collections.abc import Collection
from dataclasses import replace

from alerting.events import Relearned
from checks.diff import enabled
from checks.model import Check, Configuration
from probes.result import Outcome
from slo.attempts import MICROSECONDS, Attempts
from slo.judge import Judge
from slo.past import before, judged, resumed
from slo.spans import ALWAYS
from store import ledger, reader
from store.file import Store
from store.rows import Judged, Pack
from store.transaction import write

AT_ONCE = 1000  # hours of single checks that are packed in one transaction

TRIES = 5  # to keep what was judged of a check, while somebody else adds results of it
NOTHING_KEPT = ledger.StoredJudgement(None, None, (), (), ())

log = logging.getLogger(__name__)


def judges_of(configuration: Configuration, connection: sqlite3.Connection, until: int) -> dict[str, Judge]:
    """Give the judges of those checks of which something was judged, as they were then."""
    stored = ledger.judged(connection)
    known = {name: check for name, check in enabled(configuration).items() if name in stored}
    return {name: judge_of(check, stored[name], connection, until) for name, check in known.items()}


def judge_of(check: Check, kept: ledger.StoredJudgement, connection: sqlite3.Connection, until: int) -> Judge:
    """Make a judge that goes on from what was kept.

    Without a state to go on from, all results are judged again: kept is what was before the first of them.
    """
    if kept.state is not None and kept.at is not None and kept.at <= until:
        try:
            return resumed(check, kept)
        except (ValueError, KeyError, TypeError) as error:
            log.warning("what was judged of %s cannot be read (%s): it is judged anew", check.name, error)
    first = next(ledger.results_of(connection, check.name, 0, ALWAYS, learned=False, limit=1), None)
    # What was judged of results that are gone stays: a result that is imported later is no better witness.
    return resumed(check, before(kept, max(first.at if first else ALWAYS, ledger.pruned_until(connection))))


def judge_stored(judge: Judge, connection: sqlite3.Connection, until: int) -> None:
    """Judge the stored results of a check that began after its last one, and at or before `until` (ms).

    Hours in which all was good, while nothing is open, are taken in at once: that is nearly all of them.
    """
    name, since = judge.check.name, judge.last.at + 1 if judge.last else judge.settled
    untold: int | None = None  # the last attempt, where only its start is known
    for hour in ledger.hours_of(connection, name, since, until + 1):
        untold = hour.good[-1] if judge.calm(hour.good) else None
        if untold is None:
            for result in ledger.results_of(connection, name, hour.first, hour.end, learned=False):
                judge.judge(result)
    if untold is not None:
        judge.last = next(ledger.results_of(connection, name, untold, untold + 1, learned=False))


def count(attempts: Attempts, check: str, connection: sqlite3.Connection, since: int, until: int) -> None:
    """Count the stored attempts of a check in [since, until); of those that are gone, by whole hours."""
    counts = [hour for hour in ledger.counts_of(connection, check) if since <= hour.hour < until]
    for columns in ledger.grid_columns(connection, check, since, until):
        while counts and columns.at and counts[0].hour <= columns.at[0]:
            hour = counts.pop(0)
            attempts.add(hour.hour, *_of_hour(hour, attempts))
        for at, outcome, took in zip(columns.at, columns.outcome, columns.took_us, strict=True):
            attempts.add(at, outcome is Outcome.GOOD, outcome is Outcome.BAD, took / MICROSECONDS)
    for hour in counts:
        attempts.add(hour.hour, *_of_hour(hour, attempts))
    attempts.whole = True


def _of_hour(hour: ledger.Count, attempts: Attempts) -> tuple[int, int]:
    """Give how many attempts of an hour were good and bad; of one whose speed nobody counted, none."""
    if attempts.faster_than is None:
        return hour.good, hour.bad
    fast = hour.fast.get(round(attempts.faster_than * 1000))
    return (0, 0) if fast is None else (fast, hour.good - fast + hour.bad)


def learn(check: Check, wanted: Collection[Attempts], connection: sqlite3.Connection, now: int) -> Relearned:
    """Judge a check anew. `wanted` are the counts that there are of it now."""
    with reader.snapshot(connection):
        revision = ledger.revision_of(connection, check.name)
        kept = ledger.judged(connection, check.name).get(check.name, NOTHING_KEPT)
        judge = judge_of(check, replace(kept, at=None, state=None), connection, now)
        judge_stored(judge, connection, now)
        longest = sorted(wanted, key=lambda each: each.keep)
        attempts = {each.faster_than: each.anew() for each in longest}
        for each in attempts.values():
            count(each, check.name, connection, now - each.keep, now + 1)
    return Relearned(judge, attempts, revision)


def settle(configuration: Configuration, store: Store, now: int) -> None:
    """Judge the results that are not judged, keep that, and pack them: the next start has little to read."""
    for check in enabled(configuration).values():
        for _ in range(TRIES):
            row = _judged(check, store.connection, now)
            if row is None or not write(store.connection, [row]).stale:
                break
    while write(store.connection, [Pack(now, AT_ONCE)]).packed:
        pass


def _judged(check: Check, connection: sqlite3.Connection, now: int) -> Judged | None:
    """Judge a check from where it was left off; give what there is to keep of that."""
    with reader.snapshot(connection):
        revision = ledger.revision_of(connection, check.name)
        kept = ledger.judged(connection, check.name).get(check.name, NOTHING_KEPT)
        judge = judge_of(check, kept, connection, now)
        since = judge.last.at if judge.last else 0
        judge_stored(judge, connection, now)
    return judged(judge, since, revision)
