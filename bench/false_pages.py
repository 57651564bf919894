"""False pages a month: 200 checks every 30 s, none of them down, whose attempts fail independently.

The whole daemon lives a share of a month, at each rate of noise, on the virtual loop; beside what it did
stands what the rules make of such noise (tests/simulation/chances.py), exactly. The same at a noise so loud
that pages do come. A seed gives the same counts, however many jobs there are.

    .venv/bin/python bench/false_pages.py [--months 0.1] [--jobs 2] [--seed 1]
"""

import argparse
import logging
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.simulation.chances import CONFIRM, bad_rows, poisson_interval
from tests.simulation.noisy import INTERVAL, Seen, live, together

CHECKS = 200
DAYS = 30  # a month
SLOTS = round(6 * 3600 / INTERVAL)  # of each check in a share, which begins with every check up
SHARES = round(DAYS * 86_400 / INTERVAL) // SLOTS  # in a month
TARGETS = {0.001: 1, 0.005: 3}  # pages a month
LOUD, BRIEFLY = 0.05, 1 / 60  # so that pages come, for at most so much of a month
LEVEL = 0.999  # of the counts that the rules leave possible
ROWS = {1: "bad once: suspect", 2: "bad twice", 3: "bad three times: a page"}


def share(seed: int, noise: float, number: int) -> Seen:
    logging.disable(logging.WARNING)
    return live(noise, CHECKS, SLOTS, f"{seed}:{noise}:{number}")


def lived(months: float, jobs: int, seed: int) -> dict[float, Seen]:
    """Let every rate have its share of a month, in pieces over the processes."""
    pieces = {noise: max(1, round(months * SHARES)) for noise in TARGETS}
    pieces[LOUD] = max(1, round(min(months, BRIEFLY) * SHARES))
    with ProcessPoolExecutor(jobs) as pool:
        coming = {
            noise: pool.map(partial(share, seed, noise), range(count)) for noise, count in pieces.items()
        }
        return {noise: together(parts) for noise, parts in coming.items()}


def tell(noise: float, seen: Seen, target: int | None) -> bool:
    """Print what was seen at one rate; say whether it is as it should be."""
    months = seen.grid / (CHECKS * SLOTS * SHARES)
    print(f"\n{noise:.1%} of the attempts fail: {months:.4g} of a month lived")
    print(f"  attempts: {seen.grid:,} on the grid, {seen.extra:,} beside it")
    print(f"  {'':24} {'seen':>9} {'expected':>12}   possible ({LEVEL:.1%})")
    told = [_tell_row(noise, seen, row) for row in ROWS]
    least, most = (each / months for each in poisson_interval(seen.rows[-1], 0.95))
    print(
        f"  pages a month, as seen   {seen.rows[-1] / months:9.2f}   95 % interval {least:.2f} to {most:.2f}"
    )
    at_target = target is None or _tell_target(noise, target, most)
    print(f"  seen and expected agree: {_yes(all(told))}; pages about anything but a service: {seen.others}")
    return all(told) and at_target and not seen.others


def _tell_row(noise: float, seen: Seen, row: int) -> bool:
    expected = bad_rows(noise, SLOTS, seen.grid // SLOTS, row)
    least, most = expected.interval(LEVEL)
    print(f"  {ROWS[row]:24} {seen.rows[row - 1]:9,} {expected.mean:12,.4f}   {least:,} to {most:,}")
    return least <= seen.rows[row - 1] <= most


def _tell_target(noise: float, target: int, most: float) -> bool:
    month = bad_rows(noise, SLOTS * SHARES, CHECKS, CONFIRM)
    more = f"more than {target} in {100 * month.above(target):.2g}% of months"
    print(f"  pages a month, expected  {month.mean:9.4f}   {more}")
    shown = "by what was seen alone" if most <= target else "as expected; what was seen alone cannot tell"
    print(f"  target at most {target} a month: {_yes(month.mean <= target)} ({shown})")
    return month.mean <= target


def _yes(holds: bool) -> str:
    return "yes" if holds else "NO"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--months", type=float, default=0.1, help="how much of a month is lived (0.1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (one a core)")
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    print(f"{CHECKS} checks every {INTERVAL:g} s, confirmed by {CONFIRM} bad in a row; seed {said.seed}")
    begun = time.monotonic()
    every = lived(said.months, said.jobs, said.seed)
    fine = [tell(noise, seen, TARGETS.get(noise)) for noise, seen in every.items()]
    everything = together(every.values())
    each = everything.cpu / (everything.grid + everything.extra) * 1e6
    print(f"\n{each:.0f} µs of CPU an attempt; {time.monotonic() - begun:.0f} s, {said.jobs} processes")
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
