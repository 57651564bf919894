"""The example of the contract, word for word: it is right, and says what this version does not do yet."""

from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest

import probes
from alerting import receivers
from checks.inert import NOT_YET
from checks.model import Configuration
from checks.parse import parse

TEXT = Path(__file__).with_name("contract.yaml").read_text()
SET = {
    "SSO_PASSWORD": "p",
    "SSO_TOTP": "GEZDGNBVGY3TQOJQ",
    "MAIL_PASSWORD": "p",
    "PAGERDUTY_ROUTING_KEY": "0" * 32,
    "SLACK_WEBHOOK_URL": "https://hooks.slack.example/T0",
    "HEARTBEAT_URL": "https://beat.example.com/1",
    "WATCHKEEPER_SITE": "ams",
}


def said(environment: dict[str, str]) -> Configuration:
    return parse(
        {"contract.yaml": TEXT},
        kinds=probes.KINDS,
        receivers=receivers.RECEIVERS,
        environment=environment,
    )


def notes(environment: dict[str, str]) -> dict[str, list[str]]:
    """Give what is noted: paths by message."""
    noted: dict[str, list[str]] = {}
    for each in said(environment).notes:
        noted.setdefault(each.message, []).append(each.path)
    return noted


@pytest.mark.parametrize("environment", [{}, SET])
def test_it_is_right_and_says_what_has_no_effect_yet(environment: dict[str, str]) -> None:
    assert notes(environment)[NOT_YET] == [
        "services.sso.vendors",
        "services.email.vendors",
        "objectives.sso-availability.policy",
        "reports",
        "vendors",
    ]


@pytest.mark.parametrize("environment", [{}, SET])
def test_it_says_which_kinds_are_not_asked(environment: dict[str, str]) -> None:
    unasked = {told: paths for told, paths in notes(environment).items() if "is not asked" in told}

    assert unasked == {
        "kind oidc is not asked by this version yet: the check stays unknown": ["checks.sso-login.kind"],
        "kind mail_roundtrip is not asked by this version yet: the check stays unknown": [
            "checks.mail-roundtrip.kind"
        ],
        "kind ikev2 is not asked by this version yet: the check stays unknown": ["checks.vpn-gateway.kind"],
        "kind status_page is not asked by this version yet: the check stays unknown": [
            "checks.okta-status.kind"
        ],
    }


def test_it_says_which_secrets_are_not_set() -> None:
    unset = [told for told in notes({}) if "is not set" in told]

    assert unset == [
        "stays unknown, because login.password is not set (set SSO_PASSWORD)",
        "stays unknown, because login.totp is not set (set SSO_TOTP)",
        "stays unknown, because smtp.password is not set (set MAIL_PASSWORD)",
        "stays unknown, because imap.password is not set (set MAIL_PASSWORD)",
        "off, because routing_key is not set (set PAGERDUTY_ROUTING_KEY)",
        "off, because url is not set (set SLACK_WEBHOOK_URL)",
        "off, because url is not set (set HEARTBEAT_URL)",
    ]


def test_with_all_set_only_slack_is_off() -> None:
    configuration = said(SET)

    assert not [told for told in notes(SET) if "is not set" in told]
    assert {name: each.off for name, each in configuration.receivers.items()} == {
        "oncall": "",
        "chat": "this version does not send to slack yet",
    }
    assert notes(SET)["off: this version does not send to slack yet"] == ["receivers.chat"]
    assert configuration.alerting.dead_mans_switch is not None


def test_its_values_are_those_written() -> None:
    configuration = said(SET)
    (upgrade,) = configuration.maintenance
    first, _ = configuration.objectives["sso-availability"].policy

    assert (configuration.site, configuration.timezone) == ("ams", "Europe/Amsterdam")
    assert (upgrade.start, upgrade.recurrence) == (datetime(2026, 12, 5, 22), "FREQ=MONTHLY;BYDAY=1SA")  # noqa: DTZ001 - a wall clock
    assert (first.at, configuration.vendors["okta"].sla) == (Fraction(1, 2), Fraction(999, 1000))
    assert configuration.indicators("sso") == (configuration.checks["sso-login"],)
