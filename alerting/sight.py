"""Are we ourselves on the network? Blindness, and the bad results that wait until we know.

A result that our own network explains as well as theirs is kept back, at most three seconds, until a
self-check begun after it has ended. We are blind for a network when it has a voter, all voters fail, and no
check of it has been good since they began. We are blind for names alone when all that resolve names fail:
docs/decisions/0006-our-own-resolver.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checks.model import Network
from probes.result import NAMES, NETWORK, Outcome, Reason, Result

ROUND = 60_000  # ms between two rounds of self-checks while we see
BLIND_ROUND = 5_000  # and while we do not
SPACING = 1_000  # between rounds that bad results ask for
HOLD = 3_000  # how long a result is kept back at most
NOTHING: frozenset[Reason | None] = frozenset()
LASTING = 10_000  # how long we are blind before somebody is told


@dataclass(slots=True)
class Eye:
    """One self-check: what it saw last, and whether its voice counts."""

    name: str
    resolves: bool = False
    at: int = -1  # start of the last attempt
    failing: bool = False
    first_failure_ended: int = 0
    carried_at: int | None = None  # end of the first good check begun after that
    good_at: int = -1
    votes: bool = True
    detail: str = ""

    def see(self, result: Result) -> None:
        """Take in a result of this self-check."""
        if result.at < self.at or result.reason is Reason.OVERLOAD:
            return  # an old story, or one about our own slowness
        self.at = result.at
        if result.outcome is Outcome.GOOD:
            self.good_at, self.failing, self.votes, self.detail = result.at, False, True, ""
            self.carried_at = None
            return
        self.detail = result.detail
        if not self.failing:
            self.failing, self.first_failure_ended = True, result.ended
        elif self.carried_at is not None and self.carried_at <= result.at:
            # It failed, the network carried a check, it failed again: it knows nothing about the network.
            self.votes = False

    def hear(self, good: Result) -> None:
        """Take in a good result of a check for which the network carried what this self-check asks of it."""
        if self.failing and self.carried_at is None and good.at >= self.first_failure_ended:
            self.carried_at = good.ended


@dataclass(frozen=True, slots=True)
class Held:
    """A result kept back, until when at the latest, and since when a self-check has begun after it."""

    result: Result
    since: int
    until: int


class Sight:
    """What we know of one network. Owner of its self-checks' memory and of what is kept back."""

    def __init__(self, network: Network, eyes: Mapping[str, bool]) -> None:
        """Watch a network with these self-checks: by name, whether it resolves names."""
        self.network = network
        self.eyes = {name: Eye(name, resolves) for name, resolves in eyes.items()}
        self.blind_to = NOTHING  # the reasons that mean nothing now
        self.blind_since: int | None = None
        self.held: list[Held] = []
        self._good: Result | None = None  # the last good result of a check of this network
        self._named: Result | None = None  # and of one that had a name to resolve
        self._returned_at, self._was_blind_to = -1, NOTHING
        self._round_at: int | None = None if not self.eyes else 0
        self._last_round = -SPACING

    @property
    def blind(self) -> bool:
        """Whether we are blind, for this network or for names in it."""
        return bool(self.blind_to)

    def redefine(self, eyes: Mapping[str, bool], now: int) -> None:
        """Watch with other self-checks from now on; those that stay remember what they saw."""
        if {name: eye.resolves for name, eye in self.eyes.items()} == eyes:
            return
        self.eyes = {name: self.eyes.get(name) or Eye(name, resolves) for name, resolves in eyes.items()}
        self._judge(now)
        self._round_at = self._soon(now) if eyes else None

    # --- what is told

    def saw(self, result: Result, now: int, *, named: bool) -> None:
        """Take in a result of a check that is not kept back; `named`: it had a name to resolve."""
        if result.outcome is not Outcome.GOOD:
            return
        self._good = _later(self._good, result)
        if named:
            self._named = _later(self._named, result)
        for eye in self.eyes.values():
            if named or not eye.resolves:
                eye.hear(result)
        if self.blind_to:
            self._judge(now)

    def looked(self, result: Result, now: int) -> None:
        """Take in a result of one of the self-checks."""
        self.eyes[result.check].see(result)
        self._judge(now)

    def hold(self, result: Result, now: int) -> bool:
        """Keep a result back if it waits for a self-check, or for a result before it; say whether it does."""
        doubtful = _doubtful(result) and bool(self._voters())
        if not doubtful and not any(held.result.check == result.check for held in self.held):
            return False
        self.held.append(Held(result, min(result.ended, now), now + HOLD))
        if doubtful:
            self._wish_round(self._soon(now))
        return True

    # --- what is asked

    def round_due(self, now: int) -> bool:
        """Say whether the self-checks are to be asked now, and take it as done."""
        if self._round_at is None or now < self._round_at:
            return False
        self._last_round = now
        self._round_at = now + (BLIND_ROUND if self.blind else ROUND)
        return True

    def released(self, now: int) -> list[tuple[Result, bool]]:
        """Take out the results whose wait is over, each with whether it was our own blindness."""
        out: list[tuple[Result, bool]] = []
        waiting: set[str] = set()
        for held in self.held:
            fate = None if held.result.check in waiting else self._fate(held, now)
            if fate is None:
                waiting.add(held.result.check)
            else:
                out.append((held.result, fate))
        if out:
            gone = {id(result) for result, _ in out}
            self.held = [held for held in self.held if id(held.result) not in gone]
        return out

    @property
    def last_good_look(self) -> int:
        """When the last good self-check began that speaks for what we are blind to; -1 when none was."""
        eyes = self.eyes.values() if self.blind_to is NETWORK else self._resolving()
        return max((eye.good_at for eye in eyes), default=-1)

    def mute(self) -> Sequence[Eye]:
        """Give the self-checks that have lost their vote."""
        return [eye for eye in self.eyes.values() if not eye.votes]

    def lasting(self, now: int) -> bool:
        """Say whether we have been blind long enough to tell somebody."""
        return self.blind_since is not None and now - self.blind_since >= LASTING

    def wake(self, now: int) -> int | None:
        """Give the next instant at which time alone changes something here."""
        times = [held.until for held in self.held]
        if self._round_at is not None:
            times.append(self._round_at)
        if self.blind_since is not None and now < self.blind_since + LASTING:
            times.append(self.blind_since + LASTING)
        return min(times, default=None)

    # --- within

    def _voters(self) -> list[Eye]:
        return [eye for eye in self.eyes.values() if eye.votes]

    def _wish_round(self, at: int) -> None:
        self._round_at = at if self._round_at is None else min(self._round_at, at)

    def _soon(self, now: int) -> int:
        return max(now, self._last_round + SPACING)

    def _resolving(self) -> list[Eye]:
        return [eye for eye in self.eyes.values() if eye.resolves]

    def _judge(self, now: int) -> None:
        voters = self._voters()
        blind_to = NOTHING
        if _all_fail(voters, self._good):
            blind_to = NETWORK
        elif _all_fail([eye for eye in voters if eye.resolves], self._named):
            blind_to = NAMES
        if bool(blind_to) != self.blind:
            self.blind_since = now if blind_to else None
            # Sight may return for seconds: a self-check not asked in them would lose its vote for nothing.
            self._wish_round(now + BLIND_ROUND if blind_to else self._soon(now))
        if self.blind_to - blind_to:
            self._returned_at, self._was_blind_to = now, self.blind_to
        self.blind_to = blind_to

    def _fate(self, held: Held, now: int) -> bool | None:
        """Say whether a held result was blindness, or None while it must wait."""
        result, since = held.result, held.since
        if not _doubtful(result):
            return False
        if result.at < self._returned_at and result.reason in self._was_blind_to:
            return True  # it began while we were blind: what it met was our own network
        voters, good = self._voters(), self._good
        if result.reason in NAMES and any(eye.resolves for eye in voters):
            voters, good = [eye for eye in voters if eye.resolves], self._named
        if not voters or any(eye.good_at >= since for eye in voters):
            return False
        if good is not None and good.at >= since:
            return False
        asked = all(eye.failing and eye.at >= since for eye in voters)
        return result.reason in self.blind_to if asked or now >= held.until else None


def _all_fail(voters: Sequence[Eye], good: Result | None) -> bool:
    """Say whether all of some voters fail, and no check has been good since they began."""
    if not voters or not all(eye.failing for eye in voters):
        return False
    return good is None or good.at < min(eye.at for eye in voters)


def _doubtful(result: Result) -> bool:
    """Say whether our own network explains a result as well as theirs."""
    return result.outcome is Outcome.BAD and result.reason in NETWORK


def _later(known: Result | None, result: Result) -> Result:
    """Give the one that began later: a slow attempt may come in after one begun long after it."""
    return result if known is None or result.at >= known.at else known
