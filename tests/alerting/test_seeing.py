from dataclasses import replace

from alerting.events import Decision
from alerting.seeing import Seeing, ask_everybody, forget_suspects
from checks.model import Network
from probes.result import NAMES, NETWORK, Outcome, Reason, Result
from slo.judge import Judge
from store.rows import Reclassified
from tests.alerting.hand import SELF_CHECKS, check, company, made

ADDRESS = check("address", host="192.0.2.1")
INSIDE = check("inside", network="internal", host="10.0.0.1")
SAID = company(check("login"), check("vpn"), ADDRESS, INSIDE)
TIMEOUT = Reason.CONNECT_TIMEOUT


def seeing() -> Seeing:
    return Seeing(SAID)


def look(seen: Seeing, at: int, *failing: str, network: Network = "internet") -> None:
    for each in SELF_CHECKS:
        reason = TIMEOUT if each.name in failing else None
        seen.looked(network, made(f"self/{each.name}", at, reason, 20), at + 20)


def dark(seen: Seeing, at: int) -> None:
    look(seen, at, *(each.name for each in SELF_CHECKS))


def attempted(seen: Seeing, result: Result) -> list[Result]:
    return seen.attempted(SAID.checks[result.check], result, result.ended)


def suspect(*bads: Result) -> Judge:
    judge = Judge(check(bads[0].check, confirm=9))
    for bad in bads:
        judge.judge(bad)
    return judge


def test_a_good_result_is_final_at_once() -> None:
    seen, result = seeing(), made("login", 0)

    assert attempted(seen, result) == [result]


def test_what_is_kept_back_comes_out_as_it_was_or_as_blindness() -> None:
    seen = seeing()
    theirs, ours = made("login", 0, TIMEOUT), made("login", 5000, TIMEOUT)
    assert attempted(seen, theirs) == []
    look(seen, 300)
    assert seen.released(320) == [theirs]

    attempted(seen, ours)
    dark(seen, 5300)
    (result,) = seen.released(5320)
    assert (result.at, result.outcome, result.reason) == (5000, Outcome.UNKNOWN, Reason.BLIND)
    assert result.detail == ours.detail  # what was met is still to be read


def test_a_check_that_asks_nobody_tells_nothing_of_our_network() -> None:
    class Called:
        passive = True

    said = company(check("login"), replace(check("job"), probe=Called()))
    for name, blind in (("login", False), ("job", True)):
        seen = Seeing(said)
        dark(seen, 0)
        seen.attempted(said.checks[name], made(name, 10), 11)
        seen.attempted(said.checks["login"], made("login", 20, TIMEOUT), 30)
        dark(seen, 31)
        seen.attempted(said.checks[name], made(name, 60), 61)

        assert seen.sights["internet"].blind is blind, name


def test_the_networks_are_seen_each_by_its_own_self_checks() -> None:
    seen = seeing()
    dark(seen, 0)
    result = made("inside", 1000, TIMEOUT)

    assert attempted(seen, result) == [result]
    assert seen.sights["internet"].blind
    assert not seen.sights["internal"].blind


def test_a_good_check_behind_one_kept_back_proves_our_network_as_it_comes_in() -> None:
    seen = seeing()
    bad, good = made("login", 0, TIMEOUT), made("login", 1000)
    attempted(seen, bad)
    assert attempted(seen, good) == []

    dark(seen, 500)

    assert not seen.sights["internet"].blind
    assert seen.released(1300) == [bad, good]


def test_a_check_of_an_address_is_known_by_its_host() -> None:
    seen = seeing()
    look(seen, 0, "one.example", "two.example")
    attempted(seen, made("address", 1000))
    assert seen.sights["internet"].blind_to == NAMES

    attempted(seen, made("login", 1000))
    assert not seen.sights["internet"].blind


def test_a_self_check_that_the_configuration_no_longer_has_is_passed_over() -> None:
    seen = seeing()
    seen.looked("internet", made("self/gone:443", 0, TIMEOUT), 250)

    assert "self/gone:443" not in seen.sights["internet"].eyes


