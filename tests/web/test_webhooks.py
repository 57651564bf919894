"""Webhooks v3 of PagerDuty's, as they arrive: what is heard, and what is refused."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from alerting.events import Reported
from alerting.receivers.pagerduty import PagerDuty
from checks.model import Configuration, Receiver
from checks.values import Secret
from tests.fakes.pagerduty import signature
from tests.web.conftest import Client
from web import server
from web.server import BODY, application
from web.webhooks import REMEMBERED, Delivery, Webhooks, secrets_of, sign

NOW = 1_767_225_600_000  # 2026-01-01T00:00:00Z
SECRETS = {"oncall": (Secret("new"), Secret("old")), "tickets": (Secret("theirs"),), "mute": (Secret(""),)}
USER = {"id": "PUSER01", "type": "user_reference"}


class Ear:
    """Webhooks that are heard into a list."""

    def __init__(self, secrets: Any = SECRETS) -> None:
        self.heard: list[Reported] = []
        self.webhooks = Webhooks(secrets, self.heard.append)

    def hear(self, delivery: Delivery) -> Any:
        return self.webhooks.hear(delivery, NOW)

    def status(self, document: object, *, id: str = "", secret: str = "old") -> int:
        raw = document if isinstance(document, bytes) else json.dumps(document).encode()
        return int(self.hear(Delivery(signature(secret, raw), id, raw)).status)


def webhook(what: str = "acknowledged", **said: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "id": "01BZYH1JJY",
        "event_type": f"incident.{what}",
        "resource_type": "incident",
        "occurred_at": "2025-12-31T23:59:58.250Z",
        "agent": USER,
        "client": None,
        "data": {"id": "PGR0VU2", "type": "incident", "incident_key": "hq/service/sso"},
    }
    return {"event": given | said}


# --- what is heard


@pytest.mark.parametrize("what", ["acknowledged", "unacknowledged", "resolved", "reopened"])
def test_what_a_person_did_is_heard_with_its_time(what: Any) -> None:
    ear = Ear()

    assert ear.status(webhook(what)) == 202
    assert ear.heard == [Reported("oncall", "hq/service/sso", what, True, NOW - 1750)]


@pytest.mark.parametrize("agent", [None, {"type": "inbound_integration_reference"}, {}, "Ada"])
def test_whoever_is_no_user_is_no_person(agent: object) -> None:
    ear = Ear()
    ear.status(webhook(agent=agent))

    assert [report.by_person for report in ear.heard] == [False]


@pytest.mark.parametrize("said", ["2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00", "yesterday", None, 7])
def test_times_have_an_offset_and_what_is_none_is_now(said: object) -> None:
    ear = Ear()
    ear.status(webhook(occurred_at=said))

    assert [report.at for report in ear.heard] == [NOW]


@pytest.mark.parametrize(
    "document",
    [
        {"event": {"event_type": "pagey.ping", "data": {"type": "ping", "message": "Hello"}}},
        webhook("escalated"),
        webhook(event_type="resolved"),
        webhook(event_type="service.resolved"),
        webhook(event_type=["incident.resolved"]),
        webhook(data={"id": "PGR0VU2", "incident_key": None}),
        webhook(data=None),
        {"event": "incident.resolved"},
        {},
    ],
)
def test_what_we_did_not_ask_for_is_welcome_and_says_nothing(document: object) -> None:
    ear = Ear()

    assert ear.status(document) == 202
    assert ear.heard == []


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"\xff", b"[" * 60_000])
def test_what_is_no_json_object_is_refused(broken: bytes) -> None:
    assert Ear().status(broken) == 400


# --- signatures


@pytest.mark.parametrize(
    ("secret", "receivers"), [("new", ["oncall"]), ("old", ["oncall"]), ("theirs", ["tickets"])]
)
def test_the_secret_says_which_receiver_it_was(secret: str, receivers: list[str]) -> None:
    ear = Ear()
    ear.status(webhook(), secret=secret)

    assert [report.receiver for report in ear.heard] == receivers


def test_receivers_that_share_a_secret_are_both_meant() -> None:
    ear = Ear({"oncall": (Secret("one"),), "lead": (Secret("one"),)})
    ear.status(webhook(), secret="one")

    assert [report.receiver for report in ear.heard] == ["oncall", "lead"]


def test_one_right_signature_among_several_is_enough() -> None:
    raw, ear = json.dumps(webhook()).encode(), Ear()
    several = f"{signature('retired', raw)}, {signature('old', raw)}"

    assert ear.hear(Delivery(several, "", raw)).status == 202


@pytest.mark.parametrize("wrong", ["", "v1=", "v1=00", "v0={}", "{}0", "é{}", "\udcff", ",,,"])
def test_a_wrong_signature_is_refused_and_heard_by_nobody(wrong: str) -> None:
    raw, ear = json.dumps(webhook()).encode(), Ear()
    answer = ear.hear(Delivery(wrong.format(signature("old", raw).removeprefix("v1=")), "", raw))

    assert (answer.status, ear.heard) == (401, [])


@pytest.mark.parametrize("secret", ["", "guessed"])
def test_a_secret_that_is_empty_or_not_ours_opens_nothing(secret: str) -> None:
    assert Ear().status(webhook(), secret=secret) == 401


def test_a_body_changed_by_one_byte_is_refused() -> None:
    raw = json.dumps(webhook()).encode()

    assert Ear().hear(Delivery(signature("old", raw), "", raw + b" ")).status == 401


@pytest.mark.parametrize("secrets", [{}, {"oncall": ()}, {"oncall": (Secret(""),)}])
def test_without_a_secret_everything_is_refused_with_the_remedy(secrets: Any) -> None:
    raw = json.dumps(webhook()).encode()
    answer = Ear(secrets).hear(Delivery(signature("", raw), "", raw))

    assert answer.status == 403
    assert "webhook_secret" in answer.text


def test_the_signature_is_the_hmac_of_rfc_4231() -> None:
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"  # its test case 2

    assert sign(Secret("Jefe"), b"what do ya want for nothing?") == f"v1={expected}"


def test_the_secrets_are_those_of_the_configuration_that_are_set() -> None:
    targets = {
        "oncall": PagerDuty(webhook_secret=(Secret("a"), Secret("b"))),
        "deaf": PagerDuty(),
        "chat": object(),
    }
    receivers = {name: Receiver(name=name, kind="x", target=target) for name, target in targets.items()}

    assert secrets_of(Configuration(site="hq", receivers=receivers)) == {"oncall": (Secret("a"), Secret("b"))}


# --- repeated


def test_what_comes_again_is_accepted_again_and_heard_once() -> None:
    ear = Ear()

    assert [ear.status(webhook(), id="w1") for _ in range(3)] == [202] * 3
    assert len(ear.heard) == 1


def test_another_id_and_none_at_all_are_heard() -> None:
    ear = Ear()
    for id in ("w1", "w2", "", ""):
        ear.status(webhook(), id=id)

    assert len(ear.heard) == 4


def test_a_forged_id_keeps_the_real_one_from_nothing() -> None:
    ear = Ear()
    assert ear.status(webhook(), id="w1", secret="guessed") == 401

    ear.status(webhook(), id="w1")
    assert len(ear.heard) == 1


def test_only_so_many_ids_are_remembered_and_the_oldest_goes_first() -> None:
    ear = Ear()
    for n in range(REMEMBERED + 1):
        ear.status(webhook(), id=f"w{n}")
    ear.status(webhook(), id="w1")
    assert len(ear.heard) == REMEMBERED + 1

    ear.status(webhook(), id="w0")
    assert len(ear.heard) == REMEMBERED + 2


# --- over HTTP


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def open_to_webhooks(
    aiohttp_client: Callable[[web.Application], Awaitable[Client]], ear: Ear
) -> Client:
    return await aiohttp_client(application(no_view, ready=lambda: True, hear=ear.hear))


def no_view() -> Any:
    raise AssertionError("a webhook looks at nothing")


async def post(client: Client, raw: bytes, *signatures: str, id: str = "w1") -> tuple[int, str]:
    headers = [("X-PagerDuty-Signature", one) for one in signatures] + [("X-Webhook-Id", id)]
    response = await client.post("/webhooks/pagerduty", data=raw, headers=headers)
    return response.status, await response.text()


async def test_a_signed_webhook_from_anywhere_is_accepted_at_once(open_to_webhooks: Client, ear: Ear) -> None:
    raw = json.dumps(webhook(title="é")).encode()
    for _ in range(2):
        assert await post(open_to_webhooks, raw, signature("old", raw)) == (202, "accepted\n")

    assert [report.what for report in ear.heard] == ["acknowledged"]


async def test_signatures_may_stand_in_several_lines(open_to_webhooks: Client) -> None:
    raw = json.dumps(webhook()).encode()

    assert (await post(open_to_webhooks, raw, "v1=00", signature("new", raw)))[0] == 202


async def test_no_signature_and_a_wrong_one_are_refused(open_to_webhooks: Client, ear: Ear) -> None:
    raw = json.dumps(webhook()).encode()

    assert (await post(open_to_webhooks, raw))[0] == 401
    assert (await post(open_to_webhooks, raw, signature("guessed", raw)))[0] == 401
    assert ear.heard == []


async def test_a_body_is_taken_to_its_limit_and_not_beyond(open_to_webhooks: Client) -> None:
    raw = json.dumps(webhook()).encode().ljust(BODY)
    assert (await post(open_to_webhooks, raw, signature("old", raw)))[0] == 202

    assert (await post(open_to_webhooks, raw + b" ", signature("old", raw + b" ")))[0] == 413


async def test_a_body_that_does_not_come_is_not_waited_for(
    open_to_webhooks: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SLOW", 0.01)
    reader, writer = await asyncio.open_connection("127.0.0.1", open_to_webhooks.port)
    writer.write(b"POST /webhooks/pagerduty HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert b" 408 " in line


async def test_a_server_without_secrets_refuses(client: Client) -> None:
    status, text = await post(client, b"{}", "v1=00")

    assert status == 403
    assert "webhook_secret" in text


async def test_a_server_that_is_not_ready_asks_to_come_again(early: Client) -> None:
    assert (await post(early, b"{}", "v1=00"))[0] == 503


async def test_a_webhook_is_posted(open_to_webhooks: Client) -> None:
    assert (await open_to_webhooks.get("/webhooks/pagerduty")).status == 405


@pytest.mark.parametrize(
    ("agent", "heard"), [(None, ["resolved"]), ({"type": "events_api_v2_inbound_integration_reference"}, [])]
)
def test_our_own_resolve_come_back_is_no_news(agent: object, heard: list[str]) -> None:
    ear = Ear()
    ear.status(webhook("resolved", agent=agent))

    assert [report.what for report in ear.heard] == heard
