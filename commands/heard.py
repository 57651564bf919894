"""Edge: what the store knows of heartbeats, for who asks without being the daemon that hears them."""

import sqlite3
from collections.abc import Collection
from contextlib import closing

from checks.model import Configuration
from driver.heartbeats import NAME
from probes.basic.heartbeat import Heartbeat
from probes.heard import Heard, heard_of
from store import reader
from store.errors import StoreError


def heard_by(configuration: Configuration, names: Collection[str]) -> dict[str, Heard]:
    """Give what was heard for those of the checks that are called; nothing where no store can be read."""
    called = [name for name in names if isinstance(configuration.checks[name].probe, Heartbeat)]
    if not called:
        return {}
    try:
        with closing(reader.open_reader(configuration.store)) as connection:
            remembered = reader.memory(connection)
    except (StoreError, sqlite3.Error):
        return {}
    return {name: heard_of(remembered.get(f"{NAME}{name}", "")) for name in called}
