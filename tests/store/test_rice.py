import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import rice

near = st.integers(-300, 300)
columns = st.lists(near | st.integers() | st.sampled_from([0, 5]), max_size=200)


@given(columns, st.binary(max_size=9))
def test_any_column_comes_back_and_says_where_it_ends(column: list[int], after: bytes) -> None:
    packed = rice.pack(column)
    assert rice.unpack(b"?" + packed + after, 1, len(column)) == (column, 1 + len(packed))


@given(columns.filter(bool))
def test_a_column_cut_short_is_told(column: list[int]) -> None:
    packed = rice.pack(column)
    with pytest.raises(IndexError):
        rice.unpack(packed[:1], 0, len(column))


def test_equal_numbers_cost_nothing_but_one_of_them() -> None:
    assert len(rice.pack([7] * 1000)) == 3
    assert len(rice.pack([7] * 500 + [99] + [7] * 500)) < 8


@pytest.mark.parametrize(("scatter", "bits"), [(1, 2.5), (8, 5.5), (4000, 14.5)])
def test_numbers_cost_little_more_than_their_scatter(scatter: int, bits: float) -> None:
    chance = random.Random(scatter)
    column = [round(chance.gauss(45_000, scatter)) for _ in range(1000)]
    assert len(rice.pack(column)) * 8 < bits * 1000
    column[::100] = [10**7] * 10
    assert len(rice.pack(column)) * 8 < (bits + 0.6) * 1000
