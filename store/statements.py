"""Rows to SQL: for each type one statement and the values it takes.

Saying a row twice changes nothing more, but for Revised, which counts: saying that twice does no harm.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from probes.result import Outcome, Result
from store.rows import IncidentRow, IntentRow, Memory, Revised, Settled, Trace, Tried, Unjudged

Values = tuple[Any, ...]
EVIDENCE_LIMIT = 16 * 1024  # bytes of JSON

SOURCE = "INSERT INTO sources (check_name, site) VALUES (?, ?) ON CONFLICT (check_name, site) DO NOTHING"
ITS_SOURCE = "(SELECT id FROM sources WHERE check_name = ? AND site = ?)"

RESULT = f"""
    INSERT INTO results (source, at, took, outcome, reason, detail, phases, facts, extra)
    VALUES ({ITS_SOURCE}, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, at) DO NOTHING
"""  # noqa: S608 – made of constants
STORED_RESULT = f"""
    SELECT took, outcome, reason, extra FROM results WHERE source = {ITS_SOURCE} AND at = ?
"""  # noqa: S608 – made of constants

EVIDENCE = f"""
    INSERT INTO evidence (source, good, at, document)
    VALUES ({ITS_SOURCE}, ?, ?, ?) ON CONFLICT (source, good, at) DO NOTHING
"""  # noqa: S608 – made of constants
OLDER_EVIDENCE = f"""
    DELETE FROM evidence WHERE source = {ITS_SOURCE} AND good = 1
    AND at < (SELECT max(at) FROM evidence WHERE source = {ITS_SOURCE} AND good = 1)
"""  # noqa: S608 – made of constants

REVISE = """
    INSERT INTO revisions (check_name, number) VALUES (?, 1)
    ON CONFLICT (check_name) DO UPDATE SET number = number + 1
"""


@dataclass(frozen=True, slots=True)
class Statement:
    """How rows of one type are written."""

    sql: str
    values: Callable[[Any], Values]


def _incident(row: IncidentRow) -> Values:
    return row.key, row.episode, row.scope, row.name, row.opened_at, row.resolved_at, row.document


def _intent(row: IntentRow) -> Values:
    return row.id, row.receiver, row.key, row.episode, row.action, row.urgency, row.created_at, row.document


STATEMENTS: Mapping[type, Statement] = {
    IncidentRow: Statement(
        """
        INSERT INTO incidents (key, episode, scope, name, opened_at, resolved_at, document)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key, episode) DO UPDATE SET scope = excluded.scope, name = excluded.name,
            opened_at = excluded.opened_at, resolved_at = excluded.resolved_at, document = excluded.document
        """,
        _incident,
    ),
    IntentRow: Statement(
        """
        INSERT INTO intents (id, receiver, key, episode, action, urgency, created_at, document)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
        """,
        _intent,
    ),
    Tried: Statement(
        "UPDATE intents SET tried_at = ? WHERE id = ? AND tried_at IS NULL",
        lambda row: (row.at, row.id),
    ),
    Settled: Statement(
        "UPDATE intents SET settled_at = ?, how = ?, settle_detail = ? WHERE id = ? AND settled_at IS NULL",
        lambda row: (row.at, row.how, well_formed(row.detail), row.id),
    ),
    Unjudged: Statement("DELETE FROM checkpoints WHERE check_name = ?", lambda row: (row.check,)),
    Revised: Statement(REVISE, lambda row: (row.check,)),
    Trace: Statement(
        """
        INSERT INTO traces (check_name, outage, at, document) VALUES (?, ?, ?, ?)
        ON CONFLICT (check_name, outage) DO NOTHING
        """,
        lambda row: (row.check, row.outage, row.at, well_formed(row.document)),
    ),
    Memory: Statement(
        """
        INSERT INTO memory (name, value) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """,
        lambda row: (row.name, row.value),
    ),
}


def result_key(row: Result) -> Values:
    """Give a result's identity."""
    return row.check, row.site, row.at


def result_values(row: Result) -> Values:
    """Give what is stored of a result beside its identity, in the order of RESULT."""
    return (
        row.took,
        row.outcome.value,
        None if row.reason is None else row.reason.value,
        well_formed(row.detail) or None,
        _numbers(row.phases),
        _numbers(row.facts),
        int(row.extra),
    )


def evidence_values(row: Result) -> Values:
    """Give what EVIDENCE takes."""
    return row.check, row.site, int(row.outcome is Outcome.GOOD), row.at, document(row.evidence)


def document(evidence: Mapping[str, Any]) -> str:
    """Write evidence as JSON of at most 16 KiB. What does not fit says so; it never costs us the result."""
    try:
        text = well_formed(json.dumps(evidence, default=_plain, ensure_ascii=False, separators=(",", ":")))
    except (TypeError, ValueError, RecursionError) as error:
        return json.dumps({"unreadable": type(error).__name__})
    size = len(text.encode())
    return text if size <= EVIDENCE_LIMIT else json.dumps({"too_large": size})


def well_formed(text: str) -> str:
    """Give text that UTF-8 can hold: half a surrogate pair, of somebody's broken answer, becomes `?`."""
    return text.encode(errors="replace").decode()


def _numbers(numbers: Mapping[str, float]) -> str | None:
    return json.dumps(dict(numbers), separators=(",", ":")) if numbers else None


def _plain(value: object) -> object:
    """Say what JSON makes of a value of a kind's own."""
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return list(value) if isinstance(value, set | frozenset) else str(value)
