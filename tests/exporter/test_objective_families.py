"""Series of objectives: exact figures of the one ledger, as numbers."""

from fractions import Fraction

import pytest

from checks.model import Objective
from probes.result import Reason
from tests.exporter.parsed import series, value, values
from tests.exporter.views import Told, company


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
