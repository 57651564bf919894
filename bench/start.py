"""What a start costs: the results of DAYS days read back and judged, beside the rows alone read by SQLite.

.venv/bin/python bench/start.py [CHECKS] [DAYS]
"""

import sqlite3
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from alerting.restore import restore
from checks.model import Check, Configuration, Objective, Service
from checks.values import read_share
from probes.result import Outcome, Result
from store import file
from store.writer import Writer

MINUTE = 60_000
NOW = 1_790_000_000_000


def company(checks: int, days: int) -> Configuration:
    names = [f"c{number}" for number in range(checks)]
    return Configuration(
        services={name: Service(name=name) for name in names},
        checks={name: Check(name=name, kind="http", probe=None, service=name, interval=60) for name in names},
        objectives={
            name: Objective(name=name, target=read_share("99.9%"), window=f"{days}d", services=(name,))
            for name in names
        },
    )


def fill(path: Path, checks: int, days: int) -> None:
    with file.open(path, "bench", NOW) as store:
        writer = Writer(store)
        for at in range(NOW - days * 86_400_000, NOW, MINUTE):
            writer.put([result(f"c{number}", at + number) for number in range(checks)])
            if at % (1000 * MINUTE) == 0:
                writer.flush()
        writer.flush()


def result(check: str, at: int) -> Result:
    phases = {"resolve": 0.001234, "connect": 0.012345, "tls": 0.023456, "processing": 0.034567}
    facts = {"status_code": 200.0, "ssl_earliest_cert_expiry": 1_795_000_000.0}
    return Result(check, "bench", at, 0.123456, Outcome.GOOD, phases=phases, facts=facts)


def main(checks: int = 9, days: int = 30) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        fill(path, checks, days)
        connection = sqlite3.connect(path)
        begun = time.process_time()
        rows = sum(1 for _ in connection.execute("SELECT * FROM results"))
        bare = time.process_time() - begun
        begun = time.process_time()
        restore(company(checks, days), connection, NOW)
        ours = time.process_time() - begun
        print(f"{rows} results ({path.stat().st_size / rows:.0f} bytes each): CPU s, and per result in µs")
        print(f"  restore   {ours:7.2f}  {ours / rows * 1e6:6.2f}")
        print(f"  rows only {bare:7.2f}  {bare / rows * 1e6:6.2f}")
        print(f"  ratio     {ours / bare:7.1f}")
        connection.close()


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
