import jsonschema
import pytest

from checks.model import Check
from commands.context import Status
from commands.verdict import document_of, explained, status_of
from probes.result import Outcome, Reason, Result
from tests.commands.shapes import RESULT

CHECK = Check(name="front", kind="http", probe=None, service="web")


def result(outcome: Outcome = Outcome.GOOD, reason: Reason | None = None, took: float = 0.1) -> Result:
    return Result("front", "hq", 1_790_000_000_123, took, outcome, reason)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words_of_its_own(reason: Reason) -> None:
    told = explained(CHECK, result(reason.outcome, reason))

    assert told != reason.value.replace("_", " ")
    assert ("neither for nor against" in told) == (reason.outcome is Outcome.UNKNOWN)


def test_good_but_slow_is_said_to_be_so() -> None:
    check = Check(name="front", kind="http", probe=None, slow_after=2.0)

    assert "degraded" in explained(check, result(took=2.1))
    assert explained(check, result(took=2.0)) == "it does what it should"


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([Outcome.GOOD, Outcome.GOOD], Status.YES),
        ([Outcome.GOOD, Outcome.UNKNOWN], Status.CANNOT_SAY),
        ([Outcome.UNKNOWN, Outcome.BAD, Outcome.GOOD], Status.NO),
        ([], Status.CANNOT_SAY),
    ],
)
def test_the_worst_outcome_is_the_exit_status(outcomes: list[Outcome], status: Status) -> None:
    assert status_of(map(result, outcomes)) is status


def test_a_document_has_the_promised_shape_with_its_start_in_utc() -> None:
    said = document_of(CHECK, result(Outcome.BAD, Reason.RESET))

    jsonschema.validate(said, RESULT)
    assert said["at"] == "2026-09-21T14:13:20.123Z"
    assert said["reason"] == "reset"
