"""What a response must be like, rule by rule."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from probes.basic.expectations import Expecting
from probes.net.http import Response
from probes.result import Reason
from probes.tools import Failed
from tests.probes.asking import tools

OPTIONS = TypeAdapter(Expecting)
BODY = {"status": "ok", "load": 0.75, "on": True, "none": None, "items": [{"id": 1}, {"id": 2}], "n": 12}
PAGE = Response(
    status=200,
    version="1.1",
    headers={"content-type": "application/json", "server": "nginx"},
    body=json.dumps(BODY).encode(),
)


def wrong(response: Response = PAGE, **options: Any) -> str:
    """Judge a response; give the detail of what is wrong, or nothing."""
    hands, failed = tools(), None
    try:
        OPTIONS.validate_python(options).judge(hands, response)
    except Failed as caught:
        failed = caught
    assert ("response" in hands.learned.evidence) is (failed is not None)
    assert failed is None or failed.reason in (Reason.ASSERTION, Reason.HTTP_STATUS)
    return failed.detail if failed else ""


def page(body: bytes, **headers: str) -> Response:
    return Response(status=200, version="1.1", headers=headers, body=body)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"expect_headers": {"Server": "nginx", "X-None": {"exists": "false"}}},
        {"expect_headers": {"server": {"matches": "^ng"}, "Content-Type": {"exists": "true"}}},
        {
            "expect_body": '"ok"',
            "expect_body_regex": r"id.*2",
            "reject_body": "bad",
            "reject_body_regex": "err(or)?",
        },
        {"expect_size": {"at_least": "10B", "at_most": "1KiB"}},
        {"expect_json": [{"path": "$.status", "equals": "ok", "matches": "^o"}]},
        {"expect_json": [{"path": "$.load", "at_least": "0.5", "at_most": "0.75", "equals": "7.5e-1"}]},
        {"expect_json": [{"path": "$.on", "equals": "true"}, {"path": "$.none", "equals": "null"}]},
        {"expect_json": [{"path": "$.items[*].id", "at_least": "1", "count": "2"}]},
        {
            "expect_json": [
                {"path": "$.items[?@.id > 5]", "count": "0"},
                {"path": "$.gone", "exists": "false"},
            ]
        },
        {"expect_json": [{"path": "$.none"}, {"path": "$.items", "equals": '[{"id":1},{"id":2}]'}]},
    ],
)
def test_a_response_that_is_as_expected_is_good(options: dict[str, Any]) -> None:
    assert wrong(**options) == ""


@pytest.mark.parametrize(
    ("options", "detail"),
    [
        ({"expect_headers": {"X-Id": "1"}}, "it has no header X-Id"),
        ({"expect_headers": {"Server": "caddy"}}, 'its header Server is "nginx", expected "caddy"'),
        (
            {"expect_headers": {"Server": {"matches": "^c"}}},
            'its header Server is "nginx", which does not match',
        ),
        ({"expect_headers": {"Server": {"exists": "false"}}}, "it has the header Server"),
        ({"expect_headers": {"X-Id": {"exists": "true"}}}, "it has no header X-Id"),
        ({"expect_body": "fine"}, f"the expected text is not in its {len(PAGE.body)} bytes"),
        ({"expect_body_regex": "^fine"}, f"nothing in its {len(PAGE.body)} bytes matches expect_body_regex"),
        ({"reject_body": "load"}, f"the rejected text is in its {len(PAGE.body)} bytes"),
        ({"reject_body_regex": "o[kn]"}, 'its body matches reject_body_regex: "ok"'),
        (
            {"expect_size": {"at_least": "1KiB"}},
            f"its body has {len(PAGE.body)} bytes, expected at least 1024",
        ),
        ({"expect_size": {"at_most": "5B"}}, f"its body has {len(PAGE.body)} bytes, expected at most 5"),
    ],
)
def test_what_is_not_as_expected_is_said(options: dict[str, Any], detail: str) -> None:
    assert wrong(**options) == f"answered 200, but {detail}"


def test_a_status_is_judged_before_anything_else() -> None:
    assert wrong(expect_status="204", expect_body="fine") == "answered 200, expected 204"


@pytest.mark.parametrize(
    "options",
    [
        {"expect_body_regex": "("},
        {"expect_body_regex": r"(?=x)"},
        {"expect_headers": {"X": {"matches": "["}}},
        {"expect_headers": {"X": {}}},
        {"expect_json": [{"path": "status"}]},
        {"expect_json": [{"path": "$["}]},
        {"expect_json": [{"path": "$.a", "matches": "["}]},
        {"expect_json": [{"path": "$.a", "exists": "false", "equals": "b"}]},
        {"expect_json": [{"path": "$.a", "at_least": "much"}]},
        {"expect_json": [{"equals": "b"}]},
        {"expect_json": [{"path": "$.a", "count": "-1"}]},
        {"expect_size": {"at_least": "many"}},
        {"expect_size": {"at_least": "2KiB", "at_most": "1KiB"}},
    ],
)
def test_what_cannot_be_judged_is_refused_when_it_is_read(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OPTIONS.validate_python(options)


JUDGED = [
    {"path": "$..*", "at_least": "1"},
    {"path": "$.a", "equals": "1"},
    {"path": "$[?match(@.a, 'a+')]", "matches": "a"},
]


@given(
    body=st.binary(max_size=300)
    | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(str).map(str.encode)
)
def test_no_body_does_anything_else(body: bytes) -> None:
    assert isinstance(wrong(page(body), expect_json=JUDGED, expect_body_regex="a+b"), str)
