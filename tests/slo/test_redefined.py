"""Checks and services whose definition changes, or ends, in the middle of their life."""

from probes.result import NETWORK
from slo.combined import MOST_RULES, Combined
from slo.judge import Judge
from slo.state import State
from slo.timeline import Totals
from tests.slo.lives import check, counted, drawn, judged, live, ms, told

UP = "0g 10g 20g 30g 40g 50g 60g"


def redefined(story: str, then: str, **fields: object) -> Judge:
    judge = judged(story)
    judge.redefine(check(**fields))
    live(judge, told(then))
    return judge


def test_a_changed_check_keeps_its_outage_until_the_new_definition_has_recovered_it() -> None:
    judge = judged("0g 10b 20b 30b")
    judge.redefine(check(timeout=1.0))

    assert (judge.verdict, judge.first_bad) == (State.DOWN, ms(10))
    live(judge, told("40g"))
    assert judge.verdict is State.DOWN
    live(judge, told("50g"))
    assert drawn(judge, 0, 60) == "up 0-10, down 10-40, up 40-60"


def test_a_suspicion_begins_anew_where_another_question_is_asked() -> None:
    judge = redefined("0g 10b 20b", "30b 40b", timeout=1.0)

    assert (judge.verdict, judge.first_bad) == (State.UP, ms(30))
    live(judge, told("50b"))
    assert drawn(judge, 0, 60) == "up 0-30, down 30-60"


def test_a_suspicion_goes_on_where_only_the_rhythm_changes() -> None:
    judge = redefined("0g 10b 20b", "30b", interval=5.0)

    assert (judge.verdict, judge.first_bad) == (State.DOWN, ms(10))


def test_a_recovery_begins_anew_where_another_question_is_asked() -> None:
    judge = redefined("0g 10b 20b 30b 40g", "50g", timeout=1.0)

    assert judge.verdict is State.DOWN
    live(judge, told("60g"))
    assert drawn(judge, 0, 70) == "up 0-10, down 10-50, up 50-70"


def test_what_the_last_attempt_vouches_for_does_not_change_afterwards() -> None:
    judge = redefined("0g", "", interval=100.0)

    assert drawn(judge, 0, 60) == "up 0-22, unknown 22-60"


def test_attempts_from_then_on_vouch_by_the_new_definition() -> None:
    judge = redefined("0g", "10g", interval=100.0)

    assert drawn(judge, 0, 60) == "up 0-60"


def test_a_suspicion_that_a_change_ended_is_not_forgotten_again_as_blindness() -> None:
    judge = redefined("0g 10n 20n", "", timeout=1.0)

    assert (judge.suspect, judge.forget(0, NETWORK)) == (False, [])


def test_a_closed_check_is_settled_as_things_stand() -> None:
    suspect, recovering = judged("0g 10b"), judged("0g 10b 20b 30b 40g")
    for judge in (suspect, recovering):
        judge.close(ms(50))

    assert (suspect.settled, recovering.settled) == (ms(50), ms(50))
    assert drawn(suspect, 0, 50) == "up 0-32, unknown 32-50"
    assert drawn(recovering, 0, 50) == "up 0-10, down 10-50"


def test_a_check_closed_long_after_its_last_attempt_is_unknown_in_between() -> None:
    judge = judged("0g 10g")
    judge.close(ms(100))

    assert drawn(judge, 0, 100) == "up 0-32, unknown 32-100"


def test_a_check_that_was_never_asked_can_be_closed() -> None:
    judge = Judge(check())
    judge.close(ms(10))

    assert counted(judge, 0, 10) == Totals(unknown=10)


def test_the_past_of_a_service_stays_what_it_was_under_the_rule_before() -> None:
    down = judged("0b 10b 20b 30b 40b 50b 60b")
    service = Combined("all", [judged(UP), down])
    service.redefine(ms(35), "any", [judged(UP), down])

    assert drawn(service, 0, 70) == "down 0-35, up 35-70"


def test_a_service_counts_a_new_check_from_then_on_only() -> None:
    old, new = judged(UP), judged("40g 50b 60b 70b")
    service = Combined("all", [old])
    service.redefine(ms(40), "all", [old, new])
    live(old, told("70g"))

    assert drawn(service, 0, 80) == "up 0-50, down 50-80"


def test_a_removed_check_counts_until_it_was_removed() -> None:
    gone, stays = judged("0g 10b 20b 30b"), judged(UP)
    service = Combined("all", [gone, stays])
    gone.close(ms(35))
    service.redefine(ms(35), "all", [stays])

    assert drawn(service, 0, 60) == "up 0-10, down 10-35, up 35-60"
    assert service.settled == ms(60)


def test_a_rule_that_is_not_settled_yet_waits_for_its_members() -> None:
    suspect = judged("0g 10b 20b")
    service = Combined("all", [suspect])
    service.redefine(ms(25), "all", [suspect, judged(UP)])

    assert (service.settled, drawn(service, 0, 25)) == (ms(10), "up 0-25")
    live(suspect, told("30b"))
    assert drawn(service, 0, 40) == "up 0-10, down 10-40"


def test_a_service_without_checks_for_a_while_is_unknown_then() -> None:
    member = judged(UP)
    service = Combined("all", [member])
    service.redefine(ms(20), "all", [])
    service.redefine(ms(40), "all", [member])

    assert drawn(service, 0, 60) == "up 0-20, unknown 20-40, up 40-60"


def test_the_same_rule_again_is_no_change() -> None:
    member = judged(UP)
    service = Combined("all", [member])
    for at in range(1, 50):
        service.redefine(ms(at), "all", [member])

    assert drawn(service, 0, 60) == "up 0-60"
    assert service.settled == ms(60)


def test_a_member_with_another_past_is_counted_anew_by_the_rule_that_held_then() -> None:
    down = judged("0g 10b 20b 30b 40b 50b 60b")
    service = Combined("any", [judged(UP), down])
    service.redefine(ms(35), "all", [judged(UP), down])
    assert drawn(service, 0, 60) == "up 0-35, down 35-60"
    service.replace(down, judged("0g 10g 20b 30b 40b 50b 60b"))

    assert drawn(service, 0, 60) == "up 0-35, down 35-60"


def test_of_very_many_rules_the_earliest_are_let_go() -> None:
    up, down = judged(UP), judged("0g 10b 20b 30b 40b 50b 60b")
    service = Combined("any", [up, down])
    for number in range(1, 100):
        service.redefine(ms(20 + number / 10), "all" if number % 2 else "any", [up, down])

    drawn(service, 0, 60)

    assert len(service._rules) <= MOST_RULES
    assert counted(service, 0, 20) == Totals(good=20)
