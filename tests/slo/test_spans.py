import itertools

from hypothesis import given
from hypothesis import strategies as st

from slo.spans import Span, at_least, clipped, common, complement, overlapping, total, union

spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair))))


def held(them: list[Span]) -> set[int]:
    """Give the whole instants within them."""
    return {at for start, end in them for at in range(start, end)}


@given(spans)
def test_a_union_holds_the_same_time_once_in_order_and_apart(them: list[Span]) -> None:
    joined = union(them)

    assert held(joined) == held(them)
    assert total(joined) == len(held(them))
    assert all(one[1] < other[0] for one, other in itertools.pairwise(joined))


@given(spans, st.integers(0, 30), st.integers(0, 30))
def test_what_is_left_of_a_window_is_what_no_span_holds(them: list[Span], start: int, end: int) -> None:
    window = set(range(start, end))

    assert held(complement(union(them), start, end)) == window - held(them)
    assert held(list(clipped(union(them), start, end))) == window & held(them)


@given(spans, spans, st.integers(0, 30), st.integers(0, 30))
def test_what_is_common_lies_in_every_set(one: list[Span], other: list[Span], start: int, end: int) -> None:
    found = common([union(one), union(other)], start, end)

    assert held(found) == set(range(start, end)) & held(one) & held(other)


@given(spans, st.integers(0, 30), st.integers(0, 30))
def test_those_that_overlap_a_window_are_found_whole(them: list[Span], start: int, end: int) -> None:
    apart = union(them)

    found = list(overlapping(apart, start, end)) if start < end else []

    assert found == [span for span in apart if held([span]) & set(range(start, end))]


@given(st.lists(spans, max_size=4), st.integers(0, 5), st.integers(0, 30), st.integers(0, 30))
def test_what_enough_of_the_sets_hold_is_counted_instant_by_instant(
    them: list[list[Span]], count: int, start: int, end: int
) -> None:
    found = at_least(count, [union(each) for each in them], start, end)

    assert held(found) == {at for at in range(start, end) if sum(at in held(each) for each in them) >= count}
    assert found == union(found)


def test_of_no_sets_everything_is_common() -> None:
    assert common([], 3, 9) == [(3, 9)]
