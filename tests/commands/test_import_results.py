"""Results from elsewhere, into stores that are there, are not, or are held by a daemon."""

import io
import json
import os
import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from commands import import_results, loading
from commands.results import lines_of
from commands.spool import Spool
from probes.result import Outcome, Reason, Result
from store import file
from store.ledger import revisions
from store.reader import open_reader, operations, results_since
from store.rows import Operation
from store.transaction import write
from tests.commands.shapes import TIME, WORD, rows, shape
from tests.commands.shell import Answer, Shell, configuration, http

AT = 1_706_841_600_000  # 2024-02-02T02:40:00Z
INTEGER: dict[str, Any] = {"type": "integer", "minimum": 0}
CAME = shape(
    file=WORD,
    **dict.fromkeys(("read", "new", "already_there", "differing"), INTEGER),
    first_differing={"anyOf": [shape(check=WORD, site=WORD, at=TIME), {"type": "null"}]},
    renamed=rows(shape(was=WORD, check=WORD, read=INTEGER)),
    unknown_checks=rows(WORD),
)


def results(count: int, check: str = "front", step: int = 30_000) -> list[Result]:
    return [Result(check, "hq", AT + index * step, 0.25, Outcome.GOOD) for index in range(count)]


BAD = Result("front", "hq", AT + 15_000, 10.0, Outcome.BAD, Reason.RESPONSE_TIMEOUT, extra=True)


@pytest.fixture(autouse=True)
def company(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "jo")
    shell.write(configuration(http("front", "http://127.0.0.1:1/"), http("back", "http://127.0.0.1:1/")))


def lay(shell: Shell, made: list[Result], name: str = "r.csv") -> None:
    shell.write("".join(lines_of(made, "jsonl" if name.endswith("l") else "csv")), name)


def load(shell: Shell, *words: str) -> Answer:
    return shell.type("import", "results", *words)


def loaded(shell: Shell, *words: str) -> dict[str, Any]:
    answer = load(shell, *words, "--json")
    assert answer.status == 0, answer.err
    said: dict[str, Any] = json.loads(answer.out)
    jsonschema.validate(said, CAME)
    return said


def held() -> list[Result]:
    with closing(open_reader("watchkeeper.db")) as store:
        return list(results_since(store, 0))


def written() -> list[Operation]:
    with closing(open_reader("watchkeeper.db")) as store:
        return list(operations(store))


@pytest.mark.parametrize("name", ["r.csv", "r.jsonl"])
def test_results_go_into_a_store_that_is_made_for_them(shell: Shell, name: str) -> None:
    made = sorted([*results(3), BAD], key=lambda one: one.at)
    lay(shell, made, name)

    answer = load(shell, name)

    assert (answer.status, answer.err) == (0, "")
    assert answer.out == f"{name}: 4 results read: 4 new, 0 already there, 0 differing\n"
    assert held() == made


def test_order_does_not_matter_and_batches_are_no_edge(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_results, "BATCH", 8)
    monkeypatch.setattr(loading, "ALONE", 3)
    made = [one for pair in zip(results(9), results(9, "back"), strict=True) for one in pair]
    lay(shell, made[::-1])

    assert loaded(shell, "r.csv")["read"] == 18
    assert sorted(held(), key=lambda one: (one.at, one.check)) == sorted(
        made, key=lambda one: (one.at, one.check)
    )


def test_what_comes_twice_is_there_already(shell: Shell) -> None:
    lay(shell, results(3))
    load(shell, "r.csv")
    lay(shell, [*results(5), *results(5)])

    said = loaded(shell, "r.csv")

    assert (said["read"], said["new"], said["already_there"], said["differing"]) == (10, 2, 8, 0)
    assert held() == results(5)


def test_the_first_recorded_stays_and_what_differs_is_said(shell: Shell) -> None:
    lay(shell, results(3))
    load(shell, "r.csv")
    other = [Result("front", "hq", AT + at, 0.5, Outcome.GOOD) for at in (60_000, 0)]
    lay(shell, [*other, results(2)[1]])

    answer = load(shell, "r.csv")

    assert answer.out == "r.csv: 3 results read: 0 new, 1 already there, 2 differing\n"
    assert answer.err == (
        "what was recorded first stays; the first that differs is front at 2024-02-02T02:40:00.000Z from hq\n"
    )
    assert held() == results(3)
    assert loaded(shell, "r.csv")["first_differing"] == {
        "check": "front", "site": "hq", "at": "2024-02-02T02:40:00.000Z",
    }  # fmt: skip


