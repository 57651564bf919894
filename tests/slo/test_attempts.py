from slo.attempts import SPARE, Attempts
from slo.timeline import Totals
from tests.slo.lives import ms, result


def counted(attempts: Attempts, story: str) -> Attempts:
    for word in story.split():
        attempts.take(result(ms(word.strip("gbu+")), word.strip("0123456789+")[0], extra=word.endswith("+")))
    return attempts


def test_grid_attempts_are_counted_where_they_begin() -> None:
    attempts = counted(Attempts(), "0g 10b 20u 30g")

    assert attempts.totals(ms(0), ms(30)) == Totals(good=1, bad=1)
    assert attempts.totals(ms(30), ms(31)) == Totals(good=1)
    assert attempts.reading(ms(30)).totals(ms(0), ms(100)) == Totals(good=1, bad=1)


def test_attempts_beside_the_grid_are_not_counted() -> None:
    assert counted(Attempts(), "0g 5b+ 10g+ 20b").totals(ms(0), ms(30)) == Totals(good=1, bad=1)


def test_the_first_recorded_of_an_instant_stays() -> None:
    assert counted(Attempts(), "0b+ 0g 10g 10b").totals(ms(0), ms(30)) == Totals(good=1)


def test_a_good_attempt_that_is_too_slow_is_a_bad_one() -> None:
    attempts = Attempts(faster_than=2.0)
    for second, took in ((0, 2.0), (10, 2.0000004), (20, 2.000001)):
        attempts.add(ms(second), True, False, took)

    assert attempts.totals(ms(0), ms(30)) == Totals(good=2, bad=1)


def test_a_whole_hour_can_be_counted_at_once() -> None:
    attempts = Attempts()
    attempts.add(ms(0), 110, 10)
    attempts.add(ms(3600), 1, 0)

    assert attempts.totals(ms(0), ms(3601)) == Totals(good=111, bad=10)


def test_attempts_that_are_too_old_are_let_go_and_sums_stay_right() -> None:
    attempts = Attempts(keep=1_000_000)
    for number in range(4 * SPARE):
        attempts.add(ms(number), number % 2, 1 - number % 2)

    assert len(attempts) < 2 * SPARE + 2000
    assert attempts.totals(ms(4 * SPARE - 100), ms(4 * SPARE)) == Totals(good=50, bad=50)
