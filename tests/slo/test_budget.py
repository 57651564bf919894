from fractions import Fraction

import pytest

from slo.budget import Figures, figures
from slo.timeline import Totals
from tests.slo.lives import judged, ms

TARGET = Fraction(999, 1000)
DAY = 86_400_000


def of(good: int, bad: int, unknown: int = 0, target: Fraction = TARGET, excluded: int = 0) -> Figures:
    return Figures(0, good + bad + unknown + excluded, target, good, bad, unknown, excluded)


def test_a_window_is_read_from_the_timeline() -> None:
    judge = judged("0g 10b 20b 30b 40g 50g")
    found = figures(judge.reading(ms(60)).totals, TARGET, 100_000, ms(60))

    assert (found.start, found.end) == (ms(-40), ms(60))
    assert (found.good, found.bad, found.unknown, found.excluded) == (30_000, 30_000, 40_000, 0)
    assert (found.elapsed, found.spent) == (100_000, 30_000)


def test_time_before_we_ever_ran_is_unknown_and_part_of_the_window() -> None:
    found = figures(judged("0g").reading(ms(10)).totals, TARGET, DAY, ms(10))

    assert (found.unknown, found.elapsed) == (DAY - 10_000, DAY)
    assert found.coverage == Fraction(10_000, DAY)


def test_the_sli_is_good_of_what_was_measured() -> None:
    assert of(good=998, bad=2, unknown=500).sli == Fraction(998, 1000)


def test_without_measurement_there_is_no_sli() -> None:
    found = of(good=0, bad=0, unknown=1000)

    assert (found.sli, found.coverage) == (None, Fraction(0))


def test_the_budget_is_exact_and_signed() -> None:
    found = figures(lambda start, end: Totals(end - start - 50_000, 50_000), TARGET, 30 * DAY, 30 * DAY)

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
