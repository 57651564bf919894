import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from alerting.intent import Intent
from alerting.receiver import Refused, Response, Retry, Sent
from alerting.receivers.pagerduty import LARGEST, PagerDuty
from checks.values import Secret
from tests.alerting.intents import NOW, intent, message
from tests.fakes.pagerduty import SCHEMA

KEY = "0123456789abcdef0123456789abcdef"
ONCALL = PagerDuty(routing_key=Secret(KEY))


def event(given: Intent) -> dict[str, Any]:
    """Give what is sent, and see that PagerDuty would take it."""
    document: dict[str, Any] = json.loads(ONCALL.request(given, NOW).body)
    Draft202012Validator(SCHEMA).validate(document)
    return document


def read(status: int, body: bytes = b"", **headers: str) -> Sent | Retry | Refused:
    return ONCALL.read(
        Response(status, {name.replace("_", "-"): text for name, text in headers.items()}, body), NOW
    )


def test_an_open_is_this_trigger() -> None:
    assert event(intent()) == {
        "routing_key": KEY,
        "event_action": "trigger",
        "dedup_key": "hq/service/sso",
        "client": "Watchkeeper",
        "client_url": "https://watchkeeper.example.com/incidents/7",
        "links": [
            {"href": "https://wiki.example.com/runbooks/sso", "text": "Runbook"},
            {"href": "https://watchkeeper.example.com/incidents/7", "text": "Watchkeeper"},
        ],
        "payload": {
            "summary": "Single sign-on is down: the login times out",
            "source": "hq",
            "severity": "critical",
            "timestamp": "2025-12-31T23:59:44.750Z",
            "component": "sso",
            "group": "identity-team",
            "class": "response_timeout",
            "custom_details": {
                "since": "2025-12-31 23:59:44 UTC",
                "depends on it": "email, vpn",
                "episode": 1,
            },
        },
    }


def test_an_update_is_the_same_trigger_again() -> None:
    assert event(intent("update")) == event(intent())


def test_a_resolve_says_the_key_and_no_more() -> None:
    assert event(intent("resolve")) == {
        "routing_key": KEY,
        "event_action": "resolve",
        "dedup_key": "hq/service/sso",
    }


def test_an_acknowledge_says_the_key_and_no_more() -> None:
    assert event(intent("acknowledge")) == {
        "routing_key": KEY,
        "event_action": "acknowledge",
        "dedup_key": "hq/service/sso",
    }


def test_what_could_not_be_stored_says_so() -> None:
    details = event(intent(unstored=True))["payload"]["custom_details"]

    assert details["store"] == "unavailable: this may be said twice"


@pytest.mark.parametrize("letter", ["a", "é", "火", "🔥"])
def test_a_summary_is_cut_by_characters_never_by_bytes(letter: str) -> None:
    assert event(intent(message=message(summary=letter * 1024)))["payload"]["summary"] == letter * 1024
    assert event(intent(message=message(summary=letter * 1025)))["payload"]["summary"] == letter * 1023 + "…"


def test_details_too_long_for_an_event_are_left_out_with_a_note() -> None:
    given = intent(message=message(details={"trace": "x" * LARGEST}))

    assert len(ONCALL.request(given, NOW).body) < 2_000
    details = event(given)["payload"]["custom_details"]
    assert details == {"note": "The details were too long for PagerDuty and were left out.", "episode": 1}


