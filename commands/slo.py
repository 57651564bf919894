"""`slo [OBJECTIVE…]`: what was promised, what was kept of it, and what is left, at any instant."""

from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from shutil import get_terminal_size

from alerting.engine import Engine
from alerting.restore import restore
from alerting.words import clock
from checks.model import Configuration
from commands.context import Context, Status, Stop, unknown
from commands.figures import Told, fitted, notes, table
from commands.operating import in_range, instant_of, zone_of
from commands.parser import by
from commands.status import lateness
from commands.typed_times import TIME, read_time
from exporter.objective_documents import objective_document
from slo.account import Account
from slo.indicators import indicators, indicators_of
from slo.tracks import services_of
from store.reader import last_result_at, open_reader

AHEAD = 366 * 86_400_000  # ms; maintenance is laid out until the instant that is asked about


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    add = parser.add_argument
    add("objective", metavar="OBJECTIVE", nargs="*", help="which (default: all)")
    add("--at", metavar="TIME", type=by(read_time), help=f"as of when (default: now): {TIME}")
    add("--json", action="store_true", help="print it as JSON")


def run(context: Context) -> Status:
    """Read the store, and count; 0 whatever comes of it, 3 where there is no store."""
    configuration, now = context.configuration(), context.clock.now()
    names = _names(context, configuration)
    at = _at(context, configuration, now)
    if not Path(configuration.store).exists():
        raise Stop(
            Status.CANNOT_SAY,
            f"there is no store at {configuration.store} yet: `watchkeeper run` makes it",
        )
    with context.console.progress("reading the store"), closing(open_reader(configuration.store)) as store:
        engine = restore(configuration, store, min(at, now)).engine
        last = last_result_at(store)
    accounts = [each for each in engine.accounts.at(at) if each.objective.name in names]
    if context.said.json:
        context.console.json([objective_document(each, engine.accounts, configuration) for each in accounts])
    else:
        _show(context, [_told(each, engine, last) for each in accounts], at)
    if context.said.at is None and (late := lateness(engine, last, now)):
        context.console.complain(late)
    return Status.YES


def _names(context: Context, configuration: Configuration) -> Sequence[str]:
    """Give the objectives that were asked for."""
    for name in context.said.objective:
        if name not in configuration.objectives:
            raise unknown("objective", name, configuration.objectives)
    return context.said.objective or list(configuration.objectives)


def _at(context: Context, configuration: Configuration, now: int) -> int:
    if context.said.at is None:
        return now
    at = instant_of(context.said.at, zone_of(configuration), "--at")
    in_range(at, "--at")
    if at > now + AHEAD:
        last = clock(now + AHEAD)
        raise Stop(Status.WRONG_USE, f"--at must lie at most 366 days ahead, until {last}: it is {clock(at)}")
    if at > now:
        context.console.complain(f"{clock(at)} lies ahead: what is not measured yet is unknown")
    return at


def _told(account: Account, engine: Engine, last: int | None) -> Told:
    configuration, objective, figures = engine.configuration, account.objective, account.figures
    checks = indicators_of(objective, configuration, indicators(configuration))
    kept = None if last is None else last - round(configuration.retention.results * 1000)
    return Told(
        account,
        services_of(objective, configuration),
        max((check.interval for check in checks), default=0.0),
        engine.accounts.bounds(objective.name, figures.end) if figures else None,
        bool(figures and kept and objective.indicator != "time" and figures.start < kept),
    )


def _show(context: Context, told: Sequence[Told], at: int) -> None:
    """Print it for people."""
    console = context.console
    if not told:
        console.line("no objective is configured")
        return
    console.line(f"at {clock(at)}")
    whole = table(told)
    for heads, rows in fitted(whole, get_terminal_size().columns) if console.terminal else [whole]:
        console.line()
        console.table(heads, rows)
    said = [note for one in told for note in notes(one)]
    if said:
        console.line()
    for note in said:
        console.line(note)
