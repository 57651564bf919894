"""Rows and remarks of made-up accounts."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from alerting.words import amount
from checks.model import Objective
from commands.figures import HEADS, Told, fitted, notes, percent, table
from slo.account import Account
from slo.budget import Figures

DAY = 86_400_000
OBJECTIVE = Objective(name="web-up", target=Fraction(999, 1000), window="30d", services=("web",))
GOOD = 30 * DAY - 60_000


def figures(**said: Any) -> Figures:
    """Give thirty days with one bad minute in them, unless said otherwise."""
    given: dict[str, Any] = {
        "start": 0,
        "end": 30 * DAY,
        "until": 30 * DAY,
        "target": OBJECTIVE.target,
        "good": GOOD,
        "bad": 60_000,
        "unknown": 0,
        "countable": 30 * DAY,
    }
    return Figures(**(given | said))


def counted(**said: Any) -> Figures:
    """Give a thousand attempts, one a minute, of which five were bad."""
    given: dict[str, Any] = {"good": 995, "bad": 5, "countable": Fraction(1000), "end": 60_000_000}
    return figures(**(given | {"unit": "attempts", "interval": 60_000} | said))


def told(made: Figures | None, **said: Any) -> Told:
    account = Account(OBJECTIVE, "web", 30 * DAY, made, {"1h": Fraction(7, 2)} if made else {}, {})
    return replace(Told(account, ("web",), 60.0), **said)


def cells(made: Figures | None) -> dict[str, str]:
    heads, (row,) = table([told(made)])
    return dict(zip(heads, row, strict=True))


def test_a_row_tells_what_was_promised_kept_and_left() -> None:
    assert cells(figures()) == {
        "objective": "web-up",
        "services": "web",
        "target": "99.9 %",
        "window": "30d",
        "verdict": "kept",
        "SLI": "99.997 %",
        "coverage": "100.0 %",
        "budget": "43 min 12 s",
        "spent": "1 min",
        "left": "42 min 12 s (97.6 %)",
        "burn 1h": "3.50",
    }


def test_what_is_overspent_is_negative() -> None:
    row = cells(figures(bad=3_600_000, good=30 * DAY - 3_600_000))

    assert (row["verdict"], row["left"]) == ("broken", "-16 min 48 s (-38.9 %)")


def test_of_nothing_measured_nothing_is_left() -> None:
    row = cells(figures(good=0, bad=0, unknown=30 * DAY))

    assert (row["SLI"], row["coverage"], row["left"]) == ("–", "0.0 %", "–")


def test_attempts_are_counted_and_not_timed() -> None:
    row = cells(counted(target=Fraction(99, 100)))

    assert (row["budget"], row["spent"], row["left"]) == ("10 attempts", "5", "5 (50.0 %)")


def test_without_figures_there_is_the_promise_alone() -> None:
    row = cells(None)

    assert (row["target"], row["window"]) == ("99.9 %", "30d")
    assert {row[head] for head in HEADS[4:]} == {"–"}


def test_what_is_excluded_has_a_column_where_there_is_any() -> None:
    heads, rows = table([told(figures(excluded=7_200_000, outside=3_600_000)), told(figures()), told(None)])

    assert heads == (*HEADS, "excluded")
    assert [row[-1] for row in rows] == ["2 h, 1 h of it off hours", "–", "–"]


def test_a_table_that_is_too_wide_is_told_in_two() -> None:
    whole = table([told(figures())])

    assert fitted(whole, 200) == [whole]
    (left, _), (right, rows) = fitted(whole, 80)
    assert (left, right) == (HEADS[:7], ("objective", *HEADS[7:]))
    assert rows == [("web-up", "43 min 12 s", "1 min", "42 min 12 s (97.6 %)", "3.50")]


@pytest.mark.parametrize(
    ("exact", "said"),
    [(0, "0 s"), (Fraction(360), "0.360 s"), (9_999, "9.999 s"), (5_000, "5 s"), (-65_400, "-1 min 5 s")],
)
def test_short_lengths_are_told_to_the_millisecond(exact: int | Fraction, said: str) -> None:
    assert amount(exact, "seconds") == said


@pytest.mark.parametrize(
    ("exact", "said"),
    [(Fraction(216, 5), "43.2 attempts"), (3, "3 attempts"), (Fraction(-1, 2), "-0.5 attempts")],
)
def test_shares_of_attempts_are_told_to_a_tenth(exact: int | Fraction, said: str) -> None:
    assert amount(exact, "attempts") == said


def test_a_target_is_told_as_it_is_written() -> None:
    assert [percent(Fraction(text)) for text in ("0.9999", "0.5", "0.999995")] == [
        "99.99 %",
        "50 %",
        "99.9995 %",
    ]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (told(figures()), []),
        (told(None), ["its check is switched off, so nothing is counted"]),
        (told(figures(good=0, bad=0, unknown=30 * DAY)), ["nothing of its window was measured"]),
        (
            told(figures(good=14 * DAY, unknown=16 * DAY), bounds=(60_000, 16 * DAY)),
            ["only 46.6 % of its window was measured"],
        ),
        (told(figures(good=15 * DAY, bad=0, unknown=15 * DAY)), []),
        (
            told(figures(target=Fraction(99_999, 100_000))),
            ["one attempt in 1m cannot tell 99.999 % of 30d: the budget is 26 s"],
        ),
        (
            told(counted(target=Fraction(9999, 10_000))),
            ["one attempt in 1m cannot tell 99.99 % of 30d: the budget is 0.1 attempts"],
        ),
        (told(figures(), bounds=(30_000, 2_592_000)), []),
        (told(figures(), bounds=(2_592_001, 9_000_000)), []),
        (
            told(figures(), bounds=(2_592_000, 2_700_000)),
            [
                "outages begin and end between attempts, so between 43 min 12 s and 45 min was bad: "
                "whether that is over the budget of 43 min 12 s cannot be told"
            ],
        ),
        (
            told(counted(target=Fraction(9, 10)), whole_hours=True),
            ["its window begins where single results are gone: it is counted from the full hour"],
        ),
    ],
)
def test_what_a_row_alone_does_not_tell_is_said(one: Told, said: list[str]) -> None:
    assert list(notes(one)) == [f"web-up: {each}" for each in said]
