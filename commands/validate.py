"""`validate`: everything wrong in the configuration, one line each, and what is worth knowing."""

import asyncio
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from checks.diff import enabled
from checks.model import Configuration
from checks.source import ConfigError, Problem
from commands.configuration import mistakes
from commands.console import Console
from commands.context import Context, Status
from commands.plain import milliseconds, plural
from commands.round import look_around
from commands.sight import blind_for, networks_of
from commands.worst import show_worst, worst_times
from probes.result import Outcome, Result


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument(
        "--online", action="store_true", help="also ask the self-checks: are we on the network?"
    )
    parser.add_argument(
        "--strict", action="store_true", help="take notes, and self-checks that fail, for mistakes"
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON, mistakes too")


def run(context: Context) -> Status:
    """Read the configuration; 0 when it is accepted, 1 when it is refused."""
    try:
        configuration = context.configuration()
    except ConfigError as error:
        _refuse(context, error)
        return Status.NO
    if not context.said.json:
        _show(context.console, context.said.config, configuration, strict=context.said.strict)
    looks = asyncio.run(look_around(configuration, context.clock)) if context.said.online else None
    if context.said.json:
        context.console.json(document_of(configuration, looks))
    else:
        _show_looks(context.console, configuration, looks or {})
    return _status(configuration, looks or {}, strict=context.said.strict)


def document_of(configuration: Configuration, looks: Mapping[str, Result] | None) -> Mapping[str, Any]:
    """Give an accepted configuration in the shape of `validate --json`; `looks` None: nobody looked."""
    return {
        "accepted": True,
        "mistakes": [],
        "notes": _placed(configuration.notes),
        "services": worst_times(configuration),
        "self_checks": None if looks is None else {name: _look(result) for name, result in looks.items()},
    }


def _refusal(error: ConfigError) -> Mapping[str, Any]:
    """Give a refused one in the same shape: of it nothing but its mistakes is known."""
    told = _placed(error.problems)
    return {"accepted": False, "mistakes": told, "notes": [], "services": {}, "self_checks": None}


def _placed(problems: Iterable[Problem]) -> list[Mapping[str, Any]]:
    return [asdict(problem) for problem in problems]


def _look(result: Result) -> Mapping[str, Any]:
    return {"outcome": result.outcome.value, "took": result.took, "detail": result.detail}


def _refuse(context: Context, error: ConfigError) -> None:
    if context.said.json:
        context.console.json(_refusal(error))
    else:
        context.console.complain(mistakes(error))


def _show(console: Console, file: str, configuration: Configuration, *, strict: bool) -> None:
    for note in configuration.notes:
        console.line(str(note))
    show_worst(console, configuration)
    console.line(summary(file, configuration, strict=strict))


def summary(file: str, configuration: Configuration, *, strict: bool = False) -> str:
    """Say in one line what a configuration holds, and whether it is fine."""
    off = len(configuration.checks) - len(enabled(configuration))
    told = (
        f"{file}: {plural(len(configuration.checks), 'check')}{f' ({off} switched off)' if off else ''}"
        f" of {plural(len(configuration.services), 'service')},"
        f" {plural(len(configuration.objectives), 'objective')},"
        f" {plural(len(configuration.receivers), 'receiver')}"
    )
    return f"{told}: {_verdict(len(configuration.notes), strict=strict)}"


def _verdict(notes: int, *, strict: bool) -> str:
    if not notes:
        return "fine"
    counted = plural(notes, "note")
    if strict:
        return f"{counted}, which --strict takes for {'a mistake' if notes == 1 else 'mistakes'}"
    return f"fine, {counted}"


def _show_looks(console: Console, configuration: Configuration, looks: Mapping[str, Result]) -> None:
    for name, result in looks.items():
        why = f": {result.detail}" if result.detail else ""
        console.line(f"self-check {name}: {result.outcome.value}, {milliseconds(result.took).strip()}{why}")
    for network in networks_of(configuration.self_checks):
        if blind := blind_for(network, configuration.self_checks, looks):
            console.line(f"we are blind {blind}")


def _status(configuration: Configuration, looks: Mapping[str, Result], *, strict: bool) -> Status:
    """Give 1 where strictness finds something, 3 where no self-check succeeds, else 0."""
    failing = [result for result in looks.values() if result.outcome is not Outcome.GOOD]
    if failing and len(failing) == len(looks):
        return Status.NO if strict and configuration.notes else Status.CANNOT_SAY
    return Status.NO if strict and (configuration.notes or failing) else Status.YES
