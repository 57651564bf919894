"""How bad it can have been, at least and at most: where outages began and ended is known to an attempt only.

The true start of an outage lies in (last good, first bad], its true end in [last bad, first good). Without an
earlier good attempt, or while it lasts, it may reach to the window's edge (semantics.md, State of a check).
Whether what is not down is up or unknown makes no difference here, so that this is an algebra of the spans in
which checks are down. Times are ms since the epoch, UTC.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

from slo.attempts import Attempts
from slo.judge import Judge
from slo.outages import Outage
from slo.spans import Span, at_least, clipped, common, complement, total, union
from slo.state import State, needed
from slo.tracks import Team, Track
from slo.windows import window_at

Down = Callable[[Judge, int, int], list[Span]]  # when a check was down, of [start, end)


def bad_bounds(track: Track, zone: ZoneInfo, now: int) -> tuple[int, int] | None:
    """Say how many ms of an objective's window can have been bad at least and at most.

    None where attempts are counted. They are made of the checks and by the combination of now, also for the
    time before there were others; but what is counted as bad always lies within them.
    """
    if isinstance(track.source, Attempts):
        return None
    start, end = window_at(track.objective.window, zone, now)
    end = min(end, now)
    bad = track.excluding.reading(now, start).totals(start, end).bad
    return min(bad, _bad(track, start, end, _surely)), max(bad, _bad(track, start, end, _perhaps))


def _bad(track: Track, start: int, end: int, down: Down) -> int:
    """Count what is bad of [start, end), without what does not count."""
    bad = union(_of_objective(track, start, end, down))
    counts = complement(list(track.excluding.excluded.spans(start, end)), start, end)
    return total(common([bad, counts], start, end))


def _of_objective(track: Track, start: int, end: int, down: Down) -> Iterator[Span]:
    """Give the bad time of [start, end), piece by piece in which the same teams are left out of it."""
    sets = [_of_team(team, start, end, down) for team in track.teams]
    excluded = [list(team.excluded.spans(start, end)) for team in track.teams]
    edges = {start, end, *(edge for spans in excluded for span in spans for edge in span)}
    for begin, until in pairwise(sorted(edges)):
        pairs = zip(track.teams, sets, strict=True)
        left = [spans for team, spans in pairs if not any(team.excluded.spans(begin, begin + 1))]
        combine = track.objective.combine
        combine = combine if isinstance(combine, str) else min(combine, len(left))
        yield from _together(combine, left, begin, until)


def _of_team(team: Team, start: int, end: int, down: Down) -> list[Span]:
    return _together(team.up_when, [down(judge, start, end) for judge in team.judges], start, end)


def _together(up_when: str | int, sets: Sequence[Sequence[Span]], start: int, end: int) -> list[Span]:
    """Give the time in which too few are not down, as `slo.state.combine` has it; none where nobody is."""
    if not sets:
        return []
    return at_least(len(sets) - needed(up_when, len(sets)) + 1, sets, start, end)


def _surely(judge: Judge, start: int, end: int) -> list[Span]:
    """Give what is bad between the first and the last bad attempt of an outage."""
    sure = union((each.start, each.last_bad) for each in judge.outages_since(start))
    return common([_down(judge, start, end), sure], start, end)


def _perhaps(judge: Judge, start: int, end: int) -> list[Span]:
    """Give what is bad, and all that outages can have lasted beyond it."""
    longest = (_longest(each, start, end) for each in judge.outages_since(start))
    return list(clipped(union([*_down(judge, start, end), *longest]), start, end))


def _longest(outage: Outage, start: int, end: int) -> Span:
    before = start if outage.last_good_before is None else outage.last_good_before
    return before, end if outage.end is None else outage.end


def _down(judge: Judge, start: int, end: int) -> list[Span]:
    stretches = chain(judge.stretches(start, end), judge.tail(end))
    return list(clipped(union(each[:2] for each in stretches if each.state is State.DOWN), start, end))
