"""Series of objectives: exact figures of the one ledger, as numbers."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Literal

import pytest

from checks.model import BurnRule, Maintenance, Objective
from probes.result import Reason
from tests.exporter.parsed import series, value, values
from tests.exporter.views import START, Told, company


def spent() -> Told:
    """Sso was up for 40 s and has been down for 20 s, of an hour of which a tenth may be bad."""
    return Told().attempt("login", 0).attempt("login", 40, Reason.RESET)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("objective_target_ratio", 0.9),
        ("objective_window_seconds", 3600),
        ("sli_ratio", 40 / 60),
        ("coverage_ratio", 60 / 3600),
        ("excluded_seconds", 0),
        ("error_budget_seconds", 360),
        ("error_budget_spent_seconds", 20),
        ("error_budget_remaining_seconds", 340),
        ("error_budget_remaining_ratio", 340 / 360),
        ("error_budget_worst_case_remaining_ratio", (340 - 3540) / 360),
    ],
)
def test_a_figure_is_exact(name: str, expected: float) -> None:
    assert series(spent().view(60), f"watchkeeper_{name}") == [
        ({"objective": "able", "service": "sso"}, expected)
    ]


def test_an_overspent_budget_goes_below_zero() -> None:
    told = Told()
    for after in range(0, 400, 30):
        told.attempt("login", after, Reason.RESET)

    assert value(told.view(400), "watchkeeper_error_budget_remaining_seconds") == -40


def test_without_a_measurement_there_is_no_sli_and_no_burn_rate() -> None:
    view = Told().view(60)

    assert value(view, "watchkeeper_sli_ratio") is None
    assert series(view, "watchkeeper_burn_rate") == []
    assert value(view, "watchkeeper_coverage_ratio") == 0


def test_burn_rates_are_labelled_by_window() -> None:
    found = values(spent().view(60), "watchkeeper_burn_rate", "window")

    assert list(found) == ["5m", "30m", "1h", "2h", "6h", "1d", "3d"]
    assert found["5m"] == float(Fraction(20, 60) * 10)


def test_an_objective_of_several_services_names_them_and_the_most_important_tier() -> None:
    wide = Objective(name="wide", target=Fraction(1, 2), window="1d", services=("email", "sso"))
    view = Told(company(objectives={"wide": wide})).view(0)

    assert series(view, "watchkeeper_objective_info") == [
        ({"objective": "wide", "services": "email,sso", "owner": "messaging,identity", "tier": "1"}, 1.0)
    ]
    assert series(view, "watchkeeper_objective_target_ratio") == [({"objective": "wide", "service": ""}, 0.5)]


def counted() -> Told:
    """Login is asked every half minute: three attempts are good, one of them slow, and one is bad."""
    tries = Objective(name="tries", target=Fraction(9, 10), window="1h", check="login", indicator="attempts")
    speed = replace(tries, name="speed", indicator="latency", faster_than=0.5)
    told = Told(company(objectives={"tries": tries, "speed": speed}))
    for after, took, reason in (
        (0, 0.25, None),
        (30, 0.25, None),
        (60, 0.75, None),
        (150, 0.25, Reason.RESET),
    ):
        told.attempt("login", after, reason, took=took)
    return told


@pytest.mark.parametrize(
    ("name", "tries", "speed"),
    [
        ("sli_ratio", 3 / 4, 2 / 4),
        ("coverage_ratio", 4 / 120, 4 / 120),
        ("error_budget_attempts", 12, 12),
        ("error_budget_spent_attempts", 1, 2),
        ("error_budget_remaining_attempts", 11, 10),
        ("error_budget_remaining_ratio", 11 / 12, 10 / 12),
        ("error_budget_worst_case_remaining_ratio", (11 - 116) / 12, (10 - 116) / 12),
        ("excluded_seconds", 0, 0),
        ("error_budget_seconds", None, None),
        ("error_budget_spent_seconds", None, None),
        ("error_budget_remaining_seconds", None, None),
    ],
)
def test_counted_attempts_have_a_budget_of_attempts(
    name: str, tries: float | None, speed: float | None
) -> None:
    found = values(counted().view(180), f"watchkeeper_{name}", "objective")

    assert (found.get("tries"), found.get("speed")) == (tries, speed)


def test_time_has_no_budget_of_attempts() -> None:
    assert series(spent().view(60), "watchkeeper_error_budget_attempts") == []


def test_a_period_that_has_just_begun_has_its_whole_budget_and_length() -> None:
    month = Objective(name="month", target=Fraction(9, 10), window="month", services=("sso",))
    view = Told(company(objectives={"month": month})).attempt("login", 0).view(60)

    assert value(view, "watchkeeper_objective_window_seconds") == 31 * 86_400
    assert value(view, "watchkeeper_error_budget_seconds") == pytest.approx(0.1 * 31 * 86_400)
    assert value(view, "watchkeeper_coverage_ratio") == 1


def test_excluded_time_is_told_and_counts_for_nothing() -> None:
    began = datetime.fromtimestamp(START / 1000 + 30, UTC)
    moved = Maintenance(name="move", services=("sso",), start=began, duration=600)
    told = Told(company(maintenance=(moved,)))
    told.attempt("login", 0).attempt("login", 40, Reason.RESET)

    view = told.view(60)
    assert value(view, "watchkeeper_excluded_seconds") == 30
    assert value(view, "watchkeeper_error_budget_spent_seconds") == 0
    assert value(view, "watchkeeper_error_budget_seconds") == 357


RULES: tuple[tuple[Literal["page", "ticket"], float], ...] = (("page", 1200.0), ("ticket", 3600.0))


def test_burn_rules_are_frozen_while_too_little_is_measured() -> None:
    rules = tuple(
        BurnRule(urgency=urgency, long=long, short=60.0, factor=Fraction(2)) for urgency, long in RULES
    )
    able = Objective(name="able", target=Fraction(9, 10), window="1h", services=("sso",), burn=rules)
    told = Told(company(objectives={"able": able}))
    for after in range(0, 1000, 30):
        told.attempt("login", after)

    assert values(told.view(1000), "watchkeeper_burn_frozen", "urgency") == {"page": 0, "ticket": 1}
    assert values(told.view(1500), "watchkeeper_burn_frozen", "urgency") == {"page": 1, "ticket": 1}
