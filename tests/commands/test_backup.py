"""A copy of the store, and where there can be none."""

from pathlib import Path

import pytest

from commands.backup import size_text
from probes.result import Outcome, Result
from store import file
from store.reader import open_reader, results_since
from store.transaction import write
from tests.commands.shell import Answer, Shell, configuration, http

AT = 1_706_841_600_000
RESULT = Result("front", "hq", AT, 0.25, Outcome.GOOD)


@pytest.fixture(autouse=True)
def company(shell: Shell) -> None:
    shell.write(configuration(http("front", "http://127.0.0.1:1/")))


def keep() -> file.Store:
    store = file.open("watchkeeper.db", "run", AT)
    write(store.connection, [RESULT])
    return store


def backup(shell: Shell, name: str = "copy.db") -> Answer:
    return shell.type("backup", name)


def test_the_copy_is_a_store_also_while_a_daemon_holds_ours(shell: Shell) -> None:
    with keep():
        answer = backup(shell)

    size = size_text(Path("copy.db").stat().st_size)
    assert (answer.status, answer.err) == (0, "")
    assert answer.out == f"copy.db is a copy of watchkeeper.db: {size}\n"
    assert list(results_since(open_reader("copy.db"), 0)) == [RESULT]


def test_a_file_that_is_there_is_left_as_it_is(shell: Shell) -> None:
    keep().close()
    shell.write("dear aunt", "copy.db")

    answer = backup(shell)

    assert (answer.status, answer.out) == (4, "")
    assert "copy.db" in answer.err
    assert Path("copy.db").read_text() == "dear aunt"


@pytest.mark.parametrize(
    ("name", "said"),
    [(".", ". is a folder: name a file in it"), ("no/copy.db", "there is no folder no: make it")],
)
def test_a_place_that_takes_no_file_is_said(shell: Shell, name: str, said: str) -> None:
    keep().close()

    answer = backup(shell, name)

    assert answer.status == 4
    assert said in answer.err


def test_without_a_store_there_is_nothing_to_copy(shell: Shell) -> None:
    answer = backup(shell)

    assert answer.status == 4
    assert "there is no store" in answer.err
    assert not Path("copy.db").exists()


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (1_572_864, "1.5 MiB"),
        (5 << 50, "5120.0 TiB"),
    ],
)
def test_sizes_are_written_for_people(size: int, text: str) -> None:
    assert size_text(size) == text
