"""Checks judged anew: the past changes, and nothing else does."""

import json
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

import pytest

from alerting.events import Attempted, Ordered, Relearned, Swapped
from alerting.learning import agree
from checks.model import Objective
from probes.result import Reason, Result
from slo.judge import Judge
from slo.state import State
from slo.timeline import Totals
from store.rows import Operation, Revised
from tests.alerting.hand import START, Hand, check, company, made

LOGIN = check("login")


def judge_of(results: Iterable[Result]) -> Judge:
    judge = Judge(LOGIN)
    for result in sorted(results, key=lambda each: each.at):
        judge.judge(result)
    return judge


def story(letters: str, spacing: int = 30_000) -> list[Result]:
    reasons = {"g": None, "b": Reason.HTTP_STATUS, "u": Reason.BUG}
    return [
        made("login", START + spacing * n, reasons[each]) for n, each in enumerate(letters) if each != "."
    ]


def handed(letters: str) -> Hand:
    hand = Hand(company(LOGIN)).start()
    for result in story(letters):
        hand.now = max(hand.now, result.at + 250)
        hand.hear(Attempted(result))
    return hand


def late(*seconds: int) -> list[Result]:
    return [made("login", START + second * 1000 + 1, Reason.RESET) for second in seconds]


def test_a_late_result_is_kept_decides_nothing_and_asks_for_another_past() -> None:
    hand = handed("gggg")
    (result,) = late(40)
    _, decision = hand.hear(Attempted(result)).decisions[-1]

    assert decision.rows == [result, Revised("login")]
    assert decision.recorded == []
    assert list(hand.engine.learning.wanted) == ["login"]
    assert hand.engine.judges["login"].suspect is False


def test_a_judge_with_another_past_takes_over_and_nobody_is_told() -> None:
    hand = handed("gggg")
    belated = late(31, 32, 33)
    for result in belated:
        hand.hear(Attempted(result))
    _, decision = hand.hear(Relearned(judge_of([*story("gggg"), *belated]), {})).decisions[-1]

    assert len(hand.engine.judges["login"].outages) == 1
    assert hand.engine.services["sso"].judges == [hand.engine.judges["login"]]
    assert hand.engine.services["sso"].timeline.totals(START, START + 90_000, hand.now) == Totals(
        good=90_000 - 28_999, bad=28_999
    )
    assert hand.engine.learning.wanted == {}
    assert (decision.rows, decision.opened, decision.intents) == ([], [], [])


def test_what_came_in_the_meantime_is_not_lost() -> None:
    hand = handed("gggg")
    belated = late(31, 32, 33)
    for result in belated:
        hand.hear(Attempted(result))
    anew = judge_of([*story("gggg"), *belated])
    after = story("gggggg")[4:]
    for result in after:
        hand.now = result.at + 250
        hand.hear(Attempted(result))
    hand.hear(Relearned(anew, {}))

    assert hand.engine.judges["login"] is anew
    assert anew.last == after[-1]


def test_a_judge_that_holds_something_else_true_now_has_to_wait() -> None:
    hand = handed("gggb")
    for result in late(40):
        hand.hear(Attempted(result))
    before = hand.engine.judges["login"]
    hand.hear(Relearned(judge_of(story("ggbb")), {}))

    assert hand.engine.judges["login"] is before
    assert list(hand.engine.learning.wanted) == ["login"]


@pytest.mark.parametrize(
    ("lived", "learned", "same"),
    [
        ("ggg", "bbggg", False),
        ("ggggg", "bbggg", True),
        ("gggb", "ggbb", False),
        ("gggb", "bbgb", False),
        ("ubbb", "gbbb", True),
        ("gbbg", "gbbb", False),
        ("uuu", "ggu", True),
        ("uuuu", "gbbu", False),
        ("", "g", False),
    ],
)
def test_two_judges_agree_that_would_decide_the_same_from_now_on(
    lived: str, learned: str, same: bool
) -> None:
    assert agree(judge_of(story(lived)), judge_of(story(learned))) is same


