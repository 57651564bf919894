"""Objectives in words, as they stand on the page."""

from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest

from checks.model import Alerting, Configuration, Hours, Maintenance, Objective
from exporter.view import View
from probes.result import Reason
from tests.exporter.views import Told, check, company
from web.budgets import SPACE, Said, cut, objective_in_words, promise

HOUR = 3600


def objective(**said: Any) -> Objective:
    given: dict[str, Any] = {"name": "able", "target": Fraction(9, 10), "window": "1h"}
    return Objective(**given | ({} if "check" in said else {"services": ("sso",)}) | said)


def firm(each: Objective, **said: Any) -> Configuration:
    return company([check("login", "sso"), check("inbox", "email")], objectives={each.name: each}, **said)


def told_of(view: View) -> Said:
    """Give the words for the only objective, with plain spaces."""
    said = objective_in_words(view.accounts[0], view.configuration)
    return {
        name: value.replace(SPACE, " ") if isinstance(value, str) else value for name, value in said.items()
    }


def after(each: Objective, hours: float, bad: range = range(0), **said: Any) -> Said:
    """Say how it stands after so many hours of an attempt each minute, those within `bad` (seconds) bad."""
    told = Told(firm(each, **said))
    for at in range(0, round(hours * HOUR) + 1, 60):
        told.attempt("login", at, Reason.RESET if at in bad else None)
    return told_of(told.view(hours * HOUR))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "of the time up"),
        ({"check": "login"}, "of the time up by login"),
        ({"services": ("sso", "email")}, "of the time with all of Single sign-on, Email up"),
        ({"services": ("sso", "email"), "combine": 1}, "of the time with 1 of Single sign-on, Email up"),
        ({"during": "office"}, "of the time up in its hours (office)"),
        ({"check": "login", "indicator": "attempts"}, "of attempts of login good"),
        ({"indicator": "attempts"}, "of attempts of sso good"),
        ({"check": "login", "indicator": "latency", "faster_than": 0.5}, "of attempts of login within 0.5 s"),
    ],
)
def test_the_promise_says_of_what_it_is_a_share(said: dict[str, Any], words: str) -> None:
    each = objective(**said)

    assert promise(each, firm(each)).replace(SPACE, " ") == words


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ("30d", "over 30 days"),
        ("1d", "over 1 day"),
        ("36h", "over 36 hours"),
        ("week", "in the week from 29 December 2025, day 4 of 7"),
        ("month", "in January 2026, day 1 of 31"),
        ("quarter", "in the quarter from January 2026, day 1 of 90"),
        ("year", "in 2026, day 1 of 365"),
    ],
)
def test_the_window_says_how_far_it_has_come(window: str, words: str) -> None:
    assert told_of(Told(firm(objective(window=window))).view(1))["window"] == words


def test_the_day_is_that_of_the_configurations_zone() -> None:
    view = Told(firm(objective(window="month"), timezone="America/New_York")).view(1)

    assert told_of(view)["window"] == "in December 2025, day 31 of 31"


def test_what_is_whole_is_kept_and_says_nothing_of_coverage() -> None:
    said = after(objective(), 1)

    assert (said["verdict_words"], said["left"], said["sli"]) == ("kept", "6 min of 6 min left", "100 %")
    assert (said["coverage"], said["doubt"], said["burn"], said["excluded"]) == ("", "", "", "")
    assert (said["percent"], said["certain"], said["mood"]) == (100, 100, "")


def test_a_period_that_goes_on_is_kept_so_far() -> None:
    assert after(objective(window="week", target=Fraction(1, 100)), 1)["verdict_words"] == "kept so far"


def test_what_may_still_be_broken_says_why_it_cannot_be_told() -> None:
    said = after(objective(window="1d"), 1)

    assert (said["verdict"], said["verdict_words"]) == ("undecided", "cannot be told yet")
    assert said["doubt"] == "23 h not measured, more than what is left"
    assert said["coverage"] == "4.166 %"
    assert (said["percent"], said["certain"]) == (100, 0)


def test_what_is_broken_says_by_how_much() -> None:
    said = after(objective(), 1, range(600, 1260))

    assert (said["verdict_words"], said["mood"], said["overspent"]) == ("broken", "broken", True)
    assert said["left"] == "overspent by 5 min of 6 min"
    assert said["percent"] == 0


def test_little_left_is_shown_as_such() -> None:
    said = after(objective(), 1, range(600, 900))

    assert (said["mood"], said["left"], said["percent"]) == ("low", "1 min of 6 min left", 17)


def test_a_budget_that_burns_says_how_fast_and_when_it_is_gone() -> None:
    said = after(objective(window="6h", target=Fraction(1, 2)), 1, range(2400))

    assert said["burn"] == "1.3× over 1 hour, 1.3× over 3 days"
    assert said["gone_in"] == "3 h 30 min"


def test_a_budget_that_burns_slowly_says_nothing_of_it() -> None:
    said = after(objective(window="6h", target=Fraction(1, 2)), 1, range(1800))

    assert (said["burn"], said["gone_in"]) == ("", "")


def test_time_that_does_not_count_says_why() -> None:
    hours = {"early": Hours(name="early", days=tuple(range(7)), begin=0, end=120)}
    planned = Maintenance(
        name="upgrade", services=("sso",), start=datetime.fromisoformat("2026-01-01T00:30"), duration=600
    )
    said = after(
        objective(window="3h", during="early"),
        3,
        alerting=Alerting(prefix="hq", hours=hours),
        maintenance=(planned,),
    )

    assert said["excluded"] == "10 min of maintenance, 1 h outside of its hours"


def test_attempts_are_counted_in_attempts() -> None:
    said = after(objective(check="login", indicator="attempts"), 1, range(600, 720))

    assert said["left"] == "10 of 12 attempts left"


def test_an_objective_of_a_check_that_is_off_says_so() -> None:
    each = objective(check="login")
    configuration = company([check("login", enabled=False)], objectives={"able": each})
    said = told_of(Told(configuration).view(0))

    assert (said["measured"], said["why_not"]) == (False, "Its check is switched off.")


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Fraction(1), "100 %"),
        (Fraction(999_999_999, 1_000_000_000), "99.999 %"),
        (Fraction(999, 1000), "99.9 %"),
        (Fraction(1, 3), "33.333 %"),
        (Fraction(0), "0 %"),
    ],
)
def test_a_share_is_never_rounded_up(share: Fraction, words: str) -> None:
    assert cut(share).replace(SPACE, " ") == words
