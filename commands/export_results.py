"""`export results`: raw results as `import results` reads them, from the store, also while a daemon runs."""

import os
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from checks.model import Configuration
from checks.shapes import guess
from commands.context import Context, Status, Stop
from commands.operating import instant_of, zone_of
from commands.parser import by
from commands.plain import plural
from commands.results import Format, lines_of
from commands.typed_times import TIME, read_time
from probes.result import Result
from store.reader import open_reader, results_since


def arguments(parser: ArgumentParser) -> None:
    """Add what this action takes."""
    add = parser.add_argument
    add("--check", metavar="NAME", action="append", default=[], help="of this check; may be repeated")
    add("--from", metavar="TIME", dest="begin", type=by(read_time), help=f"from when on: {TIME}")
    add("--to", metavar="TIME", dest="end", type=by(read_time), help="until when, that instant not included")
    add("--format", choices=("csv", "jsonl"), help="default: csv, or as FILE ends")
    add("-o", "--output", metavar="FILE", help="write it there, over what is there (default: on stdout)")


def run(context: Context) -> Status:
    """Write what was asked for, in order of time."""
    configuration, output = context.configuration(), context.said.output
    output = None if output == "-" else output
    if output and Path(output).resolve() == Path(configuration.store).resolve():
        raise Stop(Status.WRONG_USE, f"{output} is the store: give another name")
    begin, end = _span(context, configuration)
    chosen = frozenset(context.said.check)
    written: Counter[str] = Counter()
    with closing(open_reader(configuration.store)) as store, _opened(output) as write:
        found = results_since(store, begin, learned=False, until=end)
        for line in lines_of(_counted(in_order(found), chosen, written), _format(context)):
            write(line)
    if output:
        context.console.line(f"{plural(written.total(), 'result')} written to {output}")
    for name in sorted(chosen - written.keys()):
        context.console.complain(f"there is no result of {name}{_hint(name, configuration)}")
    return Status.YES


def _span(context: Context, configuration: Configuration) -> tuple[int, int | None]:
    said, zone = context.said, zone_of(configuration)
    begin = instant_of(said.begin, zone, "--from") if said.begin else 0
    end = instant_of(said.end, zone, "--to") if said.end else None
    if end is not None and end <= begin:
        raise Stop(Status.WRONG_USE, "--to must be after --from")
    return begin, end


def _format(context: Context) -> Format:
    said: Format | None = context.said.format
    return said or ("jsonl" if str(context.said.output).endswith((".jsonl", ".ndjson")) else "csv")


def _counted(results: Iterator[Result], chosen: frozenset[str], written: Counter[str]) -> Iterator[Result]:
    """Give those that were asked for, and count them by check."""
    for one in results:
        if not chosen or one.check in chosen:
            written[one.check] += 1
            yield one


def in_order(results: Iterable[Result]) -> Iterator[Result]:
    """Put results of one instant in the order of their names: a store gives them as it came to know them."""
    for _, together in groupby(results, key=attrgetter("at")):
        yield from sorted(together, key=attrgetter("check", "site"))


def _hint(name: str, configuration: Configuration) -> str:
    if name in configuration.checks:
        return " in that time"
    meant = guess(name, configuration.checks)
    return f': did you mean "{meant}"?' if meant else ""


@contextmanager
def _opened(output: str | None) -> Iterator[Callable[[str], object]]:
    """Give what writes: to stdout, or to a file that is there once it is whole, or not at all."""
    if output is None:
        yield sys.stdout.write
        return
    place = Path(output).resolve()
    if place.is_dir():
        raise Stop(Status.CANNOT_RUN, f"{output} is a folder: name a file in it")
    with _failing(output):
        if place.exists() and not place.is_file():  # a pipe or a device, which nothing can stand in for
            with place.open("w", encoding="utf-8", newline="") as file:
                yield file.write
            return
        aside = place.with_name(f"{place.name}.{os.getpid()}.partial")
        try:
            with aside.open("w", encoding="utf-8", newline="") as file:
                yield file.write
                file.flush()
                os.fsync(file.fileno())
            aside.replace(place)
        finally:
            aside.unlink(missing_ok=True)


@contextmanager
def _failing(output: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Stop(Status.CANNOT_RUN, f"{output} cannot be written: {error.strerror}") from None
