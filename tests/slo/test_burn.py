from fractions import Fraction

from slo.burn import burn, burn_rates
from slo.state import State
from slo.timeline import Timeline, Totals
from tests.slo.lives import judged, ms

TARGET = Fraction(999, 1000)


def test_one_is_exactly_used_up_at_the_end_of_the_window() -> None:
    assert burn(Totals(good=999, bad=1), 1 - TARGET) == 1


def test_it_is_measured_against_what_was_measured() -> None:
    assert burn(Totals(good=600, bad=400, unknown=9_000), Fraction(1, 1000)) == 400
    assert burn(Totals(good=1, bad=2), Fraction(1, 3)) == 2


def test_nothing_bad_burns_nothing_and_nothing_measured_is_no_rate() -> None:
    assert burn(Totals(good=5), 1 - TARGET) == 0
    assert burn(Totals(unknown=5), 1 - TARGET) is None


def test_all_seven_windows_end_now() -> None:
    reading = judged("0b 10b 20b 30g 40g").reading(ms(62))
    rates = burn_rates(lambda length: reading.totals(ms(62) - length, ms(62)), TARGET)

    assert list(rates) == ["5m", "30m", "1h", "2h", "6h", "1d", "3d"]
    assert set(rates.values()) == {Fraction(30, 62) * 1000}


def test_each_window_has_its_own_length() -> None:
    now = 4 * 86_400_000
    timeline = Timeline()
    timeline.append(now - 3_600_000, State.UP)
    rates = burn_rates(lambda length: timeline.totals(now - length, now), TARGET)

    assert [name for name, rate in rates.items() if rate is None] == ["5m", "30m", "1h"]
