"""Who is asked when: due times, extra attempts beside them, and the limits that make attempts wait.

All times are milliseconds since the epoch.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heapify, heappop, heappush
from math import ceil
from typing import NamedTuple, cast

from checks.model import Check, Limits
from probes.grid import due_at_or_after, offset_ms
from probes.tools import Probe

START_WINDOW = 30_000  # ms within which every check is asked after a start
START_STEP = 50  # ms between two checks after a start, where the window is long enough


class Why(StrEnum):
    """Why a run was missed: a grid time at which nothing was asked."""

    OVERLAP = "overlap"  # the attempt before was still running
    IN_FLIGHT = "in_flight"  # it waited until its next grid time, for want of a slot among all
    HOST_LIMIT = "host_limit"  # the same, for want of a slot at its host
    LATE = "late"  # nobody called: we were suspended, or blocked


class Missed(NamedTuple):
    """So many runs of a check that were missed for one reason."""

    check: str
    why: Why
    times: int


@dataclass(frozen=True, slots=True)
class Run:
    """An attempt to be made now. `due_at` is its grid time, or the time it was asked for if it is extra."""

    check: str
    due_at: int
    extra: bool
    suspect: bool


class _Terms(NamedTuple):
    """What of a check's definition the schedule goes by."""

    interval: int
    spacing: int
    host: str


class _Place(NamedTuple):
    """A place in a queue: suspects first, then by due time, then as they came."""

    calm: bool
    due_at: int
    ticket: int
    check: str


@dataclass(slots=True)
class _Entry:
    check: str
    terms: _Terms
    grid: int  # the first grid time that is not accounted for
    asked: int | None = None  # when an extra attempt is wanted
    last: int | None = None  # when the last attempt began
    alarm: int | None = None  # the time of its valid entry in the heap of alarms
    ticket: int = 0  # of its valid place in a queue; 0 while it does not wait
    due_at: int = 0  # while it waits: for what
    extra: bool = False
    cause: Why = Why.IN_FLIGHT
    missed: Counter[Why] = field(default_factory=Counter)

    def extra_at(self) -> int | None:
        """Say when the extra attempt that is wanted may be made."""
        if self.asked is None or self.last is None:
            return self.asked
        return max(self.asked, self.last + self.terms.spacing)

    def yields(self, now: int) -> bool:
        """Say whether an extra attempt now would come too close before the next grid time."""
        return self.grid < now + self.terms.spacing


