import json
from pathlib import Path

import pytest

from checks.schema import TITLE
from commands.init import SHIPPED
from commands.schema import NAME, text
from tests.commands.shell import Shell


def test_what_is_written_is_the_shipped_file_and_is_valid(shell: Shell) -> None:
    answer = shell.type("init")

    assert answer.status == 0
    assert (shell.folder / "checks.yaml").read_bytes() == SHIPPED.read_bytes()
    assert shell.type("validate").status == 0


def test_a_file_that_is_there_is_left_as_it_is(shell: Shell) -> None:
    shell.write("mine")

    answer = shell.type("init")

    assert (answer.status, answer.out) == (4, "")
    assert "--force" in answer.err
    assert (shell.folder / "checks.yaml").read_text() == "mine"


def test_force_writes_over_it(shell: Shell) -> None:
    shell.write("mine" * 10_000)

    assert shell.type("init", "--force").status == 0
    assert (shell.folder / "checks.yaml").read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize("words", [["init", "other.yaml"], ["init", "--config", "other.yaml"]])
def test_another_name_is_given_as_an_argument_or_as_the_configuration(shell: Shell, words: list[str]) -> None:
    assert shell.type(*words).status == 0
    assert (shell.folder / "other.yaml").exists()


def test_the_command_that_is_told_can_be_typed_as_it_stands(shell: Shell) -> None:
    assert "validate --config 'my checks.yaml'" in shell.type("init", "my checks.yaml").out


def test_a_place_that_takes_no_file_is_told(shell: Shell) -> None:
    answer = shell.type("init", "nowhere/checks.yaml")

    assert answer.status == 4
    assert "nowhere/checks.yaml cannot be written" in answer.err


def test_a_dangling_link_is_not_followed(shell: Shell) -> None:
    (shell.folder / "checks.yaml").symlink_to(shell.folder / "elsewhere")

    assert shell.type("init").status == 4
    assert not (shell.folder / "elsewhere").exists()


@pytest.mark.parametrize("file", ["checks.yaml", "folder/other.yaml"])
def test_the_schema_lies_beside_the_file_where_its_first_line_looks_for_it(shell: Shell, file: str) -> None:
    (shell.folder / "folder").mkdir()

    assert shell.type("init", file).err == ""
    written = shell.folder / file
    named = written.read_text().splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert (written.parent / named).read_text() == text()


def test_a_schema_of_an_older_version_is_replaced(shell: Shell) -> None:
    shell.write(json.dumps({"title": TITLE, "type": "object"}), NAME)

    assert shell.type("init").err == ""
    assert (shell.folder / NAME).read_text() == text()


@pytest.mark.parametrize("held", ["{}", "[]", "", "\N{LATIN SMALL LETTER E WITH ACUTE}", "[" * 100_000])
def test_a_schema_that_is_not_ours_is_left_and_said(shell: Shell, held: str) -> None:
    shell.write(held, NAME)

    answer = shell.type("init", "--force")

    assert answer.status == 0
    assert f"{NAME} is there already" in answer.err
    assert (shell.folder / NAME).read_text() == held


def test_a_schema_that_cannot_be_written_costs_no_more_than_a_word(shell: Shell) -> None:
    (shell.folder / NAME).symlink_to(Path("nowhere") / NAME)

    answer = shell.type("init")

    assert answer.status == 0
    assert f"{NAME} " in answer.err
    assert (shell.folder / "checks.yaml").exists()


def test_where_the_file_is_left_as_it_is_no_schema_is_written(shell: Shell) -> None:
    shell.write("mine")

    shell.type("init")

    assert not (shell.folder / NAME).exists()


def test_a_file_that_has_gone_from_beside_its_store_is_not_begun_anew(shell: Shell) -> None:
    (shell.folder / "watchkeeper.db").write_bytes(b"")
    answer = shell.type("init")

    assert answer.status == 4
    assert "a store lies beside it, watchkeeper.db: was checks.yaml there before?" in answer.err
    assert not (shell.folder / "checks.yaml").exists()
    assert shell.type("init", "--force").status == 0


def test_a_folder_is_told_how_to_be_filled(shell: Shell) -> None:
    (shell.folder / "conf").mkdir()
    answer = shell.type("init", "--config", "conf", "--force")

    assert (answer.status, "watchkeeper init conf/checks.yaml" in answer.err) == (4, True)
