"""`ask CHECK`: one attempt now, its phases, facts and verdict explained."""

import asyncio
import json
from argparse import ArgumentParser

from alerting.words import clock
from checks.model import Check, Configuration
from commands.console import STYLES, Console
from commands.context import Context, Status, Stop, unknown
from commands.heard import heard_by
from commands.plain import milliseconds
from commands.round import ask_each
from commands.verdict import document_of, explained, status_of
from probes.result import Result

BAR = 40  # characters that the longest attempt's phases take


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("check", metavar="CHECK", help="its name in the configuration")
    parser.add_argument(
        "--force", action="store_true", help="ask it also where it is switched off (enabled: false)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(context: Context) -> Status:
    """Ask once; 0 good, 1 bad, 3 unknown."""
    configuration = context.configuration()
    check = _check(configuration, context.said.check, force=context.said.force)
    with context.console.progress(f"asking {check.name}"):
        heard = heard_by(configuration, [check.name])
        asked = asyncio.run(ask_each(configuration, [check.name], context.clock, look=False, heard=heard))
    result = asked.results[check.name]
    if context.said.json:
        context.console.json(document_of(check, result))
    else:
        _show(context.console, check, result)
    return status_of([result])


def _check(configuration: Configuration, name: str, *, force: bool) -> Check:
    check = configuration.checks.get(name)
    if check is None:
        raise unknown("check", name, configuration.checks)
    if not (check.enabled or force):
        raise Stop(
            Status.CANNOT_SAY, f"{name} is switched off (enabled: false); --force asks it all the same"
        )
    return check


def _show(console: Console, check: Check, result: Result) -> None:
    of = f" of {check.service}" if check.service else ""
    console.line(f"{check.name} ({check.kind}){of}, asked from {result.site} at {clock(result.at)}")
    reason = f" {result.reason.value}" if result.reason else ""
    told = f"{result.outcome.value}{reason}: {explained(check, result)}"
    console.line(told, STYLES[result.outcome.value])
    if result.detail:
        console.line(f"  {result.detail}")
    console.line()
    console.table(*waterfall(result, bars=console.terminal))
    if result.facts:
        console.line()
        console.table(("fact", "value"), [(name, f"{value:.15g}") for name, value in result.facts.items()])
    if result.evidence:
        console.line()
        console.line("evidence")
        for line in json.dumps(document_of(check, result)["evidence"], indent=2).splitlines():
            console.line(f"  {line}")


def waterfall(result: Result, *, bars: bool) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Give heads and rows: one phase after the other, each with its share of the whole as a bar."""
    rows: list[tuple[str, ...]] = []
    begun = 0.0
    for name, took in result.phases.items():
        rows.append(
            (name, milliseconds(took), _bar(begun, took, max(result.took, sum(result.phases.values()))))
        )
        begun += took
    rows.append(("in all", milliseconds(result.took), ""))
    if bars:
        return ("phase", "took", ""), rows
    return ("phase", "took"), [row[:2] for row in rows]


def _bar(begun: float, took: float, whole: float) -> str:
    scale = BAR / whole if whole else 0.0
    return " " * round(begun * scale) + "█" * max(1, round(took * scale))
