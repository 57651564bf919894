import re
from pathlib import Path

import pytest

from alerting.receivers import RECEIVERS
from checks.model import Configuration
from checks.parse import parse
from probes import KINDS

ROOT = Path(__file__).parents[2]


def shipped(**environment: str) -> Configuration:
    pytest.importorskip("probes.basic.http", reason="the kind that the shipped file uses is not there yet")
    text = (ROOT / "checks.yaml").read_text()
    return parse({"checks.yaml": text}, kinds=KINDS, receivers=RECEIVERS, environment=environment)


def test_the_shipped_file_is_right_and_says_what_is_off() -> None:
    notes = [str(each) for each in shipped().notes]

    assert len(notes) == 2
    assert notes[0].endswith(
        "receivers.oncall: off, because routing_key is not set (set PAGERDUTY_ROUTING_KEY)"
    )
    assert notes[1].endswith("alerting.dead_mans_switch: off, because url is not set (set HEARTBEAT_URL)")


def test_the_shipped_file_pages_once_its_two_variables_are_set() -> None:
    said = shipped(PAGERDUTY_ROUTING_KEY="k" * 32, HEARTBEAT_URL="https://hc.example.com/x")

    assert said.notes == ()
    assert said.receivers["oncall"].off == ""
    assert said.alerting.dead_mans_switch is not None


def test_the_shipped_file_is_polite_and_promises_something_for_every_service() -> None:
    said = shipped()

    assert min(check.interval for check in said.checks.values()) >= 60
    assert {name for each in said.objectives.values() for name in each.services} == set(said.services)


def test_the_shipped_file_needs_no_secret_for_its_checks() -> None:
    assert not any(check.missing_secrets for check in shipped().checks.values())


def test_what_is_commented_out_in_the_shipped_file_is_right_too() -> None:
    text = re.sub(r"^  # (?=[a-z-]+:|  )", "  ", (ROOT / "checks.yaml").read_text(), flags=re.MULTILINE)
    said = parse({"checks.yaml": text}, kinds=KINDS, receivers=RECEIVERS, environment={"BACKUP_TOKEN": "x"})

    assert {"tcp", "domain", "heartbeat"} <= {check.kind for check in said.checks.values()}
