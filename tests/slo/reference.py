"""What semantics.md says of a check, worked out instant by instant from the whole list of its results.

Slow, and by another way than slo/judge.py: first the outages are looked for in the list of attempts, then
each instant asks which attempt vouches for it. Nothing is imported from slo/ but the names of the states.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise

from checks.model import Check
from probes.result import Outcome, Result
from slo.state import State

Span = tuple[int, int | None]
NEAR = 300_000


def reach_of(check: Check) -> int:
    return round((2 * check.interval + check.timeout) * 1000)


def gap_between(check: Check, results: Sequence[Result], first: int, last: int) -> bool:
    """Is there anywhere between two attempts a stretch that no attempt vouches for?"""
    times = [result.at for result in results if first <= result.at <= last]
    return any(after - before > reach_of(check) for before, after in pairwise(times))


def run_of(known: Sequence[Result], begin: int, length: int, outcome: Outcome) -> bool:
    run = known[begin : begin + length]
    return len(run) == length and all(result.outcome is outcome for result in run)


def outages(check: Check, results: Sequence[Result]) -> list[Span]:
    """Scan for `confirm` bad attempts without a gap, then for `recover` good ones, and so on."""
    known = [result for result in results if result.outcome is not Outcome.UNKNOWN]
    found: list[Span] = []
    place = 0
    while place < len(known):
        if not confirms(check, results, known, place):
            place += 1
            continue
        after = range(place + check.confirm, len(known))
        ended = next((i for i in after if run_of(known, i, check.recover, Outcome.GOOD)), len(known))
        found.append((known[place].at, known[ended].at if ended < len(known) else None))
        place = ended + check.recover
    return found


def confirms(check: Check, results: Sequence[Result], known: Sequence[Result], begin: int) -> bool:
    if not run_of(known, begin, check.confirm, Outcome.BAD):
        return False
    return not gap_between(check, results, known[begin].at, known[begin + check.confirm - 1].at)


def blips(check: Check, results: Sequence[Result]) -> list[int]:
    """The first of each row of bad attempts outside outages that leads to a good one without a gap."""
    spans = outages(check, results)
    known = [result for result in results if result.outcome is not Outcome.UNKNOWN]
    found: list[int] = []
    for index, result in enumerate(known):
        if result.outcome is not Outcome.GOOD or within(spans, result.at) is not None:
            continue
        row = index
        while row and known[row - 1].outcome is Outcome.BAD and within(spans, known[row - 1].at) is None:
            if gap_between(check, results, known[row - 1].at, known[row].at):
                break
            row -= 1
        if row < index:
            found.append(known[row].at)
    return found


def within(spans: Sequence[Span], at: int) -> Span | None:
    return next((span for span in spans if span[0] <= at and (span[1] is None or at < span[1])), None)


def state_at(check: Check, results: Sequence[Result]) -> Callable[[int], State]:
    """Give a function that says what the time at an instant counts as, as far as `results` tell."""
    spans, times = outages(check, results), [result.at for result in results]

    def ask(at: int) -> State:
        index = bisect_right(times, at) - 1
        if index < 0:
            return State.UNKNOWN
        attempt, outage = results[index], within(spans, at)
        vouched = at < attempt.at + reach_of(check)
        if vouched and attempt.outcome is Outcome.UNKNOWN:
            return State.UNKNOWN
        if outage is None:
            return State.UP if vouched else State.UNKNOWN
        return State.DOWN if vouched or bridged(check, results, outage, at) else State.UNKNOWN

    return ask


def bridged(check: Check, results: Sequence[Result], outage: Span, at: int) -> bool:
    """Do two bad attempts of the outage, near enough to each other, enclose the instant?"""
    bad = [
        result.at
        for result in results
        if result.outcome is Outcome.BAD and within([outage], result.at) is not None
    ]
    before, after = [time for time in bad if time <= at], [time for time in bad if time > at]
    near = max(NEAR, round(3 * check.interval * 1000))
    return bool(before) and bool(after) and after[0] - before[-1] <= near


def edges(check: Check, results: Sequence[Result]) -> set[int]:
    """The only instants at which the state can change: an attempt, or the end of its reach."""
    return {edge for result in results for edge in (result.at, result.at + reach_of(check))}


def count(ask: Callable[[int], State], edges: set[int], start: int, end: int) -> dict[State, int]:
    """Count the milliseconds of [start, end) in each state."""
    sums = dict.fromkeys(State, 0)
    for begin, until in pairwise(sorted({start, end, *(edge for edge in edges if start < edge < end)})):
        sums[ask(begin)] += until - begin
    return sums
