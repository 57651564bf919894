import base64
import hashlib
import hmac
import json

import pytest
from pydantic import ValidationError

from alerting.receiver import Refused, Response, Retry, Sent
from alerting.receivers.webhook import LARGEST, Webhook, sign
from checks.values import Secret
from tests.alerting.intents import NOW, intent, message

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URL = "https://hooks.example.com/T0/secret-path"
HOOK = Webhook(url=Secret(URL), secret=Secret(SECRET), headers={"Authorization": Secret("Bearer hunter2")})


def test_the_signature_of_the_specifications_own_example() -> None:
    signature = sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_digest_is_no_message_of_an_incident() -> None:
    said = message(summary="2 began and ended", details={"lines": ["one", "two"]}, scope="digest")
    sent = json.loads(HOOK.request(intent("note", message=said, key="hq/digest/office"), NOW).body)

    assert (sent["type"], sent["data"]["key"]) == ("digest", "hq/digest/office")
    assert sent["data"]["details"] == {"lines": ["one", "two"]}


def test_an_open_is_this_message() -> None:
    assert json.loads(HOOK.request(intent(), NOW).body) == {
        "type": "incident.opened",
        "timestamp": "2026-01-01T00:00:00.000Z",
        "data": {
            "key": "hq/service/sso",
            "episode": 1,
            "urgency": "page",
            "summary": "Single sign-on is down: the login times out",
            "severity": "critical",
            "scope": "service",
            "name": "sso",
            "site": "hq",
            "fault_at": "2025-12-31T23:59:44.750Z",
            "opened_at": "2026-01-01T00:00:00.000Z",
            "resolved_at": None,
            "owner": "identity-team",
            "tier": 1,
            "reason": "response_timeout",
            "runbook": "https://wiki.example.com/runbooks/sso",
            "link": "https://watchkeeper.example.com/incidents/7",
            "details": {"since": "2025-12-31 23:59:44 UTC", "depends on it": "email, vpn"},
        },
    }


@pytest.mark.parametrize(
    ("action", "type_"),
    [("open", "incident.opened"), ("update", "incident.updated"), ("resolve", "incident.resolved")],
)
def test_the_type_says_what_happened(action: str, type_: str) -> None:
    assert json.loads(HOOK.request(intent(action), NOW).body)["type"] == type_


def test_what_could_not_be_stored_says_so() -> None:
    data = json.loads(HOOK.request(intent(unstored=True), NOW).body)["data"]

    assert data["store"] == "unavailable: this may be said twice"


def test_a_later_try_keeps_id_and_body_and_signs_its_own_time() -> None:
    first, later = HOOK.request(intent(), NOW), HOOK.request(intent(), NOW + 61_000)

    assert first.headers["webhook-id"] == later.headers["webhook-id"] == intent().id
    assert first.body == later.body
    assert first.headers["webhook-timestamp"] == "1767225600"
    assert later.headers["webhook-timestamp"] == "1767225661"
    assert first.headers["webhook-signature"] != later.headers["webhook-signature"]


def test_what_is_sent_verifies() -> None:
    request = HOOK.request(intent(), NOW)
    signed = (
        f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    )
    key = base64.b64decode(SECRET.removeprefix("whsec_"))

    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()

    assert request.headers["webhook-signature"] == f"v1,{expected}"


def test_ones_own_headers_go_along() -> None:
    headers = HOOK.request(intent(), NOW).headers

    assert headers["Authorization"] == "Bearer hunter2"
    assert headers["Content-Type"] == "application/json"


def test_without_a_secret_nothing_is_signed() -> None:
    headers = Webhook(url=Secret(URL)).request(intent(), NOW).headers

    assert "webhook-signature" not in headers
    assert headers["webhook-id"] == intent().id


def test_a_long_message_is_sent_without_its_details() -> None:
    body = HOOK.request(intent(message=message(details={"trace": "x" * LARGEST})), NOW).body

    assert len(body) < LARGEST
    assert json.loads(body)["data"]["details"] == {"note": "The details were too long and were left out."}


@pytest.mark.parametrize("status", [200, 202, 204])
def test_any_success_is_sent(status: int) -> None:
    assert HOOK.read(Response(status), NOW) == Sent()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_when_the_receiver_says(status: int) -> None:
    assert HOOK.read(Response(status, {"retry-after": "17"}), NOW) == Retry(str(status), 17.0)


@pytest.mark.parametrize("status", [301, 302, 308, 400, 401, 404, 410])
def test_redirects_and_refusals_are_refused(status: int) -> None:
    assert HOOK.read(Response(status, {"location": URL}), NOW) == Refused(str(status))


def test_an_answer_that_echoes_secrets_is_quoted_without_them() -> None:
    body = f"{URL} {SECRET} Bearer hunter2 are wrong".encode()

    assert HOOK.read(Response(400, {}, body), NOW) == Refused("400 *** *** *** are wrong")


def test_without_an_address_it_is_off() -> None:
    assert Webhook().off() == "url is not set"
    assert HOOK.off() == ""


def test_there_is_no_smaller_form() -> None:
    assert HOOK.minimal(intent(), NOW) is None


def test_secrets_are_not_shown() -> None:
    assert not any(secret in repr(HOOK) for secret in (URL, SECRET, "hunter2"))


@pytest.mark.parametrize("secret", ["plain text", "whsec_c2hvcnQ=", "whsec_!", "whsec_" + "A" * 100])
def test_a_secret_that_cannot_sign_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(ValidationError, match="whsec_ and the base64") as caught:
        Webhook(url=Secret(URL), secret=Secret(secret))
    assert secret not in str(caught.value)


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="http"):
        Webhook(url=Secret("ftp://files.example.com"))
