import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from alerting.form import instant
from commands.operating import logged_in, next_id
from probes.clock import Clock
from store import file
from store.reader import open_reader, operations
from store.rows import Operation
from tests.commands.shapes import MAYBE, TIME, WORD, rows, shape
from tests.commands.shell import Answer, Shell

HOUR = 3_600_000
CONFIGURATION = """
version: 1
site: hq
timezone: Europe/Amsterdam
services: {sso: {}, vpn: {depends_on: [sso]}}
checks: {front: {service: sso, kind: http, url: "http://127.0.0.1:1/"}}
maintenance:
  - {name: patchday, services: [vpn], start: "2020-01-07T22:00", duration: 2h, recurrence: FREQ=WEEKLY}
  - {name: move, services: [sso], start: "2020-01-07T22:00Z", duration: 2h, reason: new rooms, author: anna}
"""
LISTED = shape(
    **dict.fromkeys(("id", "reason", "author"), WORD),
    source={"enum": ["file", "added"]},
    services=rows(WORD),
    start=TIME,
    end=TIME,
    recurrence=MAYBE,
    effect={"enum": ["exclude", "label"]},
    dependents={"type": "boolean"},
    now={"type": "boolean"},
)


@pytest.fixture(autouse=True)
def company(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "jo")
    shell.write(CONFIGURATION)
    file.open(shell.folder / "watchkeeper.db", "test", Clock().now()).close()


def add(shell: Shell, *words: str) -> Answer:
    return shell.type("maintenance", "add", *words)


def added(shell: Shell, *words: str) -> dict[str, object]:
    """Add one, and give it as it is listed."""
    answer = add(shell, *words)
    assert answer.status == 0, answer.err
    return next(each for each in listed(shell) if each["id"] == answer.out.split()[0])


def listed(shell: Shell, *words: str) -> list[dict[str, object]]:
    answer = shell.type("maintenance", "list", "--all", "--json", *words)
    assert (answer.status, answer.err) == (0, "")
    return list(json.loads(answer.out))


def written() -> list[Operation]:
    with closing(open_reader("watchkeeper.db")) as store:
        return list(operations(store))


def test_it_begins_now_and_is_written_down_with_its_author(shell: Shell) -> None:
    before = Clock().now()

    told = added(shell, "--service", "sso", "--for", "2h", "--reason", "upgrade")

    (operation,) = written()
    assert (operation.what, operation.subject, operation.author) == ("maintenance.add", "maintenance-1", "jo")
    assert (told["source"], told["services"], told["now"]) == ("added", ["sso"], True)
    assert (told["author"], told["reason"], told["effect"]) == ("jo", "upgrade", "exclude")
    assert instant(before - 1000) <= str(told["start"]) <= instant(Clock().now())


def test_everything_that_was_typed_is_kept(shell: Shell) -> None:
    words = [
        "--service",
        "sso",
        "--service",
        "vpn",
        "--start",
        "2021-06-05T22:00",
        "--until",
        "2021-06-06T02:00",
    ]

    told = added(shell, *words, "--effect", "label", "--no-dependents", "--name", "move-2", "--author", "me")

    assert told == {
        "id": "move-2",
        "source": "added",
        "services": ["sso", "vpn"],
        "recurrence": None,
        "start": "2021-06-05T20:00:00.000Z",
        "end": "2021-06-06T00:00:00.000Z",
        "effect": "label",
        "dependents": False,
        "reason": "",
        "author": "me",
        "now": False,
    }


def test_what_is_declared_is_said_in_local_time(shell: Shell) -> None:
    answer = add(shell, "--service", "sso", "--start", "2040-12-05T21:00Z", "--for", "4h")

    assert answer.out == (
        "maintenance-1 is declared for sso: 2040-12-05 22:00 CET to 2040-12-06 02:00 CET\n"
        "it also holds vpn; --no-dependents leaves them out\n"
    )


@pytest.mark.parametrize("effect", ["exclude", "label"])
def test_either_effect_is_declared_without_a_warning(shell: Shell, effect: str) -> None:
    assert add(shell, "--service", "vpn", "--for", "1h", "--effect", effect).err == ""


@pytest.mark.parametrize("words", [["--no-dependents"], ["--service", "vpn"]])
def test_no_dependents_are_named_where_none_is_held_besides(shell: Shell, words: list[str]) -> None:
    assert "also holds" not in add(shell, "--service", "sso", "--for", "1h", *words).out


@pytest.mark.parametrize(("length", "warned"), [("7d", False), ("8d", True)])
def test_a_long_one_is_warned_of_and_kept(shell: Shell, length: str, warned: bool) -> None:
    answer = add(shell, "--service", "sso", "--for", length)

    assert answer.status == 0
    assert ("it lasts 8 d, in which nobody is told" in answer.err) == warned


