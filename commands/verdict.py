"""Outcomes in words: what an attempt means, and what it counts as. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from alerting.form import instant
from alerting.words import reason_in_words
from checks.model import Check
from commands.context import Status
from probes.result import Outcome, Reason, Result
from store.statements import document

OURS: dict[Reason, str] = {
    Reason.BLIND: "our self-checks fail too, so it may be our own network",
    Reason.OVERLOAD: "we ourselves were too slow to tell",
    Reason.MISSING_SECRET: "a secret that it needs is not set",
    Reason.MISSING_CAPABILITY: "something that it needs is missing on this machine, or in this version",
    Reason.CREDENTIAL: "the probe's own account is locked, expired or must change its password",
    Reason.LOCKED_OUT: "the probe's own account is not asked again yet, so as not to lock it",
    Reason.POLICY: "a policy keeps the probe's own account out",
    Reason.RATE_LIMITED: "it asks us to come less often",
    Reason.MAILBOX_UNAVAILABLE: "the mailbox in which we look cannot be opened",
    Reason.UNREADABLE: "the word of somebody else that we report cannot be read",
    Reason.BUG: "the probe itself went wrong",
}


def explained(check: Check, result: Result) -> str:
    """Say in one sentence what an attempt means."""
    if result.outcome is Outcome.GOOD:
        return _good(check, result)
    if result.outcome is Outcome.BAD:
        return reason_in_words(result.reason or "")
    said = OURS[result.reason or Reason.BUG]
    return f"{said}; this counts neither for nor against the service"


def _good(check: Check, result: Result) -> str:
    if check.slow_after is not None and result.took > check.slow_after:
        return (
            f"it does what it should, but takes longer than {check.slow_after:g} s: good, shown as degraded"
        )
    return "it does what it should"


def status_of(results: Iterable[Result]) -> Status:
    """Give the exit status: 1 if any is bad, else 3 if any is unknown or there is none, else 0."""
    outcomes = {result.outcome for result in results}
    if Outcome.BAD in outcomes:
        return Status.NO
    return Status.YES if outcomes == {Outcome.GOOD} else Status.CANNOT_SAY


def document_of(check: Check, result: Result) -> Mapping[str, Any]:
    """Give a result in the shape of `ask --json`; seconds, and `at` in RFC 3339."""
    return {
        "check": result.check,
        "service": check.service,
        "kind": check.kind,
        "site": result.site,
        "at": instant(result.at),
        "took": result.took,
        "outcome": result.outcome.value,
        "reason": result.reason.value if result.reason else None,
        "detail": result.detail,
        "phases": dict(result.phases),
        "facts": dict(result.facts),
        "evidence": json.loads(document(result.evidence)),
    }