class Schedule:
    """Owner of who is due when. Pure: it is told the time, and asked what to run.

    Call `pop` at `next_at`, and after every `finished`, `ask`, `start` and `replace`.
    """

    def __init__(self, site: str, limits: Limits) -> None:
        self._site, self._limits = site, limits
        self._entries: dict[str, _Entry] = {}
        self._alarms: list[tuple[int, str]] = []
        self._ready: list[_Place] = []
        self._parked: dict[str, list[_Place]] = {}  # by host: those that wait for a slot there
        self._running: dict[str, str] = {}  # check -> the host it runs at
        self._at_host: Counter[str] = Counter()
        self._host_limits: dict[str, int] = {}
        self._tickets = 0
        self._drain: list[Missed] = []

    # --- what is told

    def replace(self, checks: Mapping[str, Check], now: int, limits: Limits | None = None) -> None:
        """Take over a configuration. Checks that are due as before keep their grid, waits and counts."""
        self._limits = limits or self._limits
        enabled = [check for check in checks.values() if check.enabled]
        self._entries = {check.name: self._entry(check, now) for check in enabled}
        self._host_limits = _host_limits(enabled, self._limits.per_host)
        self._requeue()
        self._alarms.clear()
        for entry in self._entries.values():
            entry.alarm = None
            self._arm(entry)

    def start(self, now: int, ranks: Mapping[str, int], names: Collection[str] | None = None) -> None:
        """Ask every check, or those named, once within 30 s, lower ranks first (0 where none is given).

        A check with a shorter interval is asked within that by its grid.
        """
        order = sorted(
            self._entries if names is None else self._entries.keys() & set(names),
            key=lambda name: (ranks.get(name, 0), offset_ms(name, self._site, START_WINDOW)),
        )
        step = min(START_STEP, START_WINDOW / max(1, len(order)))
        for place, name in enumerate(order):
            self.ask(name, now + int(place * step))

    def ask(self, check: str, at: int) -> None:
        """Want an extra attempt at `at`, or as soon after it as may be. Of several the earliest counts."""
        entry = self._entries.get(check)
        if entry:
            entry.asked = at if entry.asked is None else min(entry.asked, at)
            self._arm(entry)

    def finished(self, check: str, now: int) -> None:
        """Take note that the attempt has ended, whatever became of it."""
        entry = self._entries.get(check)
        if entry:
            self._pass(entry, now - 1)  # grid times that came while it ran
        host = self._running.pop(check)
        self._at_host[host] -= 1
        if not self._at_host[host]:
            del self._at_host[host]
        self._unpark(host)
        if entry:
            self._arm(entry)

    # --- what is asked

    def pop(self, now: int, urgent: Set[str] = frozenset()) -> list[Run]:
        """Give what is to run now, and count it as running. Checks in `urgent` go before the others."""
        self._ring(now, urgent)
        runs = []
        while len(self._running) < self._limits.in_flight and (entry := self._first()):
            if self._full(entry.terms.host):
                self._park(entry, urgent)
            elif entry.extra and entry.yields(now):
                self._leave_to_grid(entry)
            else:
                runs.append(self._run(entry, now, urgent))
        return runs

    def next_at(self) -> int | None:
        """Give the next instant at which time alone makes something due."""
        while self._alarms and not self._valid(self._alarms[0]):
            heappop(self._alarms)
        return self._alarms[0][0] if self._alarms else None

    def waiting(self) -> list[tuple[str, int]]:
        """Give the checks that are due and wait for their turn, with since when."""
        return [(entry.check, entry.due_at) for entry in self._entries.values() if entry.ticket]

    def missed(self, check: str) -> Mapping[Why, int]:
        """Count the missed runs of a check since it came."""
        return self._entries[check].missed

    def drain(self) -> list[Missed]:
        """Give the runs missed since the last call."""
        drained, self._drain = self._drain, []
        return drained

    # --- time passes

    def _ring(self, now: int, urgent: Set[str]) -> None:
        while self._alarms and self._alarms[0][0] <= now:
            alarm = heappop(self._alarms)
            if self._valid(alarm):
                entry = self._entries[alarm[1]]
                entry.alarm = None
                self._come(entry, now, urgent)
                self._arm(entry)

    def _come(self, entry: _Entry, now: int, urgent: Set[str]) -> None:
        """Let an entry whose time has come wait for its turn, which may be at once."""
        latest = self._pass(entry, now)
        if entry.check in self._running or entry.ticket:
            return
        extra_at = entry.extra_at()
        if latest is not None:
            self._wait(entry, latest, False, urgent)
        elif extra_at is not None and extra_at <= now:
            self._wait(entry, extra_at, True, urgent)

    def _pass(self, entry: _Entry, now: int) -> int | None:
        """Account for the grid times up to now, and give the last of them. All before it came unseen."""
        if entry.grid > now:
            return None
        unseen = (now - entry.grid) // entry.terms.interval
        latest = entry.grid + unseen * entry.terms.interval
        entry.grid = latest + entry.terms.interval
        self._miss(entry, Why.LATE, unseen)
        if entry.check in self._running:
            self._miss(entry, Why.OVERLAP, 1)
        elif entry.ticket:
            self._miss(entry, entry.cause, 0 if entry.extra else 1)
            entry.due_at, entry.extra = latest, False
        return latest

    def _miss(self, entry: _Entry, why: Why, times: int) -> None:
        if times:
            entry.missed[why] += times
            self._drain.append(Missed(entry.check, why, times))

    # --- alarms

    def _arm(self, entry: _Entry) -> None:
        at = entry.grid
        extra_at = entry.extra_at()
        if extra_at is not None and not entry.ticket and entry.check not in self._running:
            at = min(at, extra_at)
        if entry.alarm != at:
            entry.alarm = at
            heappush(self._alarms, (at, entry.check))

    def _valid(self, alarm: tuple[int, str]) -> bool:
        entry = self._entries.get(alarm[1])
        return entry is not None and entry.alarm == alarm[0]

    # --- queues

    def _wait(self, entry: _Entry, due_at: int, extra: bool, urgent: Set[str]) -> None:
        entry.due_at, entry.extra, entry.cause = due_at, extra, Why.IN_FLIGHT
        heappush(self._ready, self._place(entry, urgent))

    def _place(self, entry: _Entry, urgent: Set[str]) -> _Place:
        self._tickets += 1
        entry.ticket = self._tickets
        return _Place(entry.check not in urgent, entry.due_at, entry.ticket, entry.check)

    def _first(self) -> _Entry | None:
        """Take the first that is ready."""
        while self._ready:
            place = heappop(self._ready)
            if self._waits(place):
                return self._entries[place.check]
        return None

    def _waits(self, place: _Place) -> bool:
        entry = self._entries.get(place.check)
        return entry is not None and entry.ticket == place.ticket

    def _full(self, host: str) -> bool:
        return bool(host) and self._at_host[host] >= self._host_limits[host]

    def _park(self, entry: _Entry, urgent: Set[str]) -> None:
        entry.cause = Why.HOST_LIMIT
        heappush(self._parked.setdefault(entry.terms.host, []), self._place(entry, urgent))

    def _unpark(self, host: str) -> None:
        parked = self._parked.get(host, [])
        while parked:
            place = heappop(parked)
            if self._waits(place):
                self._entries[place.check].cause = Why.IN_FLIGHT
                heappush(self._ready, place)
                return

    def _requeue(self) -> None:
        places = [*self._ready, *(place for parked in self._parked.values() for place in parked)]
        self._ready = [place for place in places if self._waits(place)]
        heapify(self._ready)
        self._parked.clear()

    # --- entries

    def _entry(self, check: Check, now: int) -> _Entry:
        terms, old = _terms(check), self._entries.get(check.name)
        if old and old.terms == terms:
            return old
        offset = offset_ms(check.name, self._site, terms.interval)
        entry = _Entry(check.name, terms, due_at_or_after(now, terms.interval, offset))
        if old:
            entry.asked, entry.last, entry.missed = old.asked, old.last, old.missed
        return entry

    def _leave_to_grid(self, entry: _Entry) -> None:
        entry.ticket, entry.asked = 0, None
        self._arm(entry)

    def _run(self, entry: _Entry, now: int, urgent: Set[str]) -> Run:
        self._running[entry.check] = entry.terms.host
        self._at_host[entry.terms.host] += 1
        entry.ticket, entry.last = 0, now
        if entry.asked is not None and entry.asked <= now:
            entry.asked = None  # answered by whatever runs now
        self._arm(entry)
        return Run(entry.check, entry.due_at, entry.extra, entry.check in urgent)


def _terms(check: Check) -> _Terms:
    spacing = cast(Probe, check.probe).least_spacing
    return _Terms(round(check.interval * 1000), round(spacing * 1000), check.host)


def _host_limits(checks: list[Check], least: int) -> dict[str, int]:
    """Give each host the slots that its checks need in the worst case, and half as many again."""
    load: dict[str, float] = {}
    for check in checks:
        load[check.host] = load.get(check.host, 0.0) + check.timeout / check.interval
    return {host: max(least, ceil(round(1.5 * need, 6))) for host, need in load.items()}
