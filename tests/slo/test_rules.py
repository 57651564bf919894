from fractions import Fraction

import pytest

from checks.model import BurnRule, Objective
from slo.rules import LeftOut, rules_of

HOUR, DAY = 3600.0, 86_400.0


def promised(target: str, window: str, burn: tuple[BurnRule, ...] | None = None) -> Objective:
    return Objective(name="o", target=Fraction(target), window=window, burn=burn)


def factors(target: str, window: str) -> list[Fraction]:
    kept, _ = rules_of(promised(target, window), 30)
    return [rule.factor for rule in kept]


@pytest.mark.parametrize(
    ("window", "told"),
    [
        ("30d", ["14.4", "6", "3", "1"]),
        ("28d", ["13.44", "5.6", "2.8", "1"]),  # 2 % of 28 d in 1 h; 0.1 * 28 / 3 is under 1
        ("90d", ["43.2", "18", "9", "3"]),
        ("7d", ["16.8", "5.6", "2.8"]),
        ("27d", ["64.8", "21.6", "10.8"]),
        ("12h", ["1.2", "1", "1"]),
        ("week", ["16.8", "5.6", "2.8"]),
        ("month", ["14.4", "6", "3", "1"]),
        ("quarter", ["43.2", "18", "9", "3"]),
        ("year", ["175.2", "73", "36.5", "73/6"]),
    ],
)
def test_a_factor_is_the_share_of_the_budget_that_goes_in_the_long_window(
    window: str, told: list[str]
) -> None:
    assert factors("0.9999", window) == [Fraction(one) for one in told]


def test_the_windows_are_the_usual_ones_and_who_is_told_goes_with_them() -> None:
    kept, left = rules_of(promised("0.999", "30d"), 30)

    assert [(rule.urgency, rule.long, rule.short) for rule in kept] == [
        ("page", HOUR, 300),
        ("page", 6 * HOUR, 1800),
        ("ticket", DAY, 2 * HOUR),
        ("ticket", 3 * DAY, 6 * HOUR),
    ]
    assert left == ()


def test_a_rule_that_all_bad_would_not_fire_is_left_out() -> None:
    kept, left = rules_of(promised("0.9", "30d"), 30)  # at most 10, and the first needs 14.4

    assert [rule.factor for rule in kept] == [6, 3, 1]
    assert left == (LeftOut("page", HOUR, "never fires"),)


def test_a_factor_that_is_just_reached_never_fires() -> None:
    assert rules_of(promised("5/6", "30d"), 30)[1][1] == LeftOut("page", 6 * HOUR, "never fires")  # 6 of 6


def test_a_short_window_has_room_for_three_attempts() -> None:
    kept, left = rules_of(promised("0.999", "30d"), 600)

    assert [rule.short for rule in kept][:2] == [1800, 1800]
    assert left == ()


def test_a_rule_whose_short_window_is_more_than_half_its_long_one_is_left_out() -> None:
    kept, left = rules_of(promised("0.999", "30d"), 600.001)

    assert kept[0].long == 6 * HOUR
    assert left == (LeftOut("page", HOUR, "too few attempts"),)


def test_rules_that_somebody_wrote_are_as_he_wrote_them() -> None:
    own = (BurnRule(urgency="page", long=60, short=5, factor=Fraction(2)),)

    assert rules_of(promised("0.9", "30d", own), 3600) == (own, ())
    assert rules_of(promised("0.9", "30d", ()), 3600) == ((), ())
