"""What the store remembers, as an engine that can go on: states replayed, incidents open, messages unsent."""

import logging
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile
from zoneinfo import ZoneInfo

from alerting import digest
from alerting.engine import Engine
from alerting.events import Relearned
from alerting.incident import Incident
from alerting.intent import Intent
from alerting.orders import Orders
from alerting.outbox_orders import unfinished
from checks.diff import enabled
from checks.model import Check, Configuration
from probes.result import Outcome
from slo.attempts import MICROSECONDS, Attempts
from slo.judge import Judge
from slo.past import before, judged, resumed
from slo.spans import ALWAYS
from store import ledger, reader
from store.file import Store
from store.rows import Operation, Pack, Renamed
from store.transaction import write

AT_ONCE = 1000  # hours of single checks that are packed in one transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Restored:
    """The engine, and the messages not known to be delivered, each with whether it was tried.

    `orders` are those about messages that no daemon has carried out. `kept` says until when (ms) the past of
    a check is stored as it was judged.
    """

    engine: Engine
    queued: tuple[tuple[Intent, bool], ...]
    orders: tuple[Operation, ...] = ()
    kept: Mapping[str, int] = field(default_factory=dict)


def resume(configuration: Configuration, store: Store, now: int) -> Restored:
    """Restore for a new life that writes: what was recorded under former names goes on under those of now."""
    renames = [
        Renamed(check.was, name, configuration.site)
        for name, check in enabled(configuration).items()
        if check.was
    ]
    write(store.connection, renames)
    return restore(configuration, store.connection, now, until=now)


def restore(
    configuration: Configuration, connection: sqlite3.Connection, now: int, *, until: int = ALWAYS
) -> Restored:
    """Read what was stored, to be asked about instants from `now` (ms) on.

    Open incidents and unsent messages first, then what was judged of the checks, then the results since that
    began at or before `until`. A result that lies ahead would make us deaf to all that come before it.
    """
    tried = reader.tried_ids(connection)
    queued = [Intent.of(row) for row in reader.unsettled_intents(connection)]
    episodes = {key: latest.episode for key, latest in reader.latest_episodes(connection).items()}
    incidents = [Incident.of(row) for row in reader.open_incidents(connection)]
    orders = Orders(ZoneInfo(configuration.timezone))
    operations = list(reader.operations(connection))
    for operation in operations:
        orders.take(operation)
    remembered = reader.memory(connection)
    judges = judges_of(configuration, connection, until)
    kept = {name: judge.settled for name, judge in judges.items() if judge.last}
    missed = remembered.get(digest.MEMORY, "")
    engine = Engine(configuration, incidents, episodes, queued, orders, missed, judges)
    _read(engine, connection, now, until)
    left = unfinished(operations, remembered, {intent.id for intent in queued})
    waiting = tuple((intent, intent.id in tried) for intent in queued)
    return Restored(engine, waiting, tuple(left), kept)


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
    return resumed(check, before(kept, first.at if first else ALWAYS))


def _read(engine: Engine, connection: sqlite3.Connection, now: int, until: int) -> None:
    """Count the attempts of the past where they are counted, then take in the results that are not judged."""
    since = {name: judge.last.at if judge.last else -1 for name, judge in engine.judges.items()}
    for check, attempts in engine.accounts.counting():
        count(attempts, check, connection, now - attempts.keep, since[check] + 1)
    results = ledger.results_from(connection, since, None, learned=False)
    engine.replay(takewhile(lambda result: result.at <= until, results))


def count(attempts: Attempts, check: str, connection: sqlite3.Connection, since: int, until: int) -> None:
    """Count the stored attempts of a check in [since, until); of older ones whole hours are known."""
    for hour in ledger.counts_of(connection, check):
        if since <= hour.hour < until:
            attempts.add(hour.hour, *_of_hour(hour, attempts))
    for columns in ledger.grid_columns(connection, check, since, until):
        for at, outcome, took in zip(columns.at, columns.outcome, columns.took_us, strict=True):
            attempts.add(at, outcome is Outcome.GOOD, outcome is Outcome.BAD, took / MICROSECONDS)


def _of_hour(hour: ledger.Count, attempts: Attempts) -> tuple[int, int]:
    """Give how many attempts of an hour were good and bad; of one whose speed nobody counted, none."""
    if attempts.faster_than is None:
        return hour.good, hour.bad
    fast = hour.fast.get(round(attempts.faster_than * 1000))
    return (0, 0) if fast is None else (fast, hour.good - fast + hour.bad)


def learn(check: Check, wanted: Collection[Attempts], connection: sqlite3.Connection, now: int) -> Relearned:
    """Judge a check anew. `wanted` are the counts that there are of it now."""
    kept = ledger.judged(connection).get(check.name, ledger.StoredJudgement(None, None, (), (), ()))
    judge = judge_of(check, replace(kept, at=None, state=None), connection, now)
    for result in ledger.results_of(connection, check.name, 0, now + 1, learned=False):
        judge.judge(result)
    attempts = {each.faster_than: each.anew() for each in wanted}
    for each in attempts.values():
        count(each, check.name, connection, now - each.keep, now + 1)
    return Relearned(judge, attempts)


def settle(configuration: Configuration, store: Store, now: int) -> None:
    """Judge the results that are not judged, keep that, and pack them: the next start has little to read."""
    known = judges_of(configuration, store.connection, now)
    for name, check in enabled(configuration).items():
        judge = known.get(name) or Judge(check)
        since = judge.last.at if judge.last else -1
        for result in ledger.results_of(store.connection, name, since + 1, now + 1, learned=False):
            judge.judge(result)
        if row := judged(judge, max(0, since)):
            write(store.connection, [row])
    while write(store.connection, [Pack(now, AT_ONCE)]).packed:
        pass
