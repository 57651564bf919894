"""Time that does not count: taken out of any window, however the window lies and whenever it is asked for."""

from hypothesis import given
from hypothesis import strategies as st

from slo.attempts import Attempts
from slo.excluding import Excluded, Excluding
from slo.spans import Span, clipped, union
from slo.timeline import Totals
from tests.slo.lives import judged, ms

STORY = "0g 10g 20b 30b 40b 50b 60g 70g 80u 90g 100g 110b 120g 130b 140b 150b 160g 170g"
edges = st.integers(-20, 220).map(ms)
outs = st.lists(st.tuples(edges, edges).map(lambda pair: (min(pair), max(pair))), max_size=8).map(union)


def finding(spans: list[Span]) -> Excluded:
    return Excluded(lambda start, end: list(clipped(spans, start, end)))


@given(outs, st.lists(st.tuples(edges, edges, edges), min_size=1, max_size=6))
def test_sums_that_are_remembered_are_those_of_each_piece(
    spans: list[Span], asked: list[tuple[int, int, int]]
) -> None:
    judge = judged(STORY)
    excluding = Excluding(judge, finding(spans))
    for start, end, now in asked:
        plain = judge.reading(now)
        pieces = [plain.totals(*span) for span in clipped(spans, start, max(start, min(end, now)))]
        whole, out = plain.totals(start, end), sum(pieces, Totals())
        found = excluding.reading(now, start).totals(start, end)

        assert found == Totals(
            whole.good - out.good, whole.bad - out.bad, whole.unknown - out.unknown, out.elapsed
        )
        assert found.elapsed == max(0, min(end, now) - start)


def test_attempts_in_excluded_time_are_not_counted_and_the_time_is() -> None:
    attempts = Attempts()
    for second, good in ((0, 1), (10, 0), (20, 1), (30, 0)):
        attempts.add(ms(second), good, 1 - good)
    found = Excluding(attempts, finding([(ms(5), ms(15))])).reading(ms(40), ms(0)).totals(ms(0), ms(40))

    assert found == Totals(good=2, bad=1, excluded=10_000)


def test_what_counts_otherwise_from_now_on_is_counted_anew() -> None:
    judge, spans = judged(STORY), [(ms(20), ms(60))]
    excluded = Excluded(lambda start, end: list(clipped(spans, start, end)))
    excluding = Excluding(judge, excluded)
    assert excluding.reading(ms(200), ms(0)).totals(ms(0), ms(60)).bad == 0
    spans[:] = [(ms(0), ms(20))]
    excluded.forget()

    assert excluding.reading(ms(200), ms(0)).totals(ms(0), ms(60)) == Totals(bad=40_000, excluded=20_000)


def test_spans_are_looked_for_once_and_ahead() -> None:
    asked: list[tuple[int, int]] = []

    def find(start: int, end: int) -> list[Span]:
        asked.append((start, end))
        return []

    excluded = Excluded(find)
    for second in range(1000):
        list(excluded.spans(ms(second - 500), ms(second)))

    assert len(asked) == 1


def test_a_span_that_goes_on_where_nobody_had_looked_is_one_span() -> None:
    excluded = Excluded(lambda start, end: [(start, end)])
    excluded.cover(0, 10)
    assert excluded.final == 0
    excluded.cover(0, 10**12)

    assert len(excluded.starts) == 1
    assert list(excluded.spans(5, 10**12)) == [(5, 10**12)]