def test_a_short_window_is_shown_with_its_seconds(shell: Shell) -> None:
    answer = add(shell, "--service", "sso", "--start", "2040-12-05T22:00", "--for", "90s")

    assert "sso: 2040-12-05 22:00:00 CET to 2040-12-05 22:01:30 CET\n" in answer.out
    assert "2040-12-05 22:00:00 CET for 1 min 30 s" in shell.type("maintenance", "list").out


def test_a_recurrence_says_its_first_window(shell: Shell) -> None:
    answer = add(
        shell,
        "--service",
        "sso",
        "--start",
        "2040-07-02T22:00",
        "--for",
        "1h",
        "--recurrence",
        "freq=weekly;byday=sa",
    )

    assert "2040-07-07 22:00 CEST to 2040-07-07 23:00 CEST, and again by FREQ=WEEKLY;BYDAY=SA" in answer.out
    assert "start is not one of its instants" in answer.err


def test_one_that_recurs_follows_the_clock_and_one_that_does_not_is_pinned(shell: Shell) -> None:
    words = ["--service", "sso", "--start", "2040-07-02T22:00", "--for", "1h"]
    add(shell, *words)
    add(shell, *words, "--recurrence", "FREQ=WEEKLY")

    starts = [json.loads(each.document)["start"] for each in written()]

    assert starts == ["2040-07-02T22:00:00+02:00", "2040-07-02T22:00:00"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--service", "sos", "--for", "1h"], 'no service is called sos: did you mean "sso"?'),
        (["--service", "sso", "--service", "sso", "--for", "1h"], "--service sso is said twice"),
        (["--service", "sso", "--for", "1h", "--name", "patchday"], "there is a maintenance called patchday"),
        (["--service", "sso", "--for", "1h", "--name", "a b"], "--name: must be 1 to 127 letters"),
        (["--service", "sso", "--for", "soon"], "--for: must be a duration such as"),
        (["--service", "sso", "--for", "0s"], "it must end after it begins"),
        (["--service", "sso", "--until", "2020-01-01T00:00"], "for a time that is over say --start too"),
        (["--service", "sso", "--start", "tomorrow", "--for", "1h"], "--start: must be a time such as"),
        (["--service", "sso", "--start", "0001-01-01T00:00", "--for", "1h"], "--start must lie between"),
        (["--service", "sso", "--for", "999999999999d"], "its end must lie between the years"),
        (["--service", "sso"], "one of the arguments --for --until is required"),
        (["--service", "sso", "--for", "1h", "--until", "2040-01-01T00:00"], "not allowed with"),
        (["--for", "1h"], "--service"),
        (["--service", "sso", "--for", "25h", "--recurrence", "FREQ=DAILY"], "--for: is longer than the"),
        (["--service", "sso", "--for", "1h", "--recurrence", "daily"], "--recurrence: must be a recurrence"),
        (
            ["--service", "sso", "--for", "1h", "--recurrence", "FREQ=DAILY;UNTIL=20200101"],
            "--recurrence: gives no instant from start on",
        ),
    ],
)
def test_wrong_use_is_refused_with_the_remedy_and_nothing_is_written(
    shell: Shell, words: list[str], told: str
) -> None:
    answer = add(shell, *words)

    assert (answer.status, answer.out) == (2, "")
    assert told in answer.err
    assert written() == []


def test_a_name_that_was_ever_given_is_not_given_again(shell: Shell) -> None:
    future = ["--service", "sso", "--start", "2040-01-01T00:00", "--for", "1h"]
    add(shell, *future)
    shell.type("maintenance", "remove", "maintenance-1")

    assert add(shell, *future, "--name", "maintenance-1").status == 2
    assert add(shell, *future).out.startswith("maintenance-2 ")


def test_ids_go_on_after_the_highest() -> None:
    assert next_id("silence", {"silence-2", "silence-9", "silence-x", "maintenance-12"}) == "silence-10"


def test_without_a_store_nothing_is_declared_and_the_file_is_still_listed(shell: Shell) -> None:
    Path("watchkeeper.db").unlink()

    answer = add(shell, "--service", "sso", "--for", "1h")

    assert (answer.status, answer.out) == (4, "")
    assert "has `watchkeeper run` been started with it?" in answer.err
    assert [each["id"] for each in listed(shell)] == ["patchday", "move"]


def test_it_is_declared_while_a_daemon_holds_the_store(shell: Shell) -> None:
    with closing(file.open(shell.folder / "watchkeeper.db", "run", 0)):
        assert add(shell, "--service", "sso", "--for", "1h").status == 0


