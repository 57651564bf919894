"""One objective at one instant: its figures, its burn rates, and what they say of what is to come."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from checks.model import BurnRule, Objective
from slo.attempts import Attempts
from slo.budget import Excuse, Figures, of_attempts, of_time
from slo.burn import WINDOWS, burn_rates
from slo.excluding import Without
from slo.spans import total, union
from slo.timeline import Totals
from slo.tracks import Track
from slo.windows import Window, window_at

LONGEST_BURN = max(WINDOWS.values())
PACE = "1h"  # the burn rate by which the end of a budget is foretold


@dataclass(frozen=True, slots=True)
class Account:
    """An objective, the one service it is about (or none), the length of its window in ms, and its figures.

    There are none (`figures` is None, `frozen` empty) for a check that is switched off. `frozen`
    says of each urgency whether too little is measured for its burn rules to open or resolve anything.
    `exhausted_in` is in how many ms nothing is left, at the pace of the last hour: 0 where nothing is left
    now, None where nothing is spent at that pace.
    """

    objective: Objective
    service: str
    length: int
    figures: Figures | None
    burn: Mapping[str, Fraction | None]
    frozen: Mapping[str, bool]
    exhausted_in: Fraction | None = None


def empty(objective: Objective, service: str, zone: ZoneInfo, now: int) -> Account:
    """Give the account of an objective that nothing is counted for."""
    return Account(
        objective, service, window_at(objective.window, zone, now).length, None, dict.fromkeys(WINDOWS), {}
    )


def account(track: Track, service: str, zone: ZoneInfo, now: int) -> Account:
    """Count an objective over its window at `now` (ms)."""
    objective = track.objective
    window = window_at(objective.window, zone, now)
    reading = track.excluding.reading(now, min(window.start, now - LONGEST_BURN))
    figures = _figures(track, window, reading, now)
    lately = Lately(reading, now)
    burn = burn_rates(lately.over, objective.target)
    frozen = {urgency: _frozen(track, urgency, lately) for urgency in ("page", "ticket")}
    return Account(
        objective, service, window.length, figures, burn, frozen, _exhausted_in(track, figures, burn[PACE])
    )


class Lately:
    """The time up to now, over lengths (ms) that burn rates and their rules ask for more than once."""

    __slots__ = ("_known", "_now", "_reading")

    def __init__(self, reading: Without, now: int) -> None:
        self._reading, self._now = reading, now
        self._known: dict[int, Totals] = {}

    def over(self, length: int) -> Totals:
        """Sum up the last `length` ms."""
        known = self._known.get(length)
        if known is None:
            known = self._known[length] = self._reading.totals(self._now - length, self._now)
        return known


def _figures(track: Track, window: Window, reading: Without, now: int) -> Figures:
    target, end = track.objective.target, min(window.end, now)
    counted = reading.totals(window.start, end)
    ahead = total(track.excluding.excluded.spans(end, window.end)) if end < window.end else 0
    outside = total(track.off.spans(window.start, end)) if track.off else 0
    excuse = Excuse(counted.excluded + ahead, outside)
    blips = _blips(track, window.start, end)
    if isinstance(track.source, Attempts):
        return of_attempts(counted, target, window, now, excuse, track.interval, blips)
    return of_time(counted, target, window, now, excuse, blips)


def _blips(track: Track, start: int, end: int) -> int:
    """Count the blips of all its checks, outside of excluded time."""
    off = list(track.off.spans(start, end)) if track.off else []
    count = 0
    for team in track.teams:
        out = union([*off, *team.excluded.spans(start, end)])
        for judge in team.judges:
            count += judge.blips_between(start, end) - sum(judge.blips_between(*span) for span in out)
    return count


def _frozen(track: Track, urgency: str, lately: Lately) -> bool:
    return any(_too_little(track, rule, lately) for rule in track.rules if rule.urgency == urgency)


def _too_little(track: Track, rule: BurnRule, lately: Lately) -> bool:
    least, interval = track.objective.min_coverage, _interval(track)
    for seconds in (rule.long, rule.short):
        length = round(seconds * 1000)
        counted = lately.over(length)
        # valid < least * what would be measured if all were, without a fraction in between
        if counted.valid * interval * least.denominator < least.numerator * (length - counted.excluded):
            return True
    return False


def _interval(track: Track) -> int:
    """Say how many ms one of what is counted stands for."""
    return track.interval if isinstance(track.source, Attempts) else 1


def _exhausted_in(track: Track, figures: Figures, burn: Fraction | None) -> Fraction | None:
    if figures.remaining <= 0:
        return Fraction(0)
    share = (burn or 0) * (1 - track.objective.target)  # bad of valid
    if not share:
        return None
    return figures.remaining / share * figures.interval
