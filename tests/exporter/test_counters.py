"""What is counted, from decisions and from what the daemon tells."""

from alerting.events import Decision
from alerting.incident import Incident
from alerting.intent import Urgency
from checks.diff import Difference
from checks.model import Configuration
from exporter.counters import Counters, Histogram
from probes.result import Outcome, Reason
from tests.exporter.views import company, made


def incident(**said: object) -> Incident:
    given: dict[str, object] = {
        "key": "hq/service/sso", "episode": 1, "scope": "service", "name": "sso", "urgency": Urgency.PAGE,
        "severity": "critical", "fault_at": 10_000, "opened_at": 25_500,
    }  # fmt: skip
    return Incident(**(given | said))  # type: ignore[arg-type]  # mixed values by name


def test_a_value_is_counted_under_the_first_bound_that_it_does_not_exceed() -> None:
    histogram = Histogram((0.1, 1.0))
    for value in (0.05, 0.1, 0.100001, 1.0, 7.0):
        histogram.observe(value)

    assert histogram.counts == [2, 2, 1]
    assert histogram.sum == 0.05 + 0.1 + 0.100001 + 1.0 + 7.0


def test_results_are_counted_by_outcome_and_reason() -> None:
    counters = Counters()
    reasons = [None, Reason.HTTP_STATUS, Reason.HTTP_STATUS, Reason.BLIND]
    counters.take(Decision(recorded=[made("login", at, reason) for at, reason in enumerate(reasons)]))

    tally = counters.checks["login"]
    assert tally.outcomes == {Outcome.GOOD: 1, Outcome.BAD: 2, Outcome.UNKNOWN: 1}
    assert tally.failures == {
        (Outcome.BAD, Reason.HTTP_STATUS): 2,
        (Outcome.UNKNOWN, Reason.BLIND): 1,
    }


def test_only_good_attempts_count_in_the_durations() -> None:
    counters = Counters()
    results = [made("login", 1, took=0.2), made("login", 2, Reason.RESPONSE_TIMEOUT, took=10.0)]
    counters.take(Decision(recorded=results))

    assert sum(counters.checks["login"].took.counts) == 1
    assert counters.checks["login"].took.sum == 0.2


def test_detection_runs_from_the_first_bad_attempt_to_the_opening() -> None:
    counters = Counters()
    counters.take(Decision(opened=[incident()]))

    assert counters.incidents["service", "sso", "page"] == 1
    assert counters.detect["sso", "page"].sum == 15.5


def test_restoration_runs_from_the_first_bad_attempt_to_the_end_of_the_outage() -> None:
    counters = Counters()
    counters.take(Decision(resolved=[incident(restored_at=70_000, resolved_at=90_000)]))

    assert counters.restore["sso", "page"].sum == 60.0


def test_the_time_to_acknowledge_runs_from_the_announcement() -> None:
    counters = Counters()
    held = incident(opened_at=20_000, announced_at=50_000, acknowledged_at=80_000)
    counters.take(Decision(acknowledged=[held]))

    assert counters.acknowledge["sso", "page"].sum == 30.0
    assert not counters.incidents


def test_what_is_wrong_with_ourselves_is_counted_without_a_service_and_without_times() -> None:
    counters = Counters()
    ours = incident(scope="monitor", name="store", restored_at=70_000)
    counters.take(Decision(opened=[ours], resolved=[ours]))

    assert counters.incidents == {("monitor", "", "page"): 1}
    assert not counters.detect
    assert not counters.restore


def test_what_the_daemon_tells_is_counted_where_it_belongs() -> None:
    counters = Counters()
    counters.start_lag(0.002)
    counters.loop_lag(0.03)
    counters.store_write(0.4)
    counters.delayed("oncall", 5.0)
    counters.missed("late", 3)

    told = [counters.start_lags, counters.loop_lags, counters.store_writes, counters.delays["oncall"]]
    assert [histogram.sum for histogram in told] == [0.002, 0.03, 0.4, 5.0]
    assert counters.missed_runs == {"late": 3}


def counted() -> Counters:
    counters = Counters()
    counters.take(Decision(recorded=[made("login", 1), made("inbox", 1)], opened=[incident()]))
    counters.take(Decision(resolved=[incident(restored_at=70_000, resolved_at=90_000)]))
    counters.delayed("oncall", 0.5)
    return counters


def test_what_was_counted_goes_on_under_a_new_name() -> None:
    counters = counted()
    tally = counters.checks["login"]
    counters.rename(Difference(renamed={"sign-in": "login"}))

    assert (counters.checks["sign-in"], set(counters.checks)) == (tally, {"sign-in", "inbox"})


def test_what_was_counted_of_what_there_still_is_stays() -> None:
    counters = counted()
    counters.forget(Difference(changed=frozenset({"login"})), company())

    assert set(counters.checks) == {"login", "inbox"}
    assert (list(counters.incidents), list(counters.delays)) == ([("service", "sso", "page")], ["oncall"])


def test_what_there_is_no_more_is_forgotten() -> None:
    counters = counted()
    counters.forget(Difference(removed=frozenset({"login", "inbox"})), Configuration())

    left = (counters.checks, counters.incidents, counters.detect, counters.restore, counters.delays)
    assert [len(each) for each in left] == [0, 0, 0, 0, 0]