def test_the_size_is_counted_in_bytes() -> None:
    given = intent(message=message(details={"trace": "火" * (LARGEST // 3)}))

    assert "note" in event(given)["payload"]["custom_details"]


def test_details_that_just_fit_are_kept() -> None:
    room = LARGEST - len(ONCALL.request(intent(message=message(details={"trace": ""})), NOW).body)

    fits = ONCALL.request(intent(message=message(details={"trace": "x" * room})), NOW)
    too_long = ONCALL.request(intent(message=message(details={"trace": "x" * (room + 1)})), NOW)

    assert len(fits.body) == LARGEST
    assert len(too_long.body) < 2_000


def test_only_web_addresses_become_links() -> None:
    said = event(intent(message=message(runbook="see the wiki", link="javascript:alert(1)")))

    assert "links" not in said
    assert "client_url" not in said


def test_half_a_surrogate_pair_keeps_no_page_from_going_out() -> None:
    assert event(intent(message=message(summary="broken \ud83d")))["payload"]["summary"] == "broken ?"


def test_a_message_without_words_still_has_a_summary_and_a_source() -> None:
    payload = event(intent(message=message(summary="", site="", severity="?")))["payload"]

    assert (payload["summary"], payload["source"], payload["severity"]) == ("sso fails", "sso", "error")


def test_the_minimal_event_has_nothing_that_could_be_refused() -> None:
    request = ONCALL.minimal(intent(message=message(details={"x": float("nan")})), NOW)

    assert request
    document = json.loads(request.body)
    Draft202012Validator(SCHEMA).validate(document)
    assert set(document) == {"routing_key", "event_action", "dedup_key", "payload"}
    assert set(document["payload"]) == {"summary", "source", "severity"}


@pytest.mark.parametrize("action", ["update", "resolve"])
def test_only_an_open_has_a_minimal_event(action: str) -> None:
    assert ONCALL.minimal(intent(action), NOW) is None


@pytest.mark.parametrize("status", [200, 202])
def test_success_is_sent(status: int) -> None:
    assert read(status) == Sent()


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(status: int) -> None:
    assert read(status) == Retry(str(status))


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 404, 410, 413])
def test_what_will_not_pass_is_refused(status: int) -> None:
    assert read(status) == Refused(str(status))


def test_a_refusal_is_quoted_without_the_routing_key() -> None:
    body = {"status": "invalid event", "message": "Event object is invalid", "errors": [f"no such key {KEY}"]}

    assert read(400, json.dumps(body).encode()) == Refused("400 Event object is invalid; no such key ***")


def test_a_refusal_is_quoted_in_part_only() -> None:
    refused = read(400, b"x" * 100_000)

    assert isinstance(refused, Refused)
    assert len(refused.detail) == 300


def test_a_routing_key_at_the_cut_does_not_show_half() -> None:
    refused = read(400, b"x" * 280 + KEY.encode())

    assert isinstance(refused, Refused)
    assert KEY[:8] not in refused.detail


def test_too_many_requests_are_repeated_when_pagerduty_says() -> None:
    assert read(429, retry_after="30") == Retry("429", 30.0)


def test_updates_mean_the_same_incident_as_long_as_pagerduty_keeps_it_open() -> None:
    assert ONCALL.abilities.update_within == 14_400
    assert PagerDuty(routing_key=Secret(KEY), auto_resolve=60).abilities.update_within == 60


def test_the_rate_belongs_to_the_routing_key_which_is_not_shown() -> None:
    same, other = PagerDuty(routing_key=Secret(KEY)), PagerDuty(routing_key=Secret(KEY[::-1]))

    assert same.abilities.bucket == ONCALL.abilities.bucket != other.abilities.bucket
    assert KEY not in f"{ONCALL.abilities} {ONCALL}"
    assert ONCALL.abilities.per_minute == 120


def test_without_a_routing_key_it_is_off() -> None:
    assert PagerDuty().off() == "routing_key is not set"
    assert ONCALL.off() == ""


@pytest.mark.parametrize("key", ["0123456789", KEY + "0", KEY[:-1] + "-"])
def test_a_key_of_another_shape_is_doubted_without_showing_it(key: str) -> None:
    doubts = PagerDuty(routing_key=Secret(key)).doubts()

    assert doubts["routing_key"].startswith("does not look like a key of Events API v2")
    assert key not in str(doubts)


def test_a_key_of_the_right_shape_and_none_are_not_doubted() -> None:
    assert ONCALL.doubts() == PagerDuty().doubts() == {}


def test_the_address_is_sent_to_as_it_stands() -> None:
    there = PagerDuty(routing_key=Secret(KEY), url="http://127.0.0.1:9/v2/enqueue")

    assert there.request(intent(), NOW).url == "http://127.0.0.1:9/v2/enqueue"


def test_an_unknown_option_and_a_half_address_are_refused() -> None:
    with pytest.raises(ValidationError, match="routing_kee"):
        PagerDuty(routing_kee="x")  # type: ignore[call-arg]  # that is the point
    with pytest.raises(ValidationError, match="whole address"):
        PagerDuty(url="events.eu.pagerduty.com")


def test_how_long_a_person_is_believed_is_an_option_and_acknowledging_an_ability() -> None:
    given = PagerDuty(routing_key=Secret(KEY), hand_resolved_hold=60)

    assert (ONCALL.abilities.hand_resolved_hold, given.abilities.hand_resolved_hold) == (1_800, 60)
    assert ONCALL.abilities.acknowledges


@pytest.mark.parametrize(
    ("said", "secrets"),
    [
        (Secret("a"), ["a"]),
        ((Secret("a"), Secret("b")), ["a", "b"]),
        ((Secret(), Secret("b")), ["b"]),
        ((), []),
    ],
)
def test_webhook_secrets_are_one_or_several_and_none_that_is_empty(said: Any, secrets: list[str]) -> None:
    given = PagerDuty(routing_key=Secret(KEY), webhook_secret=said)

    assert [secret.reveal() for secret in given.webhook_secrets] == secrets
    assert "'a'" not in repr(given)
