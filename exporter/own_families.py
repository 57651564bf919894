"""Metric families about ourselves: delivery, lateness, sight, store, configuration, build."""

from collections.abc import Callable
from typing import get_args

from alerting.deliver import Deliverer, Result
from exporter.counters import DELAY, Counters, Histogram
from exporter.family import Family, Samples
from exporter.view import View
from probes.due import Why

RECEIVER = ("receiver",)
RESULTS: tuple[Result, ...] = get_args(Result)
# Why an opening may be decided and not announced (alerts.md), whether or not this version does so.
SUPPRESSIONS = ("dependency", "covered", "silence", "maintenance", "hours", "flapping", "storm")
PRUNED = ("age", "size")
NO_DELAY = Histogram(DELAY)


def _notifications(view: View) -> Samples:
    counts = view.deliverer.counts if view.deliverer else {}
    for receiver in view.configuration.receivers:
        for result in RESULTS:
            yield (receiver, result), counts.get((receiver, result), 0)


def _delays(view: View) -> Samples:
    known = view.counters.delays
    return (((receiver,), known.get(receiver, NO_DELAY)) for receiver in view.configuration.receivers)


def _suppressed(view: View) -> Samples:
    return (((reason,), view.counters.suppressed[reason]) for reason in SUPPRESSIONS)


def _of_receivers(read: Callable[[Deliverer, str], float]) -> Callable[[View], Samples]:
    """Make the samples of what waits for each receiver; nothing does while there is no deliverer yet."""

    def samples(view: View) -> Samples:
        for receiver in view.configuration.receivers:
            yield (receiver,), read(view.deliverer, receiver) if view.deliverer else 0

    return samples


def _histogram(read: Callable[[Counters], Histogram]) -> Callable[[View], Samples]:
    return lambda view: [((), read(view.counters))]


def _missed(view: View) -> Samples:
    return (((why.value,), view.counters.missed_runs[why]) for why in Why)


def _blind(view: View) -> Samples:
    return (((network,), int(sight.blind)) for network, sight in view.engine.seeing.sights.items())


def _pruned(view: View) -> Samples:
    return (((reason,), view.counters.pruned[reason]) for reason in PRUNED)


def _successful(view: View) -> Samples:
    return [((), int(view.reload.successful))]


def _accepted_at(view: View) -> Samples:
    return [((), view.reload.accepted_at / 1000)]


def _build(view: View) -> Samples:
    return [((view.build.version, view.build.python), 1)]


DELIVERY = (
    Family(
        "watchkeeper_notifications_total",
        "counter",
        (*RECEIVER, "result"),
        _notifications,
        "Messages that were sent, are dead, or were replaced by a later one; and tries to be repeated.",
    ),
    Family(
        "watchkeeper_notification_delay_seconds",
        "histogram",
        RECEIVER,
        _delays,
        "From the decision until the receiver had accepted the message.",
    ),
    Family(
        "watchkeeper_suppressed_total",
        "counter",
        ("reason",),
        _suppressed,
        "Openings that were decided and not announced.",
    ),
    Family(
        "watchkeeper_outbox_pending",
        "gauge",
        RECEIVER,
        _of_receivers(Deliverer.pending),
        "Messages that are not delivered yet.",
    ),
    Family(
        "watchkeeper_outbox_oldest_age_seconds",
        "gauge",
        RECEIVER,
        _of_receivers(Deliverer.oldest_age),
        "How long the oldest of them has been waiting.",
    ),
)

OURSELVES = (
    Family(
        "watchkeeper_start_lag_seconds",
        "histogram",
        (),
        _histogram(lambda counters: counters.start_lags),
        "How late attempts began.",
    ),
    Family(
        "watchkeeper_loop_lag_seconds",
        "histogram",
        (),
        _histogram(lambda counters: counters.loop_lags),
        "How late the event loop came back to us.",
    ),
    Family(
        "watchkeeper_missed_runs_total",
        "counter",
        ("reason",),
        _missed,
        "Due times at which nothing was asked.",
    ),
    Family(
        "watchkeeper_blind",
        "gauge",
        ("network",),
        _blind,
        "Whether we are cut off from a network ourselves.",
    ),
    Family(
        "watchkeeper_store_write_seconds",
        "histogram",
        (),
        _histogram(lambda counters: counters.store_writes),
        "How long transactions of the store took.",
    ),
    Family(
        "watchkeeper_results_pruned_total",
        "counter",
        ("reason",),
        _pruned,
        "Results that were deleted because of their age, or because the store was too large.",
    ),
    Family(
        "watchkeeper_config_last_reload_successful",
        "gauge",
        (),
        _successful,
        "Whether the configuration was accepted when it was last read.",
    ),
    Family(
        "watchkeeper_config_last_reload_success_timestamp_seconds",
        "gauge",
        (),
        _accepted_at,
        "When a configuration was last accepted, in Unix time.",
    ),
    Family(
        "watchkeeper_build_info",
        "gauge",
        ("version", "python"),
        _build,
        "What runs; always 1.",
    ),
)
