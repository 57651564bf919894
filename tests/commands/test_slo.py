"""Objectives from a store, at the present and at other times."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from probes.clock import Clock
from probes.result import Outcome, Reason, Result
from store import file
from store.transaction import write
from tests.commands.shapes import OBJECTIVE, rows
from tests.commands.shell import Answer, Shell, configuration, http

MINUTE, HOUR = 60_000, 3_600_000
AT = 1_733_432_400_000  # 2024-12-05T21:00:00Z
OBJECTIVES = """timezone: Europe/Amsterdam
objectives:
  web-up: {service: web, target: 99%, window: 1h}
  front-counts: {check: front, target: 99%, window: 1h, indicator: attempts}
"""


@pytest.fixture(autouse=True)
def company(shell: Shell) -> None:
    """Let a check be good each minute of two hours, but down for six minutes in the middle of the second."""
    shell.write(configuration(http("front", "http://127.0.0.1:1/", ", interval: 60s"), rest=OBJECTIVES))
    results = [
        Result("front", "hq", AT + minute * MINUTE, 0.1, Outcome.BAD, Reason.RESET)
        if 90 <= minute < 96
        else Result("front", "hq", AT + minute * MINUTE, 0.1, Outcome.GOOD)
        for minute in range(120)
    ]
    with file.open("watchkeeper.db", "test", AT) as store:
        write(store.connection, results)


def slo(shell: Shell, *words: str) -> Answer:
    return shell.type("slo", *words)


def said(shell: Shell, *words: str) -> list[dict[str, Any]]:
    answer = slo(shell, "--json", *words)
    assert answer.status == 0, answer.err
    found: list[dict[str, Any]] = json.loads(answer.out)
    jsonschema.validate(found, rows(OBJECTIVE))
    return found


@pytest.mark.parametrize(
    "time", ["2024-12-06T00:00", "2024-12-05T23:00:00.000Z", "2024-12-06 00:00:00+01:00", "1733439600"]
)
def test_an_instant_of_the_past_is_counted_as_it_was_then(shell: Shell, time: str) -> None:
    up, counts = said(shell, "--at", time)

    assert (up["objective"], up["from"], up["to"]) == (
        "web-up", "2024-12-05T22:00:00.000Z", "2024-12-05T23:00:00.000Z",
    )  # fmt: skip
    assert (up["good"], up["bad"], up["unknown"], up["verdict"]) == (3240.0, 360.0, 0.0, "broken")
    assert (counts["unit"], counts["good"], counts["bad"]) == ("attempts", 54, 6)


def test_results_that_came_later_tell_of_the_time_before(shell: Shell) -> None:
    """The outage is confirmed by its third bad attempt: asked of the moment after the first, it was bad."""
    (up, _) = said(shell, "--at", "2024-12-05T22:31:00Z")

    assert up["bad"] == 60.0


def test_people_are_told_the_same_in_a_table(shell: Shell) -> None:
    answer = slo(shell, "--at", "1733439600")

    head, empty, heads, *lines = answer.out.splitlines()
    assert (answer.status, answer.err) == (0, "")
    assert (head, empty) == ("at 2024-12-05 23:00:00 UTC", "")
    assert heads.split()[:5] == ["objective", "services", "target", "window", "verdict"]
    assert lines[0].split()[:6] == ["web-up", "web", "99", "%", "1h", "broken"]
    assert "-5 min 24 s (-900.0 %)" in lines[0]
    assert "0.6 attempts" in lines[1]
    assert lines[2:] == [
        "",
        "web-up: one attempt in 1m cannot tell 99 % of 1h: the budget is 36 s",
        "front-counts: one attempt in 1m cannot tell 99 % of 1h: the budget is 0.6 attempts",
    ]


def test_some_objectives_can_be_chosen(shell: Shell) -> None:
    assert [each["objective"] for each in said(shell, "front-counts")] == ["front-counts"]


def test_an_objective_that_is_not_there_is_wrong_use(shell: Shell) -> None:
    answer = slo(shell, "web-pu")

    assert (answer.status, answer.out) == (2, "")
    assert 'did you mean "web-up"?' in answer.err


def test_now_is_told_with_a_word_on_how_old_the_results_are(shell: Shell) -> None:
    last = Result("front", "hq", Clock().now() - 2 * HOUR, 0.1, Outcome.GOOD)
    with file.open("watchkeeper.db", "test", AT) as store:
        store.connection.execute("DELETE FROM results")
        write(store.connection, [last])

    answer = slo(shell)

    assert answer.err.startswith("the latest result is 2 h")
    assert "web-up: nothing of its window was measured" in answer.out


def test_what_lies_ahead_is_doubted(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.main.Clock", lambda: Clock(wall=lambda: AT / 1000))
    answer = slo(shell, "--at", "2025-12-06T22:00")

    assert answer.status == 0
    assert answer.err == "2025-12-06 21:00:00 UTC lies ahead: what is not measured yet is unknown\n"


def test_what_lies_more_than_a_year_ahead_is_wrong_use(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.main.Clock", lambda: Clock(wall=lambda: AT / 1000))
    answer = slo(shell, "--at", "2025-12-06T22:05")

    assert (answer.status, answer.out) == (2, "")
    assert "--at must lie at most 366 days ahead, until 2025-12-06 21:00:00 UTC" in answer.err


@pytest.mark.parametrize("time", ["yesterday", "2024-02-30", "1733439600000", "0001-01-01T00:00Z"])
def test_what_is_no_time_is_wrong_use(shell: Shell, time: str) -> None:
    answer = slo(shell, "--at", time)

    assert (answer.status, answer.out) == (2, "")
    assert "--at" in answer.err


def test_without_a_store_nothing_can_be_said_and_none_is_made(shell: Shell) -> None:
    Path("watchkeeper.db").unlink()

    answer = slo(shell)

    assert (answer.status, answer.out) == (3, "")
    assert "no store at watchkeeper.db yet" in answer.err
    assert not Path("watchkeeper.db").exists()


def test_without_objectives_there_is_nothing_to_tell(shell: Shell) -> None:
    shell.write(configuration(http("front", "http://127.0.0.1:1/")))

    assert slo(shell, "--at", "1733439600").out == "no objective is configured\n"
    assert said(shell) == []


def test_it_reads_while_a_daemon_holds_the_store(shell: Shell) -> None:
    with file.open("watchkeeper.db", "run", AT):
        assert len(said(shell)) == 2
