"""Rows to write, and a disk without room."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from probes.result import Outcome, Reason, Result
from store.file import Store
from store.rows import IncidentRow, IntentRow

NOW = 1_790_000_000_000


def good(at: int, check: str = "sso", **fields: Any) -> Result:
    said: dict[str, Any] = {"site": "hq", "took": 0.25, "outcome": Outcome.GOOD} | fields
    return Result(check=check, at=at, **said)


def bad(at: int, check: str = "sso", **fields: Any) -> Result:
    return good(at, check, **{"outcome": Outcome.BAD, "reason": Reason.RESET, "detail": "cut off"} | fields)


def incident(key: str = "hq/service/sso", episode: int = 1, resolved_at: int | None = None) -> IncidentRow:
    return IncidentRow(key, episode, "service", "sso", NOW + episode, resolved_at, "{}")


def intent(name: str = "1", created_at: int = NOW) -> IntentRow:
    return IntentRow(
        name, "oncall", "hq/service/sso", 1, "open", "page", created_at, '{"summary":"sso down"}'
    )


@contextmanager
def full_disk(store: Store) -> Iterator[None]:
    """Let the file not grow, as on a disk without room."""
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()
    yield
    store.connection.execute("PRAGMA max_page_count = 1000000").fetchone()
