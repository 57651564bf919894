"""The life of one check: attempts in, verdict and timeline out."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from itertools import chain
from operator import attrgetter, sub

from checks.model import Check
from probes.result import Outcome, Reason, Result
from slo.claims import AS_THINGS_STAND, MISSED, RECOVERING, SUSPECT, Claim, Claims
from slo.memory import Memory
from slo.outages import Change, Outage
from slo.state import State
from slo.timeline import Reading, Stretch, Timeline, Totals

GOOD, BAD = Outcome.GOOD, Outcome.BAD
UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
BRIDGE = 300.0  # seconds between two bad attempts of one outage that are bad in any case

CLEARED = {SUSPECT: UP}
CONFIRMED = {SUSPECT: DOWN}
RECOVERED = {RECOVERING: UP, MISSED: UNKNOWN}
BRIDGED = {RECOVERING: DOWN, MISSED: DOWN}
RESUMED = {RECOVERING: DOWN, MISSED: UNKNOWN}


class Judge:
    """One check's life, as its attempts tell it in the order of their start. Times are milliseconds, UTC.

    The same results give the same judge. `check` is the definition that is judged by; `redefine` gives it
    another one.
    """

    __slots__ = (
        "_bad_before",
        "_bridge",
        "_claims",
        "_reach",
        "_row",
        "_running",
        "_shown_before",
        "bads_in_row",
        "blip_times",
        "check",
        "confirmed_by",
        "goods_in_row",
        "last",
        "last_bad",
        "last_good_at",
        "outages",
        "shown",
        "since",
        "verdict",
    )

    def __init__(self, check: Check) -> None:
        self.check = check
        self.verdict: State = UNKNOWN  # unknown: never judged
        self.shown: State = UNKNOWN
        self.since: int | None = None  # when `shown` last changed; None before the first attempt
        self.last: Result | None = None
        self.last_bad: Result | None = None
        self.last_good_at: int | None = None
        self.bads_in_row = 0
        self.goods_in_row = 0  # of a recovery under way; 0 unless the check is down
        self.confirmed_by: tuple[int, ...] = ()  # the starts of the attempts that confirmed the last outage
        self.outages: list[Outage] = []
        self.blip_times = array("q")  # the first bad attempt of each blip
        self._claims = Claims()
        self._running: Claim = UNKNOWN  # what the last attempt vouches for
        self._row: list[Result] = []  # the bad attempts of a suspect
        self._bad_before: Result | None = None
        self._shown_before: tuple[State, int | None] = (UNKNOWN, None)  # when the suspicion began
        self._reach = check.reach_ms  # of the last attempt, by the definition that made it
        self._bridge = _bridge(check)

    @property
    def suspect(self) -> bool:
        """Whether there is a bad attempt that is neither confirmed nor cleared."""
        return bool(self._row)

    @property
    def first_bad(self) -> int | None:
        """When the suspicion or the outage under way began."""
        if self._row:
            return self._row[0].at
        return self.outages[-1].start if self.verdict is DOWN else None

    @property
    def blips(self) -> int:
        """How many suspicions a good attempt has ended."""
        return len(self.blip_times)

    @property
    def wants_confirmation(self) -> bool:
        """Whether the check is to be asked again after `confirm_interval`."""
        if self.last is None or self.last.outcome is Outcome.UNKNOWN:
            return False
        if self.last.outcome is BAD:
            return bool(self._row)
        return self.verdict is DOWN and self.goods_in_row == 1

    @property
    def timeline(self) -> Timeline:
        """The part of the past that no later attempt changes."""
        return self._claims.timeline

    @property
    def settled(self) -> int:
        """Where that part ends."""
        return self._claims.timeline.end

    def outages_since(self, at: int) -> list[Outage]:
        """Give the outages that were not over at an instant, and all that began later."""
        return self.outages[bisect_right(self.outages, at, key=attrgetter("over_at")) :]

    def blips_between(self, start: int, end: int) -> int:
        """Count the blips that began in [start, end)."""
        return bisect_left(self.blip_times, end) - bisect_left(self.blip_times, start)

    def blips_in(self, start: int, end: int) -> Sequence[int]:
        """Give the blips that began in [start, end)."""
        return self.blip_times[bisect_left(self.blip_times, start) : bisect_left(self.blip_times, end)]

    def stretches(self, start: int, end: int) -> Iterator[Stretch]:
        """Give what is settled of [start, end), back to back; anything else in it is unknown."""
        return self._claims.timeline.stretches(start, end)

    def tail(self, now: int) -> list[Stretch]:
        """Give the time after it and before `now`, as things stand; time not mentioned is unknown."""
        stretches = list(self._claims.stretches(now))
        if self.last is not None and self.settled <= self.last.at < now:  # else it is closed
            until = min(now, self.last.at + self._reach)
            stretches.append(Stretch(self.last.at, until, self._running_state()))
        return stretches

    def reading(self, now: int) -> Reading:
        """Take what is held true at `now`, to sum up many windows of it."""
        return Reading(self._claims.timeline, self.tail(now), now)

    def totals(self, start: int, end: int, now: int) -> Totals:
        """Sum up [start, min(end, now)) as things stand."""
        return self.reading(now).totals(start, end)

    def judge(self, result: Result) -> Change | None:
        """Take in the next attempt and say what it has decided; None for nothing, or an older one."""
        last = self.last
        if last is not None and result.at <= last.at:
            return None
        self._advance(result.at, last)
        self._reach = self.check.reach_ms
        self.last = result
        if result.outcome is GOOD:
            return self._good(result.at)
        if result.outcome is BAD:
            return self._bad(result)
        self._running = UNKNOWN
        self._show(UNKNOWN, result.at)
        return None

    def calm(self, good: Sequence[int]) -> bool:
        """Take in good attempts by their starts, later than the last one; say whether that was possible.

        It is where nothing is open and no gap lies between them: then each would only make the time up. Of
        `last` only the start is right then.
        """
        last = self.last
        if last is None or self._running is not UP or self._row or self._claims.held() or not good:
            return False
        if max(map(sub, good, chain((last.at,), good))) > self.check.reach_ms:
            return False
        if good[0] - last.at > self._reach:
            return False
        self._claims.timeline.append(good[-1], UP)
        self._reach, self.last_good_at = self.check.reach_ms, good[-1]
        self.last = replace(last, at=good[-1])
        return True

    def forget(self, since: int, network_reasons: Set[Reason | None]) -> list[int]:
        """Make unknown what a suspicion owes to our own blindness, and give the times of those attempts.

        These are its bad attempts from `since` on with one of `network_reasons`. A confirmed outage stays.
        The judge is then as if they had been unknown/blind from the first.
        """
        blind = [bad.at for bad in self._row if bad.at >= since and bad.reason in network_reasons]
        if blind:
            self._forget(frozenset(blind))
        return blind

    def redefine(self, check: Check) -> None:
        """Judge by another definition from now on. What is confirmed stands until that says otherwise.

        A suspicion or a recovery under way begins anew where it would be another question, or other counts.
        The past stays as it was judged, and so does the time that the last attempt vouches for.
        """
        anew = _terms(check) != _terms(self.check)
        self.check, self._bridge = check, _bridge(check)
        if anew:
            self._begin_anew()

    def memory(self) -> Memory | None:
        """Give what must be remembered beside the past; None while a later attempt decides any of it."""
        if self.last is None or self._row or self.goods_in_row or self._claims.held():
            return None
        return Memory(
            verdict=self.verdict,
            shown=self.shown,
            since=self.since,
            last=self.last,
            last_bad=self.last_bad,
            last_good_at=self.last_good_at,
            bads_in_row=self.bads_in_row,
            confirmed_by=self.confirmed_by,
            reach=self._reach,
            running=self._running_state(),
        )

    def recall(
        self,
        stretches: Iterable[Stretch],
        outages: Iterable[Outage],
        blips: Iterable[int],
        memory: Memory | None,
    ) -> None:
        """Begin with a past, and as things stood at its end; without a memory, as if never judged since."""
        for start, end, state in stretches:
            self._claims.timeline.append(start, UNKNOWN)
            self._claims.timeline.append(end, state)
        self.outages, self.blip_times = list(outages), array("q", blips)
        if memory is None:
            return
        self.verdict, self.shown, self.since = memory.verdict, memory.shown, memory.since
        self.last, self.last_bad, self.last_good_at = memory.last, memory.last_bad, memory.last_good_at
        self.bads_in_row, self.confirmed_by = memory.bads_in_row, memory.confirmed_by
        self._reach, self._running = memory.reach, memory.running

    def close(self, now: int) -> None:
        """Be judged no more: all until `now` is settled, as things stand."""
        if self.last is not None and self.last.at < now:
            self._advance(min(now, self.last.at + self._reach), self.last)
        self._claims.settle(AS_THINGS_STAND)
        self._claims.lay(max(now, self.settled), UNKNOWN)

    def _begin_anew(self) -> None:
        self._row.clear()
        self.bads_in_row = self.goods_in_row = 0
        self._claims.settle(AS_THINGS_STAND)
        self._running = self._running_state()
        if self.verdict is DOWN:
            self.outages[-1] = replace(self.outages[-1], first_good=None)

    def _advance(self, at: int, last: Result | None) -> None:
        """Claim the time until `at` for the attempt before, as far as it reaches."""
        if last is None:
            self._claims.lay(at, UNKNOWN)
            return
        reached = last.at + self._reach
        if at <= reached:
            self._claims.lay(at, self._running)
            return
        self._claims.lay(reached, self._running)
        self._lose_sight()
        self._claims.lay(at, self._missed(at))

    def _lose_sight(self) -> None:
        """A gap breaks a row of bad attempts and forgets a suspicion. It breaks nothing else."""
        self.bads_in_row = 0
        if self._row:
            self._row.clear()
            self._claims.settle(CLEARED)

    def _missed(self, at: int) -> Claim:
        """Unknown, unless a bad attempt at `at` or later can be near enough to the outage's last one."""
        if self.verdict is DOWN and at - self.outages[-1].last_bad <= self._bridge:
            return MISSED
        return UNKNOWN

    def _good(self, at: int) -> Change | None:
        self.last_good_at = at
        self.bads_in_row = 0
        if self.verdict is DOWN:
            return self._recovering(at)
        self._running = UP
        self._show(UP, at)
        if self._row or self.verdict is UNKNOWN:
            return self._cleared(at)
        return None

    def _cleared(self, at: int) -> Change:
        """A first good attempt, or one that ends a suspicion."""
        previous, self.verdict = self.verdict, UP
        blip = self._row[0].at if self._row else None
        if blip is not None:
            self.blip_times.append(blip)
            self._row.clear()
            self._claims.settle(CLEARED)
        if blip is None or previous is UNKNOWN:
            return Change("judged", self.check.name, at, at, previous, UP)
        return Change("blip", self.check.name, blip, at, previous, UP)

    def _bad(self, result: Result) -> Change | None:
        self.bads_in_row += 1
        if self.verdict is DOWN:
            self._still_down(result)
            return None
        if not self._row:
            self._bad_before = self.last_bad
            self._shown_before = (self.shown, self.since)
        self.last_bad = result
        self._row.append(result)
        if len(self._row) >= self.check.confirm:
            return self._confirmed(result.at)
        self._running = SUSPECT
        self._show(UP, result.at)
        return None

    def _confirmed(self, at: int) -> Change:
        self.confirmed_by = tuple(bad.at for bad in self._row)
        start = self._row[0].at
        self._row.clear()
        self._claims.settle(CONFIRMED)
        self.outages.append(Outage(start, None, at, self.last_good_at, None))
        self.goods_in_row = 0
        previous, self.verdict = self.verdict, DOWN
        self._running = DOWN
        self._show(DOWN, start)
        return Change("confirmed", self.check.name, start, at, previous, DOWN)

    def _still_down(self, result: Result) -> None:
        outage = self.outages[-1]
        near = result.at - outage.last_bad <= self._bridge
        self._claims.settle(BRIDGED if near else RESUMED)
        self.outages[-1] = replace(outage, last_bad=result.at, first_good=None)
        self.last_bad = result
        self.goods_in_row = 0
        self._running = DOWN
        self._show(DOWN, outage.start)

    def _recovering(self, at: int) -> Change | None:
        self.goods_in_row += 1
        if self.goods_in_row == 1:
            self.outages[-1] = replace(self.outages[-1], first_good=at)
        if self.goods_in_row >= self.check.recover:
            return self._recovered(at)
        self._running = RECOVERING
        self._show(DOWN, self.outages[-1].start)
        return None

    def _recovered(self, at: int) -> Change:
        outage = self.outages[-1]
        end = at if outage.first_good is None else outage.first_good
        self.outages[-1] = replace(outage, end=end)
        self._claims.settle(RECOVERED)
        self.goods_in_row = 0
        self.verdict = self._running = UP
        self._show(UP, end)
        return Change("recovered", self.check.name, end, at, DOWN, UP)

    def _forget(self, blind: frozenset[int]) -> None:
        self._row = [bad for bad in self._row if bad.at not in blind]
        self.bads_in_row = len(self._row)
        self.last_bad = self._row[-1] if self._row else self._bad_before
        self._claims.reclassify(blind)
        if self.last is not None and self.last.at in blind:
            self.last = replace(self.last, outcome=Outcome.UNKNOWN, reason=Reason.BLIND)
            self._running = UNKNOWN
        self._show_again()

    def _show_again(self) -> None:
        """Find out anew what has been shown since when, from the beginning of the suspicion."""
        self.shown, self.since = self._shown_before
        for start, _, claim in self._claims.held():
            self._show(_shown(claim), start)
        self._claims.drain()
        assert self.last is not None, "a suspicion has attempts"
        self._show(_shown(self._running), self.last.at)

    def _running_state(self) -> State:
        return self._running if isinstance(self._running, State) else AS_THINGS_STAND[self._running]

    def _show(self, state: State, since: int) -> None:
        if state is not self.shown or self.since is None:
            self.shown, self.since = state, since


def _shown(claim: Claim) -> State:
    """What a check is shown as while a claim of a suspicion runs."""
    return UP if claim is SUSPECT else UNKNOWN


def _terms(check: Check) -> tuple[object, ...]:
    """Give what a row of attempts depends on: who is asked what, and how many of them count."""
    return check.kind, check.probe, check.timeout, check.confirm, check.recover


def _bridge(check: Check) -> int:
    return round(max(BRIDGE, 3 * check.interval) * 1000)
