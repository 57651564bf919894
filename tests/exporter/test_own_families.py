"""Series about ourselves: there from the first scrape, also before anything happened."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from exporter.view import View
from probes.result import Reason
from tests.exporter.parsed import series, value, values
from tests.exporter.views import START, Told


def without_deliverer() -> View:
    return replace(Told().view(0), deliverer=None)


@pytest.mark.parametrize("see", [lambda: Told().view(0), without_deliverer], ids=["started", "starting"])
def test_what_is_counted_per_receiver_is_there_at_zero(see: Callable[[], View]) -> None:
    view = see()
    results = values(view, "watchkeeper_notifications_total", "result", receiver="oncall")

    assert results == {"sent": 0, "retried": 0, "dead": 0, "replaced": 0}
    assert value(view, "watchkeeper_outbox_pending", receiver="oncall") == 0
    assert value(view, "watchkeeper_outbox_oldest_age_seconds", receiver="oncall") == 0


def test_all_reasons_are_there_at_zero() -> None:
    view = Told().view(0)

    missed = values(view, "watchkeeper_missed_runs_total", "reason")
    assert missed == dict.fromkeys(("overlap", "in_flight", "host_limit", "late"), 0)
    suppressed = values(view, "watchkeeper_suppressed_total", "reason")
    reasons = ("dependency", "covered", "silence", "maintenance", "hours", "flapping", "storm")
    assert suppressed == dict.fromkeys(reasons, 0)


def test_missed_runs_are_counted_by_reason() -> None:
    told = Told()
    told.counters.missed("overlap", 2)

    assert value(told.view(0), "watchkeeper_missed_runs_total", reason="overlap") == 2


def test_what_waits_for_a_receiver_is_counted_with_its_age() -> None:
    told = Told().attempt("login", 0, Reason.RESET)
    told.clock.at = START + 12_250

    assert value(told.view(13), "watchkeeper_outbox_pending") == 1
    assert value(told.view(13), "watchkeeper_outbox_oldest_age_seconds") == 12


def test_what_became_of_messages_is_counted_by_receiver() -> None:
    told = Told()
    told.deliverer.counts["oncall", "retried"] = 4
    told.counters.delayed("oncall", 1.5)

    assert value(told.view(0), "watchkeeper_notifications_total", result="retried") == 4
    assert value(told.view(0), "watchkeeper_notification_delay_seconds_sum") == 1.5


def test_blindness_is_told_for_each_network() -> None:
    told = Told().look("internet", 0, Reason.CONNECT_TIMEOUT)

    assert values(told.view(3), "watchkeeper_blind", "network") == {"internet": 1, "internal": 0}


def test_lags_and_writes_are_histograms_of_their_own() -> None:
    told = Told()
    told.counters.start_lag(0.5)
    told.counters.loop_lag(0.25)
    told.counters.store_write(0.125)

    names = ("start_lag", "loop_lag", "store_write")
    assert [value(told.view(0), f"watchkeeper_{name}_seconds_sum") for name in names] == [0.5, 0.25, 0.125]


def test_a_refused_reload_is_told_with_when_the_last_one_was_accepted() -> None:
    view = Told().view(0)
    view = replace(view, reload=replace(view.reload, successful=False))

    assert value(view, "watchkeeper_config_last_reload_successful") == 0
    assert value(view, "watchkeeper_config_last_reload_success_timestamp_seconds") == START / 1000


def test_what_was_deleted_is_counted_by_reason() -> None:
    told = Told()
    told.counters.pruned["size"] += 120

    found = values(told.view(0), "watchkeeper_results_pruned_total", "reason")
    assert found == {"age": 0, "size": 120}


def test_what_runs_is_told() -> None:
    assert series(Told().view(0), "watchkeeper_build_info") == [
        ({"version": "1.2.3", "python": "3.11.9"}, 1.0)
    ]
