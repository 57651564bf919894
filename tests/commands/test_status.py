import json
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import jsonschema

from commands.status import lateness
from probes.clock import Clock
from probes.result import Outcome, Reason, Result
from store import file
from store.transaction import write
from tests.commands.shapes import STATUS
from tests.commands.shell import Shell, configuration, http
from tests.exporter.standings import START, company, engine, incident

OBJECTIVE = "objectives: {web-up: {service: web, target: 99.9%, window: 30d}}\n"
HOUR = 3_600_000


def store(shell: Shell, *, ago: int = 0) -> None:
    """Keep a good attempt and three bad ones, the last of which is as old as said, and an incident."""
    shell.write(configuration(http("front", "http://127.0.0.1:1/"), rest=OBJECTIVE))
    last = Clock().now() - ago - 1000
    good = Result("front", "hq", last - 40_000, 0.1, Outcome.GOOD)
    bad = [
        Result("front", "hq", last - after, 0.1, Outcome.BAD, Reason.RESET) for after in (10_000, 5_000, 0)
    ]
    with closing(file.open(shell.folder / "watchkeeper.db", "test", last)) as kept:
        write(kept.connection, [good, *bad, incident().row()])


def test_without_a_store_nothing_can_be_said_and_none_is_made(shell: Shell) -> None:
    shell.write(configuration(http("front", "http://127.0.0.1:1/")))

    answer = shell.type("status")

    assert (answer.status, answer.out) == (3, "")
    assert "no store at watchkeeper.db yet" in answer.err
    assert not Path("watchkeeper.db").exists()


def test_json_tells_what_the_store_holds_in_the_promised_shape(shell: Shell) -> None:
    store(shell)

    answer = shell.type("status", "--json")

    said = json.loads(answer.out)
    jsonschema.validate(said, STATUS)
    assert (answer.status, answer.err) == (0, "")
    assert said["services"]["web"]["state"] == "down"
    assert [each["key"] for each in said["incidents"]] == ["hq/service/web"]
    assert said["objectives"][0]["bad"] > 0


def test_people_are_told_the_same_and_down_is_no_reason_to_exit_otherwise(shell: Shell) -> None:
    store(shell)

    answer = shell.type("status")

    assert answer.status == 0
    assert "web      down" in answer.out
    assert "front down" in answer.out
    assert "hq/service/web  critical" in answer.out
    assert "web-up     99.900 %  30d     undecided" in answer.out


def test_what_is_in_maintenance_is_marked_and_what_is_silenced_is_counted(shell: Shell) -> None:
    store(shell)
    assert "active" not in shell.type("status").out
    for length in ("90s", "2h"):
        shell.type("silence", "add", "--service", "web", "--for", length, "--reason", "noise")
    shell.type("maintenance", "add", "--service", "web", "--until", "2998-01-01T22:00Z", "--reason", "certs")

    said = shell.type("status").out

    assert "front down; in maintenance: maintenance-1 until 2998-01-01 22:00 UTC\n" in said
    assert re.search(
        r"^2 silences are active: silence-1 until .*\d\d:\d\d:\d\d UTC, silence-2 until", said, re.M
    )


def test_what_is_held_says_until_when_and_why(shell: Shell) -> None:
    store(shell)
    held = replace(incident(), in_maintenance="maintenance-1", silenced_by="silence-1")
    with closing(file.open(shell.folder / "watchkeeper.db", "test", 0)) as kept:
        write(kept.connection, [held.row()])
    gone = shell.type("status").out
    shell.type("maintenance", "add", "--service", "web", "--until", "2998-01-01T22:00Z", "--reason", "certs")

    said = shell.type("status").out

    assert "; held by maintenance-1 and by silence-1\n" in gone
    assert "; held until 2998-01-01 22:00 UTC by maintenance-1 (certs) and by silence-1\n" in said
    (told,) = json.loads(shell.type("status", "--json").out)["incidents"]
    assert (told["in_maintenance"], told["silenced_by"]) == ("maintenance-1", "silence-1")


def test_what_is_put_off_says_so(shell: Shell) -> None:
    store(shell)
    with closing(file.open(shell.folder / "watchkeeper.db", "test", 0)) as kept:
        write(kept.connection, [replace(incident(), put_off=True).row()])

    assert "; put off to the hours of its route\n" in shell.type("status").out


def test_a_budget_of_which_nothing_was_measured_is_not_called_whole(shell: Shell) -> None:
    shell.write(configuration(http("front", "http://127.0.0.1:1/"), rest=OBJECTIVE))
    file.open(shell.folder / "watchkeeper.db", "test", Clock().now()).close()

    answer = shell.type("status")

    assert "– of 43 min 12 s" in answer.out
    assert "100" not in answer.out


def test_it_reads_while_a_daemon_holds_the_store(shell: Shell) -> None:
    store(shell)

    with closing(file.open(shell.folder / "watchkeeper.db", "run", 0)):
        assert shell.type("status").status == 0


def test_old_news_is_said_to_be_old(shell: Shell) -> None:
    store(shell, ago=2 * HOUR)

    answer = shell.type("status")

    assert answer.status == 0
    assert answer.err.startswith("the latest result is 2 h")


def test_a_store_given_by_hand_is_the_one_that_is_read(shell: Shell) -> None:
    store(shell)
    Path("watchkeeper.db").rename("other.db")

    assert shell.type("status").status == 3
    assert shell.type("status", "--store", "sqlite:///other.db").status == 0


def test_what_is_no_store_is_refused(shell: Shell) -> None:
    store(shell)
    Path("watchkeeper.db").write_text("no store at all, but a letter to my aunt, and a long one" * 100)

    answer = shell.type("status")

    assert (answer.status, answer.out) == (4, "")
    assert "watchkeeper.db" in answer.err


def test_results_are_late_by_more_than_the_shortest_interval() -> None:
    made, _ = engine(company("a"), {})

    assert lateness(made, START, START + 90_000) == ""
    assert "does the daemon run?" in lateness(made, START, START + 90_001)
    assert lateness(made, None, START) == "nothing has been measured yet"


def test_a_broken_file_is_no_reason_not_to_say_what_is_open(shell: Shell) -> None:
    store(shell)
    shell.write("version: 1\nkind http\n")

    answer = shell.type("status")

    assert answer.status == 4
    assert "the configuration cannot be read; from watchkeeper.db, without it:" in answer.out
    assert "hq/service/web" in answer.out
    assert "checks.yaml:2:1" in answer.err


def test_programs_get_no_half_an_answer(shell: Shell) -> None:
    store(shell)
    shell.write("version: 1\n")
    answer = shell.type("status", "--json")

    assert (answer.status, answer.out) == (4, "")


def test_a_file_that_has_gone_is_none_either(shell: Shell) -> None:
    store(shell)
    (shell.folder / "checks.yaml").unlink()

    assert "hq/service/web" in shell.type("status").out


def test_a_store_that_is_none_is_left_out(shell: Shell) -> None:
    (shell.folder / "watchkeeper.db").write_text("no store")
    answer = shell.type("status")

    assert (answer.status, answer.out) == (4, "")
