"""How many attempts may be under way at once: enough that no check waits for another's time-out."""

import math
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from checks.fit import Reading, walk
from checks.model import Check, Limits
from checks.options import LimitsOptions
from checks.source import Map

FEWEST = 8
SLACK = Fraction(3, 2)


def least_in_flight(checks: Iterable[Check]) -> int:
    """Give how many attempts are under way when every one runs into its time-out, and half as many again."""
    pairs = Counter((check.timeout, check.interval) for check in checks if check.enabled)
    return math.ceil(
        SLACK
        * sum(count * _exact(timeout) / _exact(interval) for (timeout, interval), count in pairs.items())
    )


def _exact(seconds: float) -> Fraction:
    """Give the decimal that was written: 0.1 is a tenth, not the nearest float to it."""
    return Fraction(repr(seconds))


def limits_for(said: LimitsOptions, checks: Iterable[Check], root: Map, reading: Reading) -> Limits:
    """Work out `auto`; refuse a number that is too small for the checks there are."""
    least = least_in_flight(checks)
    if said.in_flight == "auto":
        return Limits(in_flight=max(FEWEST, least), per_host=said.per_host, max_refusals=said.max_refusals)
    if int(said.in_flight) < least:
        node, path = walk(root, ("limits", "in_flight"))
        reading.refuse(node, path, f"too few for these checks; they need at least {least}, or auto")
    return Limits(in_flight=int(said.in_flight), per_host=said.per_host, max_refusals=said.max_refusals)
