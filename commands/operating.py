"""Edge: what commands that change things at run time have in common: the log, who it is, ids, times."""

import getpass
import json
from argparse import ArgumentParser
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from alerting.orders import Orders
from checks.fit import Reading
from checks.model import Configuration
from checks.source import List, Map, Node, Scalar
from checks.walls import EPOCH, MILLISECOND, instant
from commands.context import Context, Status, Stop, unknown
from store.operations import Log, writing
from store.reader import open_reader, operations
from store.rows import Operation, What

END_OF_TIME = 253_370_764_800_000  # ms: the year 9999, short of which every time zone has its dates
YEARS = "must lie between the years 1971 and 9998"


@dataclass(frozen=True, slots=True)
class Desk:
    """The log held by one command: what was ordered so far, and the next line to write."""

    log: Log
    orders: Orders
    author: str
    now: int

    def write(self, what: What, subject: str, document: Mapping[str, Any]) -> None:
        """Write one operation down."""
        text = json.dumps(document, ensure_ascii=False)
        self.log.append(Operation(None, self.now, self.author, what, subject, text))


@contextmanager
def desk(context: Context, configuration: Configuration) -> Iterator[Desk]:
    """Hold the log in one transaction. Raises StoreError where there is no store to write to."""
    with writing(configuration.store) as log:
        orders = _folded(log.operations(), zone_of(configuration))
        author = context.said.author
        yield Desk(log, orders, logged_in() if author is None else author, context.clock.now())
    _complain(context, orders)


def orders_of(context: Context, configuration: Configuration) -> Orders:
    """Read what was ordered so far; nothing where there is no store yet."""
    if not Path(configuration.store).exists():
        return Orders(zone_of(configuration))
    with closing(open_reader(configuration.store)) as store:
        orders = _folded(operations(store), zone_of(configuration))
    _complain(context, orders)
    return orders


def _folded(written: Iterable[Operation], zone: tzinfo) -> Orders:
    orders = Orders(zone)
    for operation in written:
        orders.take(operation)
    return orders


def _complain(context: Context, orders: Orders) -> None:
    for each in orders.unreadable:
        context.console.complain(f"left out, because it cannot be understood: {each}")


def zone_of(configuration: Configuration) -> tzinfo:
    """Give the time zone in which the configuration's times are written."""
    return ZoneInfo(configuration.timezone)


def logged_in() -> str:
    """Give the login name; nothing where the system knows none."""
    with suppress(KeyError, OSError, ImportError):
        return getpass.getuser()
    return ""


def by_whom(parser: ArgumentParser) -> None:
    """Add the option that says who it is."""
    parser.add_argument("--author", metavar="NAME", help="who it is (default: the login name)")


def of_list(parser: ArgumentParser) -> None:
    """Add what the listing of things that were added takes."""
    parser.add_argument("--all", action="store_true", help="also what is over")
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def of_remove(command: str, parser: ArgumentParser) -> None:
    """Add what the removal of one of them takes."""
    parser.add_argument("id", metavar="ID", help=f"as `{command} list` names it")
    by_whom(parser)


def next_id(word: str, taken: Collection[str]) -> str:
    """Give `word-N`, N being one more than the highest that was ever given."""
    numbers = (each.removeprefix(f"{word}-") for each in taken if each.startswith(f"{word}-"))
    first = max((int(each) for each in numbers if each.isascii() and each.isdigit()), default=0) + 1
    return next(name for number in count(first) if (name := f"{word}-{number}") not in taken)


def known_services(names: Sequence[str], configuration: Configuration) -> None:
    """Refuse services that are not configured, and one that is named twice."""
    for index, name in enumerate(names):
        if name not in configuration.services:
            raise unknown("service", name, configuration.services)
        if name in names[:index]:
            raise Stop(Status.WRONG_USE, f"--service {name} is said twice")


def instant_of(moment: datetime, zone: tzinfo, option: str) -> int:
    """Give a time as it was typed in ms since the epoch; one without an offset is a wall clock in `zone`."""
    if not 1970 < moment.year < 9999:
        raise Stop(Status.WRONG_USE, f"{option} {YEARS}")
    return instant(moment, moment.tzinfo or zone)


def in_range(at: int, what: str) -> None:
    """Refuse an instant (ms) that has no date in every time zone."""
    if at >= END_OF_TIME:
        raise Stop(Status.WRONG_USE, f"{what} {YEARS}")


def local(at: int, zone: tzinfo, *, seconds: bool = False) -> str:
    """Write an instant (ms) as people read it where the configuration is at home."""
    then = (EPOCH + at * MILLISECOND).astimezone(zone)
    return f"{then:%Y-%m-%d %H:%M:%S %Z}" if seconds else f"{then:%Y-%m-%d %H:%M %Z}"


def tree(value: object) -> Node:
    """Give what was typed as if it had been written in a file, to be judged by the rules for files."""
    if isinstance(value, Mapping):
        children = {str(name): tree(child) for name, child in value.items()}
        return Map({name: _scalar(name) for name in children}, children, "", 1, 1)
    if isinstance(value, list | tuple):
        return List([tree(child) for child in value], "", 1, 1)
    return _scalar(str(value).lower() if isinstance(value, bool) else str(value))


def _scalar(text: str) -> Scalar:
    return Scalar(text, False, "", 1, 1)


def refuse(reading: Reading, options: Mapping[str, str]) -> None:
    """Stop where something was refused; `options` says by which option each part of the tree was typed."""
    wrong = [f"{_typed(problem.path, options)}: {problem.message}" for problem in reading.problems]
    if wrong:
        raise Stop(Status.WRONG_USE, "\n".join(wrong))


def _typed(path: str, options: Mapping[str, str]) -> str:
    """Name the option by which something was typed: maintenance[0].duration is --for."""
    return next((option for part, option in options.items() if f".{part}" in f".{path}"), path)
