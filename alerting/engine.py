"""An event in, a decision out: the owner of all state. Pure: no clock, no I/O, no await.

Whoever drives it (daemon, simulation, replay) hands in each event with its instant, and calls again with
`Woke` at exactly the instant it asked for.
"""

from collections.abc import Callable, Iterable, Mapping, Set

from alerting import digest, reports, swap
from alerting.announcer import Announcer
from alerting.book import Book
from alerting.calendar import Calendar
from alerting.deliveries import Deliveries
from alerting.dependencies import Dependencies
from alerting.events import (
    Attempted,
    Decision,
    Delivered,
    Downed,
    Event,
    Ordered,
    Relearned,
    Reported,
    SelfChecked,
    Started,
    Swapped,
    Wish,
)
from alerting.expiries import Expiries
from alerting.incident import Incident, key_of
from alerting.intent import Action, Intent
from alerting.learning import Learning
from alerting.moment import Moment
from alerting.orders import Orders
from alerting.ourselves import Ourselves
from alerting.seeing import Seeing, ask_everybody, forget_suspects
from alerting.words import budget_in_words
from checks.diff import Difference, difference, enabled
from checks.model import Configuration
from probes.result import NOTHING, Outcome, Reason, Result
from slo.accounts import Accounts
from slo.combined import Combined
from slo.judge import Judge
from slo.state import State
from store.rows import Renamed, Revised


