"""When what was judged is written: an hourly look, three hours later; at once where a definition ends."""

from slo.judge import Judge
from slo.keeping import EVERY, LATER, Keeping
from store.rows import Judged
from tests.slo.lives import judged, live, ms, told


def untils(rows: list[Judged]) -> list[tuple[int, int]]:
    """Give from when until when they are, in seconds."""
    return [((row.since - ms(0)) // 1000 if row.since else 0, (row.until - ms(0)) // 1000) for row in rows]


def lived(story: str) -> dict[str, Judge]:
    return {"sso": judged(story)}


def test_the_first_of_a_check_is_written_at_once() -> None:
    assert untils(Keeping({}).due(lived("0g 10g"), (), {}, ms(10))) == [(0, 10)]


def test_later_ones_are_written_three_hours_after_they_were_looked_at() -> None:
    keeping, judges = Keeping({"sso": ms(0)}), lived("0g 10g")

    assert keeping.due(judges, (), {}, ms(10)) == []
    live(judges["sso"], told("20g 30g"))
    assert keeping.due(judges, (), {}, ms(30)) == []
    assert keeping.due(judges, (), {}, ms(10) + EVERY) == []
    assert untils(keeping.due(judges, (), {}, ms(10) + LATER)) == [(0, 10)]
    assert untils(keeping.due(judges, (), {}, ms(10) + EVERY + LATER)) == [(10, 30)]


def test_nothing_is_written_twice() -> None:
    keeping, judges = Keeping({}), lived("0g 10g")
    keeping.due(judges, (), {}, ms(10))

    assert keeping.due(judges, (), {}, ms(10) + 9 * LATER) == []


def test_a_check_that_is_judged_anew_waits_and_is_then_written_whole() -> None:
    keeping, judges = Keeping({"sso": ms(0)}), lived("0g 10g")
    keeping.due(judges, (), {}, ms(10))

    assert keeping.due(judges, {"sso"}, {}, ms(10) + LATER) == []
    assert untils(keeping.due(judges, (), {}, ms(10) + 2 * LATER)) == [(0, 10)]


def test_where_a_definition_ends_all_that_can_be_is_written_at_once() -> None:
    keeping, judges = Keeping({"sso": ms(0)}), lived("0g 10g")
    keeping.due(judges, (), {}, ms(10))
    live(judges["sso"], told("20g 30g"))

    assert untils(keeping.at_once(judges.values(), (), {}, ms(30))) == [(0, 10), (10, 30)]
    assert keeping.due(judges, (), {}, ms(30) + LATER) == []


def test_a_suspect_is_written_as_it_was_before_if_at_all() -> None:
    keeping, judges = Keeping({"sso": ms(0)}), lived("0g 10g")
    keeping.due(judges, (), {}, ms(10))
    live(judges["sso"], told("20b"))

    assert untils(keeping.at_once(judges.values(), (), {}, ms(20))) == [(0, 10)]
