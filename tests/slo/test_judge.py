from checks.model import Check
from probes.result import NETWORK, Outcome, Reason
from slo.judge import Judge
from slo.outages import Outage
from slo.state import State
from tests.slo.lives import changes, check, drawn, judged, live, ms, result, told

DOWN = "0g 10b 20b 30b "  # down since 10, by the attempt of 30


def test_a_check_never_asked_is_unknown() -> None:
    judge = Judge(check())

    assert (judge.verdict, judge.shown, judge.since, judge.last) == (State.UNKNOWN, State.UNKNOWN, None, None)
    assert not judge.suspect
    assert drawn(judge, 0, 10) == "unknown 0-10"


def test_the_first_good_attempt_makes_it_up() -> None:
    assert changes("5g") == ["judged 5 at 5"]
    assert judged("5g").shown is State.UP
    assert drawn(judged("5g"), 0, 10) == "unknown 0-5, up 5-10"


def test_the_first_bad_attempt_makes_it_suspect_and_leaves_its_time_up() -> None:
    judge = judged("0b")

    assert (judge.verdict, judge.shown, judge.suspect) == (State.UNKNOWN, State.UP, True)
    assert drawn(judge, 0, 10) == "up 0-10"


def test_a_check_never_judged_before_goes_down_from_its_first_bad_attempt() -> None:
    judge = judged("0b 10b 20b")

    assert changes("0b 10b 20b") == ["confirmed 0 at 20"]
    assert judge.outages == [Outage(ms(0), None, ms(20), None, None)]
    assert drawn(judge, 0, 30) == "down 0-30"


def test_a_blip_is_recorded_and_is_no_outage() -> None:
    judge = judged("0g 10b 20b 30g")

    assert changes("0g 10b 20b 30g") == ["judged 0 at 0", "blip 10 at 30"]
    assert (judge.blips, judge.outages, judge.suspect) == (1, [], False)
    assert drawn(judge, 0, 40) == "up 0-40"


def test_blips_are_counted_at_their_first_bad_attempt() -> None:
    judge = judged("0g 10b 20g 30b 40b 50g")

    assert list(judge.blip_times) == [ms(10), ms(30)]
    assert [list(judge.blips_in(ms(0), ms(30))), len(judge.blips_in(ms(10), ms(31)))] == [[ms(10)], 2]


def test_a_blip_may_end_with_the_first_verdict() -> None:
    judge = judged("0b 10g")

    assert changes("0b 10g") == ["judged 10 at 10"]
    assert (judge.verdict, judge.blips) == (State.UP, 1)


def test_an_outage_begins_at_the_first_bad_attempt_of_its_row() -> None:
    judge = judged(DOWN)

    assert changes(DOWN) == ["judged 0 at 0", "confirmed 10 at 30"]
    assert (judge.shown, judge.since, judge.first_bad) == (State.DOWN, ms(10), ms(10))
    assert drawn(judge, 0, 40) == "up 0-10, down 10-40"


def test_until_the_confirming_attempt_a_suspect_is_up() -> None:
    judge = judged("0g 10b 20b")

    assert (judge.shown, judge.suspect, judge.first_bad, judge.bads_in_row) == (State.UP, True, ms(10), 2)
    assert drawn(judge, 0, 30) == "up 0-30"


def test_an_outage_ends_at_the_first_good_attempt_of_its_recovery() -> None:
    judge = judged(DOWN + "40g 50g")

    assert changes(DOWN + "40g 50g")[-1] == "recovered 40 at 50"
    assert judge.outages == [Outage(ms(10), ms(40), ms(30), ms(0), ms(40))]
    assert (judge.shown, judge.since, judge.first_bad) == (State.UP, ms(40), None)
    assert drawn(judge, 0, 60) == "up 0-10, down 10-40, up 40-60"


def test_until_recovery_is_complete_the_time_of_a_good_attempt_is_bad() -> None:
    judge = judged(DOWN + "40g")

    assert (judge.shown, judge.goods_in_row) == (State.DOWN, 1)
    assert judge.outages == [Outage(ms(10), None, ms(30), ms(0), ms(40))]
    assert drawn(judge, 0, 60) == "up 0-10, down 10-60"


def test_an_interrupted_recovery_leaves_one_outage() -> None:
    judge = judged(DOWN + "40g 50b 60g 70g")

    assert judge.outages == [Outage(ms(10), ms(60), ms(50), ms(0), ms(60))]
    assert drawn(judge, 0, 80) == "up 0-10, down 10-60, up 60-80"


def test_unknown_attempts_neither_count_nor_break_a_row_of_bad_ones() -> None:
    judge = judged("0g 10b 20u 30b 40u 50b")

    assert (judge.verdict, judge.bads_in_row) == (State.DOWN, 3)
    assert drawn(judge, 0, 60) == "up 0-10, down 10-20, unknown 20-30, down 30-40, unknown 40-50, down 50-60"


