"""Pages for each outage: services that depend on each other at random, roots that fail in twelve manners.

The real driver lives through the outages on the virtual loop, with a PagerDuty that is played; how many pages
an outage is due follows from the graph alone (tests/simulation/oracle.py). A seed gives the same counts.

    .venv/bin/python bench/pages.py [--seeds 10] [--outages 24] [--services 200] [--jobs 2]

Ten seeds of a hundred outages each are a thousand of them, in about twelve minutes of CPU.
"""

import argparse
import logging
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.simulation.manners import series

FIRST = 100  # the seeds are those of the slow test, from here on
ALLOWED = 1.05  # pages for each that is due


@dataclass(frozen=True)
class Seen:
    """What came of the outages of a seed; those of some manners may be one page or two."""

    manners: Counter[str]
    least: int
    most: int
    pages: int
    troubles: tuple[str, ...]


def lived(services: int, outages: int, seed: int) -> Seen:
    logging.disable(logging.WARNING)
    made = series(seed, services=services, outages=outages)
    return Seen(
        Counter(each.manner for each in made.outages),
        sum(each.due.least for each in made.outages),
        sum(each.due.most for each in made.outages),
        sum(len(each.pages) for each in made.outages),
        tuple(made.troubles()),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--outages", type=int, default=24, help="of each seed")
    parser.add_argument("--services", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    said = parser.parse_args()
    with ProcessPoolExecutor(said.jobs) as pool:
        seen = list(pool.map(partial(lived, said.services, said.outages), range(FIRST, FIRST + said.seeds)))
    return tell(seen, said.services)


def tell(seen: list[Seen], services: int) -> int:
    """Print what was seen; 1 where it is not as it should be."""
    manners = sum((each.manners for each in seen), Counter[str]())
    least, most = sum(each.least for each in seen), sum(each.most for each in seen)
    pages = sum(each.pages for each in seen)
    troubles = [line for each in seen for line in each.troubles]
    print(f"{manners.total()} outages among {services} services:")
    print(*(f"  {count:4} {manner}" for manner, count in sorted(manners.items())), sep="\n")
    print(f"pages due: {least} to {most}; pages: {pages}; at most {pages / least:.3f} for each that is due")
    print(f"nobody woken who should be, woken who should not, left open or unlisted: {len(troubles)}")
    print(*troubles[:20], sep="\n")
    return int(bool(troubles) or pages > ALLOWED * most)


if __name__ == "__main__":
    sys.exit(main())
