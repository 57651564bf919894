"""What JSON paths must find in a body, rule by rule."""

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from probes.basic.json_rules import JsonRule, wrong_json

OPTIONS = TypeAdapter(JsonRule)
BODY = {"status": "ok", "load": 0.75, "on": True, "none": None, "items": [{"id": 1}, {"id": 2}], "n": 12}


def wrong(rule: dict[str, str], body: bytes = json.dumps(BODY).encode()) -> str:
    """Judge a body; give the first thing that is wrong, or nothing."""
    return next(wrong_json((OPTIONS.validate_python(rule),), body), "")


@pytest.mark.parametrize(
    ("rule", "detail"),
    [
        ({"path": "$.gone"}, "there is no $.gone in its body"),
        ({"path": "$.gone", "at_least": "1"}, "there is no $.gone in its body"),
        ({"path": "$.status", "exists": "false"}, 'there is $.status in its body: "ok"'),
        ({"path": "$.status", "equals": "up"}, '$.status is "ok", expected "up"'),
        ({"path": "$.n", "equals": "13"}, '$.n is 12, expected "13"'),
        ({"path": "$.n", "equals": "twelve"}, '$.n is 12, expected "twelve"'),
        ({"path": "$.on", "equals": "1"}, '$.on is true, expected "1"'),
        ({"path": "$.n", "matches": "1"}, "$.n is 12, which does not match"),
        ({"path": "$.status", "at_least": "1"}, '$.status is "ok", expected at least 1'),
        ({"path": "$.on", "at_most": "1"}, "$.on is true, expected at most 1"),
        ({"path": "$.load", "at_most": "0.7"}, "$.load is 0.75, expected at most 0.7"),
        ({"path": "$.items[*].id", "at_least": "2"}, "$.items[*].id is 1, expected at least 2"),
        ({"path": "$.items[*]", "count": "3"}, "$.items[*] finds 2 values, expected 3"),
        ({"path": "$.items", "equals": "x"}, '$.items is an array of 2, expected "x"'),
    ],
)
def test_a_json_value_that_is_not_as_expected_is_said(rule: dict[str, str], detail: str) -> None:
    assert wrong(rule) == detail


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"NaN", b"[Infinity]", b"[" * 100_000, b"1" * 10_000, b'"\xff"', b'{"a":1}x']
)
def test_a_body_that_is_no_json_is_never_good(body: bytes) -> None:
    assert wrong({"path": "$"}, body) == "its body is not JSON"


def test_a_number_beyond_all_numbers_compares_with_nothing() -> None:
    assert "expected at least 1" in wrong({"path": "$", "at_least": "1"}, b"1e999")


def test_a_body_that_is_nested_too_deeply_is_never_good() -> None:
    deep = b"[" * 900 + b"]" * 900

    assert wrong({"path": "$..id"}, deep)


@pytest.mark.parametrize(
    "rule",
    [
        {"path": "$.status", "equals": "ok", "matches": "^o"},
        {"path": "$.load", "at_least": "0.5", "at_most": "0.75", "equals": "7.5e-1"},
        {"path": "$.items", "equals": '[{"id":1},{"id":2}]'},
        {"path": "$.items[?@.id > 5]", "count": "0"},
        {"path": "$.gone", "exists": "false"},
    ],
)
def test_a_json_value_that_is_as_expected_is_good(rule: dict[str, str]) -> None:
    assert wrong(rule) == ""


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"exists": "false", "equals": "b"}, "must not have another rule where exists is false"),
        ({"at_least": "2", "at_most": "1.9"}, "must have at_least no larger than at_most"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused_when_it_is_read(rule: dict[str, str], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        OPTIONS.validate_python({"path": "$.a", **rule})
