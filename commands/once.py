"""`once`: every check once, as a table."""

import asyncio
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable

from checks.model import Configuration
from commands.console import Console
from commands.context import Context, Status
from commands.heard import heard_by
from commands.plain import milliseconds, plural
from commands.round import Asked, ask_each
from commands.sight import blind_for
from commands.verdict import document_of, status_of
from probes.result import Outcome, Result


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("--json", action="store_true", help="print the results as JSON")


def run(context: Context) -> Status:
    """Ask them all; 1 if any is bad, else 3 if any is unknown, else 0."""
    configuration = context.configuration()
    names = sorted(name for name, check in configuration.checks.items() if check.enabled)
    with context.console.progress("asking", total=len(names)) as step:
        asking = ask_each(
            configuration, names, context.clock, look=True, then=step, heard=heard_by(configuration, names)
        )
        asked = asyncio.run(asking)
    results = [asked.results[name] for name in names]
    if context.said.json:
        context.console.json([document_of(configuration.checks[each.check], each) for each in results])
    else:
        _show(context.console, configuration, results)
    for line in blindness(configuration, asked):
        context.console.complain(line)
    return status_of(results)


def blindness(configuration: Configuration, asked: Asked) -> Iterable[str]:
    """Say on which networks we could see nothing, and how each of their self-checks failed."""
    for network in asked.blind:
        blind = blind_for(network, configuration.self_checks, asked.looks) or f"on the {network} network"
        yield f"we are blind {blind}, as these self-checks fail:"
        for each in configuration.self_checks:
            look = asked.looks.get(each.name)
            if each.network == network and look and look.detail:
                yield f"  {each.name}: {look.detail}"


def _show(console: Console, configuration: Configuration, results: list[Result]) -> None:
    heads = ("check", "service", "outcome", "reason", "took", "detail")
    console.table(
        heads,
        [
            (
                result.check,
                configuration.checks[result.check].service or "–",
                result.outcome.value,
                result.reason.value if result.reason else "–",
                milliseconds(result.took),
                result.detail,
            )
            for result in results
        ],
    )
    console.line()
    console.line(summary(results))


def summary(results: Iterable[Result]) -> str:
    """Count them by outcome."""
    counts = Counter(result.outcome for result in results)
    told = [f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome]]
    return f"{plural(counts.total(), 'check')}: {', '.join(told)}" if told else "no check is switched on"
