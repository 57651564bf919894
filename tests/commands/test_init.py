import pytest

from commands.init import SHIPPED
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
