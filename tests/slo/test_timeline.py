import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.state import State
from slo.timeline import Reading, Stretch, Timeline, Totals

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
pieces = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(State)), max_size=30)


def timeline(*pieces: tuple[int, State], begin: int = 0) -> Timeline:
    made = Timeline(begin)
    for length, state in pieces:
        made.append(made.end + length, state)
    return made


def test_equal_neighbours_are_one_stretch() -> None:
    made = timeline((5, UP), (5, UP), (2, DOWN), (3, UP))

    assert len(made) == 3
    assert list(made.stretches(0, 15)) == [Stretch(0, 10, UP), Stretch(10, 12, DOWN), Stretch(12, 15, UP)]


def test_an_empty_stretch_leaves_no_trace() -> None:
    assert list(timeline((5, UP), (0, DOWN), (5, UP)).stretches(0, 10)) == [Stretch(0, 10, UP)]


def test_the_past_is_not_rewritten() -> None:
    with pytest.raises(ValueError, match="ends at 5 cannot be continued until 4"):
        timeline((5, UP)).append(4, DOWN)


def test_windows_are_half_open() -> None:
    made = timeline((10, UP), (10, DOWN))

    assert [made.totals(9, 10), made.totals(10, 11)] == [Totals(good=1), Totals(bad=1)]
    assert made.totals(10, 10) == made.totals(11, 10) == Totals()


def test_time_outside_is_unknown() -> None:
    made = timeline((10, UP), begin=100)

    assert made.totals(90, 120) == Totals(good=10, unknown=20)
    assert list(made.stretches(90, 120)) == [
        Stretch(90, 100, UNKNOWN),
        Stretch(100, 110, UP),
        Stretch(110, 120, UNKNOWN),
    ]


@pytest.mark.parametrize(("start", "end"), [(0, 50), (200, 250)])
def test_a_window_wholly_outside_is_unknown(start: int, end: int) -> None:
    made = timeline((10, UP), begin=100)

    assert made.totals(start, end) == Totals(unknown=50)
    assert list(made.stretches(start, end)) == [Stretch(start, end, UNKNOWN)]


def test_totals_add_and_subtract() -> None:
    one, other = Totals(5, 3, 1), Totals(2, 2, 1)

    assert (one + other, one - other) == (Totals(7, 5, 2), Totals(3, 1, 0))
    assert (one.elapsed, one.valid) == (9, 8)


@given(pieces, st.integers(-5, 300), st.integers(-5, 300))
def test_totals_are_the_sum_of_the_milliseconds(
    pieces: list[tuple[int, State]], start: int, end: int
) -> None:
    moments = [state for length, state in pieces for _ in range(length)]
    inside = [moments[at] if 0 <= at < len(moments) else UNKNOWN for at in range(start, end)]

    assert timeline(*pieces).totals(start, end) == Totals(
        inside.count(UP), inside.count(DOWN), inside.count(UNKNOWN)
    )


@given(pieces, st.integers(-5, 300), st.integers(0, 300))
def test_stretches_lie_back_to_back_over_the_whole_window(
    pieces: list[tuple[int, State]], start: int, length: int
) -> None:
    made, end = timeline(*pieces), start + length
    found = list(made.stretches(start, end))
    edges = [start, *(stretch.end for stretch in found)]

    assert [stretch.start for stretch in found] == edges[:-1]
    assert edges[-1] == end
    assert all(made.totals(*stretch[:2]) == only(stretch) for stretch in found)


def only(stretch: Stretch) -> Totals:
    length = stretch.end - stretch.start
    return {UP: Totals(good=length), DOWN: Totals(bad=length), UNKNOWN: Totals(unknown=length)}[stretch.state]


def test_a_reading_adds_the_tail_and_ends_now() -> None:
    reading = Reading(timeline((10, UP)), [Stretch(10, 14, DOWN), Stretch(14, 18, UP)], 20)

    assert reading.totals(5, 30) == Totals(good=9, bad=4, unknown=2)
    assert reading.totals(12, 15) == Totals(good=1, bad=2)
    assert reading.totals(20, 30) == Totals()


def test_a_reading_is_drawn_back_to_back_and_merged() -> None:
    reading = Reading(timeline((10, UP)), [Stretch(10, 14, UP), Stretch(16, 18, DOWN)], 20)

    assert list(reading.stretches(5, 30)) == [
        Stretch(5, 14, UP),
        Stretch(14, 16, UNKNOWN),
        Stretch(16, 18, DOWN),
        Stretch(18, 20, UNKNOWN),
    ]
