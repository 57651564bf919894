"""What every command is handed, what it may raise, and what the exit statuses mean."""

from argparse import Namespace
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from checks.model import Configuration
from checks.shapes import guess
from commands.configuration import Overrides, Watched
from commands.console import Console
from probes.clock import Clock


class Status(IntEnum):
    """Exit statuses: a contract with whoever writes scripts."""

    YES = 0
    NO = 1  # a check is bad, a configuration is invalid
    WRONG_USE = 2
    CANNOT_SAY = 3  # unknown, or nothing was measured
    CANNOT_RUN = 4
    INTERRUPTED = 130  # as a shell says it: 128 and the signal's number
    BROKEN_PIPE = 141


class Stop(Exception):
    """A command ends here: its exit status, and a sentence for stderr that names the remedy."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status


def unknown(what: str, name: str, names: Collection[str]) -> Stop:
    """Say that a check or a receiver of this name is not there, and which was meant, or which there are."""
    meant = guess(name, names)
    remedy = f'did you mean "{meant}"?' if meant else f"there is {', '.join(sorted(names)) or 'none'}"
    return Stop(Status.WRONG_USE, f"no {what} is called {name}: {remedy}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How the daemon was started.

    `read` reads the configuration again, with what the command line says laid over it; it raises ConfigError,
    or Unreadable where there is no text. `watched` names the files that it read the last time; a change of
    them is to be followed where `watch` says so.
    """

    config: str
    read: Callable[[], Configuration] = field(repr=False)
    watched: Callable[[], Collection[str]] = tuple
    watch: bool = False


# Runs the daemon until a signal, and gives its exit status. It stands right of us, so it is handed in.
Serve = Callable[[Configuration, RunOptions], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One call of one command: what was typed (`said`), and what it may use."""

    said: Namespace
    console: Console
    clock: Clock
    environment: Mapping[str, str] = field(repr=False)  # it holds secrets
    serve: Serve

    def configuration(
        self, overrides: Overrides | None = None, watched: Watched | None = None
    ) -> Configuration:
        """Read what `--config` names. Raises ConfigError, or Unreadable where there is no text."""
        overrides = overrides or Overrides()
        return overrides.over(self.said.config, self.said.store, self.environment, watched)
