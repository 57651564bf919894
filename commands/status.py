"""`status`: services, open incidents and budgets, from the store of a running or stopped daemon."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

from alerting.book import Book
from alerting.engine import Engine
from alerting.incident import Incident
from alerting.restore import restore
from alerting.words import amount, clock, lasting, summary_of
from checks.source import ConfigError
from commands.configuration import Unreadable
from commands.console import Console
from commands.context import Context, Status, Stop
from commands.holds import Hold, Holds, in_maintenance, time_of_day
from commands.init import STORE
from commands.operating import zone_of
from commands.plain import plural, share
from exporter.documents import status_document
from slo.account import Account
from slo.state import State
from store.errors import StoreError
from store.reader import last_result_at, open_incidents, open_reader

SHORT = 120_000  # ms before an end, from which on its seconds are told
QUIET = 60_000  # ms by which the latest result may be late before we say that the daemon seems to stand still


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def run(context: Context) -> Status:
    """Read the store, and say how things stand; 0 whatever that is, 3 where there is no store."""
    try:
        configuration = context.configuration()
    except (ConfigError, Unreadable):
        if not context.said.json:
            _say_what_is_open(context)
        raise
    now = context.clock.now()
    if not Path(configuration.store).exists():
        raise Stop(
            Status.CANNOT_SAY,
            f"there is no store at {configuration.store} yet: `watchkeeper run` makes it",
        )
    with context.console.progress("reading the store"), closing(open_reader(configuration.store)) as store:
        engine = restore(configuration, store, now).engine
        last = last_result_at(store)
    document = status_document(engine, now)
    if context.said.json:
        context.console.json(document)
    else:
        show(context.console, engine, document, now)
    if late := lateness(engine, last, now):
        context.console.complain(late)
    return Status.YES


def _say_what_is_open(context: Context) -> None:
    """Without a configuration, say what the store knows by itself: a broken file is no reason to be blind."""
    place = Path(context.said.config)
    folder = place if place.is_dir() else place.parent
    store = Path(context.said.store or folder / STORE)
    if not store.exists():
        return
    with suppress(StoreError), closing(open_reader(store)) as tables:
        book = Book([Incident.of(row) for row in open_incidents(tables)])
        context.console.line(f"the configuration cannot be read; from {store}, without it:")
        _incidents(context.console, book, Now(context.clock.now()))


def lateness(engine: Engine, last: int | None, now: int) -> str:
    """Say that nothing has been measured for longer than there should be nothing, or nothing."""
    if last is None:
        return "nothing has been measured yet"
    intervals = [judge.check.interval for judge in engine.judges.values()]
    late = now - last > min(intervals, default=0.0) * 1000 + QUIET
    ago = f"the latest result is {lasting(now - last)} old: does the daemon run?"
    return f"{ago} What is said here was true then" if late else ""


@dataclass(frozen=True, slots=True)
class Now:
    """The instant of which everything is said (ms); what holds announcements then, where that is known."""

    at: int
    zone: tzinfo = UTC
    maintained: Mapping[str, Sequence[Hold]] = field(default_factory=dict)  # by service
    silences: Sequence[Hold] = ()

    @classmethod
    def of(cls, engine: Engine, now: int) -> "Now":
        """Find what is in force."""
        holds = Holds(engine.configuration, engine.calendar.orders)
        maintained, silences = holds.by_service(now, now + 1), holds.silences(now, now + 1)
        return cls(now, zone_of(engine.configuration), maintained, silences)

    def until(self, hold: Hold) -> str:
        """Say when a hold ends."""
        return f"until {time_of_day(hold.end, self.zone, self.at, seconds=hold.end - self.at < SHORT)}"


def show(console: Console, engine: Engine, document: Mapping[str, Any], now: int) -> None:
    """Print it for people."""
    then = Now.of(engine, now)
    blind = "; we are blind" if document["blind"] else ""
    console.line(f"site {engine.configuration.site} at {clock(now)}{blind}")
    console.line()
    console.table(("service", "state", "since", "checks"), _services(engine, then))
    if then.silences:
        console.line()
        each = ", ".join(f"{silence.name} {then.until(silence)}" for silence in then.silences)
        are = "is" if len(then.silences) == 1 else "are"
        console.line(f"{plural(len(then.silences), 'silence')} {are} active: {each}")
    _incidents(console, engine.book, then)
    if engine.configuration.objectives:
        console.line()
        heads = ("objective", "target", "window", "verdict", "SLI", "coverage", "budget left")
        console.table(heads, [_objective(each) for each in engine.accounts.at(now)])


def _services(engine: Engine, now: Now) -> Iterable[tuple[str, ...]]:
    for name, standing in engine.services.items():
        since = standing.since
        told = f"{clock(since)} ({lasting(now.at - since)})" if since is not None else "–"
        judges = [judge for judge in engine.judges.values() if judge.check.service == name]
        wrong = [f"{judge.check.name} {judge.shown.value}" for judge in judges if judge.shown is not State.UP]
        checks = ", ".join(wrong) or f"{plural(len(judges), 'check')} up"
        holds = ", ".join(f"{hold.id} {now.until(hold)}" for hold in now.maintained.get(name, ()))
        yield name, standing.state.value, told, f"{checks}; in maintenance: {holds}" if holds else checks


def _incidents(console: Console, book: Book, now: Now) -> None:
    incidents = book.listed()
    console.line()
    if not incidents:
        console.line("no open incident")
        return
    rows = [
        (each.key, each.severity, lasting(now.at - each.opened_at), _said(each, now)) for each in incidents
    ]
    console.table(("open incident", "severity", "for", "what"), rows)


def _said(incident: Incident, now: Now) -> str:
    """Say it in one line, and what holds it."""
    holds = [*_holding(incident, now)]
    if not holds and incident.put_off:
        return f"{summary_of(incident)}; put off to the hours of its route"
    return f"{summary_of(incident)}; held {' and '.join(holds)}" if holds else summary_of(incident)


def _holding(incident: Incident, now: Now) -> Iterator[str]:
    """Say of each that holds it until when, where that is known, and why."""
    known = {hold.name: hold for hold in (*now.maintained.get(incident.service, ()), *now.silences)}
    names = [in_maintenance(incident.in_maintenance)] if incident.in_maintenance else []
    for name in [*names, *([incident.silenced_by] if incident.silenced_by else [])]:
        hold = known.get(name)
        yield f"{now.until(hold)} by {name}{hold.why}" if hold else f"by {name}"


def _objective(counted: Account) -> tuple[str, ...]:
    objective, figures = counted.objective, counted.figures
    said = (objective.name, share(objective.target), objective.window)
    if figures is None:
        return (*said, "not counted", "–", "–", "–")
    left = None if figures.sli is None else figures.remaining_ratio  # nothing measured is never 100 %
    return (
        *said,
        figures.verdict,
        share(figures.sli),
        share(figures.coverage, 1),
        f"{share(left, 1)} of {amount(figures.budget, figures.unit)}",
    )
