"""Files as nobody would write them: each is understood, or refused with its mistakes at places inside it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.alerting_options import AlertingOptions, HoursOptions, MatchOptions, RouteOptions
from checks.calendar_options import MaintenanceOptions, ReportOptions
from checks.model import Configuration
from checks.options import SECTIONS, CommonOptions, ObjectiveOptions, ServiceOptions, StoreOptions, TopOptions
from checks.shapes import options
from checks.source import ConfigError, Problem
from tests.checks.real import said

HERE = Path(__file__).parent
RIGHT = [(HERE / "contract.yaml").read_text(), (HERE.parents[1] / "checks.yaml").read_text()]
WRONG = [file.read_text() for file in sorted((HERE / "mistakes").glob("*.yaml"))]
ENVIRONMENT = {"A": "x", "SSO_PASSWORD": "p", "B": "${A}", "LINES": "a\nb"}
LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # YAML 1.1's line breaks


def understood(text: str) -> Configuration | None:
    """Give what a text comes to, or None where it is refused as a refusal must be."""
    problems: tuple[Problem, ...] = ()
    try:
        return said(text, **ENVIRONMENT)
    except ConfigError as error:
        problems = error.problems
    assert problems
    for each in problems:
        assert 1 <= each.line <= len(LINE_END.split(text)) + 1, each
        assert each.column >= 1, each
        assert each.message, each
        assert "\n" not in str(each), each
    return None


def told(text: str) -> str:
    try:
        return repr(said(text, **ENVIRONMENT))
    except ConfigError as error:
        return str(error)


def judge(text: str) -> None:
    """Hold a text to everything that is promised of any."""
    configuration = understood(text)
    assert told(text) == told(text)
    if configuration is not None:
        again = understood(f"# a comment\n\n{text}")
        assert again is not None
        assert (again.checks.keys(), again.alerting) == (configuration.checks.keys(), configuration.alerting)


@given(st.text(max_size=300))
def test_any_text_is_understood_or_refused(text: str) -> None:
    judge(text)


@given(st.binary(max_size=200))
def test_any_bytes_that_are_text_are_understood_or_refused(held: bytes) -> None:
    judge(held.decode("latin-1"))


SHAPES = (
    *(TopOptions, ServiceOptions, CommonOptions, ObjectiveOptions, StoreOptions, AlertingOptions),
    *(RouteOptions, MatchOptions, HoursOptions, MaintenanceOptions, ReportOptions),
)
OURS = sorted({name for shape in SHAPES for name in options(shape)})
STRANGE = [
    "at_least",
    "url",
    "routing_key",
    "smtp",
    "scope",
    "<<",
    "",
    "ürl",
    "a b",
    "x" * 200,
    "${A}",
    "a\nb",
]
NAMES = st.sampled_from(OURS + STRANGE)
WORDS = ["1", "sso", "http", "pagerduty", "30s", "0s", "99.9%", "30d", "month", "any", "page", "true", "-1"]
WORDS += [
    "${A}",
    "${B}",
    "${NO}",
    "${NO:-}",
    "${file:/nowhere}",
    "${",
    "$",
    "$$",
    "mon-fri",
    "08:00",
    "24:00",
]
WORDS += ["2026-12-05T22:00", "9999-12-31T23:59", "FREQ=DAILY", "FREQ=YEARLY;BYDAY=53MO", "1" * 30, "64KiB"]
WORDS += [
    "https://a.example.com",
    "http://[",
    "sqlite:///x.db",
    "[::1]:0",
    "999999999999d",
    "${LINES}",
    "\x85",
]
LEAVES = st.sampled_from(WORDS) | st.text(max_size=6) | st.none()
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
ENTRIES = st.dictionaries(st.sampled_from(["sso", "vpn", "a b"]), TREES, max_size=2)
FILES = st.dictionaries(
    st.sampled_from([*SECTIONS, "version", "site", "timezone"]), TREES | ENTRIES, max_size=7
)


@settings(max_examples=300)
@given(FILES)
def test_any_tree_with_our_names_is_understood_or_refused(tree: dict[str, Any]) -> None:
    judge(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False))


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """A file of ours in which a few lines or characters were lost, doubled or replaced."""
    text = draw(st.sampled_from(RIGHT + WRONG))
    for _ in range(draw(st.integers(1, 3))):
        parts = text.split("\n") if draw(st.booleans()) else list(text)
        joint = "\n" if len(parts) != len(text) else ""
        at = draw(st.integers(0, len(parts) - 1))
        part = parts[at]
        other = draw(
            st.sampled_from(["", part * 2, f"{part}\n{part}", "\t", ":", "- ", "{", "'", "&a ", "*a", "é"])
        )
        text = joint.join([*parts[:at], other, *parts[at + 1 :]]) or "x"
    return text


@settings(max_examples=300, deadline=2000)
@given(mutations())
def test_any_slip_in_a_file_is_understood_or_refused(text: str) -> None:
    judge(text)


@pytest.mark.parametrize("text", RIGHT, ids=["contract", "shipped"])
def test_space_and_comments_between_lines_change_nothing_but_places(text: str) -> None:
    spaced = "".join(f"{line}   \n\n# a comment\n" for line in text.split("\n"))
    plain, changed = understood(text), understood(spaced)

    assert plain is not None
    assert changed is not None
    assert (plain.services, plain.objectives) == (changed.services, changed.objectives)
    assert (plain.checks, plain.alerting) == (changed.checks, changed.alerting)


@pytest.mark.parametrize("text", RIGHT, ids=["contract", "shipped"])
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_the_ends_of_lines_change_nothing(text: str, end: str) -> None:
    plain, changed = understood(text), understood(text.replace("\n", end))

    assert plain is not None
    assert plain == changed
