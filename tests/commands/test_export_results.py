"""Results out of a store, as they can be imported again."""

import os
import threading
from contextlib import closing
from pathlib import Path

import pytest

from commands.results import HEADER, lines_of
from probes.result import Outcome, Reason, Result
from store import file
from store.transaction import write
from tests.commands.shell import Answer, Shell, configuration, http

AT = 1_706_841_600_000  # 2024-02-02T02:40:00Z
HOUR = 3_600_000
FRONT = [
    Result(
        "front", "hq", AT + index * HOUR, 0.25, Outcome.GOOD, phases={"resolve": 0.1}, facts={"status": 200}
    )
    for index in range(12)
]
BACK = [
    Result("back", "hq", AT + 5, 1.0, Outcome.BAD, Reason.RESET, "cut off", extra=True),
    Result("back", "hq", AT + HOUR, 0.0, Outcome.UNKNOWN, Reason.BLIND),
]
ALL = sorted([*FRONT, *BACK], key=lambda one: (one.at, one.check))


@pytest.fixture(autouse=True)
def company(shell: Shell) -> None:
    shell.write(configuration(http("front", "http://127.0.0.1:1/"), rest="timezone: Europe/Amsterdam\n"))
    with file.open("watchkeeper.db", "test", AT) as store:
        write(store.connection, [*BACK, *FRONT[::-1]])


def export(shell: Shell, *words: str) -> Answer:
    return shell.type("export", "results", *words)


def exported(shell: Shell, *words: str) -> list[str]:
    answer = export(shell, *words)
    assert (answer.status, answer.err) == (0, "")
    head, *lines = answer.out.splitlines(keepends=True)
    assert head == f"{HEADER}\n"
    return lines


def lines(results: list[Result]) -> list[str]:
    return list(lines_of(results, "csv"))[1:]


def test_all_of_them_are_written_in_order_of_time(shell: Shell) -> None:
    assert exported(shell) == lines(ALL)


@pytest.mark.parametrize("name", ["r.csv", "r.jsonl"])
def test_imported_elsewhere_and_exported_again_they_are_the_same_bytes(shell: Shell, name: str) -> None:
    assert export(shell, "-o", name).out == f"14 results written to {name}\n"
    first = Path(name).read_bytes()
    Path("watchkeeper.db").rename("old.db")

    assert shell.type("import", "results", name).status == 0
    export(shell, "-o", name)

    assert Path(name).read_bytes() == first


def test_imported_where_they_are_nothing_is_new(shell: Shell) -> None:
    export(shell, "-o", "r.csv")

    assert "0 new" in shell.type("import", "results", "r.csv").out


def test_some_checks_and_some_time_can_be_chosen(shell: Shell) -> None:
    assert exported(shell, "--check", "back") == lines(BACK)
    assert exported(shell, "--check", "back", "--check", "front") == lines(ALL)
    assert exported(shell, "--from", "2024-02-02T03:40:00Z", "--to", "2024-02-02T05:40:00Z") == lines(
        [BACK[1], FRONT[1], FRONT[2]]
    )
    assert exported(shell, "--from", "2024-02-02T14:40") == lines(FRONT[11:])  # in Amsterdam
    assert exported(shell, "--from", str(AT // 1000), "--to", "1706841600.006") == lines([FRONT[0], BACK[0]])
    assert exported(shell, "--to", "2024-02-02") == []


def test_the_end_must_be_after_the_beginning(shell: Shell) -> None:
    answer = export(shell, "--from", "2024-02-03", "--to", "2024-02-02")

    assert (answer.status, answer.out) == (2, "")
    assert "--to must be after --from" in answer.err


def test_a_check_of_which_there_is_nothing_is_said(shell: Shell) -> None:
    answer = export(shell, "--check", "fornt", "--check", "front", "--to", "2024-01-01")

    assert (answer.status, answer.out) == (0, f"{HEADER}\n")
    assert (
        answer.err
        == 'there is no result of fornt: did you mean "front"?\nthere is no result of front in that time\n'
    )


def test_json_lines_have_no_header(shell: Shell) -> None:
    answer = export(shell, "--format", "jsonl", "--check", "back")

    assert answer.out == "".join(lines_of(BACK, "jsonl"))


def test_it_reads_while_a_daemon_holds_the_store(shell: Shell) -> None:
    with file.open("watchkeeper.db", "run", AT):
        assert exported(shell) == lines(ALL)


def test_a_file_is_written_over_once_all_is_there(shell: Shell) -> None:
    shell.write("what was before", "r.csv")
    Path("link.csv").symlink_to("r.csv")

    export(shell, "-o", "link.csv")

    assert Path("link.csv").is_symlink()
    assert Path("r.csv").read_text() == "".join(lines_of(ALL, "csv"))
    assert sorted(path.name for path in Path().glob("*.csv*")) == ["link.csv", "r.csv"]


def test_a_file_stays_where_its_successor_cannot_be_written(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.write("what was before", "r.csv")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    answer = export(shell, "-o", "r.csv")

    assert (answer.status, answer.out) == (4, "")
    assert answer.err == "watchkeeper: r.csv cannot be written: No space left on device\n"
    assert Path("r.csv").read_text() == "what was before"
    assert list(Path().glob("*.partial")) == []


def test_a_full_device_is_said(shell: Shell) -> None:
    answer = export(shell, "-o", "/dev/full")

    assert answer.status == 4
    assert answer.err == "watchkeeper: /dev/full cannot be written: No space left on device\n"


def test_a_pipe_is_written_into_and_stays_one(shell: Shell) -> None:
    os.mkfifo("pipe")
    taken: list[str] = []
    reader = threading.Thread(target=lambda: taken.append(Path("pipe").read_text()))
    reader.start()

    assert export(shell, "-o", "pipe").status == 0
    reader.join()

    assert taken == ["".join(lines_of(ALL, "csv"))]
    assert Path("pipe").is_fifo()


def test_the_store_itself_is_not_written_over(shell: Shell) -> None:
    answer = export(shell, "-o", "./watchkeeper.db")

    assert (answer.status, answer.out) == (2, "")
    assert "./watchkeeper.db is the store" in answer.err
    assert exported(shell) == lines(ALL)


@pytest.mark.parametrize(
    ("name", "said"), [(".", ". is a folder: name a file in it"), ("no/r.csv", "No such file or directory")]
)
def test_a_place_that_takes_no_file_is_said(shell: Shell, name: str, said: str) -> None:
    answer = export(shell, "-o", name)

    assert answer.status == 4
    assert said in answer.err


def test_without_a_store_there_is_nothing_to_write(shell: Shell) -> None:
    Path("watchkeeper.db").unlink()
    shell.write("what was before", "r.csv")

    answer = export(shell, "-o", "r.csv")

    assert answer.status == 4
    assert "there is no store" in answer.err
    assert Path("r.csv").read_text() == "what was before"


def test_a_store_may_hold_nothing(shell: Shell) -> None:
    Path("watchkeeper.db").unlink()
    with closing(file.open("watchkeeper.db", "test", AT)):
        pass

    assert exported(shell) == []
