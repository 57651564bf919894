from typing import Any

import pytest

from alerting.unmatched import unmatched
from checks.model import Route, Service
from tests.alerting.hand import alerting, company

SERVICES = {
    "sso": Service(name="sso", owner="identity-team", tier=1, labels={"region": "eu", "stage": "live"}),
    "vpn": Service(name="vpn", owner="network-team", tier=2, labels={"region": "us"}),
}


def notes(**match: Any) -> list[str]:
    routes = alerting(Route(receivers=()), Route(receivers=(), match=match))
    found = unmatched(company(services=SERVICES, alerting=routes))
    return [f"{'.'.join(map(str, path[2:]))}: {text}" for path, text in found]


@pytest.mark.parametrize(
    ("match", "note"),
    [
        (
            {"owner": "idenity-team"},
            '1.match.owner: no service has this owner (did you mean "identity-team"?)',
        ),
        ({"owner": "x"}, "1.match.owner: no service has this owner; there is identity-team, network-team"),
        ({"tier": 3}, "1.match.tier: no service is of this tier; there is 1, 2"),
        (
            {"labels": {"regoin": "eu"}},
            '1.match.labels.regoin: no service has this label (did you mean "region"?)',
        ),
        (
            {"labels": {"region": "eu", "stage": "live!"}},
            '1.match.labels.stage: no service has this label with this value (did you mean "live"?)',
        ),
    ],
)
def test_what_a_route_asks_for_and_no_service_has_is_noted(match: dict[str, Any], note: str) -> None:
    assert notes(**match) == [note]


def test_what_some_service_has_is_not_noted() -> None:
    assert notes(owner="network-team", tier=1, labels={"region": "us", "stage": "live"}) == []
