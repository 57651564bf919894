"""Sets of time: half-open spans in order and apart from each other, in ms since the epoch, UTC. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

Span = tuple[int, int]
ALWAYS = 1 << 62  # ms; after any time


def union(spans: Iterable[Span]) -> list[Span]:
    """Join spans of any order that touch or overlap."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        elif start < end:
            joined.append((start, end))
    return joined


def clipped(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    """Give the parts of spans that lie in [start, end)."""
    for since, until in spans:
        if max(since, start) < min(until, end):
            yield max(since, start), min(until, end)


def overlapping(spans: Sequence[Span], start: int, end: int) -> Sequence[Span]:
    """Give those that have time in [start, end), whole; the spans are in order and apart."""
    first = bisect_right(spans, start, key=itemgetter(1))
    return spans[first : bisect_left(spans, end, first, key=itemgetter(0))]


def complement(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """Give what of [start, end) lies in none of the spans, which are in order and apart."""
    gaps: list[Span] = []
    for since, until in clipped(spans, start, end):
        if start < since:
            gaps.append((start, since))
        start = until
    return [*gaps, (start, end)] if start < end else gaps


def at_least(count: int, sets: Sequence[Sequence[Span]], start: int, end: int) -> list[Span]:
    """Give what of [start, end) lies in `count` or more of the sets, each in order and apart."""
    if count <= 0:
        return [(start, end)] if start < end else []
    inside = (span for spans in sets for span in clipped(overlapping(spans, start, end), start, end))
    edges = sorted(edge for since, until in inside for edge in ((since, 1), (until, -1)))
    found, held, begin = list[Span](), 0, start
    for at, step in edges:
        held += step
        if step > 0 and held == count:
            begin = at
        elif step < 0 and held == count - 1:
            found.append((begin, at))
    return union(found)


def common(sets: Sequence[Sequence[Span]], start: int, end: int) -> list[Span]:
    """Give what of [start, end) lies in every one of the sets."""
    return at_least(len(sets), sets, start, end)


def total(spans: Iterable[Span]) -> int:
    """Sum up their lengths."""
    return sum(end - start for start, end in spans)
