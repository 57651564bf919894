"""The worst time to a page: how long a fault can last, by the configuration, before it is told. Pure."""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple, cast

from alerting.sight import HOLD
from checks.durations import duration_text
from checks.model import Check, Configuration, Network, Service
from checks.notes import Note
from probes.tools import Probe
from slo.indicators import indicators
from slo.state import State, combine

DELIVERY = 2.0  # seconds from the decision to the receiver's yes, where both store and receiver are well


class Promise(NamedTuple):
    """A fault of a service is told within so many seconds; `check` is the slowest to see one."""

    seconds: float
    check: Check


def promises(configuration: Configuration) -> dict[str, Promise]:
    """Give the worst time to a page of every service that can go down by what its checks measure."""
    seeing = frozenset(each.network for each in configuration.self_checks)
    found: dict[str, Promise] = {}
    for name, checks in indicators(configuration).items():
        measured = [check for check in checks if _is_measured(check)]
        service = configuration.services[name]
        if _can_go_down(service, len(measured), len(checks)):
            slowest = _slowest(measured, seeing)
            held = configuration.alerting.hold_max if service.depends_on else 0.0
            found[name] = slowest._replace(seconds=slowest.seconds + held)
    return found


def worst(check: Check, seeing: frozenset[Network]) -> float:
    """Give the longest, in seconds, from a fault to the page that this check alone causes.

    The fault begins while the check is up and asked by its grid alone, just after an attempt; every attempt
    then hangs until its time-out. `seeing` are the networks that have self-checks: a bad result may be kept
    back until one of them has ended. Waiting for ancestors comes on top. We ourselves keep up: no attempt
    waits for a slot, the store writes. Where somebody calls us, the fault begins just after a beat, and is
    met when the silence has lasted too long.
    """
    told = check.timeout + (HOLD / 1000 if check.network in seeing else 0.0)
    met = _silence(check) or check.interval
    return met + (check.confirm - 1) * _step(check, told) + told + DELIVERY


def too_slow(configuration: Configuration) -> Iterator[Note]:
    """Say which services can be down for longer than `detect_within` before a page; a `checks.notes.Rule`."""
    for name, promise in promises(configuration).items():
        wanted = configuration.services[name].detect_within
        if wanted is not None and promise.seconds > wanted:
            yield Note(("services", name, "detect_within"), _too_slow(promise, wanted))


def outwaited(configuration: Configuration) -> Iterator[Note]:
    """Say of which services it can take longer to know than what depends on them waits; a `Rule` too."""
    seeing = frozenset(each.network for each in configuration.self_checks)
    hold = configuration.alerting.hold_max
    parents = {parent for service in configuration.services.values() for parent in service.depends_on}
    for name, checks in indicators(configuration).items():
        measured = [check for check in checks if _is_measured(check)]
        slow = max(measured, key=lambda check: _asked(check, seeing), default=None)
        if slow is not None and name in parents and _asked(slow, seeing) > hold:
            yield Note(("services", name), _outwaited(name, slow, _asked(slow, seeing), hold))


def _asked(check: Check, seeing: frozenset[Network]) -> float:
    """Give the longest, in seconds, from asking a check that hangs for a child until it is confirmed."""
    told = check.timeout + (HOLD / 1000 if check.network in seeing else 0.0)
    return told + (check.confirm - 1) * _step(check, told)


def _outwaited(name: str, check: Check, seconds: float, hold: float) -> str:
    return (
        f"it can take {worst_text(seconds)} until {name} is seen down (check {check.name}), and what depends"
        f" on it waits only {duration_text(hold)}, so one outage can be several pages:"
        " shorten its timeout or confirm_interval, or raise alerting.hold_max"
    )


def _step(check: Check, told: float) -> float:
    """Give the longest between the starts of two attempts, where each is told `told` after its start.

    The next comes `confirm_interval` after that, at least `least_spacing` after the last start; it gives way
    to a grid time that is nearer than this spacing. In any case a grid time comes within an interval of the
    last one's end.
    """
    spacing = cast(Probe, check.probe).least_spacing
    return min(max(told + check.confirm_interval, spacing) + spacing, check.timeout + check.interval)


def _silence(check: Check) -> float:
    """Give for how long, in seconds, a check that is called may hear nothing; 0 for one that asks."""
    return float(getattr(check.probe, "silence", 0.0))


def _is_measured(check: Check) -> bool:
    return not check.missing_secrets and getattr(check.probe, "asked", True)


def _can_go_down(service: Service, measured: int, members: int) -> bool:
    """Say whether a service is down when all that is measured of it is; the rest of it stays unknown."""
    states = [State.DOWN] * measured + [State.UNKNOWN] * (members - measured)
    return combine(service.up_when, states) is State.DOWN


def _slowest(checks: Sequence[Check], seeing: frozenset[Network]) -> Promise:
    return max((Promise(worst(check, seeing), check) for check in checks), key=lambda each: each.seconds)


def _too_slow(promise: Promise, wanted: float) -> str:
    seconds, check = promise
    rhythm, remedy = f"every {duration_text(check.interval)}", "its interval, timeout or confirm_interval"
    if silence := _silence(check):
        rhythm, remedy = f"which may be silent for {duration_text(silence)}", "its within or grace"
    return (
        f"a page can take {worst_text(seconds)} (check {check.name}, {rhythm}),"
        f" longer than detect_within {duration_text(wanted)}: shorten {remedy}, or allow more time"
    )


def worst_text(seconds: float) -> str:
    """Write a worst time, rounded up to a second."""
    return duration_text(ceil(round(seconds, 3)))
