"""What must be true after any number of outages, however often the daemon died in them."""

from typing import Any, cast

from store.rows import IncidentRow
from tests.faults.company import KEY, Company, episodes


def assert_each_outage_was_one_incident(company: Company, outages: int) -> None:
    """All is well now: each outage woke somebody once, was resolved there, and is over in the store."""
    incidents, numbers = company.account.incidents, list(range(1, outages + 1))
    assert {incident.dedup_key for incident in incidents} <= {KEY}
    assert [episode(incident.event) for incident in incidents] == numbers
    assert company.account.open_incidents() == []
    stored = cast(list[IncidentRow], company.ask_store(episodes))
    assert [row.episode for row in stored if row.resolved_at] == numbers


def episode(event: dict[str, Any]) -> int:
    return int(event["payload"]["custom_details"]["episode"])
