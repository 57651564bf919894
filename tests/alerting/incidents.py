"""Incidents for tests: only what a test is about is said."""

from typing import Any

from alerting.incident import Cause, Incident
from alerting.intent import Urgency
from tests.alerting.hand import START

CAUSE = Cause("login", START, "response_timeout", "not done within 10 s")


def incident(**said: Any) -> Incident:
    given: dict[str, Any] = {
        "key": "hq/service/sso",
        "episode": 1,
        "scope": "service",
        "name": "sso",
        "urgency": Urgency.PAGE,
        "severity": "critical",
        "fault_at": START,
        "opened_at": START + 10_250,
        "title": "Single sign-on",
        "text": "Single sign-on is down",
        "causes": (CAUSE,),
        "told": ("pager",),
    }
    return Incident(**(given | said))
