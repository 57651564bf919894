import pytest

from checks.durations import duration_text
from checks.values import read_duration


@pytest.mark.parametrize("text", ["500ms", "30s", "5m", "2h", "7d"])
def test_a_length_is_written_as_it_was_read(text: str) -> None:
    assert duration_text(read_duration(text)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(103, "1m 43s"), (90_061.5, "1d 1h 1m 1s 500ms"), (34_560_000, "400d"), (0.9999, "1s"), (0, "0s")],
)
def test_a_length_is_written_in_all_its_units(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
