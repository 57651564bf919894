"""What was judged is kept, and a judge that goes on from there is the one that lived on."""

from collections.abc import Sequence
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Check
from probes.result import Outcome, Result
from slo.judge import Judge
from slo.memory import memory_of, text_of
from slo.past import before, judged, resumed
from store.ledger import StoredJudgement
from store.rows import Judged, StoredOutage
from tests.slo.histories import checks, histories, judge_of
from tests.slo.lives import START, check, drawn, live, ms, result, told
from tests.slo.lives import judged as lived


def kept(rows: Sequence[Judged]) -> StoredJudgement:
    """Put rows together as a store does: each takes the place of what was from its beginning on."""
    stretches: list[tuple[int, int, str]] = []
    outages: dict[int, StoredOutage] = {}
    for row in rows:
        stretches = [
            (start, min(end, row.since), state) for start, end, state in stretches if start < row.since
        ]
        stretches += row.stretches
        outages |= {each.start: each for each in row.outages}
    blips = tuple(at for row in rows for at in row.blips)
    return StoredJudgement(rows[-1].until, rows[-1].state, tuple(stretches), tuple(outages.values()), blips)


def public(judge: Judge) -> tuple[object, ...]:
    last = judge.last and (judge.last.at, judge.last.outcome, judge.last.reason, judge.last.detail)
    bad = judge.last_bad and (judge.last_bad.at, judge.last_bad.reason)
    return (
        *(judge.verdict, judge.shown, judge.since, judge.suspect, judge.first_bad, last, bad),
        *(judge.last_good_at, judge.bads_in_row, judge.goods_in_row, judge.confirmed_by, judge.outages),
        *(list(judge.blip_times), judge.settled, list(judge.reading(ms(10_000)).stretches(0, ms(10_000)))),
    )


@given(checks, histories(most=40), st.data())
def test_a_judge_that_goes_on_from_what_was_kept_is_the_one_that_lived_on(
    definition: Check, told: list[Result], data: st.DataObject
) -> None:
    judge, rows = Judge(definition), list[Judged]()
    for each in told:
        judge.judge(each)
        if data.draw(st.booleans()) and (row := judged(judge, rows[-1].until if rows else 0)):
            rows.append(row)
            judge = resumed(definition, kept(rows))

    assert public(judge) == public(judge_of(definition, told))


def in_bulk(definition: Check, told: Sequence[Result]) -> Judge:
    """Judge good attempts in a row at once, as far as the judge allows it."""
    judge = Judge(definition)
    for outcome, group in groupby(told, key=lambda result: result.outcome):
        row = list(group)
        if outcome is Outcome.GOOD and judge.calm([each.at for each in row]):
            judge.last = row[-1]
        else:
            live(judge, row)
    return judge


@given(checks, st.lists(st.sampled_from("ggggggbu"), max_size=60), st.data())
def test_good_attempts_in_a_row_can_be_judged_at_once(
    definition: Check, letters: list[str], data: st.DataObject
) -> None:
    at, results = START, []
    for letter in letters:
        at += data.draw(st.sampled_from([10_000, 10_000, 10_000, 22_000, 22_001, 242_001, 300_001]))
        results.append(result(at, letter))

    assert public(in_bulk(definition, results)) == public(judge_of(definition, results))


@pytest.mark.parametrize("story", ["", "0g 10b", "0g 10b 20b 30b 40g", "0g 10b 20b 30b 200u"])
def test_while_something_is_open_there_is_nothing_to_keep(story: str) -> None:
    assert judged(lived(story), 0) is None


def test_what_is_kept_says_until_when_and_names_the_outages_that_were_not_over() -> None:
    row = judged(lived("0g 10b 20b 30b 40g 50g 60g 70b 80g"), ms(40))

    assert row is not None
    assert (row.since, row.until) == (ms(40), ms(80))
    assert row.stretches == ((ms(40), ms(80), "up"),)
    assert (row.outages, row.blips) == ((), (ms(70),))


def test_without_a_state_to_go_on_from_the_past_stands_and_all_is_judged_as_new() -> None:
    row = judged(lived("0g 10b 20b 30b 40b"), 0)
    assert row is not None
    judge = resumed(check(), before(kept([row]), ms(35)))
    live(judge, told("40b 50g"))

    assert drawn(judge, 0, 60) == "up 0-10, down 10-35, unknown 35-40, up 40-60"
    assert [(each.start, each.end) for each in judge.outages] == [(ms(10), ms(35))]


def test_what_is_kept_of_a_judge_is_read_back_as_it_was() -> None:
    memory = lived("0g 10b 20b 30b 40b").memory()

    assert memory is not None
    assert memory_of("sso", text_of(memory)) == memory


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"verdict": "gone"}'])
def test_what_is_no_memory_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        memory_of("sso", text)


def test_a_past_begins_where_results_begin() -> None:
    assert before(StoredJudgement(5, "{}", ((0, 9, "up"),), (), (3, 8)), 7) == StoredJudgement(
        None, None, ((0, 7, "up"),), (), (3,)
    )
