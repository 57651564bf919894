from fractions import Fraction

import pytest

from slo.budget import Excuse, Figures, of_attempts, of_time
from slo.timeline import Totals
from slo.windows import Window
from tests.slo.lives import judged, ms

TARGET = Fraction(999, 1000)
DAY = 86_400_000
MINUTE = 60_000


def of(good: int, bad: int, unknown: int = 0, target: Fraction = TARGET, excluded: int = 0) -> Figures:
    counted = Totals(good, bad, unknown, excluded)
    return of_time(counted, target, Window(0, counted.elapsed), counted.elapsed, Excuse(excluded))


def attempts(good: int, bad: int, now: int, window: Window, excluded: int = 0, ahead: int = 0) -> Figures:
    counted = Totals(good, bad, 0, excluded)
    return of_attempts(counted, Fraction(9, 10), window, now, Excuse(excluded + ahead), MINUTE)


def test_a_window_is_read_from_the_timeline() -> None:
    window = Window(ms(-40), ms(60))
    counted = judged("0g 10b 20b 30b 40g 50g").reading(ms(60)).totals(*window)
    found = of_time(counted, TARGET, window, ms(60), Excuse())

    assert (found.start, found.end, found.until) == (ms(-40), ms(60), ms(60))
    assert (found.good, found.bad, found.unknown, found.excluded) == (30_000, 30_000, 40_000, 0)
    assert (found.elapsed, found.spent) == (100_000, 30_000)


def test_a_period_has_its_whole_budget_from_its_first_second_on() -> None:
    found = of_time(Totals(good=DAY), TARGET, Window(0, 31 * DAY), DAY, Excuse(0))

    assert (found.elapsed, found.end, found.until) == (DAY, DAY, 31 * DAY)
    assert (found.budget, found.verdict) == (Fraction(31 * DAY, 1000), "kept")


def test_what_will_be_excluded_has_no_budget_already_now() -> None:
    found = of_time(Totals(good=DAY), TARGET, Window(0, 31 * DAY), DAY, Excuse(all=DAY))

    assert (found.budget, found.excluded) == (Fraction(30 * DAY, 1000), 0)


def test_attempts_that_were_expected_and_not_made_are_unknown() -> None:
    found = attempts(7, 1, 10 * MINUTE, Window(0, 60 * MINUTE))

    assert (found.good, found.bad, found.unknown, found.coverage) == (7, 1, 2, Fraction(8, 10))
    assert (found.budget, found.spent, found.elapsed) == (Fraction(6), 1, 10 * MINUTE)


def test_an_expected_attempt_may_be_a_share_of_one() -> None:
    found = attempts(1, 0, 90_000, Window(0, 90_000))

    assert (found.unknown, found.budget) == (Fraction(1, 2), Fraction(15, 100))


def test_one_attempt_more_than_there_is_room_for_is_counted_and_leaves_nothing_unknown() -> None:
    found = attempts(2, 0, 90_000, Window(0, 90_000))

    assert (found.good, found.unknown, found.coverage) == (2, Fraction(0), Fraction(1))


def test_attempts_of_excluded_time_are_excluded() -> None:
    found = attempts(5, 0, 10 * MINUTE, Window(0, 60 * MINUTE), excluded=4 * MINUTE, ahead=6 * MINUTE)

    assert (found.excluded, found.unknown, found.budget) == (Fraction(4), Fraction(1), Fraction(5))
    assert found.excluded_ms == 4 * MINUTE


def test_the_sli_is_good_of_what_was_measured() -> None:
    assert of(good=998, bad=2, unknown=500).sli == Fraction(998, 1000)


def test_without_measurement_there_is_no_sli() -> None:
    found = of(good=0, bad=0, unknown=1000)

    assert (found.sli, found.coverage) == (None, Fraction(0))


def test_the_budget_is_exact_and_signed() -> None:
    found = of(good=30 * DAY - 50_000, bad=50_000)

    assert (found.budget, found.remaining) == (Fraction(2_592_000), Fraction(2_542_000))
    assert of(good=980, bad=20).remaining == -19


def test_what_remains_is_a_signed_share_of_the_budget() -> None:
    found = of(good=9_985, bad=5, unknown=10)

    assert found.remaining_ratio == Fraction(1, 2)
    assert found.worst_case_remaining_ratio == Fraction(-1, 2)


def test_a_third_of_a_percent_is_not_rounded() -> None:
    found = of(good=2, bad=1, target=Fraction(2, 3))

    assert (found.budget, found.remaining_ratio, found.verdict) == (Fraction(1), Fraction(0), "kept")


def test_excluded_time_has_no_budget_and_no_coverage() -> None:
    found = of(good=500, bad=0, unknown=500, excluded=1000)

    assert (found.elapsed, found.budget, found.coverage) == (2000, Fraction(1), Fraction(1, 2))


def test_where_all_time_is_excluded_there_is_nothing_to_share() -> None:
    found = of(good=0, bad=0, excluded=1000)

    assert (found.budget, found.remaining_ratio, found.worst_case_remaining_ratio) == (
        Fraction(0),
        None,
        None,
    )
    assert (found.coverage, found.verdict) == (None, "kept")


@pytest.mark.parametrize(
    ("good", "bad", "unknown", "verdict"),
    [
        (9_990, 10, 0, "kept"),
        (9_990, 5, 5, "kept"),
        (9_990, 5, 6, "undecided"),
        (9_989, 10, 1, "undecided"),
        (9_989, 11, 0, "broken"),
        (0, 11, 9_989, "broken"),
        (0, 0, 10_000, "undecided"),
    ],
)
def test_the_verdict_weighs_the_worst_case(good: int, bad: int, unknown: int, verdict: str) -> None:
    assert of(good, bad, unknown).verdict == verdict


def test_a_bad_sli_alone_breaks_nothing() -> None:
    found = of(good=1, bad=1, unknown=9_998)

    assert (found.sli, found.verdict) == (Fraction(1, 2), "undecided")