def test_the_rounds_of_each_network_are_asked_for() -> None:
    seen, decision = seeing(), Decision()
    seen.rounds(0, decision)

    assert decision.look == {"internet"}  # the other has no self-checks


def test_lasting_blindness_says_for_what_and_since_when() -> None:
    seen = seeing()
    look(seen, 0, "one.example", "two.example")
    assert seen.blindness(10_019) == []

    (names,) = seen.blindness(10_020)
    assert (names.name, names.since) == ("blind/internet", 20)
    assert "names" in names.text

    dark(seen, 11_000)
    (everything,) = seen.blindness(11_020)
    assert "every self-check fails" in everything.text


def test_a_self_check_without_a_vote_is_named_with_what_it_says() -> None:
    seen = seeing()
    look(seen, 0, "a:443")
    attempted(seen, made("login", 1000))
    look(seen, 2000, "a:443")

    (mute,) = seen.mute()
    assert (mute.name, mute.since) == ("self-check/a:443", 20)
    assert "a:443" in mute.text
    assert "told: connect_timeout" in mute.text


def test_suspects_since_the_last_good_self_check_were_blindness_and_those_before_stay() -> None:
    seen, decision = seeing(), Decision()
    look(seen, 5000)
    dark(seen, 12_000)
    judge = suspect(made("login", 4000, TIMEOUT), made("login", 5000, TIMEOUT), made("login", 9000, TIMEOUT))

    touched = forget_suspects(seen.sights["internet"], {"login": judge}, decision)

    assert touched == [judge]
    assert decision.rows == [
        Reclassified("login", "hq", at, Outcome.UNKNOWN, Reason.BLIND) for at in (5000, 9000)
    ]
    assert judge.first_bad == 4000


def test_a_suspect_that_proved_an_answer_or_is_of_another_network_stays() -> None:
    seen, decision = seeing(), Decision()
    dark(seen, 12_000)
    answered = suspect(made("login", 9000, Reason.HTTP_STATUS))
    inside = suspect(made("inside", 9000, TIMEOUT))
    inside.check = INSIDE

    forget_suspects(seen.sights["internet"], {"login": answered, "inside": inside}, decision)

    assert decision.rows == []
    assert answered.suspect
    assert inside.suspect


def test_a_suspect_stays_where_we_are_blind_for_names_alone_and_it_was_silent() -> None:
    seen, decision = seeing(), Decision()
    look(seen, 12_000, "one.example", "two.example")
    judge = suspect(made("login", 9000, Reason.DNS_NXDOMAIN), made("login", 10_000, TIMEOUT))

    forget_suspects(seen.sights["internet"], {"login": judge}, decision)

    assert [row.at for row in decision.rows if isinstance(row, Reclassified)] == [9000]
    assert judge.first_bad == 10_000


def test_when_sight_returns_the_checks_of_the_network_are_asked_within_ten_seconds() -> None:
    checks = {f"check-{n}": check(f"check-{n}") for n in range(60)} | {"inside": INSIDE}
    decision = Decision()
    ask_everybody(
        seeing().sights["internet"], {name: Judge(each) for name, each in checks.items()}, 1000, decision
    )

    assert {wish.check for wish in decision.ask} == checks.keys() - {"inside"}
    spread = {wish.at for wish in decision.ask}
    assert 1000 <= min(spread) <= max(spread) < 11_000
    assert len(spread) > 50


def test_the_next_instant_is_the_earlier_of_both_networks() -> None:
    seen = seeing()
    seen.rounds(0, Decision())

    assert seen.wake(0) == 60_000
    attempted(seen, made("login", 0, TIMEOUT))
    assert seen.wake(250) == 1000


def test_blindness_is_to_all_network_reasons_where_all_self_checks_fail() -> None:
    seen = seeing()
    dark(seen, 0)

    assert seen.sights["internet"].blind_to == NETWORK
