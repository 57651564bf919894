"""The whole way, in processes of their own where a process is the subject."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import COMMANDS
from commands.main import main
from tests.commands.shell import Shell, Site, configuration, http
from tests.house.tree import ROOT

PROGRAM = [sys.executable, str(ROOT / "daemon.py")]
# Without PYTHONUNBUFFERED: what is still in a buffer at the end is where output goes wrong.
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
ONE = configuration(http("front", "http://127.0.0.1:1/"))


def test_no_command_is_wrong_use(shell: Shell) -> None:
    answer = shell.type()

    assert (answer.status, answer.out) == (2, "")
    assert "which command?" in answer.err


def test_an_unknown_command_is_wrong_use_and_the_known_ones_are_listed(shell: Shell) -> None:
    answer = shell.type("onec")

    assert answer.status == 2
    assert all(f"'{word}'" in answer.err for word in COMMANDS)


@pytest.mark.parametrize("word", COMMANDS)
def test_every_command_explains_itself(shell: Shell, word: str) -> None:
    answer = shell.type(word, "--help")

    assert answer.status == 0
    assert "--config" in answer.out


def test_a_missing_configuration_names_the_file_and_the_remedy(shell: Shell) -> None:
    answer = shell.type("once", "--config", "nowhere.yaml")

    assert (answer.status, answer.out) == (4, "")
    assert "nowhere.yaml" in answer.err
    assert "watchkeeper init" in answer.err


@pytest.mark.parametrize("words", [["once"], ["ask", "front"], ["status"], ["run"], ["test-alert", "x"]])
def test_nothing_but_validate_can_run_on_an_invalid_configuration(shell: Shell, words: list[str]) -> None:
    shell.write("version: 1\nsiet: hq\nchecks: {}\n")

    answer = shell.type(*words)

    assert (answer.status, answer.out, shell.served) == (4, "", [])
    assert "checks.yaml:2:1: siet" in answer.err
    assert answer.err.endswith("2 mistakes: the configuration is refused\n")


def test_a_reader_who_goes_away_gets_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "checks.yaml").write_text(ONE)
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        ended = subprocess.run(
            [*PROGRAM, "validate"],
            cwd=tmp_path,
            env=BUFFERED,
            stdout=pipe,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_full_disk_is_said_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "checks.yaml").write_text(ONE)
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*PROGRAM, "validate"],
            cwd=tmp_path,
            env=BUFFERED,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert (ended.returncode, ended.stderr) == (4, b"watchkeeper: No space left on device\n")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let a program that is started hear Ctrl-C also where a shell has started us in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_a_command_without_a_traceback(tmp_path: Path, site: Site) -> None:
    (tmp_path / "checks.yaml").write_text(configuration(http("slow", site.url("/never"), ", timeout: 20s")))
    asked = [*PROGRAM, "ask", "slow"]
    with subprocess.Popen(asked, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert site.came.wait(20)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)

    assert (process.returncode, out, err) == (130, b"", b"")


def test_a_terminal_that_knows_no_letters_beyond_ascii_is_written_to_all_the_same(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii:strict"}
    ended = subprocess.run(
        [*PROGRAM, "init", "schön.yaml"], cwd=tmp_path, env=environment, capture_output=True, check=False
    )

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.startswith(b"sch\\xf6n.yaml is written")


def test_closed_streams_break_nothing(tmp_path: Path) -> None:
    (tmp_path / "checks.yaml").write_text(ONE)
    line = f"'{sys.executable}' '{ROOT / 'daemon.py'}' validate >&- 2>&-"

    assert subprocess.run(["sh", "-c", line], cwd=tmp_path, check=False).returncode == 0


@pytest.mark.parametrize(("colour", "escapes"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_a_terminal_gets_colours_unless_it_wants_none(
    tmp_path: Path, site: Site, colour: dict[str, str], escapes: bool
) -> None:
    (tmp_path / "checks.yaml").write_text(configuration(http("front", site.url("/503"))))
    ours, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", **colour}
    ended = subprocess.run(
        [*PROGRAM, "once"], cwd=tmp_path, env=environment, stdout=theirs, stderr=subprocess.PIPE, check=False
    )
    os.close(theirs)
    with os.fdopen(ours, "rb") as terminal:
        shown = terminal.read1(65_536)

    assert (ended.returncode, ended.stderr) == (1, b"")
    assert b"http_status" in shown
    assert (b"\x1b[1;31mbad" in shown) == escapes == (b"\x1b" in shown)


def test_what_serve_gives_is_the_exit_status(shell: Shell) -> None:
    shell.write(ONE)

    assert main(["run"], serve=lambda _configuration, _options: 4) == 4
