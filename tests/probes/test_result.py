import pytest

from probes.result import NETWORK, NOTHING, Outcome, Reason, Result, measured

OURS = {
    "blind", "overload", "missing_secret", "missing_capability", "credential", "locked_out", "policy",
    "rate_limited", "mailbox_unavailable", "unreadable", "bug",
}  # fmt: skip


def test_the_reasons_that_may_be_our_fault_are_unknown_and_all_others_bad() -> None:
    assert {reason.value for reason in Reason if reason.outcome is Outcome.UNKNOWN} == OURS
    assert Reason.DECLARED.outcome is Reason.MISSED.outcome is Outcome.BAD


def test_no_reason_of_the_network_proves_an_answer_of_the_service() -> None:
    assert Reason.CONNECT_TIMEOUT in NETWORK
    assert not NETWORK & {
        Reason.CONNECT_REFUSED,
        Reason.RESET,
        Reason.TLS_NAME,
        Reason.HTTP_STATUS,
        Reason.PROTOCOL,
    }
    assert all(reason and reason.outcome is Outcome.BAD for reason in NETWORK)


def test_a_result_has_ended_when_it_has_taken_its_time() -> None:
    assert Result("c", "hq", 1000, 0.2504, Outcome.GOOD).ended == 1250


def test_a_result_that_knows_nothing_more_cannot_be_made_to() -> None:
    assert dict(Result("c", "hq", 1, 1.0, Outcome.GOOD).facts) == dict(NOTHING) == {}
    assert not hasattr(NOTHING, "__setitem__")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(1 / 3, 0.3333), (12.34567, 12.35), (0.000123456, 0.000123), (0.00000049, 0.0), (0.0, 0.0), (2.0, 2.0)],
)
def test_a_duration_has_four_digits_and_whole_microseconds(seconds: float, told: float) -> None:
    assert measured(seconds) == told
