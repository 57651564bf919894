"""How bad it can have been, at least and at most: where outages began and ended is known to an attempt only.

The true start of an outage lies in (last good, first bad], its true end in [last bad, first good). Without an
earlier good attempt, or while it lasts, it may reach to the window's edge (semantics.md, State of a check).
Times are ms since the epoch, UTC.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from slo.attempts import Attempts
from slo.combined import sweep
from slo.judge import Judge
from slo.outages import Outage
from slo.spans import ALWAYS, Span, clipped, complement
from slo.state import State
from slo.timeline import Stretch, Timeline
from slo.tracks import Team, Track
from slo.windows import window_at

Side = Literal["least", "most"]
DOWN, UP = State.DOWN, State.UP


def bad_bounds(track: Track, zone: ZoneInfo, now: int) -> tuple[int, int] | None:
    """Say how many ms of an objective's window can have been bad at least and at most.

    None where attempts are counted. By the combination of now, also before it was redefined.
    """
    if isinstance(track.source, Attempts):
        return None
    start, end = window_at(track.objective.window, zone, now)
    least, most = (_bad(track, start, min(end, now), side) for side in ("least", "most"))
    return least, most


def _bad(track: Track, start: int, end: int, side: Side) -> int:
    """Count what is bad of [start, end), in pieces in which the same teams count."""
    lines = [_of_team(team, start, end, side) for team in track.teams]
    counts = complement(list(track.excluding.excluded.spans(start, end)), start, end)
    if len(lines) == 1:
        return sum(lines[0].sums(*span)[1] for span in counts)
    edges = {edge for team in track.teams for span in team.excluded.spans(start, end) for edge in span}
    edges |= {edge for span in counts for edge in span}
    pieces = (piece for piece in pairwise(sorted(edges)) if _counts(counts, piece[0]))
    return sum(_bad_together(track, lines, *piece) for piece in pieces)


def _counts(spans: Sequence[Span], at: int) -> bool:
    place = bisect_right(spans, (at, ALWAYS)) - 1
    return place >= 0 and spans[place][0] <= at < spans[place][1]


def _bad_together(track: Track, lines: Sequence[Timeline], begin: int, end: int) -> int:
    """Count the bad time of a piece by those teams that are not left out of it."""
    pairs = zip(track.teams, lines, strict=True)
    left = [line for team, line in pairs if not any(team.excluded.spans(begin, begin + 1))]
    combine = track.objective.combine
    combine = combine if isinstance(combine, str) else min(combine, len(left))
    whole = sweep(combine, [line.stretches(begin, end) for line in left], begin, end)
    return sum(stretch.end - stretch.start for stretch in whole if stretch.state is DOWN)


def _of_team(team: Team, begin: int, end: int, side: Side) -> Timeline:
    each = [_of_check(judge, begin, end, side) for judge in team.judges]
    line = Timeline(begin)
    for _, until, state in sweep(team.up_when, each, begin, end):
        line.append(until, state)
    return line


def _of_check(judge: Judge, begin: int, end: int, side: Side) -> list[Stretch]:
    """Give the time of a check in [begin, end), with outages as short or as long as they can have been."""
    outages = judge.outages_since(begin)
    base = list(judge.reading(end).stretches(begin, end))
    if side == "most":
        return _painted(base, [_longest(each, begin, end) for each in outages], DOWN)
    sure = [(each.start, each.last_bad) for each in outages]
    return [part for stretch in base for part in _shortened(stretch, sure)]


def _longest(outage: Outage, start: int, end: int) -> Span:
    before = start if outage.last_good_before is None else outage.last_good_before
    return before, end if outage.end is None else outage.end


def _shortened(stretch: Stretch, sure: Sequence[Span]) -> Iterator[Stretch]:
    """Leave of a bad stretch what lies between the first and the last bad attempt of an outage."""
    if stretch.state is not DOWN:
        yield stretch
        return
    yield from _painted([Stretch(stretch.start, stretch.end, UP)], sure, DOWN)


def _painted(stretches: Iterable[Stretch], spans: Sequence[Span], state: State) -> list[Stretch]:
    """Lay spans over stretches."""
    painted: list[Stretch] = []
    for start, end, under in stretches:
        inside = list(clipped(spans, start, end))
        painted += [Stretch(*span, state) for span in inside]
        painted += [Stretch(*span, under) for span in complement(inside, start, end)]
    return sorted(painted)
