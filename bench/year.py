"""A year of 200 checks: size on disk, the judging of it all, the start after that, and what any window costs.

.venv/bin/python bench/year.py [CHECKS] [DAYS]

Every check is asked every 30 s. Its packed hours are drawn from 300 different ones: most all good, some with
blips and with outages. The peer of a window is SQL over the same results of one check as plain rows.
"""

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from math import log
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from alerting.relearn import settle
from alerting.restore import restore
from checks.model import Check, Configuration, Objective, Service
from probes.result import measured
from slo.accounts import Accounts
from store import file, packing
from store.file import Store

HOUR, DAY, STEP = 3_600_000, 86_400_000, 30_000
BEGIN = 497_000 * HOUR
MEDIANS = {"resolve": 0.0008, "connect": 0.009, "tls": 0.012, "processing": 0.021}
FACTS = '{"ssl_earliest_cert_expiry":1795000000,"status_code":200,"content_length":1256}'
GOOD = ("good", None, None)
BAD = ("bad", "http_status", "answered 503 Service Unavailable")
WINDOWS = ("7d", "30d", "90d", "year")
TIMES = 1000


def hour(chance: random.Random) -> list[packing.Row]:
    """Make an hour of results, from the instant 0 on."""
    length = chance.choice([0] * 40 + [1, 2, 6, 40])
    begin = chance.randrange(120)
    rows: list[packing.Row] = []
    for number in range(120):
        phases = {name: round(chance.lognormvariate(log(usual), 0.1), 6) for name, usual in MEDIANS.items()}
        took = measured(sum(phases.values()) + abs(chance.gauss(0.0002, 0.00005)))
        said = BAD if begin <= number < begin + length else GOOD
        written = "{" + ",".join(f'"{name}":{seconds}' for name, seconds in phases.items()) + "}"
        rows.append((number * STEP + int(chance.expovariate(0.5)), took, *said, written, FACTS, 0))
    return rows


def fill(store: Store, checks: int, days: int) -> int:
    chance = random.Random(1)
    blobs = [packing.pack(0, hour(chance)) for _ in range(300)]
    store.connection.execute("BEGIN")
    for number in range(checks):
        store.connection.execute("INSERT INTO sources VALUES (?, ?, 'bench')", (number + 1, f"c{number}"))
        rows = ((number + 1, BEGIN + n * HOUR, 120, chance.choice(blobs)) for n in range(days * 24))
        store.connection.executemany("INSERT INTO hours VALUES (?, ?, ?, ?)", rows)
    store.connection.execute("COMMIT")
    return checks * days * 24 * 120


def company(checks: int) -> Configuration:
    names = [f"c{number}" for number in range(checks)]
    objectives = [
        Objective(name=f"{name}-{window}", target=Fraction(999, 1000), window=window, services=(name,))
        for name in names
        for window in WINDOWS
    ]
    tries = Objective(
        name="tries", target=Fraction(999, 1000), window="30d", check="c0", indicator="attempts"
    )
    return Configuration(
        services={name: Service(name=name) for name in names},
        checks={name: Check(name=name, kind="http", probe=None, service=name) for name in names},
        objectives={each.name: each for each in (*objectives, tries)},
    )


def timed(what: Callable[[], object]) -> tuple[float, float]:
    """Give CPU and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    what()
    return time.process_time() - cpu, time.perf_counter() - wall


def plain(store: Store) -> sqlite3.Connection:
    """Write the results of one check as plain rows, as a table of their own would have them."""
    rows = sqlite3.connect(":memory:")
    rows.execute("CREATE TABLE results (source, at, took, outcome, PRIMARY KEY (source, at)) WITHOUT ROWID")
    for begin, blob in store.connection.execute("SELECT hour, document FROM hours WHERE source = 1"):
        columns = packing.unpack_columns(begin, blob)
        rows.executemany(
            "INSERT OR IGNORE INTO results VALUES (1, ?, ?, ?)",
            zip(columns.at, columns.took, columns.outcome, strict=True),
        )
    return rows


def windows(store: Store, configuration: Configuration, now: int) -> Iterator[str]:
    """Compare what a window costs."""
    accounts, rows = restore(configuration, store.connection, now).engine.accounts, plain(store)
    count = "SELECT outcome, count(*) FROM results WHERE source = 1 AND at >= ? AND at < ? GROUP BY outcome"
    accounts.at(now)
    for window, length in (("7d", 7), ("30d", 30), ("90d", 90), ("year", 365)):
        asked = partial(repeated, accounts, f"c0-{window}", now)
        peer = partial(rows.execute(count, (now - length * DAY, now)).fetchall)
        ours, theirs = timed(asked)[0] / TIMES, timed(peer)[0]
        yield f"  {window:5} {ours * 1e6:8.0f} µs, with all seven burn rates; SQL {theirs * 1e6:8.0f} µs"


def repeated(accounts: Accounts, objective: str, now: int) -> None:
    for _ in range(TIMES):
        accounts.one(objective, now)


def main(checks: int = 200, days: int = 365) -> None:
    with tempfile.TemporaryDirectory() as folder, file.open(Path(folder) / "y.db", "bench", BEGIN) as store:
        now, configuration = BEGIN + days * DAY, company(checks)
        count = fill(store, checks, days)
        print(f"{checks} checks, {days} days at 30 s: {count} results")
        judged = timed(lambda: settle(configuration, store, now))
        print(f"  judged anew: {judged[0]:.1f} s CPU, {judged[0] / count * 1e6:.2f} µs a result")
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = (Path(folder) / "y.db").stat().st_size
        print(f"  on disk: {size / 2**20:.0f} MiB, {size / count:.2f} bytes a result")
        started = timed(lambda: restore(configuration, store.connection, now))
        print(f"  a start: {started[0]:.2f} s CPU, {started[1]:.2f} s")
        print("what an objective costs at one instant, beside counting the results of its check by SQL:")
        for line in windows(store, configuration, now):
            print(line)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
