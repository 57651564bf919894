"""The matrix of faults: what is done to a check of which kind, and the reason that it must give.

`docs/faults.md` is this table in words: `.venv/bin/python -m tests.faults.matrix > docs/faults.md` writes it.
"""

import re
from collections.abc import Iterator

from tests.faults.certificates import certificates
from tests.faults.connections import connections, echoes, names, questions
from tests.faults.conversations import before_tls, conversations, redirects, sizes, strangers
from tests.faults.row import Row

SOON = 0.3  # seconds; whatever is never done is not waited for longer
LONG = 120  # characters of a detail that the page shows

HEAD = (
    "# Faults, and the reasons they get\n\n"
    "Each row is a test for each kind (`tests/faults/test_matrix.py`): the fault is made by a real server or "
    "on a real socket, a check of that kind is asked, and its reason and the whole detail must be these.\n"
    "Numbers that differ from run to run are written as `N`, addresses as `ADDRESS`. "
    "All are *bad*; [reasons.md](reasons.md) says what to do about each.\n\n"
    "| Fault | Kinds | How it is made | Reason | The detail says |\n"
    "| --- | --- | --- | --- | --- |\n"
)


def rows() -> Iterator[Row]:
    """Give the whole matrix, fault by fault."""
    yield from connections()
    yield from names()
    yield from questions()
    yield from echoes()
    yield from conversations()
    yield from strangers()
    yield from before_tls()
    yield from sizes()
    yield from redirects()
    yield from certificates()


def told(detail: str) -> str:
    """Write a detail without what differs from run to run."""
    steady = re.sub(r"(127\.0\.0\.1|10\.77\.0\.2)(:\d+)?", "ADDRESS", detail)
    steady = re.sub(r"\b\d+ of 100 echoes", "N of 100 echoes", steady)
    steady = re.sub(r"got '2\d*'", "got '2…'", steady)
    return re.sub(r"\b\d+(\.\d+)?(e-\d+)? s\b", "N s", steady)


def page() -> str:
    """Write the table for people, a line for all kinds of which the same is true."""
    kinds: dict[tuple[str, str, str, str], list[str]] = {}
    for row in rows():
        kinds.setdefault((row.fault, row.how, row.reason, row.detail), []).append(f"`{row.kind}`")
    return HEAD + "".join(_line(*alike, ", ".join(names)) for alike, names in kinds.items())


def _line(fault: str, how: str, reason: str, detail: str, kinds: str) -> str:
    shown = detail if len(detail) <= LONG else f"{detail[:LONG]}…"
    cells = (fault, kinds, how, f"`{reason}`", shown.replace("|", "\\|"))
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    print(page(), end="")