def test_an_objective_whose_window_grows_asks_for_the_attempts_that_were_let_go() -> None:
    tries = Objective(name="tries", target=Fraction(1, 2), window="2h", check="login", indicator="attempts")
    hand = Hand(replace(company(LOGIN), objectives={"tries": tries})).start()
    for attempts in hand.engine.accounts.counted(hand.engine.judges["login"]):
        attempts.whole = True
    hand.hear(Swapped(replace(company(LOGIN), objectives={"tries": replace(tries, window="1h")})))
    assert hand.engine.learning.wanted == {}
    hand.hear(Swapped(replace(company(LOGIN), objectives={"tries": replace(tries, window="90d")})))

    assert list(hand.engine.learning.wanted) == ["login"]


def test_a_wish_that_comes_while_results_are_read_is_not_dropped_by_the_reading_before_it() -> None:
    hand = handed("gggg")
    learning = hand.engine.learning
    hand.hear(Attempted(late(31)[0]))
    learning.begin("login")
    hand.hear(Attempted(late(62)[0])).hear(Relearned(judge_of([*story("gggg"), *late(31)]), {}, 1))
    learning.compare({"login": 2, "gone": 7}, hand.engine.judges)

    assert learning.revisions == {"login": 1}
    assert list(learning.wanted) == ["login"]


def test_results_of_the_revision_that_is_known_are_not_read_again() -> None:
    hand = handed("gggg")
    hand.engine.learning.revisions["login"] = 3
    hand.engine.learning.compare({"login": 3}, hand.engine.judges)

    assert hand.engine.learning.wanted == {}


def test_an_import_asks_for_the_checks_it_names() -> None:
    hand = handed("ggg")
    said = json.dumps({"results": 3, "checks": {"login": START, "other": START}})
    hand.hear(Ordered(Operation(1, hand.now, "jo", "results.import", "old.csv", said)))

    assert list(hand.engine.learning.wanted) == ["login", "other"]
    assert hand.engine.judges["login"].verdict is State.UP


def test_a_check_that_is_added_may_have_a_past_in_the_store() -> None:
    hand = handed("ggg")
    hand.hear(Swapped(company(LOGIN, check("other"))))
    assert list(hand.engine.learning.wanted) == ["other"]
    past = Judge(hand.engine.judges["other"].check)
    for number in range(3):
        past.judge(made("other", START - 90_000 + 30_000 * number))
    result = made("other", hand.now + 1)
    hand.now += 300
    hand.hear(Attempted(result)).hear(Relearned(past, {}))

    assert hand.engine.learning.wanted == {}
    assert hand.engine.judges["other"].totals(START - 90_000, START, hand.now).good == 90_000


def test_an_objective_that_begins_to_count_attempts_asks_for_those_of_the_past() -> None:
    hand = handed("ggg")
    tries = Objective(name="tries", target=Fraction(1, 2), window="1h", check="login", indicator="attempts")
    hand.hear(Swapped(replace(company(LOGIN), objectives={"tries": tries})))
    assert list(hand.engine.learning.wanted) == ["login"]
    judge = hand.engine.judges["login"]
    attempts = {each.faster_than: each.anew() for each in hand.engine.accounts.counted(judge)}
    for result in story("ggg"):
        attempts[None].take(result)
    hand.hear(Relearned(judge_of(story("ggg")), attempts))

    (account,) = hand.engine.accounts.at(hand.now)
    assert account.figures is not None
    assert account.figures.good == 3


@pytest.mark.parametrize("document", ["", "[]", '{"checks": 3}', "{}"])
def test_an_import_that_cannot_be_read_asks_for_nothing(document: str) -> None:
    hand = handed("ggg")
    hand.hear(Ordered(Operation(1, hand.now, "jo", "results.import", "old.csv", document)))

    assert hand.engine.learning.wanted == {}
