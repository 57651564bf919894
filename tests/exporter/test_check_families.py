"""Series of checks: what the last attempt told, and what has been counted."""

from probes.result import Reason
from tests.exporter.parsed import series, value, values
from tests.exporter.views import Told, check, company

LOGIN = {"check": "login", "service": "sso", "kind": "http"}


def test_a_check_that_was_not_asked_yet_has_no_probe_series() -> None:
    view = Told().view(0)

    assert series(view, "probe_success") == []
    assert series(view, "probe_duration_seconds") == []


def test_success_is_one_for_good_zero_for_bad_and_absent_for_unknown() -> None:
    told = Told().attempt("login", 0)
    assert series(told.view(1), "probe_success") == [(LOGIN, 1.0)]

    told.attempt("login", 30, Reason.HTTP_STATUS)
    assert series(told.view(31), "probe_success") == [(LOGIN, 0.0)]

    told.attempt("login", 60, Reason.OVERLOAD)
    assert series(told.view(61), "probe_success") == []
    assert value(told.view(61), "probe_duration_seconds") == 0.25


def test_success_is_absent_once_the_last_attempt_vouches_no_more() -> None:
    told = Told().attempt("login", 0)  # reach is 2 × 30 s + 10 s

    assert value(told.view(69.999), "probe_success") == 1.0
    assert value(told.view(70), "probe_success") is None


def test_each_phase_has_its_series() -> None:
    told = Told().attempt("login", 0, phases={"resolve": 0.01, "connect": 0.02})

    found = values(told.view(1), "probe_phase_duration_seconds", "phase", check="login")
    assert found == {"resolve": 0.01, "connect": 0.02}


def test_all_three_outcomes_are_there_from_the_first_scrape() -> None:
    view = Told().view(0)

    assert values(view, "watchkeeper_attempts_total", "outcome", **LOGIN) == {
        "good": 0.0, "bad": 0.0, "unknown": 0.0,
    }  # fmt: skip


def test_failures_appear_with_their_first_result() -> None:
    told = Told().attempt("login", 0)
    assert series(told.view(1), "watchkeeper_failures_total") == []

    told.attempt("login", 30, Reason.TLS_EXPIRED)
    found = series(told.view(31), "watchkeeper_failures_total")
    assert found == [({**LOGIN, "outcome": "bad", "reason": "tls_expired"}, 1.0)]


def test_durations_of_good_attempts_are_a_cumulative_histogram() -> None:
    told = Told().attempt("login", 0, took=0.02).attempt("login", 30, took=0.2)
    view = told.view(31)

    buckets = values(view, "watchkeeper_attempt_duration_seconds_bucket", "le", check="login")
    assert (buckets["0.01"], buckets["0.025"], buckets["0.25"], buckets["+Inf"]) == (0, 1, 2, 2)
    assert value(view, "watchkeeper_attempt_duration_seconds_count", check="login") == 2
    assert value(view, "watchkeeper_attempt_duration_seconds_sum", check="login") == 0.22


def test_exactly_one_state_of_a_check_is_one() -> None:
    told = Told()
    seen = [values(told.view(0), "watchkeeper_check_state", "state", check="login")]
    for after, reason in ((0, None), (30, Reason.RESET)):
        told.attempt("login", after, reason)
        seen.append(values(told.view(after), "watchkeeper_check_state", "state", check="login"))

    assert [[state for state, one in found.items() if one] for found in seen] == [
        ["unknown"],
        ["up"],
        ["down"],
    ]
    assert [len(found) for found in seen] == [3, 3, 3]


def test_a_check_that_is_switched_off_has_no_series() -> None:
    view = Told(company([check("login", enabled=False)])).view(0)

    assert series(view, "watchkeeper_attempts_total") == []
    assert series(view, "watchkeeper_check_state") == []
