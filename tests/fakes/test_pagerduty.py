"""The fake PagerDuty: its rules on plain values, and PagerDuty's own client against its server."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pagerduty as official
import pytest
import trustme
from aiohttp.test_utils import TestServer

from alerting.receiver import Request, Response
from tests.fakes.pagerduty import Fault, PagerDuty, Subscription, application, signature

KEY = "0123456789abcdef0123456789abcdef"
PAYLOAD = {"summary": "sso is down", "source": "hq", "severity": "critical"}


class Hand:
    """A clock that is set by hand, and an account that lives by it."""

    def __init__(self, **how: Any) -> None:
        self.now = 0
        self.account = PagerDuty(KEY, now=lambda: self.now, **how)

    def send(self, action: str, key: str | None = "k", **more: Any) -> int:
        event: dict[str, Any] = {"routing_key": KEY, "event_action": action}
        event |= {"dedup_key": key} if key else {}
        event |= {"payload": PAYLOAD} if action == "trigger" else {}
        return self.post(event | more).status

    def post(self, event: object) -> Response:
        answer = self.account.handle(json.dumps(event).encode())
        assert answer
        return answer

    def states(self) -> list[str]:
        self.account.open_incidents()
        return [incident.state for incident in self.account.incidents]


def test_triggers_of_an_open_key_are_one_incident() -> None:
    hand = Hand()
    assert [hand.send("trigger") for _ in range(3)] == [202, 202, 202]

    assert hand.states() == ["triggered"]
    assert [what for _, what in hand.account.incidents[0].log] == ["trigger"] * 3


def test_a_trigger_after_a_resolve_is_a_new_incident() -> None:
    hand = Hand()
    for action in ("trigger", "resolve", "trigger"):
        hand.send(action)

    assert hand.states() == ["resolved", "triggered"]


def test_a_trigger_of_an_acknowledged_key_leaves_it_acknowledged() -> None:
    hand = Hand()
    for action in ("trigger", "acknowledge", "trigger"):
        hand.send(action)

    assert hand.states() == ["acknowledged"]


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_what_closes_nothing_is_accepted_and_dropped(action: str) -> None:
    hand = Hand()

    assert hand.send(action) == 202
    assert hand.states() == []


def test_keys_belong_to_their_routing_key() -> None:
    hand = Hand()
    hand.send("trigger")

    assert hand.send("resolve", routing_key="f" * 32) == 202
    assert hand.states() == ["triggered"]


def test_a_trigger_without_a_key_is_given_one() -> None:
    hand = Hand()
    first = json.loads(hand.post({"routing_key": KEY, "event_action": "trigger", "payload": PAYLOAD}).body)
    hand.send("trigger", None)

    assert first["dedup_key"]
    assert hand.states() == ["triggered", "triggered"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"payload": PAYLOAD | {"summary": "x" * 1025}},
        {"payload": PAYLOAD | {"severity": "fatal"}},
        {"payload": {"summary": "x", "source": "y"}},
        {"payload": PAYLOAD | {"timestamp": "yesterday"}},
        {"payload": PAYLOAD | {"custom_details": {"x": "y" * 512_000}}},
        {"dedup_key": "k" * 256},
        {"links": [{"text": "no address"}]},
        {"routing_key": "short"},
        {"event_action": "open"},
    ],
)
def test_what_is_malformed_is_answered_400_and_lost(wrong: dict[str, Any]) -> None:
    hand = Hand()

    assert hand.send("trigger", **wrong) == 400
    assert hand.states() == []


def test_what_just_fits_is_accepted() -> None:
    hand = Hand()

    assert hand.send("trigger", "k" * 255, payload=PAYLOAD | {"summary": "🔥" * 1024}) == 202


@pytest.mark.parametrize("event", [{"event_action": "trigger", "routing_key": KEY}, [], "x"])
def test_a_trigger_needs_a_payload_and_an_event_is_an_object(event: object) -> None:
    assert Hand().post(event).status == 400


def test_no_more_than_the_rate_is_taken_in_any_minute() -> None:
    hand = Hand()
    assert [hand.send("trigger") for _ in range(121)] == [202] * 120 + [429]

    hand.now = 59_999
    assert hand.send("trigger") == 429
    hand.now = 60_000
    assert hand.send("trigger") == 202


def test_an_old_incident_is_closed_by_pagerduty_itself() -> None:
    hand = Hand(auto_resolve=1000)
    hand.send("trigger")
    hand.now = 999
    assert hand.states() == ["triggered"]

    hand.now = 1000
    assert hand.states() == ["resolved"]
    hand.send("trigger")
    assert hand.states() == ["resolved", "triggered"]


def subscribed(hand: Hand) -> list[dict[str, Any]]:
    """Subscribe to the account; gives the events that come, each one signed by both secrets."""
    heard: list[dict[str, Any]] = []

    def deliver(headers: Mapping[str, str], body: bytes) -> int:
        assert headers["X-PagerDuty-Signature"] == f"{signature('old', body)},{signature('new', body)}"
        heard.append(json.loads(body)["event"])
        return 202

    hand.account.subscription = Subscription(deliver, ("old", "new"))
    return heard


def test_what_happens_to_an_incident_is_told_with_whoever_did_it() -> None:
    hand = Hand(auto_resolve=1000)
    heard = subscribed(hand)
    hand.send("trigger")
    hand.send("trigger")  # joins: nothing happens
    hand.account.acknowledges("k")
    hand.account.loses_patience("k")
    hand.send("acknowledge")
    hand.now = 1500
    hand.states()

    told = [(event["event_type"], (event["agent"] or {"type": None})["type"]) for event in heard]
    assert told == [
        ("incident.triggered", "events_api_v2_inbound_integration_reference"),
        ("incident.acknowledged", "user_reference"),
        ("incident.unacknowledged", None),
        ("incident.acknowledged", "events_api_v2_inbound_integration_reference"),
        ("incident.resolved", None),
    ]
    assert {event["data"]["incident_key"] for event in heard} == {"k"}
    assert heard[-1]["occurred_at"] == "1970-01-01T00:00:01Z"


def test_what_a_person_resolves_is_resolved_and_told() -> None:
    hand = Hand()
    heard = subscribed(hand)
    hand.send("trigger")
    hand.account.resolves("k")

    assert hand.states() == ["resolved"]
    assert (heard[-1]["event_type"], heard[-1]["agent"]["type"]) == ("incident.resolved", "user_reference")


def test_a_fault_of_status_takes_nothing_in_and_says_when_to_come_back() -> None:
    hand = Hand()
    hand.account.faults.append(Fault("status", since=10, until=20, status=503, retry_after="5"))
    hand.now = 10
    answer = hand.account.handle(b"{}")
    assert answer
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")

    hand.now = 20
    assert hand.send("trigger") == 202


@pytest.mark.parametrize(("how", "incidents"), [("lost", 1), ("hang", 0)])
async def test_an_answer_that_never_comes_may_have_been_taken_in(how: Any, incidents: int) -> None:
    hand = Hand()
    hand.account.faults.append(Fault(how))
    event = {"routing_key": KEY, "event_action": "trigger", "payload": PAYLOAD}

    with pytest.raises(TimeoutError):
        await hand.account.post(Request("", json.dumps(event).encode()), 0.01)
    assert len(hand.account.incidents) == incidents


@pytest.fixture
async def served() -> AsyncIterator[tuple[Hand, official.EventsApiV2Client]]:
    """Serve an account on loopback over TLS, with PagerDuty's own client: it blocks, so use a thread."""
    hand, authority = Hand(), trustme.CA()
    theirs, ours = ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.configure_trust(theirs)
    authority.issue_cert("127.0.0.1").configure_cert(ours)
    server = TestServer(application(hand.account), scheme="https")
    await server.start_server(ssl=ours)
    address = f"https://127.0.0.1:{server.port}"
    client = official.EventsApiV2Client(KEY, base_url=address, verify=theirs)
    yield hand, client
    client.close()
    await server.close()


Served = tuple[Hand, official.EventsApiV2Client]


async def test_pagerdutys_own_client_opens_acknowledges_and_resolves(served: Served) -> None:
    hand, client = served
    key = await asyncio.to_thread(client.trigger, "sso is down", "hq")
    assert hand.states() == ["triggered"]

    await asyncio.to_thread(client.acknowledge, key)
    assert hand.states() == ["acknowledged"]
    await asyncio.to_thread(client.resolve, key)
    assert hand.states() == ["resolved"]


async def test_pagerdutys_own_client_is_refused_as_the_real_one_refuses(served: Served) -> None:
    hand, client = served

    with pytest.raises(official.Error, match="400"):
        await asyncio.to_thread(client.trigger, "x" * 1025, "hq")
    assert hand.states() == []


async def test_pagerdutys_own_client_waits_out_a_fault(served: Served) -> None:
    hand, client = served
    client.sleep_timer = 0.01
    hand.account.faults.append(Fault("status", status=502, hits=lambda _: len(hand.account.tried) < 3))

    await asyncio.to_thread(client.trigger, "sso is down", "hq")

    assert (len(hand.account.tried), hand.states()) == (3, ["triggered"])
