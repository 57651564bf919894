from fractions import Fraction

import pytest

from checks.model import BurnRule, Objective, Policy
from tests.checks.reading import noted, read, refused

HOURS = 'alerting: {hours: {office: {days: mon-fri, from: "08:00", to: "18:00"}}}\n'


def objective(options: str) -> str:
    return f"objectives: {{it: {{target: 99%, {options}}}}}\n"


def made(options: str) -> Objective:
    return read(objective(options)).objectives["it"]


def made_with(options: str, more: str) -> Objective:
    return read(objective(options) + more).objectives["it"]


def test_an_objective_counts_time_by_the_usual_rules_where_nothing_else_is_written() -> None:
    it = made("service: web, window: 30d")

    assert (it.indicator, it.burn, it.policy, it.min_bad) == ("time", None, (), 3)
    assert (it.target, it.min_coverage) == (Fraction(99, 100), Fraction(1, 2))


def test_attempts_are_those_of_a_check() -> None:
    it = made("check: page, window: 30d, indicator: attempts")

    assert (it.check, it.services, it.indicator) == ("page", (), "attempts")


def test_speed_has_a_measure() -> None:
    assert made("check: page, window: 30d, indicator: latency, faster_than: 2s").faster_than == 2.0


@pytest.mark.parametrize(
    ("options", "mistake"),
    [
        ("indicator: latency", "objectives.it.faster_than: is required with indicator: latency"),
        ("faster_than: 2s", "objectives.it.faster_than: goes only with indicator: latency"),
        (
            "indicator: attempts, faster_than: 2s",
            "objectives.it.faster_than: goes only with indicator: latency",
        ),
        ("indicator: latency, faster_than: 0s", "objectives.it.faster_than: must be more than 0"),
        ("min_bad: 0", "objectives.it.min_bad: must be at least 1"),
        ("min_coverage: 101%", "objectives.it.min_coverage: must be from 0% to 100%, such as 50% or 0.5"),
        (
            "policy: [{at: 0%, notify: page}]",
            "objectives.it.policy[0].at: must be more than 0%, such as 50%, 100% or 150%",
        ),
        ("policy: [{at: 50%}]", "objectives.it.policy[0].notify: is required"),
        (
            "policy: [{at: 50%, notify: page}, {at: 0.5, notify: info}]",
            "objectives.it.policy[1].at: this share has a threshold already",
        ),
        (
            "burn: [{urgency: page, long: 1h, short: 31m, factor: 2}]",
            "objectives.it.burn[0]: must have a short window of at most half the long one",
        ),
        (
            "burn: [{urgency: page, long: 1h, short: 5m, factor: 100}]",
            "objectives.it.burn[0].factor: is never reached: for this target it is less than 100",
        ),
        (
            "burn: [{urgency: page, long: 1h, short: 5m, factor: 0}]",
            "objectives.it.burn[0].factor: must be more than 0",
        ),
        (
            "burn: [{urgency: info, long: 1h, short: 5m, factor: 2}]",
            "objectives.it.burn[0].urgency: must be 'page' or 'ticket'",
        ),
    ],
)
def test_what_cannot_be_promised_is_refused(options: str, mistake: str) -> None:
    assert refused(objective(f"check: page, window: 30d, {options}")) == [mistake]


def test_a_policy_is_of_shares_that_may_be_more_than_all() -> None:
    it = made("service: web, window: 30d, policy: [{at: 150%, notify: ticket, state: freeze, text: stop}]")

    assert it.policy == (Policy(at=Fraction(3, 2), notify="ticket", state="freeze", text="stop"),)


def test_burn_rules_are_exact() -> None:
    it = made("service: web, window: 30d, burn: [{urgency: page, long: 1h, short: 30m, factor: 14.4}]")

    assert it.burn == (BurnRule(urgency="page", long=3600.0, short=1800.0, factor=Fraction(72, 5)),)


def test_no_burn_rules_are_not_the_usual_ones() -> None:
    assert made("service: web, window: 30d, burn: []").burn == ()


@pytest.mark.parametrize(("written", "share"), [("0%", 0), ("100%", 1)])
def test_all_or_nothing_may_have_to_be_measured(written: str, share: int) -> None:
    assert made(f"service: web, window: 30d, min_coverage: {written}").min_coverage == share


@pytest.mark.parametrize("window", ["week", "month", "quarter", "year"])
def test_a_window_may_follow_the_calendar_and_the_hours(window: str) -> None:
    options = f"check: page, window: {window}, indicator: attempts, during: office"

    assert made_with(options, HOURS).window == window
    assert noted(objective(options) + HOURS) == []
