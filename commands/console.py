"""Edge: what is printed. Colour and progress on a terminal, plain aligned text in a pipe, JSON when asked."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console as Rich
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from commands.plain import aligned, json_text, safe

STYLES = {"good": "green", "up": "green", "bad": "bold red", "down": "bold red", "unknown": "yellow"}
TELLING = frozenset({"outcome", "state"})  # the columns whose words have a colour


class Console:
    """Results go to `out`, everything about them to `err`. A pipe gets neither colour nor progress."""

    def __init__(self, out: TextIO, err: TextIO, environment: Mapping[str, str]) -> None:
        self._out, self._err = out, err
        self._plain = bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"
        self.terminal = out.isatty()

    def line(self, text: str = "", style: str = "") -> None:
        """Print one line of the result."""
        if self.terminal:
            self._rich(self._out).print(Text(safe(text), style=style))
        else:
            self._out.write(f"{safe(text)}\n")

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table of the result: nothing is cut, in a pipe nothing is wrapped either."""
        if self.terminal:
            self._rich(self._out).print(_table(heads, rows))
        else:
            self._out.writelines(f"{line}\n" for line in aligned(heads, rows))

    def json(self, document: object) -> None:
        """Print the result for programs."""
        encoding = (getattr(self._out, "encoding", None) or "utf-8").lower().replace("-", "")
        self._out.write(json_text(document, ascii_only=encoding != "utf8") + "\n")

    def complain(self, text: str) -> None:
        """Say something that is not part of the result, on as many lines as it has."""
        self._out.flush()
        self._err.writelines(f"{safe(line)}\n" for line in text.split("\n"))

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator[Callable[[], None]]:
        """Show on a terminal how far a long work has come; gives what is to be called at each step."""
        if self._plain or not (self.terminal and self._err.isatty()):
            yield lambda: None
            return
        end = [BarColumn(), MofNCompleteColumn()] if total else [SpinnerColumn()]
        columns = [TextColumn("{task.description}"), *end]
        with Progress(*columns, console=self._rich(self._err), transient=True) as shown:
            task = shown.add_task(what, total=total)
            yield lambda: shown.advance(task)

    def _rich(self, stream: TextIO) -> Rich:
        return Rich(
            file=stream,
            color_system=None if self._plain else "auto",
            force_terminal=True,
            force_interactive=not self._plain,
            highlight=False,
            markup=False,
            emoji=False,
        )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(*heads, box=None, pad_edge=False, header_style="bold")
    for column in table.columns:
        column.overflow = "fold"
    for row in rows:
        table.add_row(*(_cell(head, cell) for head, cell in zip(heads, row, strict=True)))
    return table


def _cell(head: str, cell: str) -> Text:
    return Text(safe(cell), style=STYLES.get(cell, "") if head in TELLING else "")
