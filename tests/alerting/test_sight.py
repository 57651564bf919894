import pytest

from alerting.sight import Sight
from probes.result import NAMES, NETWORK, Outcome, Reason, Result
from tests.alerting.hand import made

TIMEOUT, NXDOMAIN, STATUS = Reason.CONNECT_TIMEOUT, Reason.DNS_NXDOMAIN, Reason.HTTP_STATUS


def sight(*, addresses: int = 2, names: int = 0) -> Sight:
    eyes = {f"a{n}": False for n in range(addresses)} | {f"n{n}": True for n in range(names)}
    return Sight("internet", eyes)


def look(seen: Sight, at: int, *failing: str, took: int = 20) -> None:
    """Let every self-check be asked at once; those named fail."""
    for name in seen.eyes:
        result = made(name, at, TIMEOUT if name in failing else None, took)
        seen.looked(result, result.ended)


def dark(seen: Sight, at: int, took: int = 20) -> None:
    look(seen, at, *seen.eyes, took=took)


def good(seen: Sight, at: int, took: int = 10, *, named: bool = True) -> Result:
    result = made("vpn", at, took=took)
    seen.saw(result, result.ended, named=named)
    return result


def hold(seen: Sight, at: int, reason: Reason | None = TIMEOUT, name: str = "login", took: int = 250) -> bool:
    result = made(name, at, reason, took)
    return seen.hold(result, result.ended)


def released(seen: Sight, now: int) -> list[tuple[str, bool]]:
    return [(result.check, ours) for result, ours in seen.released(now)]


# --- blind


def test_we_see_until_every_voter_fails() -> None:
    seen = sight(addresses=3)

    look(seen, 0, "a0", "a1")
    assert not seen.blind

    look(seen, 1000, "a0", "a1", "a2")
    assert seen.blind_to == NETWORK


def test_before_every_self_check_has_answered_we_are_not_blind() -> None:
    seen = sight(addresses=2)
    seen.looked(made("a0", 0, TIMEOUT), 250)

    assert not seen.blind


def test_one_self_check_that_succeeds_gives_sight_back() -> None:
    seen = sight()
    dark(seen, 0)
    look(seen, 5000, "a0")

    assert not seen.blind
    assert seen.blind_since is None


def test_a_check_that_is_good_since_they_began_says_that_we_see() -> None:
    seen = sight()
    good(seen, 0)
    dark(seen, 0)

    assert not seen.blind


def test_a_check_that_was_good_before_they_began_says_nothing() -> None:
    seen = sight()
    good(seen, 999)
    dark(seen, 1000)

    assert seen.blind


def test_a_good_check_ends_blindness_at_once() -> None:
    seen = sight()
    dark(seen, 0)
    good(seen, 3000)

    assert not seen.blind


def test_a_slow_answer_does_not_take_the_place_of_one_begun_after_it() -> None:
    seen = sight()
    good(seen, 9000)
    good(seen, 0, took=9900)
    dark(seen, 8500)

    assert not seen.blind


def test_without_a_self_check_we_are_never_blind_and_nothing_waits() -> None:
    seen = sight(addresses=0)

    assert not hold(seen, 0)
    assert not seen.blind
    assert seen.wake(0) is None


def test_a_self_check_that_our_own_slowness_spoilt_says_nothing() -> None:
    seen = sight(addresses=1)
    seen.looked(made("a0", 0, Reason.OVERLOAD), 2000)

    assert not seen.blind


def test_an_answer_overtaken_by_a_later_one_is_an_old_story() -> None:
    seen = sight(addresses=1)
    look(seen, 1000)
    dark(seen, 0, took=2000)

    assert not seen.blind


# --- votes


def test_a_self_check_that_fails_while_the_network_carries_a_check_loses_its_vote() -> None:
    seen = sight(addresses=1)
    dark(seen, 0, took=2000)
    good(seen, 2000, took=100)
    dark(seen, 2100)

    assert [eye.name for eye in seen.mute()] == ["a0"]
    assert not seen.blind


@pytest.mark.parametrize(
    ("at", "took"), [(1999, 50), (2050, 100)], ids=["begun before it had failed", "ended too late"]
)
def test_a_good_check_that_is_not_wholly_in_between_takes_no_vote(at: int, took: int) -> None:
    seen = sight(addresses=1)
    dark(seen, 0, took=2000)
    good(seen, at, took=took)
    dark(seen, 2100)

    assert not seen.mute()