def test_with_any_mistake_nothing_is_imported(shell: Shell) -> None:
    lay(shell, results(3))
    with Path("r.csv").open("a") as more:
        more.write("front,hq,2024-02-02T03:00:00,0.1,good,,0\n")

    answer = load(shell, "r.csv")

    assert (answer.status, answer.out) == (4, "")
    assert answer.err == (
        "watchkeeper: r.csv:5: at: must end with its offset, such as Z or +01:00 "
        '(it is "2024-02-02T03:00:00")\n'
        "1 mistake, so nothing was imported\n"
    )
    assert not Path("watchkeeper.db").exists()


def test_twenty_mistakes_are_shown_and_the_others_counted(shell: Shell) -> None:
    shell.write("check,at,took,outcome\n" + "front,1706841600,0,up\n" * 23, "r.csv")

    answer = load(shell, "r.csv")

    assert answer.err.count("outcome: must be good, bad or unknown") == 20
    assert answer.err.endswith("and 3 more: 23 mistakes, so nothing was imported\n")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone.csv", "there is no gone.csv"),
        (".", ". cannot be read: Is a directory"),
        ("a\0b", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_said(shell: Shell, name: str, said: str) -> None:
    answer = load(shell, name)

    assert (answer.status, answer.out) == (4, "")
    assert said in answer.err


def test_what_is_no_text_is_refused_in_its_place(shell: Shell) -> None:
    (shell.folder / "r.csv").write_bytes(
        b"check,at,took,outcome\nfront,1706841600,0,good\nfr\xff,1706841600,0,good\n"
    )

    assert "r.csv:3: check: must be 1 to 127" in load(shell, "r.csv").err


def test_stdin_is_read_to_its_end_first(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(lines_of(results(3), "csv"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert loaded(shell, "-")["file"] == "-"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{text}x\n".encode())))

    answer = load(shell, "-")

    assert answer.err.startswith("watchkeeper: stdin:5: must have 7 fields")
    assert held() == results(3)


def test_a_pipe_can_be_read_like_a_file(shell: Shell) -> None:
    os.mkfifo("pipe")
    feed = threading.Thread(target=lay, args=(shell, results(3), "pipe"))
    feed.start()

    assert loaded(shell, "pipe")["new"] == 3
    feed.join()


def test_it_writes_beside_a_daemon_in_smaller_pieces(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BESIDE", 4)
    lay(shell, results(10))
    with file.open("watchkeeper.db", "run", AT) as daemon:
        write(daemon.connection, results(2))

        said = loaded(shell, "r.csv")

        assert (said["new"], said["already_there"]) == (8, 2)
        assert daemon.connection.execute("SELECT count(*) FROM operations").fetchone() == (1,)
    assert held() == results(10)


def test_what_was_done_is_written_down(shell: Shell) -> None:
    lay(shell, [*results(3)[::-1], *results(2, "back")[1:]])
    load(shell, str(shell.folder / "r.csv"), "--author", "anna")
    load(shell, "r.csv")

    first, second = written()

    assert (first.what, first.subject, first.author) == ("results.import", "r.csv", "anna")
    assert json.loads(first.document) == {"results": 4, "checks": {"front": AT, "back": AT + 30_000}}
    assert second.author == "jo"
    assert json.loads(second.document) == {"results": 0, "checks": {}}


def test_a_file_that_holds_nothing_makes_no_store(shell: Shell) -> None:
    lay(shell, [])

    assert load(shell, "r.csv").out == "r.csv: 0 results read: 0 new, 0 already there, 0 differing\n"
    assert not Path("watchkeeper.db").exists()


def test_what_was_written_before_the_disk_was_full_stays_and_is_written_down(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "ALONE", 500)
    lay(shell, results(30_000))
    opened = file.open

    def small(path: str, command: str, now: int) -> file.Store:
        store = opened(path, command, now)
        store.connection.execute("PRAGMA max_page_count = 100").fetchone()
        return store

    monkeypatch.setattr(file, "open", small)

    answer = load(shell, "r.csv")

    kept = len(held())
    assert answer.status == 4
    assert answer.err.startswith(
        "watchkeeper: the store takes no more (database or disk is full); the first "
    )
    assert 0 < kept < 30_000
    assert kept % 500 == 0
    assert [json.loads(one.document) for one in written()] == [{"results": kept, "checks": {"front": AT}}]
    monkeypatch.setattr(file, "open", opened)
    assert loaded(shell, "r.csv")["new"] == 30_000 - kept


def test_a_store_that_somebody_writes_all_the_time_is_said_to_be_busy(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.operations.WAIT", 0.01)
    lay(shell, results(3))
    with file.open("watchkeeper.db", "run", AT) as daemon:
        daemon.connection.execute("BEGIN IMMEDIATE")
        answer = load(shell, "r.csv")
        daemon.connection.execute("ROLLBACK")

    assert answer.status == 4
    assert "database is locked" in answer.err


def test_checks_that_are_not_configured_are_kept_and_named(shell: Shell) -> None:
    lay(shell, [*results(1), *results(1, "vpn"), *results(1, "mail")])

    answer = load(shell, "r.csv")

    assert answer.status == 0
    assert answer.err == (
        "checks.yaml has no check called mail, vpn: what was imported of them is kept, "
        "and counts for nothing until it has\n"
    )
    assert loaded(shell, "r.csv")["unknown_checks"] == ["mail", "vpn"]
    assert len(held()) == 3


def test_results_under_a_former_name_are_stored_under_that_of_now(shell: Shell) -> None:
    shell.write(configuration(http("front", "http://127.0.0.1:1/", ", was: gate")))
    lay(shell, [*results(2, "gate"), *results(3)[2:]])

    answer = load(shell, "r.csv")

    assert (answer.status, answer.err) == (0, "")
    assert answer.out == (
        "r.csv: 3 results read: 3 new, 0 already there, 0 differing\n"
        "2 results of gate taken for front, its name now\n"
    )
    assert held() == results(3)
    assert json.loads(written()[0].document) == {"results": 3, "checks": {"front": AT}}
    assert loaded(shell, "r.csv")["renamed"] == [{"was": "gate", "check": "front", "read": 2}]


def test_results_under_both_names_of_a_check_are_the_same_results(shell: Shell) -> None:
    shell.write(configuration(http("front", "http://127.0.0.1:1/", ", was: gate")))
    lay(shell, [*results(3), *results(2, "gate")])

    said = loaded(shell, "r.csv")

    assert (said["new"], said["already_there"]) == (3, 2)


def test_every_batch_says_of_which_checks_the_past_is_another_one(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "BESIDE", 4)
    lay(shell, [*results(9), *results(1, "back")])
    with file.open("watchkeeper.db", "run", AT):
        load(shell, "r.csv")

    with closing(open_reader("watchkeeper.db")) as store:
        assert revisions(store) == {"front": 3, "back": 1}


def test_many_unknown_names_are_not_all_listed(shell: Shell) -> None:
    lay(shell, [one for number in range(9) for one in results(1, f"c{number}")])

    assert "called c0, c1, c2, c3, c4 and 4 more: what" in load(shell, "r.csv").err


def test_a_result_that_lies_ahead_is_doubted(shell: Shell) -> None:
    lay(shell, [Result("front", "hq", 32_000_000_000_000, 0.1, Outcome.GOOD)])

    answer = load(shell, "r.csv")

    assert answer.status == 0
    assert answer.err == "the last one lies ahead, at 2984-01-15T08:53:20.000Z: is that meant?\n"


def test_what_is_spooled_comes_back_in_order() -> None:
    made = [[(f"c{number}", "hq", AT, 0.1, "good", "", False)] * number for number in (3, 0, 2)]
    with Spool() as spool:
        for batch in made:
            spool.add(list(batch))

        assert list(spool.batches()) == made


def test_an_unknown_format_is_wrong_use(shell: Shell) -> None:
    answer = shell.type("import", "result", "r.csv")

    assert answer.status == 2
    assert 'did you mean "results"?' in answer.err


def test_a_newer_store_is_left_alone(shell: Shell) -> None:
    lay(shell, results(1))
    file.open("watchkeeper.db", "test", AT).close()
    with closing(sqlite3.connect("watchkeeper.db")) as newer:
        newer.execute("PRAGMA user_version = 999")

    answer = load(shell, "r.csv")

    assert answer.status == 4
    assert "newer Watchkeeper" in answer.err
