import pytest

from slo.windows import length_ms


@pytest.mark.parametrize(("window", "ms"), [("30d", 2_592_000_000), ("1d", 86_400_000), ("12h", 43_200_000)])
def test_a_rolling_window_has_a_length(window: str, ms: int) -> None:
    assert length_ms(window) == ms


@pytest.mark.parametrize(("window", "days"), [("week", 7), ("month", 30), ("quarter", 90), ("year", 365)])
def test_a_calendar_window_has_its_usual_length(window: str, days: int) -> None:
    assert length_ms(window) == days * 86_400_000


@pytest.mark.parametrize("window", ["months", "Week", "", "d", "0d", "-1d", "1.5d", "30m", "30"])
def test_anything_else_is_refused_by_name(window: str) -> None:
    with pytest.raises(ValueError, match=f"'{window}' is no window such as"):
        length_ms(window)
