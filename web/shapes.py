"""Shapes of what `/api/v1` answers, as JSON Schema (draft 2020-12, that of OpenAPI 3.1). Pure.

Fields may be added in later versions, so that whoever reads must pass over what he does not know.
"""

from collections.abc import Mapping
from typing import Any

from probes.result import Outcome, Reason
from slo.burn import WINDOWS
from slo.state import State

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
INSTANT: Schema = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
    "description": "UTC, with milliseconds.",
    "examples": ["2026-01-01T00:00:00.000Z"],
}


def thing(fields: Mapping[str, Schema], said: str = "") -> Schema:
    """Describe an object all of whose fields are always there."""
    about = {"description": said} if said else {}
    return {"type": "object", **about, "properties": dict(fields), "required": [*fields]}


def listed(items: Schema, said: str = "") -> Schema:
    """Describe a list."""
    return {"type": "array", "items": items, **({"description": said} if said else {})}


def mapped(values: Schema, said: str) -> Schema:
    """Describe an object whose names are data."""
    return {"type": "object", "additionalProperties": values, "description": said}


def maybe(schema: Schema) -> Schema:
    """Describe something that may be null."""
    words = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **words}


def one_of(words: Any) -> Schema:
    """Describe a word of a closed set."""
    return {"type": "string", "enum": [str(word) for word in words]}


def said(schema: Schema, text: str) -> Schema:
    """Say what a field means."""
    return {**schema, "description": text}


