import pytest

from alerting.receiver import Refused, Response, Sent
from alerting.receivers.slack import Slack
from checks.values import Secret
from tests.alerting.intents import NOW, intent

HOOK = "https://hooks.slack.example/services/T0/B0/canary"
CHANNEL = Slack(url=Secret(HOOK))


def test_it_says_why_it_is_off() -> None:
    assert Slack().off() == "url is not set"
    assert CHANNEL.off() == "this version does not send to slack yet"


def test_its_address_is_told_apart_and_not_told() -> None:
    other = Slack(url=Secret(f"{HOOK}2"))

    assert CHANNEL.abilities.address != other.abilities.address
    assert "canary" not in repr(CHANNEL) + CHANNEL.abilities.address


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="must be an address") as caught:
        Slack(url=Secret("canary"))
    assert "canary" not in str(caught.value)


def test_nothing_can_be_sent_there() -> None:
    with pytest.raises(NotImplementedError):
        CHANNEL.request(intent(), NOW)
    assert CHANNEL.minimal(intent(), NOW) is None


def test_its_answers_are_judged_like_any() -> None:
    assert CHANNEL.read(Response(200), NOW) == Sent()
    assert isinstance(CHANNEL.read(Response(404), NOW), Refused)
