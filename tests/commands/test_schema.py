import json
from pathlib import Path

import pytest

from checks.schema import TITLE
from commands.schema import text
from tests.commands.shell import Shell

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_printed_is_the_shipped_schema(shell: Shell) -> None:
    answer = shell.type("schema")

    assert (answer.status, answer.err) == (0, "")
    assert answer.out == (ROOT / "checks.schema.json").read_text(), "run `make reference`"


def test_it_is_json_of_draft_07_which_editors_read_best(shell: Shell) -> None:
    assert json.loads(shell.type("schema").out)["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_it_names_no_address_that_an_editor_would_ask(shell: Shell) -> None:
    held = json.loads(shell.type("schema").out)

    assert "$id" not in held
    assert {ref for ref in references(held) if not ref.startswith("#/definitions/")} == set()


def references(held: object) -> set[str]:
    inside = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
    own = {held["$ref"]} if isinstance(held, dict) and isinstance(held.get("$ref"), str) else set()
    return own.union(*map(references, inside))


def test_it_needs_no_configuration(shell: Shell) -> None:
    shell.write("this: is no configuration")

    assert shell.type("schema").status == 0


@pytest.mark.parametrize("option", ["-o", "--output"])
def test_it_is_written_to_a_file(shell: Shell, option: str) -> None:
    answer = shell.type("schema", option, "schema.json")

    assert (answer.status, answer.out) == (0, "schema.json is written\n")
    assert (shell.folder / "schema.json").read_text() == text()


def test_an_older_one_is_written_over(shell: Shell) -> None:
    shell.write(json.dumps({"title": TITLE, "more": "x" * 100_000}), "schema.json")

    assert shell.type("schema", "-o", "schema.json").status == 0
    assert (shell.folder / "schema.json").read_text() == text()


def test_another_file_is_never_written_over(shell: Shell) -> None:
    shell.write("version: 1")

    answer = shell.type("schema", "-o", "checks.yaml")

    assert (answer.status, answer.out) == (4, "")
    assert "checks.yaml is there already" in answer.err
    assert (shell.folder / "checks.yaml").read_text() == "version: 1"


@pytest.mark.parametrize("place", ["nowhere/schema.json", "."])
def test_a_place_that_takes_no_file_is_told(shell: Shell, place: str) -> None:
    answer = shell.type("schema", "-o", place)

    assert answer.status == 4
    assert answer.err.startswith(f"watchkeeper: {place} ")
