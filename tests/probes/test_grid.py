from hypothesis import given
from hypothesis import strategies as st

from probes.grid import due_at_or_after, index, offset_ms

INTERVALS = st.integers(min_value=1, max_value=86_400_000)
TIMES = st.integers(min_value=0, max_value=4_000_000_000_000)


def test_an_offset_never_changes() -> None:
    assert offset_ms("sso-login", "hq", 60_000) == 48_450


def test_offsets_differ_between_sites_and_checks() -> None:
    assert len({offset_ms(c, s, 60_000) for c in ("a", "b", "ab") for s in ("", "b", "hq")}) == 9


def test_offsets_are_spread_over_the_interval() -> None:
    tenths = [0] * 10
    for number in range(10_000):
        tenths[offset_ms(f"check-{number}", "hq", 1000) // 100] += 1

    assert min(tenths) > 850
    assert max(tenths) < 1150


@given(at=TIMES, interval=INTERVALS, name=st.text())
def test_the_next_due_time_is_on_the_grid_and_less_than_an_interval_away(
    at: int, interval: int, name: str
) -> None:
    offset = offset_ms(name, "hq", interval)
    due = due_at_or_after(at, interval, offset)

    assert (due - offset) % interval == 0
    assert 0 <= due - at < interval


@given(at=TIMES, interval=INTERVALS)
def test_grid_times_are_numbered_in_order(at: int, interval: int) -> None:
    due = due_at_or_after(at, interval, 7 % interval)

    assert index(due, interval, 7 % interval) + 1 == index(due + interval, interval, 7 % interval)
    assert index(due - 1, interval, 7 % interval) == index(due, interval, 7 % interval) - 1
