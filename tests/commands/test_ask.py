import json
import subprocess
import sys

import jsonschema
import pytest

from commands.ask import waterfall
from probes.clock import Clock
from probes.heard import Beat, Heard
from probes.result import Outcome, Result
from store import file
from store.rows import Memory
from store.transaction import write
from tests.commands.shapes import RESULT
from tests.commands.shell import Shell, Site, configuration, http
from tests.house.tree import ROOT


@pytest.mark.parametrize(
    ("path", "more", "status", "told"),
    [
        ("/200", "", 0, "good: it does what it should"),
        ("/503", "", 1, "bad http_status: it answers with an error status\n  answered 503"),
        ("/200", ", expect_body: bye", 1, "bad assertion: it answers, but not as it should"),
        ("/200", ", slow_after: 0.0001s", 0, "takes longer than 0.0001 s: good, shown as degraded"),
    ],
)
def test_the_exit_status_is_the_outcome_and_the_words_explain_it(
    shell: Shell, site: Site, path: str, more: str, status: int, told: str
) -> None:
    shell.write(configuration(http("front", site.url(path), more)))

    answer = shell.type("ask", "front")

    assert (answer.status, answer.err) == (status, "")
    assert told in answer.out


def test_phases_and_facts_are_shown(shell: Shell, site: Site) -> None:
    shell.write(configuration(http("front", site.url("/200"))))

    told = shell.type("ask", "front").out.splitlines()

    assert told[0].startswith("front (http) of web, asked from hq at ")
    assert any(line.startswith("connect ") and line.endswith(" ms") for line in told)
    assert "status_code     200" in told


def test_json_has_the_promised_shape_and_is_all_that_is_printed(shell: Shell, site: Site) -> None:
    shell.write(configuration(http("front", site.url("/503"))))

    answer = shell.type("ask", "front", "--json")

    said = json.loads(answer.out)
    jsonschema.validate(said, RESULT)
    assert (said["check"], said["outcome"], said["reason"]) == ("front", "bad", "http_status")
    assert said["evidence"]["response"]["status"] == 503


def test_it_asks_once_and_keeps_nothing(shell: Shell, site: Site) -> None:
    shell.write(configuration(http("front", site.url("/503"))))

    shell.type("ask", "front")

    assert site.asked == ["/503"]
    assert [file.name for file in shell.folder.iterdir()] == ["checks.yaml"]


def test_a_good_answer_asks_no_self_check(shell: Shell, site: Site) -> None:
    other = f'[{{tcp: "127.0.0.1:{site.port}"}}]'
    shell.write(configuration(http("front", site.url("/200")), self_checks=other))

    assert shell.type("ask", "front").status == 0
    assert site.asked == ["/200"]


def test_our_own_blindness_is_not_held_against_the_service(shell: Shell, site: Site) -> None:
    shell.write(configuration(http("front", site.url("/never")), self_checks='[{tcp: "127.0.0.1:1"}]'))

    answer = shell.type("ask", "front")

    assert answer.status == 3
    assert "unknown blind: our self-checks fail too" in answer.out


def test_what_is_missing_on_our_side_is_unknown(shell: Shell) -> None:
    shell.write(configuration(http("front", "https://127.0.0.1:1/", ", ca_file: /nowhere/ca.pem")))

    answer = shell.type("ask", "front")

    assert answer.status == 3
    assert (
        "unknown missing_capability: something that it needs is missing on this machine, or in this version"
        in answer.out
    )


def test_a_check_that_is_not_there_is_wrong_use(shell: Shell) -> None:
    shell.write(configuration(http("front", "http://127.0.0.1:1/")))

    answer = shell.type("ask", "frnt")

    assert (answer.status, answer.out) == (2, "")
    assert 'did you mean "front"?' in answer.err


def test_a_check_that_is_switched_off_is_asked_by_force_only(shell: Shell, site: Site) -> None:
    shell.write(configuration(http("front", site.url("/200"), ", enabled: false")))

    assert shell.type("ask", "front").status == 3
    assert site.asked == []
    assert shell.type("ask", "front", "--force").status == 0


def test_what_the_service_says_cannot_command_the_terminal(shell: Shell, site: Site) -> None:
    shell.write(configuration(http("front", site.url("/503"))))

    told = shell.type("ask", "front").out

    assert "\x1b" not in told
    assert "\\u001b[31mhello!" in told


def test_in_a_pipe_there_are_no_escape_codes(shell: Shell, site: Site) -> None:
    shell.write(configuration(http("front", site.url("/503"))))
    words = [sys.executable, str(ROOT / "daemon.py"), "ask", "front"]

    ended = subprocess.run(words, cwd=shell.folder, capture_output=True, check=False)

    assert (ended.returncode, ended.stderr) == (1, b"")
    assert b"\x1b" not in ended.stdout
    assert b"bad http_status" in ended.stdout


def test_a_waterfall_shows_one_phase_after_the_other() -> None:
    result = Result("front", "hq", 0, 1.0, Outcome.GOOD, phases={"connect": 0.25, "response": 0.75})

    heads, rows = waterfall(result, bars=True)

    assert heads == ("phase", "took", "")
    assert rows[0] == ("connect", "   250.0 ms", "█" * 10)
    assert rows[1] == ("response", "   750.0 ms", " " * 10 + "█" * 30)
    assert rows[2] == ("in all", "  1000.0 ms", "")


def test_without_bars_the_column_is_left_out() -> None:
    result = Result("front", "hq", 0, 0.0, Outcome.GOOD, phases={"connect": 0.0})

    assert waterfall(result, bars=False) == (
        ("phase", "took"),
        [("connect", "     0.0 ms"), ("in all", "     0.0 ms")],
    )


def test_a_heartbeat_is_told_from_the_store_where_there_is_one(shell: Shell) -> None:
    rest = "store: sqlite:///watchkeeper.db\n"
    shell.write(
        configuration("job: {service: web, kind: heartbeat, within: 1h, token: t, timeout: 5s}", rest=rest)
    )
    none = shell.type("ask", "job")
    assert (none.status, "heard by a running daemon alone" in none.out) == (3, True)

    good_at = Clock().now() - 1000
    with file.open(shell.folder / "watchkeeper.db", "test", good_at) as store:
        write(store.connection, [Memory("heartbeat/job", Heard().after(Beat(at=good_at, took=2.5)).text())])

    told = shell.type("ask", "job")
    assert (told.status, told.err) == (0, "")
    assert "took" in told.out
    assert shell.type("once").status == 0
