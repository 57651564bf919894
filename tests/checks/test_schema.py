"""The schema for editors, held against files that the parser accepts and files that are wrong."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from checks.reference import SECTIONS, fields, nested
from checks.schema import schema
from checks.source import ConfigError
from commands.reference import kinds_there, receivers_there
from tests.checks.pieces import ENVIRONMENT
from tests.checks.real import said
from tests.checks.valid import files, sections

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = schema(kinds_there(), receivers_there())
VALIDATOR = Draft7Validator(SCHEMA)
HTTP = {"service": "sso", "kind": "http", "url": "https://example.com/"}
RIGHT: dict[str, Any] = {
    "version": 1,
    "services": {"sso": {"tier": 1}},
    "checks": {"a": HTTP},
    "receivers": {"oncall": {"kind": "pagerduty", "routing_key": "${KEY:-}"}},
    "objectives": {"o": {"service": "sso", "target": "99.9%", "window": "30d"}},
}
WRONG: dict[str, tuple[tuple[str, ...], Any]] = {
    "an option that does not exist, at the top": (("servics",), {}),
    "one in a service": (("services", "sso", "teir"), 1),
    "one in a check": (("checks", "a", "urll"), "x"),
    "an option of another kind": (("checks", "a", "issuer"), "https://example.com"),
    "one in an objective": (("objectives", "o", "goal"), "99%"),
    "one in a receiver": (("receivers", "oncall", "secret"), "x"),
    "one in defaults": (("defaults",), {"intervall": "30s"}),
    "one in a route": (("alerting",), {"routes": [{"receivers": ["oncall"], "mach": {}}]}),
    "one in a match": (("alerting",), {"routes": [{"receivers": ["oncall"], "match": {"urgncy": "page"}}]}),
    "a duration without a unit": (("checks", "a", "interval"), 30),
    "a duration in words": (("checks", "a", "interval"), "soon"),
    "a flag that is a number": (("checks", "a", "enabled"), 1),
    "a whole number with a fraction": (("services", "sso", "tier"), 1.5),
    "a list that is a text": (("services", "sso", "depends_on"), "email"),
    "a share in words": (("objectives", "o", "target"), "three nines"),
    "a network that does not exist": (("checks", "a", "network"), "lan"),
    "a kind that does not exist": (("checks", "a", "kind"), "htpp"),
    "a kind of receiver that does not exist": (("receivers", "oncall", "kind"), "pager"),
    "a size without a unit": (("store",), {"size": 4}),
    "per cent without its sign": (("objectives", "o", "target"), 99.9),
    "a window in words": (("objectives", "o", "window"), "fortnight"),
    "a tier that does not exist": (("services", "sso", "tier"), 4),
    "a count of none": (("checks", "a", "confirm"), 0),
    "another version": (("version",), 2),
    "self-checks that are nothing": (("self_checks",), {}),
}
MISSING = [
    ("version",),
    ("checks",),
    ("checks", "a", "url"),
    ("checks", "a", "service"),
    ("checks", "a", "kind"),
    ("objectives", "o", "target"),
    ("receivers", "oncall", "kind"),
]


def changed(path: tuple[str, ...], value: Any = None) -> Any:
    """Give the right file with an option set, or taken out for None."""
    file = copy.deepcopy(RIGHT)
    inner = file
    for part in path[:-1]:
        inner = inner[part]
    inner.pop(path[-1], None)
    return file if value is None else (inner.update({path[-1]: value}) or file)


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ["checks.yaml", "tests/checks/contract.yaml"])
def test_files_that_the_parser_accepts_are_valid(name: str) -> None:
    VALIDATOR.validate(yaml.safe_load((ROOT / name).read_text()))


def test_the_file_that_the_wrong_ones_are_made_from_is_valid() -> None:
    VALIDATOR.validate(RIGHT)


@pytest.mark.parametrize("kind", kinds_there())
def test_the_example_of_a_kind_is_valid(kind: str) -> None:
    VALIDATOR.validate(changed(("checks", "a"), yaml.safe_load(kinds_there()[kind].example)))


@pytest.mark.parametrize("kind", receivers_there())
def test_the_example_of_a_receiver_is_valid(kind: str) -> None:
    VALIDATOR.validate(changed(("receivers", "oncall"), yaml.safe_load(receivers_there()[kind].example)))


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_file_is_invalid(what: str) -> None:
    assert not VALIDATOR.is_valid(changed(*WRONG[what]))


@pytest.mark.parametrize("path", MISSING, ids=".".join)
def test_a_file_that_lacks_something_is_invalid(path: tuple[str, ...]) -> None:
    assert not VALIDATOR.is_valid(changed(path))


@pytest.mark.parametrize("option", ["kind", "service"])
def test_what_defaults_has_a_check_may_lack(option: str) -> None:
    file = changed(("checks", "a", option))

    VALIDATOR.validate(file | {"defaults": {option: HTTP[option]}})


def test_the_shipped_schema_is_what_the_classes_say() -> None:
    assert json.loads((ROOT / "checks.schema.json").read_text()) == SCHEMA, "run `make reference`"


def as_editors_read(file: str) -> Any:
    """Read YAML as 1.2 has it, where a date is text: JSON has no dates either."""
    return json.loads(json.dumps(yaml.safe_load(file), default=str))


@pytest.mark.parametrize("section", sections())
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_the_parser_accepts_is_valid(section: str, data: st.DataObject) -> None:
    file = data.draw(files(section))
    said(file, **ENVIRONMENT)  # no file that is made here is refused

    VALIDATOR.validate(as_editors_read(file))


def test_these_files_have_every_option() -> None:
    shapes = [*SECTIONS.values(), *kinds_there().values(), *receivers_there().values()]
    shapes += [inner for shape in shapes for _, inner in nested("", shape)]
    made = (Path(__file__).parent / "valid.py").read_text()
    missing = {name for shape in shapes for name in fields(shape) if not re.search(rf"\b{name}\b", made)}

    assert not missing, f"tests/checks/valid.py: make {', '.join(sorted(missing))} too"


NO_PATTERN = [
    ("interval", 30, "must be a duration such as 500ms, 30s, 5m, 2h or 7d"),
    ("max_body", "4GB", "must be a size in whole bytes, such as 512B, 64KiB, 10MiB or 4GiB"),
    ("enabled", "maybe", "must be true or false"),
]


@pytest.mark.parametrize(("option", "written", "words"), NO_PATTERN)
def test_an_editor_says_a_rule_in_the_words_of_the_parser(option: str, written: Any, words: str) -> None:
    (error,) = VALIDATOR.iter_errors(changed(("checks", "a", option), written))

    assert error.schema["errorMessage"] == words
    with pytest.raises(ConfigError, match=words):
        said(json.dumps(changed(("checks", "a", option), written)), KEY="x")


def test_a_check_without_options_is_accused_once() -> None:
    errors = list(VALIDATOR.iter_errors(RIGHT | {"checks": {"a": None}}))

    assert [error.message for error in errors] == ["None is not of type 'object'"]


def test_every_option_is_explained_where_an_editor_looks() -> None:
    bare = [name for name, form in options_of(SCHEMA) if not form.get("description")]

    assert bare == []


def options_of(held: Any) -> Iterator[tuple[str, Any]]:
    """Give every option of a mapping that knows all of its options."""
    if isinstance(held, dict):
        if held.get("additionalProperties") is False:
            yield from held["properties"].items()
        for inside in held.values():
            yield from options_of(inside)