def test_the_list_has_the_promised_shape_and_those_of_the_file_first(shell: Shell) -> None:
    add(shell, "--service", "sso", "--for", "1h")

    said = listed(shell)

    jsonschema.validate(said, rows(LISTED))
    assert [(each["id"], each["source"]) for each in said] == [
        *(("patchday", "file"), ("move", "file"), ("maintenance-1", "added")),
    ]


def test_what_is_over_is_listed_when_asked_for_with_its_last_window(shell: Shell) -> None:
    words = ["--service", "sso", "--start", "2020-01-01T00:00Z", "--for", "1h"]
    told = added(shell, *words, "--recurrence", "FREQ=DAILY;COUNT=3")

    short, whole = shell.type("maintenance", "list"), shell.type("maintenance", "list", "--all")

    assert told["start"] == "2020-01-03T00:00:00.000Z"
    assert [line.split()[0] for line in short.out.splitlines()] == ["id", "patchday"]
    assert [line.split()[0] for line in whole.out.splitlines()] == ["id", "patchday", "move", "maintenance-1"]
    assert "2020-01-03 01:00 CET for 1 h" in whole.out


def test_the_next_window_is_shown_where_none_is_now(shell: Shell) -> None:
    start = datetime.fromtimestamp(Clock().now() / 1000, UTC) + timedelta(days=3)
    told = added(
        shell,
        *(
            "--service",
            "sso",
            "--start",
            f"{start:%Y-%m-%dT%H:%MZ}",
            "--for",
            "1h",
            "--recurrence",
            "FREQ=DAILY",
        ),
    )

    assert (told["start"], told["now"]) == (f"{start:%Y-%m-%dT%H:%M}:00.000Z", False)


def test_an_empty_list_says_so(shell: Shell) -> None:
    shell.write(CONFIGURATION.partition("maintenance:")[0])

    assert shell.type("maintenance", "list").out == "no maintenance is declared; --all shows what is over\n"


def test_one_that_has_begun_ends_when_it_is_removed(shell: Shell) -> None:
    add(shell, "--service", "sso", "--start", instant(Clock().now() - HOUR)[:19] + "Z", "--for", "2h")

    answer = shell.type("maintenance", "remove", "maintenance-1")

    (told,) = [each for each in listed(shell) if each["source"] == "added"]
    assert answer.out == "maintenance-1 ends now; what it has covered stays\n"
    assert told["now"] is False
    assert str(told["end"]) <= instant(Clock().now())
    assert shell.type("maintenance", "remove", "maintenance-1").status == 2


def test_one_that_has_not_begun_is_gone(shell: Shell) -> None:
    add(shell, "--service", "sso", "--start", "2040-01-01T00:00", "--for", "2h")

    answer = shell.type("maintenance", "remove", "maintenance-1")

    assert answer.out == "maintenance-1 is taken back before it has begun\n"
    assert [each["source"] for each in listed(shell)] == ["file", "file"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("patchday", "patchday is declared in checks.yaml: take it out there and reload"),
        ("past", "past is over: what it covered stays as it is"),
        ("pats", 'no maintenance is called pats: did you mean "past"?'),
    ],
)
def test_what_cannot_be_removed_says_why(shell: Shell, name: str, told: str) -> None:
    add(shell, "--service", "sso", "--start", "2020-01-01T00:00", "--for", "1h", "--name", "past")

    answer = shell.type("maintenance", "remove", name)

    assert (answer.status, answer.out) == (2, "")
    assert told in answer.err
    assert len(written()) == 1


def test_what_cannot_be_understood_is_named(shell: Shell) -> None:
    add(shell, "--service", "sso", "--for", "1h")
    with closing(file.open(shell.folder / "watchkeeper.db", "test", 0)) as kept:
        kept.connection.execute("INSERT INTO operations VALUES (7, 0, NULL, 'silence.add', 'silence-1', '?')")

    answer = shell.type("maintenance", "list")

    assert "left out, because it cannot be understood: silence.add silence-1 (serial 7)" in answer.err
    assert "maintenance-1" in answer.out


def test_common_options_stand_before_and_behind(shell: Shell) -> None:
    (shell.folder / "checks.yaml").rename(shell.folder / "mine.yaml")

    assert shell.type("maintenance", "list", "--config", "mine.yaml").status == 0
    assert shell.type("maintenance", "--config", "mine.yaml", "list").status == 0
    assert shell.type("--config", "mine.yaml", "maintenance", "list").status == 0


def test_what_is_to_be_done_must_be_said(shell: Shell) -> None:
    answer = shell.type("maintenance")

    assert answer.status == 2
    assert "required: ACTION" in answer.err


def test_nobody_known_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise KeyError("uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", none)

    assert logged_in() == ""
