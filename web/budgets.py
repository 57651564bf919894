"""Objectives in words: what is promised, how it stands, what is left, and what is in doubt. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

from alerting.words import amount, lasting, percent
from checks.model import Configuration, Objective
from checks.values import CALENDAR
from checks.walls import wall
from slo.account import Account
from slo.budget import Amount, Figures, Unit
from slo.tracks import services_of
from slo.windows import length_ms

SPACE = "\u00a0"  # holds a number and its unit together
LOW = Fraction(1, 4)  # of a budget: what is left should be looked after
PACES = ("1h", "6h", "1d", "3d")  # burn rates that are told: those of the long windows of the usual rules
DAY = 86_400_000  # ms
WORDS = {"kept": "kept", "broken": "broken", "undecided": "cannot be told yet"}

Said = Mapping[str, Any]  # what a template is given for one thing


def objective_in_words(account: Account, configuration: Configuration) -> Said:
    """Say what an objective promises, and how its budget stands; `measured` says whether there is one."""
    objective, figures = account.objective, account.figures
    zone = ZoneInfo(configuration.timezone)
    said: dict[str, Any] = {
        "name": objective.name,
        "target": _spaced(percent(objective.target)),
        "promise": promise(objective, configuration),
        "window": _period(objective.window, figures, zone) if figures else _length(objective.window),
        "measured": False,
        "why_not": "Nothing has been measured yet." if figures else "Its check is switched off.",
    }
    if figures is None or figures.sli is None:
        return said
    return said | {"measured": True, **_standing(account, figures)}


def promise(objective: Objective, configuration: Configuration) -> str:
    """Say of what the target is a share."""
    during = f" in its hours ({objective.during})" if objective.during else ""
    if objective.indicator != "time":
        asked = objective.check or ", ".join(objective.services)
        limit = objective.faster_than if objective.indicator == "latency" else None
        good = "good" if limit is None else f"within {limit:g}{SPACE}s"
        return f"of attempts of {asked} {good}{during}"
    if objective.check:
        return f"of the time up by {objective.check}{during}"
    titles = [_title(name, configuration) for name in services_of(objective, configuration)]
    if len(titles) == 1:
        return f"of the time up{during}"
    return f"of the time with {objective.combine} of {', '.join(titles)} up{during}"


def _standing(account: Account, figures: Figures) -> Said:
    ratio, worst = figures.remaining_ratio, figures.worst_case_remaining_ratio
    return {
        "verdict": figures.verdict,
        "verdict_words": _verdict(account.objective, figures),
        "doubt": _doubt(figures),
        "mood": "broken" if figures.remaining < 0 else "low" if (ratio or 0) < LOW else "",
        "percent": _bar(ratio),
        "certain": _bar(worst),
        "left": _left(figures),
        "overspent": figures.remaining < 0,
        "sli": cut(figures.sli or Fraction(0)),
        "coverage": cut(figures.coverage) if figures.coverage is not None and figures.coverage < 1 else "",
        "excluded": ", ".join(_excluded(figures)),
        "burn": _burning(account),
        "gone_in": _gone_in(account),
    }


def cut(share: Fraction) -> str:
    """Write a share in per cent, to three digits and never rounded up: 99.9996 is not 100."""
    return f"{floor(share * 100_000) / 1000:g}{SPACE}%"


def _verdict(objective: Objective, figures: Figures) -> str:
    goes_on = objective.window in CALENDAR and figures.end < figures.until
    return (
        f"{WORDS[figures.verdict]} so far"
        if figures.verdict == "kept" and goes_on
        else WORDS[figures.verdict]
    )


def _doubt(figures: Figures) -> str:
    """Say why it cannot be told, or nothing."""
    if figures.verdict != "undecided":
        return ""
    return f"{_amount(figures.unknown, figures.unit)} not measured, more than what is left"


def _left(figures: Figures) -> str:
    budget = _amount(figures.budget, figures.unit)
    if figures.remaining < 0:
        return f"overspent by {_amount(-figures.remaining, figures.unit)} of {budget}"
    left = _amount(figures.remaining, figures.unit)
    return f"{left.split(SPACE)[0] if figures.unit == 'attempts' else left} of {budget} left"


def _excluded(figures: Figures) -> Iterator[str]:
    if figures.excluded > figures.outside:
        yield f"{_amount(figures.excluded - figures.outside, figures.unit)} of maintenance"
    if figures.outside:
        yield f"{_amount(figures.outside, figures.unit)} outside of its hours"


def _burning(account: Account) -> str:
    """Say how fast it goes over the shortest and the longest window in which that is faster than it may."""
    rates = [(window, account.burn.get(window)) for window in PACES]
    fast = [
        f"{_factor(rate)} over {_length(window)}" for window, rate in rates if rate is not None and rate > 1
    ]
    return ", ".join(dict.fromkeys([fast[0], fast[-1]])) if fast else ""


def _factor(rate: Fraction) -> str:
    return f"{floor(rate)}×" if rate >= 10 else f"{floor(rate * 10) / 10:g}×"


def _gone_in(account: Account) -> str:
    """Say when nothing is left at the pace of the last hour, where that pace is too fast."""
    rate, left = account.burn.get("1h"), account.exhausted_in
    return lasting(round(left)) if rate is not None and rate > 1 and left else ""


def _amount(exact: Amount, unit: Unit) -> str:
    return _spaced(amount(exact, unit))


def _period(window: str, figures: Figures, zone: ZoneInfo) -> str:
    """Say over what it is counted; of a calendar window, which one it is, and how far it has come."""
    if window not in CALENDAR:
        return f"over {_length(window)}"
    first, last = wall(figures.start, zone), wall(figures.until - 1, zone)
    today = wall(max(figures.start, figures.end - 1), zone)
    day, days = (today.date() - first.date()).days + 1, (last.date() - first.date()).days + 1
    return f"in {_named(window, first)}, day {day} of {days}"


def _named(window: str, first: datetime) -> str:
    names = {
        "week": f"the week from {first:%d %B %Y}".replace(" 0", " "),
        "month": f"{first:%B %Y}",
        "quarter": f"the quarter from {first:%B %Y}",
        "year": f"{first:%Y}",
    }
    return names[window]


def _length(window: str) -> str:
    if window in CALENDAR:
        return f"a {window}"
    ms = length_ms(window)
    count, unit = (ms // DAY, "day") if ms % DAY == 0 else (ms * 24 // DAY, "hour")
    return f"{count}{SPACE}{unit}" if count == 1 else f"{count}{SPACE}{unit}s"


def _bar(ratio: Fraction | None) -> int:
    return max(0, min(100, round(100 * (ratio or 0))))


def _title(name: str, configuration: Configuration) -> str:
    service = configuration.services.get(name)
    return service.title or name if service else name


def _spaced(text: str) -> str:
    return text.replace(" ", SPACE)
