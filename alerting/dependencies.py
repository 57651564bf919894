"""Whose fault it is: what fails waits for word of what it depends on, and is told with it.

Suppression stops announcing, never monitoring; opening, never resolving. A child whose ancestor's incident is
announced is told as information only, and listed with the ancestor.
docs/decisions/0012-one-outage-one-page.md says why so. Pure; times are ms since the epoch, UTC.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import cast

from alerting import services
from alerting.book import Book
from alerting.events import Decision, Wish
from alerting.incident import Ended, Incident, key_of
from alerting.intent import Action, Urgency
from alerting.receiver import Target
from alerting.routes import severity_of, urgency_of
from alerting.services import Standing
from checks.model import Configuration
from probes.result import Outcome, Result
from slo.state import State

TOGETHER = 10_000  # ms in which children that follow each other are told in one update
LOUDEST_FIRST = tuple(Urgency)


@dataclass(slots=True)
class Waiting:
    """A service that is down and not announced.

    It waits at most `until` (None: no longer), for attempts of its ancestors begun after `since`. Where an
    ancestor's incident has just been resolved, bad attempts of its own begun `after` that count, by check.
    """

    since: int
    until: int | None
    after: int | None = None
    bads: Counter[str] = field(default_factory=Counter)

    def counts(self, result: Result) -> bool:
        """Say whether a result is one of those bad ones."""
        return self.after is not None and result.outcome is Outcome.BAD and result.at >= self.after


@dataclass(slots=True)
class Moment:
    """What a step is handed: the services as they stand, the configuration, when, and what follows."""

    standings: Mapping[str, Standing]
    configuration: Configuration
    now: int
    decision: Decision


class Dependencies:
    """Owner of those that wait, and of who is told with whom."""

    def __init__(self, book: Book, configuration: Configuration) -> None:
        self.waiting: dict[str, Waiting] = {}
        self._book = book
        self._undelivered: set[str] = set()  # keys of pages that their receivers do not take
        self._due: dict[str, int] = {}  # keys whose list has grown: when that is told
        self.follow(configuration)

    def follow(self, configuration: Configuration) -> None:
        """Go by another configuration from now on."""
        self._ancestors = _ancestors(configuration)
        self._dependents = _turned(self._ancestors)
        self.waiting = {name: each for name, each in self.waiting.items() if name in self._ancestors}

    def wake(self) -> int | None:
        """Give the next instant at which time alone changes something."""
        ends = [each.until for each in self.waiting.values() if each.until is not None]
        return min((*ends, *self._due.values()), default=None)

    # --- what happens

    def settle(self, standing: Standing, at: Moment) -> None:
        """Open or resolve the incident of a service; unknown is not recovery and opens nothing."""
        name = standing.service.name
        known = self._book.open.get(self._key(name, at))
        if standing.state is State.UP:
            self.waiting.pop(name, None)
            if known:
                self.end(name, standing.restored_at(known.fault_at, at.now), at)
        elif standing.state is State.DOWN and known is None and name not in self.waiting:
            self._wait(standing, at)
        elif known is None and not standing.causes():
            self.waiting.pop(name, None)

    def end(self, name: str, restored_at: int | None, at: Moment, *, ended: Ended = "") -> None:
        """Resolve the incident of a service, and let go of those it has swallowed."""
        key = self._key(name, at)
        self._book.end(key, restored_at, at.configuration, at.now, at.decision, ended=ended)
        self._due.pop(key, None)
        self._undelivered.discard(key)
        self.waiting.pop(name, None)
        self._released(name, at)

    def _wait(self, standing: Standing, at: Moment) -> None:
        name = standing.service.name
        since = services.fault_of(standing)
        self.waiting[name] = Waiting(since, at.now + round(at.configuration.alerting.hold_max * 1000))
        self._decide(name, at)
        if name in self.waiting:
            self._ask(self._ancestors[name], at)

    def heard(self, service: str, result: Result, at: Moment) -> None:
        """Take note that a check of a service was asked: some may know now what they wait for."""
        waiting = self.waiting.get(service)
        if waiting and waiting.counts(result):
            waiting.bads[result.check] += 1
            self._ask([service], at, delay=True)
        for name in (service, *self._dependents.get(service, ())):
            if name in self.waiting:
                self._decide(name, at)

    def passed(self, at: Moment) -> None:
        """Do what is due by the passing of time."""
        for name, each in list(self.waiting.items()):
            if each.until is not None and each.until <= at.now:
                each.until = None
                self._decide(name, at)
        for key in [key for key, due in self._due.items() if due <= at.now]:
            self._tell_list(key, at)

    def undeliverable(self, key: str, at: Moment) -> None:
        """Take note that a page is not taken: whoever it has swallowed is told by itself."""
        self._undelivered.add(key)
        known = self._book.open.get(key)
        if known and known.scope == "service":
            self._released(known.name, at, at_once=True)

    def delivered(self, key: str) -> None:
        """Take note that it was taken after all."""
        self._undelivered.discard(key)

    def review(self, at: Moment) -> None:
        """After a start or a reload: those whose ancestor's incident is over are told by themselves."""
        for key in list(self._book.open):
            known = self._book.open[key]  # another's review may have raised it
            if known.scope == "service" and known.suppressed_by:
                self._review_swallowed(known, at)
            elif known.scope == "service":
                tier = at.standings[known.name].service.tier
                self._raise(known, urgency_of(tier), tier, at)

    def _review_swallowed(self, known: Incident, at: Moment) -> None:
        parent = self._cover(known.name, at)
        if parent is None:
            self._release(known.name, at)
        elif parent != known.suppressed_by:
            self._swallow(known.name, parent, at)

    # --- what follows

    def _decide(self, name: str, at: Moment) -> None:
        """Announce it, let an ancestor swallow it, or let it wait on."""
        waiting, standing = self.waiting[name], at.standings[name]
        if standing.state is State.UP:
            del self.waiting[name]
        elif not standing.causes():
            return  # a reload or a restart has left it no check that is down: nothing can be told
        elif (parent := self._cover(name, at)) is not None:
            del self.waiting[name]
            self._swallow(name, parent, at)
        elif self._may_open(name, waiting, at):
            del self.waiting[name]
            self._open(name, at)

    def _may_open(self, name: str, waiting: Waiting, at: Moment) -> bool:
        judges = at.standings[name].judges
        if waiting.after is not None and not any(
            waiting.bads[judge.check.name] >= judge.check.confirm for judge in judges
        ):
            return False
        return waiting.until is None or all(
            self._is_settled(parent, waiting.since, at) for parent in self._ancestors[name]
        )

    def _is_settled(self, parent: str, since: int, at: Moment) -> bool:
        """Say whether an ancestor has been asked since, and it is known what came of it."""
        judges = at.standings[parent].judges
        asked = all(judge.last and judge.last.at > since and not judge.suspect for judge in judges)
        return asked and parent not in self.waiting

    def _cover(self, name: str, at: Moment) -> str | None:
        """Name the ancestor whose incident tells of it too, the one that has failed for longest."""
        urgency = urgency_of(at.standings[name].service.tier)
        found = [self._book.open.get(self._key(parent, at)) for parent in self._ancestors[name]]
        loud = [each for each in found if each and self._is_loud(each, urgency, at)]
        if not loud:
            return None
        first = min(loud, key=lambda each: (each.fault_at, each.name))
        self._raise(first, urgency, at.standings[name].service.tier, at)
        self._wake_too(
            first.key, services.hearers_of(at.standings[name].service, urgency, at.configuration), at
        )
        return first.name

    def _wake_too(self, key: str, hearers: Iterable[str], at: Moment) -> None:
        """Where no pager hears of the ancestor, let those of the child hear of it."""
        known = self._book.open[key]
        new = (
            () if any(_pages(name, at) for name in known.told) else tuple(n for n in hearers if _pages(n, at))
        )
        if new:
            known = replace(known, told=(*known.told, *new))
            self._book.keep(known, at.decision)
            self._book.say(known, Action.OPEN, new, at.configuration, at.now, at.decision)

    def _is_loud(self, incident: Incident, urgency: Urgency, at: Moment) -> bool:
        """Say whether an incident is announced, or can be, as urgently as that."""
        if incident.suppressed_by or incident.key in self._undelivered:
            return False
        if incident.told and not _louder(urgency, incident.urgency):
            return True
        return bool(services.hearers_of(at.standings[incident.name].service, urgency, at.configuration))

    def _raise(self, incident: Incident, urgency: Urgency, tier: int, at: Moment) -> None:
        """Tell it louder: what wakes somebody must be a new incident at the receiver."""
        if _louder(urgency, incident.urgency):
            service = at.standings[incident.name].service
            told = services.hearers_of(service, urgency, at.configuration)
            self._again(replace(incident, urgency=urgency, told=told, suppressed_by=""), tier, at)

    def _again(self, incident: Incident, tier: int, at: Moment) -> None:
        """Let a new episode take the place of one that told less, as loud as for that tier."""
        self._book.end(incident.key, None, at.configuration, at.now, at.decision, ended="superseded")
        incident = replace(
            incident,
            severity=severity_of(incident.urgency, tier),
            opened_at=at.now,
            accepted_at=None,
            acknowledged_at=None,
            heard={},
        )
        self._book.begin(incident, at.configuration, at.now, at.decision)

    def _swallow(self, name: str, parent: str, at: Moment) -> None:
        at.decision.suppressed.append(name)
        service = at.standings[name].service
        key, parents_key = self._key(name, at), self._key(parent, at)
        if key in self._book.open:
            self._book.keep(replace(self._book.open[key], suppressed_by=parent), at.decision)
        else:
            made = services.incident_of(at.standings[name], at.configuration, at.now)
            told = services.hearers_of(service, Urgency.INFO, at.configuration)
            above = at.standings[parent].service.title or parent
            quiet = replace(
                made,
                urgency=Urgency.INFO,
                severity="info",
                text=f"{made.title or name} is down too: it depends on {above}",
                told=told,
                suppressed_by=parent,
            )
            self._book.begin(quiet, at.configuration, at.now, at.decision)
        known = self._book.open[parents_key]
        if name not in known.swallowed:
            self._book.keep(replace(known, swallowed=(*known.swallowed, name)), at.decision)
            self._due.setdefault(parents_key, at.now + TOGETHER)

    def _open(self, name: str, at: Moment) -> None:
        made = services.incident_of(at.standings[name], at.configuration, at.now)
        down = [
            parent for parent in sorted(self._ancestors[name]) if at.standings[parent].state is State.DOWN
        ]
        made = replace(made, facts={**made.facts, **({"depends on, also down": down} if down else {})})
        if made.key in self._book.open:
            self._again(made, at.standings[name].service.tier, at)
        else:
            self._book.begin(made, at.configuration, at.now, at.decision)

    def _released(self, parent: str, at: Moment, *, at_once: bool = False) -> None:
        """Let go of those that an ancestor's incident has swallowed, or that wait for word of it."""
        for name in self._dependents.get(parent, ()):
            known = self._book.open.get(self._key(name, at))
            if known and known.suppressed_by == parent:
                self._release(name, at, at_once=at_once)
            elif name in self.waiting and not at_once:
                self.waiting[name].after, self.waiting[name].bads = at.now, Counter()

    def _release(self, name: str, at: Moment, *, at_once: bool = False) -> None:
        """Let one be told by itself: at once, or when it is seen bad after its ancestor was well again."""
        hold = round(at.configuration.alerting.hold_max * 1000)
        if at_once:
            self.waiting[name] = Waiting(at.now, None)
            self._decide(name, at)
        else:
            self.waiting[name] = Waiting(at.now, at.now + hold, after=at.now)
            self._ask([name], at)

    def _tell_list(self, key: str, at: Moment) -> None:
        del self._due[key]
        known = self._book.open.get(key)
        if known:
            self._book.say(known, Action.UPDATE, known.told, at.configuration, at.now, at.decision)

    def _ask(self, names: Iterable[str], at: Moment, *, delay: bool = False) -> None:
        """Want the checks of services asked, beside the grid."""
        for name in names:
            for judge in at.standings[name].judges:
                later = round(judge.check.confirm_interval * 1000) if delay else 0
                at.decision.ask.append(Wish(judge.check.name, at.now + later))

    def _key(self, name: str, at: Moment) -> str:
        return key_of(at.configuration.alerting.prefix, "service", name)


def _pages(name: str, at: Moment) -> bool:
    """Say whether a receiver is one that wakes people: it takes no information."""
    receiver = at.configuration.receivers.get(name)
    return receiver is not None and not cast(Target, receiver.target).abilities.info


def _louder(one: Urgency, other: Urgency) -> bool:
    return LOUDEST_FIRST.index(one) < LOUDEST_FIRST.index(other)


def _ancestors(configuration: Configuration) -> dict[str, frozenset[str]]:
    """Give all that each service depends on, directly or through others."""
    known: dict[str, frozenset[str]] = {}

    def of(name: str) -> frozenset[str]:
        if name not in known:
            parents = configuration.services[name].depends_on
            known[name] = frozenset(parents).union(*map(of, parents))
        return known[name]

    for name in configuration.services:
        of(name)
    return known


def _turned(ancestors: Mapping[str, Set[str]]) -> dict[str, tuple[str, ...]]:
    """Give all that depend on each service."""
    pairs: Iterator[tuple[str, str]] = ((parent, name) for name in ancestors for parent in ancestors[name])
    found: dict[str, list[str]] = {}
    for parent, name in pairs:
        found.setdefault(parent, []).append(name)
    return {parent: tuple(sorted(names)) for parent, names in found.items()}
