from typing import Any

from alerting.doubts import doubtful
from alerting.receivers.pagerduty import PagerDuty
from checks.model import Configuration, Receiver
from checks.notes import Note
from checks.values import Secret
from tests.alerting.hand import receiver


def notes(*receivers: Receiver) -> list[Note]:
    return list(doubtful(Configuration(receivers={each.name: each for each in receivers})))


def pager(key: str, **said: Any) -> Receiver:
    return Receiver(name="oncall", kind="pagerduty", target=PagerDuty(routing_key=Secret(key)), **said)


def test_what_a_receiver_doubts_is_noted_at_its_option() -> None:
    (note,) = notes(pager("short"), receiver("chat"))

    assert note.path == ("receivers", "oncall", "routing_key")
    assert "does not look like" in note.message


def test_a_receiver_without_doubts_is_not_noted() -> None:
    assert notes(pager("0" * 32), receiver("chat")) == []
