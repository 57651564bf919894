"""`import results FILE`: raw results from elsewhere, also out of order and also twice."""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from io import BufferedReader, TextIOWrapper
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, cast

from alerting.form import instant
from checks.model import Configuration
from commands.context import Context, Status, Stop
from commands.loading import Loaded, load
from commands.operating import by_whom
from commands.plain import plural
from commands.result_fields import Mistake, Row, result_of
from commands.results import read
from commands.spool import Spool

BATCH = 50_000  # rows that are held at once, and put in order of time: a store takes them faster then
LONGEST_LINE = 65_536  # characters that are read at once; results have about a hundred
AT: Final = 2  # its place in a row
TOLD = 20  # mistakes that are shown
NAMED = 5  # checks that are named where several are unknown


def arguments(parser: ArgumentParser) -> None:
    """Add what this action takes."""
    parser.add_argument("file", metavar="FILE", help="CSV or JSON lines; - is stdin")
    parser.add_argument("--json", action="store_true", help="print what came of it as JSON")
    by_whom(parser)


@dataclass(slots=True)
class Read:
    """What stands in a file: how many results, of which checks, until when (ms); and what is wrong.

    `names` gives the name of now for a check's former one; `renamed` counts the results by former name.
    """

    names: Mapping[str, str]
    renamed: Counter[str] = field(default_factory=Counter)
    results: int = 0
    last: int = 0
    checks: set[str] = field(default_factory=set)
    wrong: int = 0
    mistakes: list[Mistake] = field(default_factory=list)  # the first TOLD of them

    def add(self, mistake: Mistake) -> None:
        """Take in a mistake."""
        self.wrong += 1
        if self.wrong <= TOLD:
            self.mistakes.append(mistake)

    def named(self, row: Row) -> Row:
        """Give a row under the name that its check has now."""
        check = row[0]
        if check not in self.names:
            return row
        self.renamed[check] += 1
        return self.names[check], *row[1:]

    def count(self, rows: Sequence[Row]) -> None:
        """Take in what was understood, in order of time."""
        self.results += len(rows)
        self.last = max(self.last, rows[-1][AT])
        self.checks.update(row[0] for row in rows)


def run(context: Context) -> Status:
    """Understand all of it first; then write, or say what is wrong and write nothing."""
    configuration = context.configuration()
    with Spool() as spool:
        found = _understood(context, configuration, spool)
        if found.wrong:
            raise Stop(Status.CANNOT_RUN, _mistakes(found, _name(context)))
        results = map(result_of, chain.from_iterable(spool.batches()))
        loaded = load(context, configuration, results, found.results) if found.results else Loaded()
    _tell(context, found, loaded, sorted(found.checks - configuration.checks.keys()))
    if found.last > context.clock.now():
        context.console.complain(f"the last one lies ahead, at {instant(found.last)}: is that meant?")
    return Status.YES


# --- what the file says


def _understood(context: Context, configuration: Configuration, spool: Spool) -> Read:
    """Keep every row of the file in the spool, up to the first mistake; and look for more of those."""
    names = {check.was: name for name, check in configuration.checks.items() if check.was}
    found, rows = Read(names), list[Row]()
    with _lines(context.said.file) as lines, context.console.progress("reading") as step:
        for row in read(lines, configuration.site):
            if isinstance(row, Mistake):
                found.add(row)
                continue
            rows.append(found.named(row) if names else row)
            if len(rows) == BATCH:
                _keep(rows, found, spool)
                rows = []
                step()
        _keep(rows, found, spool)
    return found


def _keep(rows: list[Row], found: Read, spool: Spool) -> None:
    if rows and not found.wrong:
        rows.sort(key=itemgetter(AT))
        found.count(rows)
        spool.add(rows)


@contextmanager
def _lines(name: str) -> Iterator[Iterator[str]]:
    """Give the lines of a file, or of stdin, their ends with them. What is no UTF-8 stays to be refused."""
    opened = _stdin() if name == "-" else _opened(name)
    text = TextIOWrapper(opened, encoding="utf-8", errors="surrogateescape", newline="")
    try:
        yield iter(partial(text.readline, LONGEST_LINE), "")
    finally:
        if name == "-":
            text.detach()
        else:
            text.close()


def _stdin() -> BufferedReader:
    if sys.stdin is None:
        raise Stop(Status.CANNOT_RUN, "stdin is closed: name a file")
    return cast(BufferedReader, sys.stdin.buffer)


def _opened(name: str) -> BufferedReader:
    try:
        return Path(name).open("rb")
    except FileNotFoundError:
        raise Stop(Status.CANNOT_RUN, f"there is no {name}") from None
    except (OSError, ValueError) as error:
        raise Stop(Status.CANNOT_RUN, f"{name} cannot be read: {getattr(error, 'strerror', error)}") from None


def _name(context: Context) -> str:
    return "stdin" if context.said.file == "-" else str(context.said.file)


def _mistakes(found: Read, name: str) -> str:
    lines = [f"{name}:{each.line}: {each.message}" for each in found.mistakes]
    more = f"and {found.wrong - TOLD} more: " if found.wrong > TOLD else ""
    return "\n".join([*lines, f"{more}{plural(found.wrong, 'mistake')}, so nothing was imported"])


# --- what came of it


def _tell(context: Context, found: Read, loaded: Loaded, unknown: Sequence[str]) -> None:
    if context.said.json:
        context.console.json(_document(context, found, loaded, unknown))
    else:
        context.console.line(
            f"{_name(context)}: {plural(loaded.results, 'result')} read: {loaded.new} new, "
            f"{loaded.known} already there, {loaded.differing} differing"
        )
        for was, count in sorted(found.renamed.items()):
            context.console.line(
                f"{plural(count, 'result')} of {was} taken for {found.names[was]}, its name now"
            )
    if first := loaded.first_differing:
        context.console.complain(
            f"what was recorded first stays; the first that differs is {first.check} at {instant(first.at)} "
            f"from {first.site}"
        )
    if unknown:
        context.console.complain(_uncounted(context.said.config, unknown))


def _uncounted(config: str, unknown: Sequence[str]) -> str:
    more = f" and {len(unknown) - NAMED} more" if unknown[NAMED:] else ""
    return (
        f"{config} has no check called {', '.join(unknown[:NAMED])}{more}: what was imported of "
        f"{'them' if unknown[1:] else 'it'} is kept, and counts for nothing until it has"
    )


def _document(context: Context, found: Read, loaded: Loaded, unknown: Sequence[str]) -> dict[str, Any]:
    first = loaded.first_differing
    return {
        "file": context.said.file,
        "read": loaded.results,
        "new": loaded.new,
        "already_there": loaded.known,
        "differing": loaded.differing,
        "first_differing": first and {"check": first.check, "site": first.site, "at": instant(first.at)},
        "renamed": [
            {"was": was, "check": found.names[was], "read": count}
            for was, count in sorted(found.renamed.items())
        ],
        "unknown_checks": list(unknown),
    }