def test_unknown_attempts_neither_count_nor_break_a_row_of_good_ones() -> None:
    judge = judged(DOWN + "40g 50u 60g")

    assert judge.outages[-1].end == ms(40)
    assert drawn(judge, 30, 70) == "down 30-40, up 40-50, unknown 50-60, up 60-70"


def test_unknown_time_in_a_suspicion_stays_unknown_after_a_blip() -> None:
    assert drawn(judged("0g 10b 20u 30g"), 0, 40) == "up 0-20, unknown 20-30, up 30-40"


def test_while_unknown_the_verdict_is_remembered() -> None:
    judge = judged(DOWN + "40u")

    assert (judge.shown, judge.since, judge.verdict) == (State.UNKNOWN, ms(40), State.DOWN)


def test_the_next_bad_attempt_after_unknown_continues_the_same_outage() -> None:
    judge = judged(DOWN + "40u 50b")

    assert (judge.shown, judge.since, len(judge.outages)) == (State.DOWN, ms(10), 1)
    assert drawn(judge, 30, 60) == "down 30-40, unknown 40-50, down 50-60"


def test_an_up_or_suspect_check_whose_last_attempt_is_unknown_is_shown_so() -> None:
    assert [judged(story).shown for story in ("0g 10u", "0g 10b 20u", "0u")] == [State.UNKNOWN] * 3
    assert [judged(story).since for story in ("0g 10u 20u", "0g 10b 20u", "0u 10u")] == [
        ms(10),
        ms(20),
        ms(0),
    ]


def test_a_gap_of_just_the_reach_is_none() -> None:
    assert judged("0g 10b 32b 54b").verdict is State.DOWN
    assert judged("0g 10b 32b 54.001b").verdict is State.UP


def test_a_gap_forgets_a_suspicion_and_leaves_its_time_up() -> None:
    judge = judged("0g 10b 20b 60b")

    assert (judge.verdict, judge.blips, judge.bads_in_row, judge.first_bad) == (State.UP, 0, 1, ms(60))
    assert drawn(judge, 0, 70) == "up 0-42, unknown 42-60, up 60-70"


def test_a_suspicion_that_a_gap_forgot_is_no_blip() -> None:
    assert changes("0g 10b 60g") == ["judged 0 at 0"]
    assert judged("0g 10b 60u 70g").blips == 0


def test_an_unknown_attempt_keeps_a_gap_from_opening() -> None:
    assert judged("0g 10b 30u 50b 60b").verdict is State.DOWN


def test_runs_missed_between_two_near_bad_attempts_of_an_outage_are_bad() -> None:
    assert drawn(judged(DOWN + "330b"), 30, 340) == "down 30-340"


def test_runs_missed_between_two_far_bad_attempts_are_unknown() -> None:
    assert drawn(judged(DOWN + "331b"), 30, 340) == "down 30-52, unknown 52-331, down 331-340"


def test_near_is_three_intervals_where_they_are_longer_than_five_minutes() -> None:
    story = "0b 120b 480b"

    assert drawn(judged(story, interval=120.0, confirm=2), 0, 490) == "down 0-490"
    assert drawn(judged("0b 120b 481b", interval=120.0, confirm=2), 300, 490) == (
        "down 300-362, unknown 362-481, down 481-490"
    )


def test_what_unknown_attempts_vouch_for_is_unknown_between_near_bad_attempts_too() -> None:
    life = drawn(judged(DOWN + "100u 200b"), 30, 210)

    assert life == "down 30-100, unknown 100-122, down 122-210"


def test_a_good_attempt_between_near_bad_ones_is_bad_and_so_are_the_gaps() -> None:
    assert drawn(judged(DOWN + "100g 200b"), 30, 210) == "down 30-210"


def test_a_good_attempt_between_far_bad_ones_is_bad_as_far_as_it_reaches() -> None:
    life = drawn(judged(DOWN + "100g 400b"), 30, 410)

    assert life == "down 30-52, unknown 52-100, down 100-122, unknown 122-400, down 400-410"


def test_a_good_attempt_before_another_bad_one_is_no_end_of_the_outage() -> None:
    assert judged(DOWN + "40g 50b").outages == [Outage(ms(10), None, ms(50), ms(0), None)]


def test_a_gap_ends_no_outage_and_no_row_of_good_attempts() -> None:
    judge = judged(DOWN + "100g 200g")

    assert judge.outages[-1].end == ms(100)
    assert drawn(judge, 30, 210) == "down 30-52, unknown 52-100, up 100-122, unknown 122-200, up 200-210"