class Engine:
    """Everything we hold true: `judges` by check, `services` by name, the `book` of incidents, `seeing`."""

    def __init__(
        self,
        configuration: Configuration,
        open_incidents: Iterable[Incident] = (),
        episodes: Mapping[str, int] | None = None,
        queued: Iterable[Intent] = (),
        orders: Orders | None = None,
        remembered: Mapping[str, str] = NOTHING,
        judges: Mapping[str, Judge] | None = None,
    ) -> None:
        self.configuration = configuration
        known = judges or {}
        self.judges = {
            name: known.get(name) or Judge(check) for name, check in enabled(configuration).items()
        }
        self.services = swap.standings_after({}, self.judges, configuration, 0)
        self._indicators = self._deciding()
        self.calendar = Calendar(configuration, orders)
        self.accounts = Accounts(configuration, self.judges, self._times(), self.calendar.maintenance)
        self.book = Book(open_incidents, episodes, self._budgets)
        self.announcer = Announcer(self.book, self.calendar, remembered.get(digest.MEMORY, ""))
        self.expiries = Expiries(self.book, self.announcer, remembered)
        self.dependencies = Dependencies(self.book, self.announcer, configuration)
        self.seeing = Seeing(configuration)
        self.suspects: set[str] = set()
        self.learning = Learning()
        self._ourselves = Ourselves(self.book, self.announcer)
        self._deliveries = Deliveries(self.book, self.announcer, self.dependencies, self._ourselves)
        self._queued = {(intent.receiver, intent.key) for intent in queued if intent.action is Action.OPEN}
        self._wake: int | None = None  # an event at or after this instant does what Woke does

    @property
    def pressing(self) -> Set[str]:
        """Name the checks that are asked before others: suspects, and those that somebody waits for."""
        return (
            self.suspects | self.dependencies.awaited(self.services)
            if self.dependencies.waiting
            else self.suspects
        )

    # --- before the start

    def replay(self, results: Iterable[Result]) -> None:
        """Take stored results in, oldest first: states and times as they were, nothing decided."""
        for result in results:
            judge = self.judges.get(result.check)
            if judge is not None:
                change = judge.judge(result)
                self.accounts.took(judge, result)
                self._mark(judge)
                if change is not None and result.check in self._indicators:
                    standing = self.services[judge.check.service]
                    standing.look()
                    planned = self.calendar.planned(judge.check.service, result.at)
                    self.dependencies.flapping.seen(
                        judge.check.service, standing.state, result.at, planned=planned
                    )

    # --- events

    def handle(self, event: Event, now: int) -> Decision:
        """Take one event in. Never waits, never fails for what an event says."""
        decision = Decision()
        turned = self._turned(event, now)
        match event:
            case Attempted(result):
                self._attempted(result, now, decision)
            case SelfChecked(network, result):
                self._watching(now, decision, lambda: self.seeing.looked(network, result, now))
            case Started():
                self._started(now, decision)
            case Swapped(configuration):
                self._swapped(configuration, now, decision)
            case _:
                self._hear(event, now, decision)
        if turned:
            self.dependencies.review(self._moment(now, decision))
        self._settle(event, now, decision)
        return decision

    def _hear(self, event: Event, now: int, decision: Decision) -> None:
        """Take in what did not come of an attempt, or of a change of what is watched."""
        match event:
            case Delivered():
                self._deliveries.hear(event, self._moment(now, decision))
            case Reported():
                self._reported(event, now, decision)
            case Relearned():
                self.learning.relearned(event, self.judges, self.services, self.accounts)
            case _:
                self._ourselves.hear(event, now)

    def _turned(self, event: Event, now: int) -> bool:
        """Go by the calendar of now; say whether it is another than before."""
        if isinstance(event, Ordered):
            self.calendar.order(event.operation)
            self.learning.ordered(event.operation)
            self.accounts.exclude(self.calendar.maintenance)
        return self.calendar.turn(now)

    def _settle(self, event: Event, now: int, decision: Decision) -> None:
        """Let what was kept back go on, tell what is wrong with ourselves, say when to wake."""
        for result in self.seeing.released(now):
            self._record(result, now, decision)
        self.seeing.rounds(now, decision)
        if (due := self.dependencies.wake()) is not None and due <= now:
            self.dependencies.passed(self._moment(now, decision))
        self._deliveries.passed(self._moment(now, decision))
        self.expiries.passed(self._moment(now, decision))
        if _strained(decision):
            self._ourselves.strained(now)
        woken = self._wake is not None and now >= self._wake
        if self._ourselves.news or woken or not isinstance(event, Attempted):
            self._tell(now, decision)
        if (due := self.announcer.wake()) is not None and due <= now:
            self.announcer.passed(self._moment(now, decision))
        for key in reports.answer(self.book, self.configuration, self._fails, now, decision):
            self.announcer.review(key, self._moment(now, decision))
        times = (
            self.seeing.wake(now),
            *self._ourselves.wakes(now),
            self.dependencies.wake(),
            self.announcer.wake(),
            self.expiries.wake(),
            self.calendar.wake(),
            reports.wake(self.book, self.configuration, now),
        )
        self._wake = decision.wake = min((at for at in times if at is not None), default=None)

    def _fails(self, incident: Incident) -> bool:
        """Say whether we see now what an open incident says; one about ourselves is open while it holds."""
        if incident.scope == "storm":
            members = [self.book.open[key] for key in incident.swallowed]
            return any(self._fails(each) for each in members if not each.held)
        if incident.scope != "service":
            return True
        standing = self.services.get(incident.name)
        return standing is not None and standing.state is State.DOWN

    def _started(self, now: int, decision: Decision) -> None:
        self._ourselves.take_over(now)
        self.announcer.refresh(self._moment(now, decision))
        self.book.again(self.configuration, self._queued, now, decision)
        self._queued.clear()
        for standing in self.services.values():
            standing.look()
            self.dependencies.settle(standing, self._moment(now, decision))
        swap.end_orphans(self.book, self.announcer, self._moment(now, decision))
        self.expiries.begin(self._moment(now, decision))
        self.dependencies.review(self._moment(now, decision))

    # --- a reload

    def _swapped(self, configuration: Configuration, now: int, decision: Decision) -> None:
        """Watch by another configuration from now on. What did not change goes on as if nothing had been."""
        old, self.configuration = self.configuration, configuration
        changes, leaving = difference(old, configuration), swap.departed(old, configuration)
        before = {name: each.judges for name, each in self.services.items()}
        decision.rows += [Renamed(was, name, configuration.site) for name, was in changes.renamed.items()]
        swap.rename_causes(self.book, changes, decision)
        told = swap.part(self.book, leaving, old, now, decision)
        self.dependencies.follow(configuration)
        self.calendar.follow(configuration)
        self.calendar.turn(now)
        self._rejudge(changes, now)
        at = self._moment(now, decision)
        self.announcer.abandon(leaving, at)
        mended = swap.mended(self._ourselves.silent, old, configuration)
        self._ourselves.swapped(configuration.receivers.keys() - leaving - mended)
        self.expiries.follow(changes.changed, at)
        swap.end_unwatched(before, self.book, self.dependencies, at)
        swap.end_orphans(self.book, self.announcer, at)
        same = swap.continued(changes, configuration)
        self._watching(now, decision, lambda: self.seeing.redefine(configuration, same, now))
        self._tell(now, decision)  # what is over by the reload is new to nobody
        self.dependencies.review(at)
        swap.welcome(self.book, told, mended, at)

    def _rejudge(self, changes: Difference, now: int) -> None:
        """Give every check, service and network its definition of now."""
        self.judges = swap.judges_after(self.judges, changes, self.configuration, now)
        self.services = swap.standings_after(self.services, self.judges, self.configuration, now)
        self._indicators = self._deciding()
        self.suspects = {name for name, judge in self.judges.items() if judge.suspect}
        self.accounts.follow(self.configuration, self.judges, self._times(), self.calendar.maintenance, now)
        for name in (*changes.added, *self.accounts.uncounted()):  # the store may know of their past
            self.learning.want(name)

    def _times(self) -> dict[str, Combined]:
        return {name: each.timeline for name, each in self.services.items()}

    def _budgets(self, service: str, now: int) -> list[str]:
        """Say what is left of the budgets of a service."""
        return [budget_in_words(each) for each in self.accounts.of(service, now) if each.figures]

    def _deciding(self) -> set[str]:
        """Name the checks that decide the state of a service."""
        return {judge.check.name for each in self.services.values() for judge in each.judges}

    # --- results

    def _attempted(self, result: Result, now: int, decision: Decision) -> None:
        judge = self.judges.get(result.check)
        if judge is None:  # its check has gone while it was on its way
            return
        if result.outcome is Outcome.GOOD and not self.seeing.sights[judge.check.network].held:
            sight = self.seeing.sights[judge.check.network]
            if not sight.blind:
                self.seeing.saw(sight, result, now)
                self._record(result, now, decision)
                return
        self._watching(now, decision, lambda: self._take(judge, result, now, decision))

    def _take(self, judge: Judge, result: Result, now: int, decision: Decision) -> None:
        for final in self.seeing.attempted(judge.check, result, now):
            self._record(final, now, decision)

    def _record(self, result: Result, now: int, decision: Decision) -> None:
        """Record, judge, decide."""
        decision.rows.append(result)
        judge = self.judges[result.check]
        if judge.last is not None and result.at <= judge.last.at:
            decision.rows.append(Revised(result.check))
            self.learning.want(result.check)
            return  # too late to decide anything: it is kept, and counts in the ledger
        self.learning.came(result)
        decision.recorded.append(result)
        shown, bad = judge.shown, judge.last_bad
        change = judge.judge(result)
        self.accounts.took(judge, result)
        if change is not None and change.kind == "confirmed":
            decision.downed.append(Downed(result.check, change.at, result.reason))
        changed = change is not None or judge.shown is not shown
        self._ourselves.news |= changed
        self._mark(judge)
        self.expiries.took(judge.check, result, self._moment(now, decision))
        if judge.wants_confirmation:
            decision.ask.append(Wish(result.check, now + round(judge.check.confirm_interval * 1000)))
        other = self._is_cause(judge) and bad is not None and result.reason not in (None, bad.reason)
        if (changed or other) and judge.check.name in self._indicators:
            self._look(judge.check.service, now, decision)
        if self.dependencies.waiting and judge.check.name in self._indicators:
            self.dependencies.heard(judge.check.service, result, self._moment(now, decision))
        if self.book.disputed and result.outcome is Outcome.BAD and self._is_cause(judge):
            key = key_of(self.configuration.alerting.prefix, "service", judge.check.service)
            reports.was_bad(key, self.book, self.configuration, now, decision)

    def _is_cause(self, judge: Judge) -> bool:
        return judge.verdict is State.DOWN and judge.check.name in self._indicators

    def _mark(self, judge: Judge) -> None:
        if judge.suspect:
            self.suspects.add(judge.check.name)
        else:
            self.suspects.discard(judge.check.name)

    def _look(self, service: str, now: int, decision: Decision) -> None:
        standing, at = self.services[service], self._moment(now, decision)
        if standing.look():
            self.dependencies.settle(standing, at)
        else:
            self.dependencies.noticed(standing, at)

    def _moment(self, now: int, decision: Decision) -> Moment:
        return Moment(self.services, self.configuration, now, decision)

    # --- our own eyes

    def _watching(self, now: int, decision: Decision, step: Callable[[], None]) -> None:
        """Do a step, and what follows where it took our sight or gave it back."""
        before = {network: sight.blind_to for network, sight in self.seeing.sights.items()}
        step()
        for network, sight in self.seeing.sights.items():
            self._ourselves.news |= sight.blind_to is not before[network]
            if sight.blind_to - before[network]:
                for judge in forget_suspects(sight, self.judges, decision):
                    self._mark(judge)
                    if judge.check.name in self._indicators:
                        self._look(judge.check.service, now, decision)
            elif before[network] - sight.blind_to:
                ask_everybody(sight, self.judges, now, decision)

    def _tell(self, now: int, decision: Decision) -> None:
        self._ourselves.tell(self.seeing, self._moment(now, decision))

    def _reported(self, event: Reported, now: int, decision: Decision) -> None:
        reports.hear(event, self.book, now, decision)
        if known := self.book.open.get(event.key):
            for key in (known.key, *(known.swallowed if known.scope == "storm" else ())):
                self.announcer.review(key, self._moment(now, decision))


def _strained(decision: Decision) -> bool:
    return any(result.reason is Reason.OVERLOAD for result in decision.recorded)
