"""Several members as one, each left out while its time does not count."""

from slo.composite import Composite, Part
from slo.excluding import Excluded
from slo.spans import Span, clipped
from tests.slo.lives import START, drawn, judged, live, ms, told

UP = "0g 10g 20g 30g 40g 50g 60g 70g"
DOWN = "0g 10b 20b 30b 40b 50b 60b 70b"


def part(story: str, *out: tuple[float, float]) -> Part:
    spans = [(ms(start), ms(end)) for start, end in out]
    return Part(judged(story), Excluded(lambda start, end: list(clipped(spans, start, end))))


def test_a_member_in_maintenance_is_left_out_and_comes_back() -> None:
    both = Composite("all", [part(UP), part(DOWN, (20, 40))])

    assert drawn(both, 0, 70) == "up 0-10, down 10-20, up 20-40, down 40-70"


def test_where_none_is_left_nothing_is_known() -> None:
    both = Composite("all", [part(UP, (30, 60)), part(DOWN, (20, 40))])

    assert drawn(both, 0, 70) == "up 0-10, down 10-20, up 20-30, unknown 30-40, down 40-70"


def test_no_more_are_wanted_than_are_left() -> None:
    three = Composite(2, [part(UP), part(UP, (20, 40)), part(DOWN, (30, 50))])

    assert drawn(three, 0, 70) == "up 0-20, down 20-30, up 30-70"
    assert (
        drawn(Composite(2, [part(UP), part(DOWN, (30, 50))]), 0, 70)
        == "up 0-10, down 10-30, up 30-50, down 50-70"
    )


def test_it_may_be_asked_at_any_time_while_its_members_live_on() -> None:
    one, other = part("0g", (20, 40)), part("0g")
    both = Composite("all", [one, other])
    for second in range(10, 80, 10):
        live(one.member, told(f"{second}b"))  # type: ignore[arg-type] # a judge
        live(other.member, told(f"{second}g"))  # type: ignore[arg-type] # a judge
        both.reading(ms(second + 5))

    assert drawn(both, 0, 70) == "up 0-10, down 10-20, up 20-40, down 40-70"


def test_maintenance_that_is_declared_afterwards_counts_at_once() -> None:
    spans: list[Span] = []
    excluded = Excluded(lambda start, end: list(clipped(spans, start, end)))
    both = Composite("all", [part(UP), Part(judged(DOWN), excluded)])
    assert drawn(both, 0, 70) == "up 0-10, down 10-70"
    spans.append((ms(30), ms(50)))
    excluded.forget()

    assert drawn(both, 0, 70) == "up 0-10, down 10-30, up 30-50, down 50-70"


def test_others_count_from_a_reload_on_and_the_past_stays() -> None:
    up, down = part(UP), part(DOWN)
    both = Composite("all", [up, down])
    drawn(both, 0, 35)
    both.redefine("any", [up, down], ms(35))

    assert drawn(both, 0, 70) == "up 0-10, down 10-35, up 35-70"


def test_a_member_with_another_past_is_counted_anew() -> None:
    up, down = part(UP), part(DOWN)
    both = Composite("all", [up, down])
    assert drawn(both, 0, 70) == "up 0-10, down 10-70"
    both.replace(down.member, judged(UP))

    assert drawn(both, 0, 70) == "up 0-70"
    assert both.settled == START + 70_000


def test_what_it_was_made_of_long_ago_is_let_go() -> None:
    up, down = part(UP), part(DOWN)
    both = Composite("any", [up, down])
    both.redefine("all", [up, down], ms(20))
    both.redefine("any", [up, down], ms(40), keep=10_000)

    assert drawn(both, 0, 70) == "up 0-10, down 10-40, up 40-70"
