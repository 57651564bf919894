"""The shapes of `--json`, as they are promised, each key and its type."""

from typing import Any

WORD: dict[str, Any] = {"type": "string"}
MAYBE: dict[str, Any] = {"type": ["string", "null"]}
NUMBER: dict[str, Any] = {"type": "number"}
NUMBER_OR_NOT: dict[str, Any] = {"type": ["number", "null"]}
TIME: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
TIME_OR_NOT: dict[str, Any] = {"anyOf": [TIME, {"type": "null"}]}
STATE: dict[str, Any] = {"enum": ["up", "down", "unknown"]}


def shape(**keys: Any) -> dict[str, Any]:
    """Give an object with these keys: all of them, and no other."""
    return {"type": "object", "required": [*keys], "properties": keys, "additionalProperties": False}


def table(of: Any) -> dict[str, Any]:
    """Give an object whose keys are names."""
    return {"type": "object", "additionalProperties": of}


def rows(of: Any) -> dict[str, Any]:
    return {"type": "array", "items": of}


RESULT = shape(
    check=WORD,
    service=WORD,
    kind=WORD,
    site=WORD,
    at=TIME,
    took=NUMBER,
    outcome={"enum": ["good", "bad", "unknown"]},
    reason=MAYBE,
    detail=WORD,
    phases=table(NUMBER),
    facts=table(NUMBER),
    evidence={"type": "object"},
)
BURN = shape(**dict.fromkeys(("5m", "30m", "1h", "2h", "6h", "1d", "3d"), NUMBER_OR_NOT))
OBJECTIVE = shape(
    **{"from": TIME_OR_NOT, "to": TIME_OR_NOT, "bad_bounds": {"type": ["array", "null"]}},
    **dict.fromkeys(("objective", "indicator", "window"), WORD),
    **dict.fromkeys(("elapsed", "good", "bad", "unknown", "excluded", "outside", "sli"), NUMBER_OR_NOT),
    **dict.fromkeys(("coverage", "budget", "spent", "remaining", "remaining_ratio"), NUMBER_OR_NOT),
    **dict.fromkeys(("worst_case_remaining_ratio", "blips", "exhausted_in"), NUMBER_OR_NOT),
    services=rows(WORD),
    target=NUMBER,
    verdict={"enum": ["kept", "broken", "undecided", None]},
    unit={"enum": ["seconds", "attempts"]},
    burn=BURN,
    frozen={"type": ["boolean", "null"]},
)
CHECK = shape(state=STATE, since=TIME_OR_NOT, outcome=MAYBE, reason=MAYBE)
CAUSE = shape(check=WORD, since=TIME, reason=MAYBE, detail=WORD)
INCIDENT = shape(
    **dict.fromkeys(("key", "scope", "name", "severity", "state"), WORD),
    **dict.fromkeys(("fault_at", "opened_at"), TIME),
    **dict.fromkeys(("acknowledged_at", "resolved_at"), TIME_OR_NOT),
    episode={"type": "integer"},
    causes=rows(CAUSE),
    suppressed_by=MAYBE,
    silenced_by=MAYBE,
    in_maintenance=MAYBE,
)
STATUS = shape(
    at=TIME,
    site=WORD,
    blind={"type": "boolean"},
    services=table(shape(state=STATE, since=TIME_OR_NOT, checks=table(CHECK))),
    incidents=rows(INCIDENT),
    objectives=rows(OBJECTIVE),
)
