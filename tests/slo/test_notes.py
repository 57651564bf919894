from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from checks.model import BurnRule, Check, Configuration, Objective, Service
from slo.notes import beyond_results, left_out

DAY = 86_400.0


def promising(interval: float = 30, **options: Any) -> Configuration:
    """Promise something of a service with two checks, of which the slower has this interval."""
    promised: dict[str, Any] = {"target": Fraction("0.999"), "window": "30d", "services": ("web",)} | options
    slow = Check(name="slow", kind="page", probe=None, service="web", interval=interval)
    quick = replace(slow, name="quick", interval=10)
    return Configuration(
        services={"web": Service(name="web")},
        checks={"slow": slow, "quick": quick},
        objectives={"up": Objective(name="up", **promised)},
    )


def test_an_objective_that_can_keep_the_usual_rules_is_not_spoken_of() -> None:
    assert list(left_out(promising())) == []


def test_rules_that_would_never_fire_are_named() -> None:
    ((path, message),) = left_out(promising(target=Fraction("0.8")))

    assert path == ("objectives", "up")
    assert message == (
        "does without some of the usual burn rules: page over 1h (everything bad would not be enough for it),"
        " page over 6h (everything bad would not be enough for it)"
    )


def test_rules_with_too_few_attempts_are_named_with_the_slowest_of_the_checks() -> None:
    ((_, message),) = left_out(promising(interval=900))

    assert message == (
        "does without some of the usual burn rules: page over 1h (with an attempt every 15m it has too few)"
    )


@pytest.mark.parametrize("check", ["quick", "slow"])
def test_an_objective_of_one_check_goes_by_that_alone(check: str) -> None:
    configuration = promising(interval=900, services=(), check=check)

    assert bool(list(left_out(configuration))) == (check == "slow")


@pytest.mark.parametrize("option", ["enabled", "sli"])
def test_a_check_that_is_switched_off_or_decides_nothing_makes_no_rule_too_slow(option: str) -> None:
    configuration = promising(interval=900)
    off: dict[str, Any] = {option: False}
    slow = replace(configuration.checks["slow"], **off)

    assert list(left_out(replace(configuration, checks={**configuration.checks, "slow": slow}))) == []


def test_rules_that_somebody_wrote_are_his_own() -> None:
    own = (BurnRule(urgency="page", long=60, short=5, factor=Fraction(2)),)

    assert list(left_out(promising(interval=900, burn=own))) == []


def test_a_counted_objective_that_looks_further_back_than_results_are_kept_is_told_what_would_do() -> None:
    ((path, message),) = beyond_results(promising(indicator="attempts", window="500d"))

    assert path == ("objectives", "up", "window")
    assert message == (
        "longer than single results are kept, 400d: what is older is known by whole hours only"
        " (raise store.results to 500d, or shorten it)"
    )


@pytest.mark.parametrize(
    ("indicator", "window"), [("time", "500d"), ("latency", "400d"), ("attempts", "year")]
)
def test_time_and_windows_within_what_is_kept_are_not_spoken_of(indicator: str, window: str) -> None:
    assert list(beyond_results(promising(indicator=indicator, window=window))) == []
