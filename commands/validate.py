"""`validate`: everything wrong in the configuration, one line each, and what is worth knowing."""

import asyncio
from argparse import ArgumentParser
from collections.abc import Mapping

from checks.model import Configuration
from checks.source import ConfigError
from commands.configuration import mistakes
from commands.console import Console
from commands.context import Context, Status
from commands.plain import milliseconds, plural
from commands.round import look_around
from probes.result import Outcome, Result


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument(
        "--online", action="store_true", help="also ask the self-checks: are we on the network?"
    )
    parser.add_argument(
        "--strict", action="store_true", help="take notes, and self-checks that fail, for mistakes"
    )


def run(context: Context) -> Status:
    """Read the configuration; 0 when it is accepted, 1 when it is refused."""
    try:
        configuration = context.configuration()
    except ConfigError as error:
        context.console.complain(mistakes(error))
        return Status.NO
    for note in configuration.notes:
        context.console.line(str(note))
    context.console.line(summary(context.said.config, configuration))
    looks = asyncio.run(look_around(configuration, context.clock)) if context.said.online else {}
    _show(context.console, looks)
    return _status(configuration, looks, strict=context.said.strict)


def summary(file: str, configuration: Configuration) -> str:
    """Say in one line what a configuration holds."""
    told = (
        f"{file}: {plural(len(configuration.checks), 'check')}"
        f" of {plural(len(configuration.services), 'service')},"
        f" {plural(len(configuration.objectives), 'objective')},"
        f" {plural(len(configuration.receivers), 'receiver')}: fine"
    )
    return f"{told}, {plural(len(configuration.notes), 'note')}" if configuration.notes else told


def _show(console: Console, looks: Mapping[str, Result]) -> None:
    for name, result in looks.items():
        why = f": {result.detail}" if result.detail else ""
        console.line(f"self-check {name}: {result.outcome.value}, {milliseconds(result.took).strip()}{why}")


def _status(configuration: Configuration, looks: Mapping[str, Result], *, strict: bool) -> Status:
    """Give 1 where strictness finds something, 3 where no self-check succeeds, else 0."""
    failing = [result for result in looks.values() if result.outcome is not Outcome.GOOD]
    if failing and len(failing) == len(looks):
        return Status.NO if strict and configuration.notes else Status.CANNOT_SAY
    return Status.NO if strict and (configuration.notes or failing) else Status.YES
