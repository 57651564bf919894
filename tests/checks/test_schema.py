"""The schema for editors, held against files that the parser accepts and files that are wrong."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from alerting.receivers import RECEIVERS
from checks.options import CommonOptions, ServiceOptions
from checks.parse import parse
from checks.schema import schema
from checks.shapes import options
from checks.source import ConfigError
from commands.reference import kinds_there, receivers_there
from probes import KINDS

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


WORDS = (
    *("7", "1.5", "0x10", "1_000", "yes", "OFF", "on", "~", "null", "", "''", "'3'", "2026-12-05", "18:00"),
    *("30s", "99.9%", "4GiB", "all", "internal", "{at_least: 2}", "[a]", "{a: 1}", "${HOME:-x}"),
)
COMMON = sorted(options(CommonOptions).keys() - {"kind", "service"})
OF_HTTP = sorted(options(kinds_there()["http"]).keys() - {"url"})
OF_SERVICE = sorted(options(ServiceOptions))


def written(names: list[str]) -> st.SearchStrategy[str]:
    """Make lines of some of these options, with any words."""
    some = st.dictionaries(st.sampled_from(names), st.sampled_from(WORDS), max_size=2)
    return some.map(lambda said: "".join(f"\n    {name}: {word}" for name, word in said.items()))


def as_editors_read(file: str) -> Any:
    """Read YAML as 1.2 has it, where a date is text: JSON has no dates either."""
    return json.loads(json.dumps(yaml.safe_load(file), default=str))


def is_accepted(file: str) -> bool:
    try:
        parse({"f": file}, kinds=KINDS, receivers=RECEIVERS, environment={"HOME": "x"})
    except ConfigError:
        return False
    return True


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # most words fit few options
@given(common=written(COMMON), own=written(OF_HTTP), service=written(OF_SERVICE))
def test_what_the_parser_accepts_is_valid(common: str, own: str, service: str) -> None:
    check = "\n    service: sso\n    kind: http\n    url: https://example.com/"
    file = f"version: 1\nservices:\n  sso: {service or '{}'}\nchecks:\n  a:{check}{common}{own}\n"
    assume(is_accepted(file))

    VALIDATOR.validate(as_editors_read(file))
