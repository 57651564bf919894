"""What the store remembers, as an engine that can go on: states replayed, incidents open, messages unsent."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from zoneinfo import ZoneInfo

from alerting.engine import Engine
from alerting.incident import Incident
from alerting.intent import Intent
from alerting.orders import Orders
from alerting.outbox_orders import unfinished
from alerting.relearn import count, judge_stored, judges_of
from checks.diff import enabled
from checks.model import Configuration
from slo.judge import Judge
from slo.spans import ALWAYS
from store import ledger, reader
from store.file import Store
from store.rows import Operation, Renamed
from store.transaction import write

REPLAYED = 4 * 3_600_000  # ms: what tells how restless services have been is judged in one order of time


@dataclass(frozen=True, slots=True)
class Restored:
    """The engine, and the messages not known to be delivered, each with whether it was tried.

    `orders` are those about messages that no daemon has carried out. `kept` says until when (ms) the past of
    a check is stored as it was judged. `remembered` are the few things that are kept by their names.
    """

    engine: Engine
    queued: tuple[tuple[Intent, bool], ...]
    orders: tuple[Operation, ...] = ()
    kept: Mapping[str, int] = field(default_factory=dict)
    remembered: Mapping[str, str] = field(default_factory=dict)


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
    revisions = ledger.revisions(connection)
    judges = judges_of(configuration, connection, until)
    kept = {name: judge.settled for name, judge in judges.items() if judge.last}
    for name, check in enabled(configuration).items():
        if name not in kept:
            judge_stored(judges.setdefault(name, Judge(check)), connection, min(now, until) - REPLAYED)
    engine = Engine(configuration, incidents, episodes, queued, orders, remembered, judges)
    engine.learning.revisions = revisions
    _read(engine, connection, now, until)
    left = unfinished(operations, remembered, {intent.id for intent in queued})
    waiting = tuple((intent, intent.id in tried) for intent in queued)
    return Restored(engine, waiting, tuple(left), kept, remembered)


def _read(engine: Engine, connection: sqlite3.Connection, now: int, until: int) -> None:
    """Count the attempts of the past where they are counted, then take in the results that are not judged."""
    since = {
        name: judge.last.at if judge.last else judge.settled - 1 for name, judge in engine.judges.items()
    }
    for check, attempts in engine.accounts.counting():
        count(attempts, check, connection, now - attempts.keep, since[check] + 1)
        if until == ALWAYS:
            attempts.keep = ALWAYS  # what comes after the instant that is asked about lets go of nothing
    results = ledger.results_from(connection, since, None, learned=False)
    engine.replay(takewhile(lambda result: result.at <= until, results))
