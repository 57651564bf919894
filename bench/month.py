"""A month of five checks on the virtual loop, beside the same number of bare timers on it.

Prints CPU seconds of both and their ratio: median, least and most over interleaved rounds.

    .venv/bin/python bench/month.py [ROUNDS] [DAYS]
"""

import asyncio
import logging
import sys
import time
from pathlib import Path
from random import Random
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.simulation.stage import Stage, oncall
from tests.simulation.test_replay import days
from tests.simulation.virtualloop import run
from tests.simulation.world import World, company

SERVICES = {f"s{number}": 1 for number in range(5)}


def daemon(count: int) -> float:
    """Give the CPU seconds of the whole daemon: schedule, attempts, engine, store, delivery."""
    stage = Stage(company(SERVICES, interval=60, receivers={"oncall": oncall()}), World(noise=0.001))
    begun = time.process_time()
    run(days(stage, count, Random(3)))
    return time.process_time() - begun


def bare(count: int) -> float:
    """Give those of a loop on which one timer a minute fires for each check, and nothing is done."""

    async def ticks() -> None:
        for _ in range(count * 1440 * len(SERVICES)):
            await asyncio.sleep(12)

    begun = time.process_time()
    run(ticks())
    return time.process_time() - begun


def main(rounds: int = 3, count: int = 30) -> None:
    logging.disable(logging.WARNING)
    ours, peers = [], []
    for _ in range(rounds):
        ours.append(daemon(count))
        peers.append(bare(count))
    ratios = [one / other for one, other in zip(ours, peers, strict=True)]
    print(f"{count} days of {len(SERVICES)} checks at 60 s, {rounds} rounds: median (least, most)")
    for name, figures in (("daemon, CPU s", ours), ("bare timers, CPU s", peers), ("ratio", ratios)):
        print(f"  {name:20} {median(figures):8.2f} ({min(figures):.2f}, {max(figures):.2f})")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
