"""What the store remembers, as an engine that can go on: states replayed, incidents open, messages unsent."""

import sqlite3
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from alerting import digest
from alerting.engine import Engine
from alerting.incident import Incident
from alerting.intent import Intent
from alerting.orders import Orders
from alerting.outbox_orders import unfinished
from checks.diff import enabled
from checks.model import Configuration
from slo.windows import length_ms
from store import reader
from store.file import Store
from store.rows import Operation, Renamed
from store.transaction import write

LEAST = 86_400_000  # ms of results that are read even where no objective asks for them


@dataclass(frozen=True, slots=True)
class Restored:
    """The engine, and the messages not known to be delivered, each with whether it was tried.

    `orders` are those about messages that no daemon has carried out.
    """

    engine: Engine
    queued: tuple[tuple[Intent, bool], ...]
    orders: tuple[Operation, ...] = ()


def resume(configuration: Configuration, store: Store, now: int) -> Restored:
    """Restore for a new life that writes: what was recorded under former names goes on under those of now."""
    renames = [
        Renamed(check.was, name, configuration.site)
        for name, check in enabled(configuration).items()
        if check.was
    ]
    write(store.connection, renames)
    return restore(configuration, store.connection, now)


def restore(configuration: Configuration, connection: sqlite3.Connection, now: int) -> Restored:
    """Read what was stored. Open incidents and unsent messages first, then results, oldest first."""
    tried = reader.tried_ids(connection)
    queued = [Intent.of(row) for row in reader.unsettled_intents(connection)]
    episodes = {key: latest.episode for key, latest in reader.latest_episodes(connection).items()}
    incidents = [Incident.of(row) for row in reader.open_incidents(connection)]
    orders = Orders(ZoneInfo(configuration.timezone))
    operations = list(reader.operations(connection))
    for operation in operations:
        orders.take(operation)
    since = now - _span(configuration)
    missed = reader.memory(connection).get(digest.MEMORY, "")
    engine = Engine(configuration, incidents, episodes, queued, orders, missed)
    engine.replay(reader.results_since(connection, since, learned=False))
    left = unfinished(operations, reader.memory(connection), {intent.id for intent in queued})
    return Restored(engine, tuple((intent, intent.id in tried) for intent in queued), tuple(left))


def _span(configuration: Configuration) -> int:
    return max(
        (length_ms(objective.window) for objective in configuration.objectives.values()), default=LEAST
    )
