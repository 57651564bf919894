"""Whose fault it is: what fails waits for word of what it depends on, and is told with it.

Suppression stops announcing, never monitoring; opening, never resolving. A child whose ancestor's incident is
announced is told as information only, and listed with the ancestor.
docs/decisions/0012-one-outage-one-page.md says why so. Pure; times are ms since the epoch, UTC.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from alerting import graph, services
from alerting.announcer import Announcer
from alerting.book import Book
from alerting.covering import Covering
from alerting.events import Wish
from alerting.flapping import Flapping
from alerting.incident import Ended, Incident
from alerting.intent import Intent
from alerting.moment import Moment
from alerting.routes import urgency_of
from alerting.services import Standing
from alerting.waiting import Waiting
from checks.model import Configuration
from probes.result import Result
from slo.state import State


class Dependencies:
    """Owner of those that wait, and of who is told with whom."""

    def __init__(self, book: Book, announcer: Announcer, configuration: Configuration) -> None:
        self.waiting: dict[str, Waiting] = {}
        self.flapping = Flapping()
        self._failing: dict[str, set[str]] = {}  # by key, the receivers that do not take the open
        self._book, self._announcer = book, announcer
        self._covering = Covering(book, announcer)
        self.follow(configuration)

    def follow(self, configuration: Configuration) -> None:
        """Go by another configuration from now on."""
        self._ancestors = graph.ancestors(configuration)
        self._dependents = graph.dependents(self._ancestors)
        self._covering.follow(self._ancestors)
        self.flapping.follow(configuration)
        self.waiting = {name: each for name, each in self.waiting.items() if name in self._ancestors}

    def wake(self) -> int | None:
        """Give the next instant at which time alone changes something."""
        ends = [each.until for each in self.waiting.values() if each.until is not None]
        return min((*ends, *self.flapping.wakes()), default=None)

    # --- what happens

    def settle(self, standing: Standing, at: Moment) -> None:
        """Open or resolve the incident of a service; unknown is not recovery and opens nothing."""
        name = standing.service.name
        planned = name in self._announcer.calendar.maintained
        self.flapping.seen(name, standing.state, at.now, planned=planned)
        known = self._book.open.get(at.key("service", name))
        if standing.state is State.UP:
            self.waiting.pop(name, None)
            if known:
                self._recovered(known, at)
        elif known:
            self.noticed(standing, at)
            if standing.state is State.DOWN and name not in self.waiting and self._is_untold(known, at):
                self._release(name, at)
        elif standing.state is State.DOWN and name not in self.waiting:
            self._wait(standing, at)
        elif not standing.causes():
            self.waiting.pop(name, None)

    def _recovered(self, known: Incident, at: Moment) -> None:
        """Resolve it; one that flaps stays open until it has been calm."""
        if not self.flapping.flaps(known.name):
            restored_at = at.standings[known.name].restored_at(known.fault_at, at.now)
            self.end(known.name, restored_at, at)
            return
        at.decision.suppressed.append("flapping")
        self.noticed(at.standings[known.name], at)

    def _is_untold(self, known: Incident, at: Moment) -> bool:
        """Say whether nobody is told of an incident though nothing holds or swallows it any more."""
        if self._announcer.calendar.held(known, at):
            return False
        if known.suppressed_by:
            above = self._book.open.get(at.key("service", known.suppressed_by))
            return above is None or known.name not in above.swallowed
        return known.held and not known.announced

    def noticed(self, standing: Standing, at: Moment) -> None:
        """Tell what is new about an open incident: its causes, that it flaps, that we cannot see it."""
        name = standing.service.name
        known = self._book.open.get(at.key("service", name))
        if known is None:
            return
        now = replace(
            known,
            causes=standing.causes() or known.causes,
            flapping=self.flapping.flaps(name),
            unseen=standing.state is State.UNKNOWN,
        )
        if now != known:
            self._book.keep(now, at.decision)
        if _said(now) != _said(known):
            self._announcer.news(known.key, at)

    def end(self, name: str, restored_at: int | None, at: Moment, *, ended: Ended = "") -> None:
        """Resolve the incident of a service, and let go of those it has swallowed."""
        key = at.key("service", name)
        above = self._book.open[key].suppressed_by
        self._announcer.end(key, restored_at, at, ended=ended)
        self.delivered(key)
        self.waiting.pop(name, None)
        self._covering.returned(name, above, at)
        self._released(name, at)

    def _wait(self, standing: Standing, at: Moment) -> None:
        name, hold = standing.service.name, round(at.configuration.alerting.hold_max * 1000)
        since = services.fault_of(standing)
        waiting = self.waiting[name] = Waiting(since, at.now + hold)
        made = services.incident_of(standing, at.configuration, at.now)
        ended = self._announcer.calendar.ended_at(made, at)
        if ended is not None and since < ended:
            waiting.again(ended)
            for judge in standing.judges:
                waiting.bads[judge.check.name] |= {bad for bad in judge.confirmed_by if bad >= ended}
        self._decide(name, at)
        if name in self.waiting:
            self._ask(self._ancestors[name], at)
            if waiting.after is not None:
                self._ask([name], at, delay=True)

    def heard(self, service: str, result: Result, at: Moment) -> None:
        """Take note that a check of a service was asked: some may know now what they wait for."""
        waiting = self.waiting.get(service)
        if waiting and waiting.counts(result):
            waiting.bads[result.check].add(result.at)
            self._ask([service], at, delay=True)
        for name in (service, *self._dependents.get(service, ())):
            if name in self.waiting:
                self._decide(name, at)

    def passed(self, at: Moment) -> None:
        """Do what is due by the passing of time."""
        topmost_first = sorted(self.waiting.items(), key=lambda each: len(self._ancestors[each[0]]))
        for name, each in topmost_first:
            if each.until is not None and each.until <= at.now:
                each.until = None
                self._decide(name, at)
        for name in self.flapping.calm(at.now):
            if name in at.standings:
                self.settle(at.standings[name], at)

    def not_taken(self, intent: Intent, at: Moment) -> None:
        """Take note that a receiver does not take an open.

        Where nobody has taken it, the fallback included, whoever it has swallowed is told by itself.
        """
        known = self._book.open.get(intent.key)
        if known is None or known.episode != intent.episode or known.accepted_at is not None:
            return
        failing = self._failing.setdefault(intent.key, set())
        failing.add(intent.receiver)
        if known.scope == "service" and failing >= set(known.told):
            self._covering.undelivered.add(known.key)
            self._released(known.name, at, at_once=True)

    def delivered(self, key: str) -> None:
        """Take note that it was taken after all."""
        self._failing.pop(key, None)
        self._covering.undelivered.discard(key)

    def awaited(self, standings: Mapping[str, Standing]) -> set[str]:
        """Name the checks of services for whose word somebody waits."""
        parents = set[str]().union(*(self._ancestors[name] for name in self.waiting))
        return {judge.check.name for name in parents for judge in standings[name].judges}

    # --- the calendar, a start, a reload

    def review(self, at: Moment) -> None:
        """Tell whoever is to hear by now of what is open, when that may have changed."""
        for key in list(self._book.open):
            if key in self._book.open:  # another's review may have ended it
                self._review(self._book.open[key], at)
        for name in self.waiting:
            self._held_anew(name, at)
        for key in (self._failing.keys() | self._covering.undelivered) - self._book.open.keys():
            self.delivered(key)  # it is over
        self._announcer.digest.tell(at)

    def _review(self, known: Incident, at: Moment) -> None:
        freed = self._announcer.review(known.key, at)
        known = self._book.open[known.key]
        if known.scope != "service":
            if freed:
                self._announcer.announce(known, at)
        elif known.name in self.waiting:
            pass  # it is told once it is seen bad
        elif known.suppressed_by:
            self._review_swallowed(known, at, freed)
        elif freed:
            self._release(known.name, at)
        else:
            tier = at.standings[known.name].service.tier
            self._covering.raise_to(known, urgency_of(tier), tier, at)

    def _held_anew(self, name: str, at: Moment) -> None:
        """Let one that waits count bad attempts after the last end of what held it."""
        waiting, known = self.waiting[name], self._book.open.get(at.key("service", name))
        if known is None and not at.standings[name].causes():
            return
        about = known or services.incident_of(at.standings[name], at.configuration, at.now)
        ended = self._announcer.calendar.ended_at(about, at)
        if ended is not None and (waiting.since if waiting.after is None else waiting.after) < ended:
            waiting.again(ended)
            self._ask([name], at)

    def _review_swallowed(self, known: Incident, at: Moment, freed: bool) -> None:
        parent = self._covering.find(known.name, at, already=known.suppressed_by, raising=False)
        if parent is None:
            above = self._book.open.get(at.key("service", known.suppressed_by))
            self._release(known.name, at, at_once=above is not None and not freed)
        else:
            if parent != known.suppressed_by:
                self._covering.swallow(known.name, parent, at)
            if freed:
                self._announcer.announce(self._book.open[known.key], at)

    # --- what follows

    def _decide(self, name: str, at: Moment) -> None:
        """Announce it, let an ancestor swallow it, or let it wait on."""
        waiting, standing = self.waiting[name], at.standings[name]
        if standing.state is State.UP:
            del self.waiting[name]
            return
        if not standing.causes():
            return  # a reload or a restart has left it no check that is down: nothing can be told
        ready = self._may_open(name, waiting, at)
        parent = self._covering.find(name, at, raising=ready)
        if parent is None and not ready:
            return
        del self.waiting[name]
        if parent is None:
            self._open(name, at)
        else:
            self._covering.swallow(name, parent, at)

    def _may_open(self, name: str, waiting: Waiting, at: Moment) -> bool:
        judges = at.standings[name].judges
        if waiting.after is not None and not any(
            len(waiting.bads[judge.check.name]) >= judge.check.confirm for judge in judges
        ):
            return False
        return waiting.until is None or all(
            self._is_settled(parent, waiting.since, at) for parent in self._ancestors[name]
        )

    def _is_settled(self, parent: str, since: int, at: Moment) -> bool:
        """Say whether an ancestor is open itself, or was asked since and it is known what came of it."""
        if parent in self.waiting:
            return False
        judges = at.standings[parent].judges
        asked = all(judge.last and judge.last.at > since and not judge.suspect for judge in judges)
        return asked or at.key("service", parent) in self._book.open

    def _open(self, name: str, at: Moment) -> None:
        made = services.incident_of(at.standings[name], at.configuration, at.now)
        down = [
            parent for parent in sorted(self._ancestors[name]) if at.standings[parent].state is State.DOWN
        ]
        made = replace(made, facts={**made.facts, **({"depends on, also down": down} if down else {})})
        known = self._book.open.get(made.key)
        if known is None:
            self._announcer.begin(made, at)
        elif known.held and not known.suppressed_by:
            now = replace(known, causes=made.causes, facts=made.facts)
            self._announcer.announce(replace(now, urgency=made.urgency, severity=made.severity), at)
        else:
            self._announcer.supersede(made, at)

    def _released(self, parent: str, at: Moment, *, at_once: bool = False) -> None:
        """Let go of those that an ancestor's incident has swallowed, or that wait for word of it."""
        for name in self._dependents.get(parent, ()):
            known = self._book.open.get(at.key("service", name))
            if known and known.suppressed_by == parent:
                self._release(name, at, at_once=at_once)
            elif name in self.waiting and not at_once:
                self.waiting[name].again(at.now)

    def _release(self, name: str, at: Moment, *, at_once: bool = False) -> None:
        """Let one be told by itself: at once, or when it is seen bad after what kept it back was over."""
        hold = round(at.configuration.alerting.hold_max * 1000)
        if at_once:
            self.waiting[name] = Waiting(at.now, None)
            self._decide(name, at)
        else:
            self.waiting[name] = Waiting(at.now, at.now + hold, after=at.now)
            self._ask([name, *self._ancestors[name]], at)

    def _ask(self, names: Iterable[str], at: Moment, *, delay: bool = False) -> None:
        """Want the checks of services asked, beside the grid."""
        for name in names:
            for judge in at.standings[name].judges:
                later = round(judge.check.confirm_interval * 1000) if delay else 0
                at.decision.ask.append(Wish(judge.check.name, at.now + later))


def _said(incident: Incident) -> tuple[object, ...]:
    """Give what is new when it changes."""
    return sorted(cause.check for cause in incident.causes), incident.flapping, incident.unseen
