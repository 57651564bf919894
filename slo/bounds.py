"""How bad it can have been, at least and at most: where outages began and ended is known to an attempt only.

The true start of an outage lies in (last good, first bad], its true end in [last bad, first good). Without an
earlier good attempt, or while it lasts, it may reach to the window's edge (semantics.md, State of a check).
Times are ms since the epoch, UTC.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from slo.attempts import Attempts
from slo.combined import sweep
from slo.judge import Judge
from slo.outages import Outage
from slo.spans import Span, clipped, complement
from slo.state import State
from slo.timeline import Stretch
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
    counts = complement(list(track.excluding.excluded.spans(start, end)), start, end)
    return sum(_bad_in(track, begin, until, start, side) for begin, until in counts)


def _bad_in(track: Track, begin: int, until: int, start: int, side: Side) -> int:
    """Count the bad time of a stretch that counts: in pieces in which the same teams do."""
    edges = {edge for team in track.teams for span in team.excluded.spans(begin, until) for edge in span}
    bad = 0
    for since, end in pairwise(sorted(edges | {begin, until})):
        left = [team for team in track.teams if not any(team.excluded.spans(since, since + 1))]
        combine = track.objective.combine
        combine = combine if isinstance(combine, str) else min(combine, len(left))
        whole = sweep(combine, [_of_team(team, since, end, start, side) for team in left], since, end)
        bad += sum(stretch.end - stretch.start for stretch in whole if stretch.state is DOWN)
    return bad


def _of_team(team: Team, begin: int, end: int, start: int, side: Side) -> list[Stretch]:
    each = [_of_check(judge, begin, end, start, side) for judge in team.judges]
    return list(sweep(team.up_when, each, begin, end))


def _of_check(judge: Judge, begin: int, end: int, start: int, side: Side) -> list[Stretch]:
    """Give the time of a check in [begin, end), with outages as short or as long as they can have been.

    The window began at `start`.
    """
    outages = judge.outages_since(begin)
    base = list(judge.reading(end).stretches(begin, end))
    if side == "most":
        return _painted(base, [_longest(each, start, end) for each in outages], DOWN)
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
