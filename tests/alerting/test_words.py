from fractions import Fraction

import pytest

from alerting.words import (
    WORDS,
    budget_in_words,
    clock,
    dependents_of,
    details_of,
    lasting,
    lasting_at_most,
    message_of,
    reason_in_words,
    summary_of,
)
from checks.model import Configuration, Objective, Service, Web
from probes.result import UNKNOWNS, Reason
from slo.account import Account
from slo.budget import Excuse, of_attempts, of_time
from slo.timeline import Totals
from slo.windows import Window
from tests.alerting.hand import START, company
from tests.alerting.incidents import incident

SSO = Service(name="sso", owner="identity", tier=1, runbook="https://wiki.example.com/sso")


def described() -> Configuration:
    services = [
        SSO,
        Service(name="email", depends_on=("sso",)),
        Service(name="calendar", depends_on=("email",)),
        Service(name="vpn"),
    ]
    return company(
        services={each.name: each for each in services}, web=Web(external_url="https://watch.example.com")
    )


def test_an_instant_is_written_as_people_read_it() -> None:
    assert clock(START + 3_723_999) == "2026-01-01 01:02:03 UTC"


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (0, "0 s"),
        (-5, "0 s"),
        (59_499, "59 s"),
        (60_000, "1 min"),
        (3_661_000, "1 h 1 min"),
        (7_500_000, "2 h 5 min"),
        (90_061_000, "1 d 1 h"),
    ],
)
def test_a_length_of_time_is_said_in_its_two_largest_units(ms: int, said: str) -> None:
    assert lasting(ms) == said


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (0, "0 s"),
        (59_001, "1 min"),
        (3_660_001, "1 h 2 min"),
        (86_399_999, "1 d"),
        (86_400_000, "1 d"),
        (86_400_001, "1 d 1 h"),
        (518_348_000, "6 d"),
    ],
)
def test_what_is_left_is_never_more_than_what_is_said(ms: int, said: str) -> None:
    assert lasting_at_most(ms) == said


@pytest.mark.parametrize("reason", sorted(set(Reason) - UNKNOWNS))
def test_every_way_to_fail_is_said_in_a_clause_of_its_own(reason: Reason) -> None:
    clause = reason_in_words(reason.value)

    assert " " in clause
    assert "_" not in clause
    assert list(WORDS.values()).count(clause) == 1


def test_no_reason_is_nothing() -> None:
    assert reason_in_words("") == ""


def test_a_page_says_what_is_down_since_when_and_why() -> None:
    assert summary_of(incident()) == (
        "Single sign-on is down since 2026-01-01 00:00:00 UTC: it does not answer in time"
    )


def test_a_service_without_title_and_cause_is_said_by_its_name() -> None:
    assert summary_of(incident(title="", causes=())) == "sso is down since 2026-01-01 00:00:00 UTC"


def test_the_end_says_how_long_people_were_without_it() -> None:
    over = incident(restored_at=START + 600_000, resolved_at=START + 900_000)

    assert summary_of(over) == "Single sign-on is up again after 10 min"


def test_what_is_wrong_with_ourselves_is_said_under_our_own_name() -> None:
    blind = incident(scope="monitor", name="blind/internet", text="blind on the internet network")

    assert summary_of(blind) == "Watchkeeper: blind on the internet network"


def test_what_was_wrong_with_ourselves_is_said_to_be_over() -> None:
    blind = incident(scope="monitor", name="store", text="the store cannot be written", resolved_at=START)

    assert summary_of(blind) == "Watchkeeper: the store cannot be written (over)"


def test_a_message_carries_what_a_receiver_may_show() -> None:
    message = message_of(incident(), described())

    assert (message.scope, message.name, message.site) == ("service", "sso", "hq")
    assert (message.fault_at, message.opened_at, message.resolved_at) == (START, START + 10_250, None)
    assert (message.owner, message.tier, message.reason) == ("identity", 1, "response_timeout")
    assert (message.severity, message.runbook) == ("critical", "https://wiki.example.com/sso")
    assert message.link == "https://watch.example.com"


def test_a_message_about_ourselves_has_no_owner_although_a_service_bears_the_name() -> None:
    message = message_of(incident(scope="monitor", name="sso", causes=()), described())

    assert (message.owner, message.tier, message.reason) == ("", None, "")


def test_the_details_are_in_reading_order() -> None:
    said = details_of(incident(facts={"budget left": "20 min"}), described(), SSO)

    assert said == {
        "what": "Single sign-on is down",
        "since": "2026-01-01 00:00:00 UTC",
        "failing checks": ["login: not done within 10 s (since 2026-01-01 00:00:00 UTC)"],
        "depends on it": ["calendar", "email"],
        "owner": "identity",
        "site": "hq",
        "budget left": "20 min",
    }
    assert list(said)[:3] == ["what", "since", "failing checks"]


def test_the_details_of_an_end_say_until_when() -> None:
    said = details_of(incident(restored_at=START + 60_000, resolved_at=START + 90_000), described(), SSO)

    assert said["until"] == "2026-01-01 00:01:00 UTC"


def test_what_hangs_on_a_service_is_found_through_others_and_only_once() -> None:
    assert dependents_of(described(), "sso") == ["calendar", "email"]
    assert dependents_of(described(), "vpn") == []


def test_a_circle_of_dependencies_ends() -> None:
    services = {"a": Service(name="a", depends_on=("b",)), "b": Service(name="b", depends_on=("a",))}

    assert dependents_of(company(services=services), "a") == ["a", "b"]


def test_one_line_names_three_of_those_that_are_down_with_it_and_counts_the_rest() -> None:
    five = incident(swallowed=("a", "b", "c", "d", "e"), returned=("b",))

    assert summary_of(five).endswith("; down with it: a, c, d and 1 more")
    assert summary_of(incident(swallowed=("a",), returned=("a",))) == summary_of(incident())


def account(counted: Totals, *, target: Fraction, attempts: bool = False) -> Account:
    """An objective over a day, asked every minute where its attempts are counted."""
    day = Window(0, 86_400_000)
    objective = Objective(name="sso-up", target=target, window="1d", check="login")
    if attempts:
        figures = of_attempts(counted, target, day, day.end, Excuse(), 60_000)
    else:
        figures = of_time(counted, target, day, day.end, Excuse())
    return Account(objective, "sso", day.length, figures, {}, {})


@pytest.mark.parametrize(
    ("counted", "attempts", "said"),
    [
        (Totals(good=86_000_000, bad=400_000), False, "sso-up (99 % in 1d): 7 min 44 s of 14 min 24 s"),
        (Totals(good=85_000_000, bad=1_400_000), False, "sso-up (99 % in 1d): overspent by 8 min 56 s"),
        (Totals(good=1430, bad=10), True, "sso-up (99 % in 1d): 4.4 of 14.4 attempts"),
        (Totals(good=1420, bad=20), True, "sso-up (99 % in 1d): overspent by 5.6 attempts"),
    ],
)
def test_a_page_says_what_is_left_of_a_budget_of_time_or_of_attempts(
    counted: Totals, attempts: bool, said: str
) -> None:
    assert budget_in_words(account(counted, target=Fraction(99, 100), attempts=attempts)) == said
