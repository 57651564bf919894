"""Objectives at an instant: which time they are about, and what is left."""

from dataclasses import replace
from fractions import Fraction
from typing import Literal

import pytest

from checks.model import Objective
from probes.result import Reason
from slo.account import Account
from tests.exporter.views import Told, check, company

TENTH = Fraction(9, 10)


def account(told: Told, after: float) -> Account:
    (found,) = told.view(after).accounts
    return found


def about(**said: object) -> Told:
    return Told(company(objectives={"it": Objective(name="it", target=TENTH, window="1h", **said)}))  # type: ignore[arg-type]  # mixed values by name


def test_an_objective_of_one_service_counts_its_time() -> None:
    told = about(services=("sso",)).attempt("login", 0).attempt("login", 40, Reason.RESET)
    figures = account(told, 60).figures

    assert figures is not None
    assert (figures.good, figures.bad, figures.elapsed) == (40_000, 20_000, 3_600_000)
    assert account(told, 60).service == "sso"


def test_an_objective_of_several_services_counts_overlap_once() -> None:
    told = about(services=("sso", "email"))
    for name, broken_at in (("login", 30), ("inbox", 20)):
        told.attempt(name, 0).attempt(name, broken_at, Reason.RESET)
    figures = account(told, 60).figures

    assert figures is not None
    assert (figures.good, figures.bad) == (20_000, 40_000)
    assert account(told, 60).service == ""


def test_an_objective_of_a_check_counts_that_check_and_belongs_to_its_service() -> None:
    told = about(check="inbox").attempt("login", 0, Reason.RESET).attempt("inbox", 10)

    figures = account(told, 60).figures
    assert figures is not None
    assert (figures.good, figures.bad) == (50_000, 0)
    assert account(told, 60).service == "email"


def test_burn_rates_are_given_for_all_windows_also_longer_ones() -> None:
    told = about(services=("sso",)).attempt("login", 0, Reason.RESET)

    assert account(told, 30).burn == dict.fromkeys(("5m", "30m", "1h", "2h", "6h", "1d", "3d"), 10)


@pytest.mark.parametrize("indicator", ["time", "attempts"])
def test_a_check_that_is_switched_off_has_no_figures(indicator: Literal["time", "attempts"]) -> None:
    checks = (check("login"), replace(check("spare"), enabled=False))
    objective = Objective(name="it", target=TENTH, window="1h", check="spare", indicator=indicator)
    told = Told(company(checks, objectives={"it": objective})).attempt("login", 0)

    assert account(told, 30).figures is None
    assert account(told, 30).burn == dict.fromkeys(("5m", "30m", "1h", "2h", "6h", "1d", "3d"))