def refer(name: str) -> Schema:
    """Refer to a shape by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


STATE = one_of(State)
SINCE = said(maybe(INSTANT), "Since when it is in that state; null before the first attempt.")
OUTCOME = one_of(Outcome)
REASON = maybe(one_of(Reason))
OPTIONAL = maybe(TEXT)
MEASURED = said(maybe(NUMBER), "In `unit`; null where nothing is counted.")
RATIO = maybe(NUMBER)

RESULT = thing(
    {
        "at": said(INSTANT, "When the attempt began."),
        "site": said(TEXT, "From where it was made."),
        "took": said(NUMBER, "Seconds."),
        "outcome": said(OUTCOME, "Unknown: we cannot say, and the fault is or may be ours."),
        "reason": said(REASON, "Why it was not good; null where it was."),
        "detail": said(TEXT, "The same in a sentence, with secrets masked."),
        "extra": said(FLAG, "Whether the attempt lies beside the grid of due times."),
        "phases": mapped(NUMBER, "Seconds that each part of the attempt took."),
        "facts": mapped(NUMBER, "Numbers that the attempt learned."),
    },
    "One attempt of one check.",
)
BRIEF = thing({"name": TEXT, "state": STATE, "since": SINCE, "outcome": maybe(OUTCOME), "reason": REASON})
SERVICE = thing(
    {
        "name": TEXT,
        "title": OPTIONAL,
        "owner": OPTIONAL,
        "tier": said({"type": "integer", "enum": [1, 2, 3]}, "1: page day and night."),
        "depends_on": listed(TEXT, "Names of services."),
        "runbook": OPTIONAL,
        "labels": mapped(TEXT, "As the configuration gives them."),
        "state": STATE,
        "since": SINCE,
        "in_maintenance": said(OPTIONAL, "The maintenance that it is in, its own or an ancestor's."),
        "checks": listed(BRIEF, "The checks that are asked about it, with their last outcome."),
    },
    "A service as it stands.",
)
CHECK = thing(
    {
        "name": TEXT,
        "service": OPTIONAL,
        "kind": TEXT,
        "interval": said(NUMBER, "Seconds between two attempts on the grid."),
        "sli": said(FLAG, "Whether it decides the state and the objectives of its service."),
        "labels": mapped(TEXT, "As the configuration gives them."),
        "state": STATE,
        "since": SINCE,
        "suspect": said(
            FLAG, "Whether a bad attempt is being confirmed; the state is then still the old one."
        ),
        "last": {
            "anyOf": [refer("Result"), {"type": "null"}],
            "description": "The last result; null before the first.",
        },
    },
    "A check as it stands.",
)
CAUSE = thing({"check": TEXT, "since": INSTANT, "reason": REASON, "detail": TEXT})
HOP = thing(
    {
        "ttl": said(COUNT, "How many routers away."),
        "address": said(TEXT, "Who answered; empty where nobody did."),
        "seconds": said(maybe(NUMBER), "After how long."),
    }
)
EVIDENCE = thing(
    {
        "kind": said(TEXT, "What was looked at: way, the way to the host."),
        "check": said(TEXT, "Whose outage it is about."),
        "outage": said(INSTANT, "When that began."),
        "at": said(INSTANT, "When it was looked at."),
        "host": said(TEXT, "As the check names it."),
        "address": said(TEXT, "Where the way leads to; empty where the name could not be looked up."),
        "hops": listed(HOP, "The routers on the way, the nearest first."),
        "reached": said(FLAG, "Whether the host itself answered."),
        "ended": said(TEXT, "Why there are no more hops."),
        "mtu": said(maybe(COUNT), "The largest packet that gets through, in bytes; null where nobody told."),
        "mtu_note": said(TEXT, "How that is known."),
    },
    "What was found out about an outage, once, when it was confirmed.",
)
INCIDENT = thing(
    {
        "key": said(TEXT, "One incident at most is open under a key."),
        "episode": said(COUNT, "Tells successive incidents under one key apart."),
        "scope": said(TEXT, "What it is about: a service, ourselves (monitor), and others."),
        "name": TEXT,
        "severity": TEXT,
        "state": one_of(("open", "resolved")),
        "fault_at": said(INSTANT, "The first bad attempt."),
        "opened_at": INSTANT,
        "acknowledged_at": said(maybe(INSTANT), "The first acknowledgement by a person."),
        "resolved_at": maybe(INSTANT),
        "causes": listed(CAUSE, "The checks that fail, and why."),
        "suppressed_by": said(OPTIONAL, "The service whose incident tells of this one too."),
        "silenced_by": said(OPTIONAL, "The silence that holds its announcement."),
        "in_maintenance": said(OPTIONAL, "The maintenance that holds its announcement."),
        "evidence": said(
            maybe(listed(EVIDENCE)), "What was found out about its outages; null while the store fails."
        ),
    },
    "An incident: something wrong that somebody is, or would be, told about.",
)
OBJECTIVE = thing(
    {
        "objective": said(TEXT, "Its name."),
        "services": listed(TEXT, "Names of the services that it is about."),
        "indicator": one_of(("time", "attempts", "latency")),
        "target": said(NUMBER, "The share promised, such as 0.999."),
        "window": said(TEXT, "Such as 30d, or month."),
        "unit": one_of(("seconds", "attempts")),
        "from": said(maybe(INSTANT), "Where the window begins."),
        "to": said(maybe(INSTANT), "Up to when it is counted."),
        "elapsed": said(maybe(NUMBER), "Seconds of the window that have passed."),
        "verdict": said(
            maybe(one_of(("kept", "broken", "undecided"))),
            "Undecided: what is unknown decides it.",
        ),
        "blips": said(maybe(COUNT), "Suspicions that a good attempt ended."),
        "good": MEASURED,
        "bad": MEASURED,
        "unknown": MEASURED,
        "excluded": said(MEASURED, "Taken out, in `unit`: maintenance, and what lies outside of its hours."),
        "outside": said(MEASURED, "The part of that which lies outside of its hours, in `unit`."),
        "sli": said(RATIO, "Good of what was measured; null where nothing was."),
        "coverage": said(RATIO, "The measured share of what counts."),
        "budget": said(maybe(NUMBER), "How much of the whole window may be bad, in `unit`."),
        "spent": MEASURED,
        "remaining": said(maybe(NUMBER), "In `unit`; negative once the budget is overspent."),
        "remaining_ratio": said(RATIO, "What is left, as a share of the budget."),
        "worst_case_remaining_ratio": said(RATIO, "The same with everything unknown counted as bad."),
        "bad_bounds": said(
            {"type": ["array", "null"], "items": NUMBER, "minItems": 2, "maxItems": 2},
            "Between what the bad time truly lies, in seconds; null where that is not worked out.",
        ),
        "burn": {
            **thing(dict.fromkeys(WINDOWS, RATIO)),
            "description": "How fast the budget goes, by window: 1 is exactly used up at the window's end.",
        },
        "frozen": said(maybe(FLAG), "Whether too little is measured for some burn rule to open or resolve."),
        "exhausted_in": said(
            maybe(NUMBER), "Seconds until nothing is left, at the pace of the last hour; null: never, so."
        ),
    },
    "An objective, and its figures over the window that ends now.",
)
BEAT: Schema = {
    "type": "object",
    "description": "What a job says of itself; all of it may be left out, in the query or in the body.",
    "properties": {
        "outcome": {**one_of(("good", "bad")), "default": "good", "description": "How it ended."},
        "detail": said(TEXT, "What went wrong, in a line; 1024 characters of it are kept."),
        "took": {**NUMBER, "minimum": 0, "description": "Seconds that it ran."},
    },
    "additionalProperties": False,
}
HEARD = thing(
    {
        "at": said(INSTANT, "When it was heard."),
        "kept": said(FLAG, "Whether it is in the store by now; if not, a crash forgets it."),
    },
    "A beat that was taken.",
)
ERROR = thing({"error": said(TEXT, "What is wrong, where, and what to do.")}, "Why there is no answer.")

SHAPES: Mapping[str, Schema] = {
    "Service": SERVICE,
    "Check": CHECK,
    "Result": RESULT,
    "Objective": OBJECTIVE,
    "Incident": INCIDENT,
    "Beat": BEAT,
    "Heard": HEARD,
    "Error": ERROR,
}
