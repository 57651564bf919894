"""What a result costs once its hour is packed, and what packing takes, beside the same results as rows.

.venv/bin/python bench/packing.py [CHECKS] [HOURS]

Checks every 30 s: starts a few ms late, phases log-normal around medians of their own, facts that stay,
one attempt in 200 failed. Bytes are those of the pages in use, less those of an empty store, per result.
"""

import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from math import log
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from probes.result import Outcome, Reason, Result, measured
from store import file, packing
from store.file import Store
from store.rows import Pack
from store.transaction import write

HOUR = 3_600_000
BEGIN = 497_000 * HOUR
# Seconds of the phases, and facts, of a plain check and of one through TLS.
HTTP = {"resolve": 0.0008, "connect": 0.009, "processing": 0.021, "transfer": 0.0006}
HTTPS = {"resolve": 0.0008, "connect": 0.009, "tls": 0.012, "processing": 0.021, "transfer": 0.0006}
ANSWER = {"status_code": 200, "content_length": 1256, "version": 1.1}
FACTS = {4: ANSWER, 5: {"ssl_earliest_cert_expiry": 1_795_000_000, **ANSWER}}


def attempt(
    check: int, at: int, spread: float, chance: random.Random, usual: dict[str, float] = HTTP
) -> Result:
    late = int(chance.expovariate(1 / 2))
    phases = {name: round(chance.lognormvariate(log(middle), spread), 6) for name, middle in usual.items()}
    took = measured(sum(phases.values()) + abs(chance.gauss(0.0002, 0.00005)))
    if chance.random() < 0.005:
        detail = f"not done within 10 s; {chance.uniform(9.9, 10):.3g} s of it went by in the step connect"
        spent = {"resolve": phases["resolve"], "connect": 9.98}
        return Result(
            f"c{check}", "hq", at + late, 10.0012, Outcome.BAD, Reason.CONNECT_TIMEOUT, detail, spent
        )
    return Result(f"c{check}", "hq", at + late, took, Outcome.GOOD, phases=phases, facts=FACTS[len(usual)])


def fill(store: Store, checks: int, hours: int, spread: float, usual: dict[str, float]) -> int:
    chance = random.Random(spread)
    for at in range(BEGIN, BEGIN + hours * HOUR, 30_000):
        write(
            store.connection,
            [attempt(check, at + check * 97 % 30_000, spread, chance, usual) for check in range(checks)],
        )
    return checks * hours * 120


def used(store: Store) -> int:
    pages, free, size = (
        store.connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def seconds(call: Callable[[], object]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


def read_all(read: Callable[[int, bytes], object], blobs: list[tuple[int, bytes]]) -> None:
    for hour, blob in blobs:
        read(hour, blob)


def main(checks: int = 50, hours: int = 48) -> None:
    print(
        "per result:  bytes as rows, packed, of these blobs; µs to pack; µs to unpack: all, judged, counted"
    )
    for usual, spread in itertools.product((HTTP, HTTPS), (0.05, 0.1, 0.15, 0.2)):
        with tempfile.TemporaryDirectory() as folder, file.open(Path(folder) / "a.db", "bench", 0) as store:
            empty = used(store)
            count = fill(store, checks, hours, spread, usual)
            before = used(store) - empty
            packed = seconds(lambda: write(store.connection, [Pack(2**62, checks * hours)]))
            blobs = store.connection.execute("SELECT hour, document FROM hours").fetchall()
            took = [
                seconds(partial(read_all, read, blobs))
                for read in (packing.unpack, packing.unpack_judged, packing.unpack_columns)
            ]
            bare = sum(len(blob) for _, blob in blobs) / count
            full = (used(store) - empty) / count
            print(
                f"  {len(usual)} phases, spread {spread:4.0%}: {before / count:6.1f} {full:6.2f} {bare:6.2f};"
                f" {packed / count * 1e6:6.2f}; {' '.join(f'{one / count * 1e6:6.2f}' for one in took)}"
            )


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
