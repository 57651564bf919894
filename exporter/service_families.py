"""Metric families of services, of the vendors behind them, and of the incidents they had."""

from collections.abc import Iterator, Mapping

from alerting.intent import Urgency
from alerting.routes import urgency_of
from exporter.check_families import states
from exporter.counters import INCIDENT, Histogram
from exporter.family import Family, Samples, nothing
from exporter.view import View
from slo.state import State

SERVICE = ("service", "urgency")
# What an incident may be about (alerts.md), whether or not this version opens such a one.
SCOPES = ("service", "objective", "certificate", "domain", "budget", "vendor", "monitor", "storm")
NO_INCIDENT = Histogram(INCIDENT)


def _states(view: View) -> Samples:
    for name, standing in view.engine.services.items():
        yield from states((name,), State, standing.state)


def _maintenance(view: View) -> Samples:
    maintained = view.engine.calendar.maintained
    return (((name,), int(name in maintained)) for name in view.engine.services)


def _info(view: View) -> Samples:
    for service in view.configuration.services.values():
        yield (service.name, service.title, service.owner, str(service.tier)), 1


def _open(view: View) -> Samples:
    counts = dict.fromkeys(((scope, urgency) for scope in SCOPES for urgency in Urgency), 0)
    return {**counts, **view.engine.book.count()}.items()


def _pairs(view: View) -> Iterator[tuple[str, str]]:
    """Give the (service, urgency) that an outage of each service has: its first incident must count too."""
    return ((service.name, urgency_of(service.tier)) for service in view.configuration.services.values())


def _opened(view: View) -> Samples:
    expected = [("service", *pair) for pair in _pairs(view)]
    expected.append(("monitor", "", Urgency.PAGE))
    return {**dict.fromkeys(expected, 0), **view.counters.incidents}.items()


def _detect(view: View) -> Samples:
    return _times(view, view.counters.detect)


def _acknowledge(view: View) -> Samples:
    return _times(view, view.counters.acknowledge)


def _restore(view: View) -> Samples:
    return _times(view, view.counters.restore)


def _times(view: View, known: Mapping[tuple[str, str], Histogram]) -> Samples:
    return {**dict.fromkeys(_pairs(view), NO_INCIDENT), **known}.items()


SERVICES = (
    Family(
        "watchkeeper_service_state",
        "gauge",
        ("service", "state"),
        _states,
        "What we hold true of a service: 1 for its state, 0 for the others.",
    ),
    Family(
        "watchkeeper_maintenance",
        "gauge",
        ("service",),
        _maintenance,
        "Whether a service is in maintenance, its own or that of a service that it depends on.",
    ),
    Family(
        "watchkeeper_service_info",
        "gauge",
        ("service", "title", "owner", "tier"),
        _info,
        "What the configuration says of a service; always 1.",
    ),
)

VENDORS = (
    Family(
        "watchkeeper_vendor_state",
        "gauge",
        ("vendor", "state"),
        nothing,
        "What a vendor's status page says of the configured scope: 1 for its state, 0 for the others.",
    ),
    Family(
        "watchkeeper_vendor_component_state",
        "gauge",
        ("vendor", "component"),
        nothing,
        "What a vendor's status page says of a component of the configured scope, from 0 to 5.",
    ),
    Family(
        "watchkeeper_vendor_incidents_open",
        "gauge",
        ("vendor", "impact"),
        nothing,
        "Incidents that a vendor's status page has open, by impact.",
    ),
)

INCIDENTS = (
    Family(
        "watchkeeper_incidents_open",
        "gauge",
        ("scope", "urgency"),
        _open,
        "Incidents that are open.",
    ),
    Family(
        "watchkeeper_incidents_total",
        "counter",
        ("scope", "service", "urgency"),
        _opened,
        'Incidents that were opened; those that are about no service have service="".',
    ),
    Family(
        "watchkeeper_time_to_detect_seconds",
        "histogram",
        SERVICE,
        _detect,
        "From the first bad attempt of an outage until its incident was opened.",
    ),
    Family(
        "watchkeeper_time_to_acknowledge_seconds",
        "histogram",
        SERVICE,
        _acknowledge,
        "From the announcement of an incident until a person acknowledged it.",
    ),
    Family(
        "watchkeeper_time_to_restore_seconds",
        "histogram",
        SERVICE,
        _restore,
        "From the first bad attempt of an outage until the first good one of its recovery.",
    ),
)