def test_stale_time_is_unknown_and_keeps_the_verdict() -> None:
    judge = judged(DOWN)

    assert drawn(judge, 20, 90) == "down 20-52, unknown 52-90"
    assert (judge.verdict, judge.shown) == (State.DOWN, State.DOWN)


def test_a_past_instant_is_read_with_what_was_learned_later() -> None:
    judge = judged(DOWN + "40g 50g")

    assert drawn(judge, 0, 60, now=20) == "up 0-10, down 10-20"
    assert judged("0g 10g").tail(ms(5)) == []


def test_one_attempt_suffices_where_confirm_and_recover_say_so() -> None:
    story = "0g 10b 20g"

    assert changes(story, confirm=1, recover=1) == [
        "judged 0 at 0",
        "confirmed 10 at 10",
        "recovered 20 at 20",
    ]
    assert drawn(judged(story, confirm=1, recover=1), 0, 30) == "up 0-10, down 10-20, up 20-30"


def test_a_result_that_is_not_newer_changes_nothing() -> None:
    judge = judged("0g 10b")

    assert live(judge, told("10g 5b 0b")) == []
    assert (judge.bads_in_row, judge.suspect, judge.last) == (1, True, told("10b")[0])


def test_extra_attempts_judge_like_those_of_the_grid() -> None:
    judge = judged("0g 10b")
    live(judge, [result(ms(15), "b", extra=True), result(ms(20), "b")])

    assert judge.outages == [Outage(ms(10), None, ms(20), ms(0), None)]


def test_it_is_asked_again_after_a_bad_attempt_unless_that_confirms() -> None:
    stories = ["0b", "0g 10b", "0g 10b 20b", DOWN, DOWN + "40b", "0g", "0g 10b 20g", "0g 10b 20u"]

    assert [judged(story).wants_confirmation for story in stories] == [True] * 3 + [False] * 5


def test_it_is_asked_again_after_the_first_good_attempt_of_a_recovery() -> None:
    after = ["40g", "40g 50g", "40g 50u", "40g 50u 60g", "40g 50b 60g"]

    assert [judged(DOWN + story, recover=3).wants_confirmation for story in after] == [
        True,
        False,
        False,
        False,
        True,
    ]


def test_the_last_good_and_bad_attempts_are_remembered() -> None:
    judge = judged("0g 10g 20b 30u")

    assert judge.last_bad is not None
    assert (judge.last_good_at, judge.last_bad.at) == (ms(10), ms(20))


def test_our_own_blindness_is_forgotten() -> None:
    judge = judged("0g 10n 20n")

    assert judge.forget(ms(5), NETWORK) == [ms(10), ms(20)]
    assert (judge.suspect, judge.bads_in_row, judge.shown, judge.since) == (False, 0, State.UNKNOWN, ms(10))
    assert (judge.last_bad, judge.wants_confirmation) == (None, False)
    assert drawn(judge, 0, 30) == "up 0-10, unknown 10-30"


def test_blindness_after_an_unknown_attempt_is_shown_since_that_one() -> None:
    judge = judged("0g 10u 20n")
    judge.forget(ms(0), NETWORK)

    assert (judge.shown, judge.since) == (State.UNKNOWN, ms(10))


def test_what_proves_an_answer_or_came_before_stays_suspect() -> None:
    judge = judged("0g 10n 20b 30n", confirm=4)

    assert judge.forget(ms(15), NETWORK) == [ms(30)]
    assert (judge.suspect, judge.bads_in_row, judge.first_bad) == (True, 2, ms(10))
    assert judge.last is not None
    assert (judge.last.outcome, judge.last.reason) == (Outcome.UNKNOWN, Reason.BLIND)
    assert drawn(judge, 0, 40) == "up 0-30, unknown 30-40"


def test_after_forgetting_the_rest_of_the_row_is_confirmed_by_itself() -> None:
    judge = judged("0g 10n 20b")
    judge.forget(ms(0), NETWORK)
    live(judge, told("30b 40b"))

    assert judge.outages == [Outage(ms(20), None, ms(40), ms(0), None)]
    assert drawn(judge, 0, 50) == "up 0-10, unknown 10-20, down 20-50"


def test_a_confirmed_outage_is_not_forgotten() -> None:
    judge = judged("0g 10n 20n 30n")

    assert judge.forget(ms(0), NETWORK) == []
    assert drawn(judge, 0, 40) == "up 0-10, down 10-40"


def test_what_is_held_does_not_grow_with_uncertainty() -> None:
    def held(until: int) -> int:
        story = DOWN + "40g " + " ".join(f"{at}u" for at in range(50, until, 30))
        return len(judged(story).tail(ms(until)))

    assert held(1_000) == held(10_000)


def test_a_judge_says_whose_it_is() -> None:
    definition: Check = check(name="vpn")

    assert Judge(definition).check is definition
