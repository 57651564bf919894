"""`backup FILE`: a consistent copy of the store, also while a daemon writes it."""

from argparse import ArgumentParser
from pathlib import Path

from commands.context import Context, Status, Stop
from store.backup import copy

UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    parser.add_argument("file", metavar="FILE", help="where to write the copy; nothing may be there yet")


def run(context: Context) -> Status:
    """Copy the store. What is there already is left as it is."""
    store, target = context.configuration().store, Path(context.said.file)
    if target.is_dir():
        raise Stop(Status.CANNOT_RUN, f"{target} is a folder: name a file in it, such as {target}/backup.db")
    if not target.parent.is_dir():
        raise Stop(Status.CANNOT_RUN, f"there is no folder {target.parent}: make it, or name another")
    with context.console.progress("copying the store"):
        copy(store, target)
    context.console.line(f"{target} is a copy of {store}: {size_text(target.stat().st_size)}")
    return Status.YES


def size_text(size: int) -> str:
    """Write a number of bytes as people read it."""
    power = max(0, min(len(UNITS) - 1, (size.bit_length() - 1) // 10))
    return f"{size / 1024**power:.1f} {UNITS[power]}" if power else f"{size} bytes"