def test_two_failures_running_cost_no_vote_by_themselves() -> None:
    seen = sight(addresses=1)
    dark(seen, 0)
    dark(seen, 5000)
    dark(seen, 10_000)

    assert not seen.mute()
    assert seen.blind


def test_a_self_check_among_many_good_checks_loses_its_vote_too() -> None:
    seen = sight(addresses=1)
    dark(seen, 0, took=2000)
    for at in range(2000, 63_000, 100):
        good(seen, at, took=90)
    dark(seen, 60_000, took=2000)

    assert seen.mute()


def test_a_vote_is_regained_by_success() -> None:
    seen = sight(addresses=1)
    dark(seen, 0)
    good(seen, 1000)
    dark(seen, 2000)
    look(seen, 3000)

    assert not seen.mute()
    assert hold(seen, 4000)


def test_after_a_success_a_self_check_is_judged_anew() -> None:
    seen = sight(addresses=1)
    dark(seen, 0)
    good(seen, 1000)
    look(seen, 2000)
    dark(seen, 3000)
    dark(seen, 8000)

    assert not seen.mute()
    assert seen.blind


def test_where_no_vote_is_left_we_are_never_blind_and_nothing_waits() -> None:
    seen = sight(addresses=1)
    dark(seen, 0)
    good(seen, 1000)
    dark(seen, 2000)
    dark(seen, 60_000)

    assert not seen.blind
    assert not hold(seen, 61_000)


# --- what is kept back


@pytest.mark.parametrize("reason", sorted(NETWORK, key=str))
def test_what_our_network_explains_as_well_is_kept_back(reason: Reason) -> None:
    assert hold(sight(), 0, reason)


@pytest.mark.parametrize("reason", sorted(set(Reason) - NETWORK))
def test_whatever_proves_an_answer_is_not_kept_back(reason: Reason) -> None:
    assert not hold(sight(), 0, reason)


def test_the_first_good_self_check_begun_after_it_lets_a_result_go_on() -> None:
    seen = sight()
    hold(seen, 0, took=250)
    assert released(seen, 250) == []

    look(seen, 250)

    assert released(seen, 270) == [("login", False)]
    assert not seen.held


def test_a_good_self_check_begun_before_its_end_says_nothing_of_a_result() -> None:
    seen = sight()
    hold(seen, 0, took=250)
    look(seen, 249)

    assert released(seen, 1000) == []


def test_a_self_check_begun_as_a_result_came_in_counts_whatever_was_rounded() -> None:
    seen = sight()
    seen.hold(made("login", 0, TIMEOUT, took=251), 250)
    look(seen, 250)

    assert released(seen, 270) == [("login", False)]


def test_a_good_check_begun_after_it_lets_a_result_go_on() -> None:
    seen = sight()
    hold(seen, 0, took=250)
    good(seen, 250)

    assert released(seen, 260) == [("login", False)]


def test_a_result_waits_for_three_seconds_at_most() -> None:
    seen = sight()
    hold(seen, 0, took=250)
    seen.round_due(250)

    assert seen.wake(250) == 3250
    assert released(seen, 3249) == []
    assert released(seen, 3250) == [("login", False)]


def test_where_all_self_checks_fail_after_it_a_result_was_our_blindness() -> None:
    seen = sight()
    hold(seen, 0, took=250)
    dark(seen, 300, took=2000)

    assert released(seen, 2300) == [("login", True)]


def test_what_began_while_we_were_blind_is_blindness_although_we_see_again() -> None:
    seen = sight()
    dark(seen, 0)
    hold(seen, 1000, took=9000)
    look(seen, 10_000)

    assert released(seen, 10_020) == [("login", True)]


def test_what_began_after_the_return_of_sight_is_theirs() -> None:
    seen = sight()
    dark(seen, 0)
    look(seen, 5000)
    hold(seen, 5020, took=250)
    look(seen, 5300)

    assert released(seen, 5320) == [("login", False)]


def test_later_results_of_a_check_wait_behind_the_one_kept_back() -> None:
    seen = sight()
    hold(seen, 0)
    assert hold(seen, 400, STATUS)
    assert not hold(seen, 400, STATUS, name="vpn")
    assert released(seen, 700) == []

    look(seen, 700)

    assert [(result.at, ours) for result, ours in seen.released(720)] == [(0, False), (400, False)]


