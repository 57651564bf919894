"""How bad it can have been: by hand, after a reload, and of many outages."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import Any

from alerting.events import Swapped
from checks.model import Alerting, Check, Configuration, Hours, Maintenance, Objective, Service
from probes.result import Result
from slo.accounts import Accounts
from slo.combined import Combined
from slo.judge import Judge
from tests.alerting import hand
from tests.alerting.hand import Hand, company
from tests.slo.lives import START, check, judged, ms

SECOND = 1000
GOOD_ALL_THE_TIME = "0g 10g 20g 30g 40g 50g 60g 70g 80g 90g"
AN_OUTAGE = "0g 10b 20b 30b 40g 50g 60g 70g 80g 90g"
OFFICE = Hours(name="office", days=(0,), begin=540, end=854)  # until 14:14, 40 s after START, a Monday
ANOTHER = "0g 10g 20g 30b 40b 50b 60g 70g 80g 90g"


def maintenance(start: float, seconds: float) -> Maintenance:
    begin = datetime.fromtimestamp(START / 1000, UTC) + timedelta(seconds=start)
    return Maintenance(name="works", services=("a",), start=begin, duration=seconds)


def bounds(
    stories: Sequence[str],
    up_when: str | int = "all",
    *,
    left_out: Sequence[Maintenance] = (),
    during: str = "",
    end: float = 100,
) -> tuple[float, float]:
    """Say of a service that its checks have lived so, how many seconds until `end` were bad."""
    judges = {f"c{number}": judged(story) for number, story in enumerate(stories)}
    checks = {name: replace(judge.check, name=name, service="a") for name, judge in judges.items()}
    configuration = Configuration(
        site="hq",
        services={"a": Service(name="a", up_when=up_when)},
        checks=checks,
        objectives={
            "o": Objective(name="o", services=("a",), target=Fraction(9, 10), window="1h", during=during)
        },
        alerting=Alerting(hours={"office": OFFICE}),
    )
    times = {"a": Combined(up_when, list(judges.values()))}
    found = Accounts(configuration, judges, times, left_out).bounds("o", ms(end))
    assert found is not None
    return found[0] / SECOND, found[1] / SECOND


# --- one check


def test_an_outage_that_has_ended_lies_between_its_attempts() -> None:
    assert bounds([AN_OUTAGE]) == (20, 40)


def test_one_that_lasts_may_last_until_now() -> None:
    assert bounds(["0g 10b 20b 30b"], end=45) == (20, 45)
    assert bounds(["0g 10b 20b 30b"], end=100) == (20, 100)


def test_one_without_an_earlier_good_attempt_may_reach_to_the_edge_of_the_window() -> None:
    assert bounds(["10b 20b 30b 40g 50g"], end=60) == (20, 3600 - 60 + 40)


def test_unknown_time_in_an_outage_may_have_been_bad_and_is_not_surely() -> None:
    assert bounds(["0g 10b 20b 30b 40u 50b 60b 70g 80g"]) == (50 - 10, 70)


def test_time_that_maintenance_takes_out_is_in_neither_bound() -> None:
    """The outage is [10, 40), perhaps (0, 40), surely [10, 30]; what follows second 25 does not count."""
    assert bounds([AN_OUTAGE], left_out=[maintenance(25, 60)]) == (15, 25)
    assert bounds([AN_OUTAGE], left_out=[maintenance(-5, 10)]) == (20, 35)


def test_outages_are_known_from_the_instant_on_at_which_they_are_not_over() -> None:
    judge = judged("0g 10b 20b 30b 40g 50g 60b 70b 80b 90g 100g 110b 120b 130b")
    first, second, lasting = judge.outages

    assert judge.outages_since(0) == [first, second, lasting]
    assert judge.outages_since(ms(39)) == [first, second, lasting]
    assert judge.outages_since(ms(40)) == [second, lasting]
    assert judge.outages_since(ms(5000)) == [lasting]


def test_time_off_hours_is_in_neither_bound() -> None:
    """The outage is [30, 60), perhaps (20, 60), surely [30, 50]; the hours end at second 40."""
    assert bounds([ANOTHER], during="office") == (10, 20)


# --- two checks


def test_of_all_that_must_be_up_each_outage_counts() -> None:
    assert bounds([AN_OUTAGE, ANOTHER], "all") == (20 + 20, 60)


def test_of_any_that_must_be_up_what_outages_share_counts() -> None:
    """Surely [10, 30] and [30, 50]; perhaps (0, 40) and (20, 60)."""
    assert bounds([AN_OUTAGE, ANOTHER], "any") == (0, 20)
    assert bounds([AN_OUTAGE, GOOD_ALL_THE_TIME], "any") == (0, 0)


def test_of_some_that_must_be_up_what_enough_outages_share_counts() -> None:
    assert bounds([AN_OUTAGE, AN_OUTAGE, GOOD_ALL_THE_TIME], 2) == (20, 40)
    assert bounds([AN_OUTAGE, AN_OUTAGE, GOOD_ALL_THE_TIME], 1) == (0, 0)


# --- after a reload


def promised(*checks: Check, **said: Any) -> Configuration:
    objective = Objective(name="sso", services=("sso",), target=Fraction(9, 10), window="1h")
    return company(*checks, objectives={"sso": objective}, **said)


def counted_of(hand: Hand) -> tuple[int, tuple[int, int]]:
    """Give what is counted as bad, and its bounds."""
    accounts = hand.engine.accounts
    figures, found = accounts.one("sso", hand.now).figures, accounts.bounds("sso", hand.now)
    assert figures is not None
    assert found is not None
    return int(figures.bad), found


def test_the_outage_of_a_check_that_was_removed_stays_within_the_bounds() -> None:
    stays, goes = hand.check("login"), hand.check("token")
    driven = Hand(promised(stays, goes)).start().works("login").works("token").fails("token", times=6)
    driven.works("login").hear(Swapped(promised(stays))).works("login", times=4)

    bad, (least, most) = counted_of(driven)

    assert least == 0
    assert most == bad > 0


def test_what_was_up_by_another_combination_stays_within_the_bounds() -> None:
    checks = hand.check("login"), hand.check("token")
    anyone = {"sso": Service(name="sso", tier=1, up_when="any")}
    driven = Hand(promised(*checks, services=anyone)).start().works("login").works("token")
    driven.fails("token", times=6).works("login").hear(Swapped(promised(*checks)))

    bad, (least, most) = counted_of(driven)

    assert bad == least == 0
    assert most > 0


# --- many outages


def restless(outages: int) -> Accounts:
    """Let two checks be down for ten seconds, once in a minute and so many times."""
    services = {"a": Service(name="a")}
    checks = {name: check(name=name, service="a", confirm=1, recover=1) for name in ("one", "two")}
    objective = Objective(name="o", services=("a",), target=Fraction(9, 10), window="30d")
    judges = {name: Judge(definition) for name, definition in checks.items()}
    for at in range(0, outages * 60, 10):
        for name, judge in judges.items():
            judge.judge(replace(lived(at), check=name))
    configuration = Configuration(site="hq", services=services, checks=checks, objectives={"o": objective})
    return Accounts(configuration, judges, {"a": Combined("all", list(judges.values()))})


def lived(at: int) -> Result:
    return hand.made("one", ms(at), hand.BAD if at % 60 == 30 else hand.GOOD)


def calls(work: Callable[[], object]) -> int:
    """Count the calls that are made until something is done, and the returns from them."""
    count, before = 0, sys.getprofile()

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def test_ten_times_as_many_outages_are_ten_times_the_work_and_no_square() -> None:
    work = []
    for outages in (30, 300):
        accounts, now = restless(outages), ms(outages * 60)
        assert accounts.bounds("o", now) == (0, outages * 20 * SECOND)
        work.append(calls(partial(accounts.bounds, "o", now)))

    assert work[0] > 30
    assert work[1] < 15 * work[0]
