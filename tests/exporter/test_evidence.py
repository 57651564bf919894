import json
from dataclasses import replace

import pytest

from alerting.incident import Cause, Incident
from alerting.intent import Urgency
from exporter.evidence import by_service, evidence_document, sought
from slo.spans import ALWAYS
from store.rows import Trace
from tests.exporter.views import check, company

INCIDENT = Incident(
    key="hq/service/sso",
    episode=1,
    scope="service",
    name="sso",
    urgency=Urgency.PAGE,
    severity="critical",
    fault_at=100,
    opened_at=200,
    causes=(Cause("login", 90), Cause("gone", 150)),
)
CHECKS = by_service(company([check("login", "sso"), check("token", "sso"), check("inbox", "email")]))


def among(incident: Incident, *outages: tuple[str, int]) -> list[tuple[str, int]]:
    traces = [Trace(name, outage, 0, "{}") for name, outage in outages]
    return [(each.check, each.outage) for each in sought(incident, CHECKS).among(traces)]


def test_outages_of_its_causes_and_of_all_checks_of_its_service_belong_to_it() -> None:
    outages = [("login", 90), ("token", 120), ("gone", 150)]

    assert among(INCIDENT, *outages, ("inbox", 120), ("login", 89)) == outages


def test_what_began_after_its_end_belongs_to_another() -> None:
    over = replace(INCIDENT, restored_at=300, resolved_at=400)

    assert among(over, ("login", 300), ("login", 301)) == [("login", 300)]
    assert sought(INCIDENT, CHECKS).until == ALWAYS


@pytest.mark.parametrize("scope", ["monitor", "storm"])
def test_what_is_about_no_service_has_none(scope: str) -> None:
    about_us = replace(INCIDENT, scope=scope, name="sso", causes=())  # type: ignore[arg-type]

    assert among(about_us, ("login", 100), ("other", 100)) == []


def test_a_finding_says_what_it_is_about_before_what_was_found() -> None:
    way = {"at": 1, "host": "a", "hops": [], "mtu": 1300}

    assert list(evidence_document(Trace("login", 1000, 2000, json.dumps(way))).items()) == [
        ("kind", "way"),
        ("check", "login"),
        ("outage", "1970-01-01T00:00:01.000Z"),
        ("at", "1970-01-01T00:00:02.000Z"),
        ("host", "a"),
        ("hops", []),
        ("mtu", 1300),
    ]
