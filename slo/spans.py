"""Sets of time: half-open spans in order and apart from each other, in ms since the epoch, UTC. Pure."""

from collections.abc import Iterable, Iterator, Sequence

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


def complement(spans: Iterable[Span], start: int, end: int) -> list[Span]:
    """Give what of [start, end) lies in none of the spans, which are in order and apart."""
    gaps: list[Span] = []
    for since, until in clipped(spans, start, end):
        if start < since:
            gaps.append((start, since))
        start = until
    return [*gaps, (start, end)] if start < end else gaps


def common(sets: Sequence[Sequence[Span]], start: int, end: int) -> list[Span]:
    """Give what of [start, end) lies in every one of the sets."""
    outside = (span for spans in sets for span in complement(spans, start, end))
    return complement(union(outside), start, end)


def total(spans: Iterable[Span]) -> int:
    """Sum up their lengths."""
    return sum(end - start for start, end in spans)