def test_a_result_behind_another_asks_the_self_checks_for_itself() -> None:
    seen = sight()
    hold(seen, 0)
    assert seen.round_due(250)
    hold(seen, 400, took=1000)

    assert seen.round_due(1400)


# --- names


def test_where_no_name_can_be_resolved_we_are_blind_for_names_alone() -> None:
    seen = sight(names=2)
    look(seen, 0, "n0", "n1")

    assert seen.blind_to == NAMES


def test_names_that_cannot_be_resolved_are_our_blindness_and_the_rest_is_theirs() -> None:
    seen = sight(names=1)
    hold(seen, 0, NXDOMAIN, name="named")
    hold(seen, 0, TIMEOUT, name="silent")
    look(seen, 300, "n0")

    assert released(seen, 320) == [("named", True), ("silent", False)]


def test_a_name_that_is_gone_while_others_resolve_is_theirs() -> None:
    seen = sight(names=2)
    hold(seen, 0, NXDOMAIN)
    look(seen, 300, "a0", "a1", "n0")

    assert released(seen, 320) == [("login", False)]


def test_a_check_of_an_address_proves_nothing_about_names() -> None:
    seen = sight(names=1)
    look(seen, 0, "n0")
    good(seen, 1000, named=False)
    assert seen.blind_to == NAMES

    good(seen, 2000, named=True)
    assert not seen.blind


def test_a_check_of_an_address_takes_no_vote_from_what_resolves() -> None:
    seen = sight(names=1)
    dark(seen, 0)
    good(seen, 1000, named=False)
    dark(seen, 5000)

    assert [eye.name for eye in seen.mute()] == ["a0", "a1"]


def test_where_nothing_resolves_names_all_self_checks_judge_them() -> None:
    seen = sight(names=0)
    hold(seen, 0, NXDOMAIN)
    look(seen, 300, "a0")

    assert released(seen, 320) == [("login", False)]


def test_the_last_good_look_is_that_of_those_who_speak_for_what_we_are_blind_to() -> None:
    seen = sight(names=1)
    look(seen, 1000)
    look(seen, 2000, "n0")
    assert seen.last_good_look == 1000

    look(seen, 3000, "n0", "a0", "a1")
    assert seen.last_good_look == 2000


# --- rounds


def test_self_checks_are_asked_at_the_start_and_every_minute() -> None:
    seen = sight()

    assert seen.round_due(0)
    assert not seen.round_due(59_999)
    assert seen.wake(59_999) == 60_000
    assert seen.round_due(60_000)


def test_self_checks_are_asked_every_five_seconds_while_we_are_blind() -> None:
    seen = sight()
    seen.round_due(0)
    dark(seen, 0)

    assert seen.wake(20) == 5020
    assert seen.round_due(5020)
    assert seen.wake(10_021) == 10_020


def test_self_checks_are_asked_at_once_when_a_check_says_that_sight_is_back() -> None:
    seen = sight()
    seen.round_due(0)
    dark(seen, 0)
    good(seen, 1500, took=100)

    assert seen.round_due(1600)
    assert seen.wake(1601) == 61_600


def test_many_bad_results_ask_for_one_round_a_second() -> None:
    seen = sight()
    seen.round_due(0)
    rounds = []
    for now in range(2000, 5000, 10):
        hold(seen, now - 250, name=f"check-{now}")
        rounds += [now] if seen.round_due(now) else []

    assert rounds == [2000, 3000, 4000]


# --- how long


def test_somebody_is_told_when_we_have_been_blind_for_ten_seconds() -> None:
    seen = sight()
    seen.round_due(0)
    dark(seen, 0, took=2000)

    assert not seen.lasting(11_999)
    assert seen.lasting(12_000)


def test_blindness_that_changes_its_extent_goes_on() -> None:
    seen = sight(names=1)
    look(seen, 0, "n0")
    dark(seen, 5000)

    assert seen.blind_since == 20


def test_outcomes_that_say_nothing_of_the_network_are_passed_over() -> None:
    seen = sight()
    dark(seen, 0)
    for outcome, reason in ((Outcome.BAD, STATUS), (Outcome.UNKNOWN, Reason.BUG)):
        seen.saw(made("vpn", 1000, reason, outcome=outcome), 1250, named=True)

    assert seen.blind
