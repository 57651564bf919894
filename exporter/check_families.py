"""Metric families of checks: what the last attempt told, what we hold true, what has been counted."""

from collections.abc import Iterable, Iterator

from checks.model import Check
from exporter.counters import ATTEMPT, Histogram, Tally
from exporter.family import Family, Samples, nothing
from exporter.view import View
from probes.result import Outcome, Result
from slo.judge import Judge
from slo.state import State

CHECK = ("check", "service", "kind")
NO_TALLY = Tally()
NO_ATTEMPT = Histogram(ATTEMPT)
SUCCESS = {Outcome.GOOD: 1, Outcome.BAD: 0}


def measured(view: View) -> Iterator[tuple[tuple[str, ...], Judge, Result]]:
    """Give the checks that have been asked, each with its labels and its last result."""
    for judge in view.engine.judges.values():
        if judge.last is not None:
            yield _labels(judge.check), judge, judge.last


def _labels(check: Check) -> tuple[str, ...]:
    return check.name, check.service, check.kind


def _counted(view: View) -> Iterator[tuple[tuple[str, ...], Tally]]:
    for judge in view.engine.judges.values():
        yield _labels(judge.check), view.counters.checks.get(judge.check.name, NO_TALLY)


def _success(view: View) -> Samples:
    """Say good or bad for as long as the last attempt vouches."""
    for labels, judge, last in measured(view):
        if last.outcome is not Outcome.UNKNOWN and view.now < last.at + judge.check.reach_ms:
            yield labels, SUCCESS[last.outcome]


def _duration(view: View) -> Samples:
    return ((labels, last.took) for labels, _, last in measured(view))


def _phases(view: View) -> Samples:
    for labels, _, last in measured(view):
        for phase, seconds in last.phases.items():
            yield (*labels, phase), seconds


def _attempts(view: View) -> Samples:
    for labels, tally in _counted(view):
        for outcome, times in tally.outcomes.items():
            yield (*labels, outcome), times


def _failures(view: View) -> Samples:
    for labels, tally in _counted(view):
        for (outcome, reason), times in tally.failures.items():
            yield (*labels, outcome, reason), times


def _good_durations(view: View) -> Samples:
    return ((labels, tally.took) for labels, tally in _counted(view))


def _states(view: View) -> Samples:
    for judge in view.engine.judges.values():
        yield from states((judge.check.name, judge.check.service), State, judge.shown)


def states(labels: tuple[str, ...], known: Iterable[str], now: str) -> Samples:
    """Give one series per state: 1 for the one that is, 0 for the others."""
    return (((*labels, state), int(state == now)) for state in known)


PROBES = (
    Family(
        "probe_success",
        "gauge",
        CHECK,
        _success,
        "Whether the last attempt was good (1) or bad (0); absent while that is unknown.",
    ),
    Family(
        "probe_duration_seconds",
        "gauge",
        CHECK,
        _duration,
        "How long the last attempt took.",
    ),
    Family(
        "probe_phase_duration_seconds",
        "gauge",
        (*CHECK, "phase"),
        _phases,
        "How long each named part of the last attempt took.",
    ),
)

CHECKS = (
    Family(
        "watchkeeper_attempts_total",
        "counter",
        (*CHECK, "outcome"),
        _attempts,
        "Attempts by outcome: good, bad, or unknown, where the fault is or may be ours.",
    ),
    Family(
        "watchkeeper_failures_total",
        "counter",
        (*CHECK, "outcome", "reason"),
        _failures,
        "Attempts that were not good, by reason.",
    ),
    Family(
        "watchkeeper_attempt_duration_seconds",
        "histogram",
        CHECK,
        _good_durations,
        "How long good attempts took.",
    ),
    Family(
        "watchkeeper_check_state",
        "gauge",
        ("check", "service", "state"),
        _states,
        "What we hold true of a check: 1 for its state, 0 for the others.",
    ),
    Family(
        "watchkeeper_locked_out",
        "gauge",
        ("check",),
        nothing,
        "Whether the lock-out guard keeps a check from logging in.",
    ),
)
