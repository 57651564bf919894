"""Edge: from what was typed to an exit status. No traceback for what a user, a file or a pipe may do."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import TextIO

from checks.source import ConfigError
from commands import COMMANDS
from commands.configuration import Unreadable, mistakes
from commands.console import Console
from commands.context import Context, Serve, Status, Stop
from commands.logs import logging_to
from commands.parser import parse
from probes.clock import Clock
from store.errors import StoreError


def main(argv: Sequence[str], *, serve: Serve) -> int:
    """Carry out one command, and give its exit status. `serve` runs the daemon."""
    _prepare()
    try:
        status = _typed(argv, serve)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return Status.INTERRUPTED
    except BrokenPipeError:
        _let_go(sys.stdout)
        return Status.BROKEN_PIPE
    except OSError as error:
        _let_go(sys.stdout)
        print(f"watchkeeper: {error.strerror or error}", file=sys.stderr)
        return Status.CANNOT_RUN
    return status


def _typed(argv: Sequence[str], serve: Serve) -> int:
    try:
        said = parse(argv, os.environ)
    except SystemExit as left:  # argparse has said why
        return int(left.code or 0)
    console = Console(sys.stdout, sys.stderr, os.environ)
    level = said.log_level or ("info" if said.command == "run" else "warning")
    context = Context(said=said, console=console, clock=Clock(), environment=os.environ, serve=serve)
    with logging_to(sys.stderr, said.log_format, level):
        return _carried_out(context)


def _carried_out(context: Context) -> int:
    try:
        return int(import_module(COMMANDS[context.said.command][0]).run(context))
    except Stop as stop:
        context.console.complain(f"watchkeeper: {stop}")
        return stop.status
    except ConfigError as error:
        context.console.complain(mistakes(error))
    except (Unreadable, StoreError) as error:
        context.console.complain(f"watchkeeper: {error}")
    return Status.CANNOT_RUN


def _prepare() -> None:
    """Let no letter that the terminal does not have, and no closed stream, break an answer."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - lives as long as we
        with suppress(AttributeError):
            getattr(sys, name).reconfigure(errors="backslashreplace")


def _let_go(stream: TextIO) -> None:
    """Write no more to a stream that takes nothing: Python would try once more at its end, and complain."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
