"""JSON that wants to keep us busy, and what paths find in it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.basic.json_paths import MOST, read_json, values_at


@pytest.mark.parametrize("body", [b'{"ok": true, "ok": false}', b'[{"a": {"b": 1, "b": 1}}]'])
def test_a_name_that_is_said_twice_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="says the same name twice"):
        read_json(body)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$[?match(@, 'a.c')]", ["abc", "a.c"]),
        ("$[?search(@, 'b')]", ["abc", "xabcx"]),
        ("$[?search(@, 'a[.]c')]", ["a.c"]),
        ("$[?search(@, 'a\\\\.c')]", ["a.c"]),
        ("$[?match(@, 'a\\\\p{Ll}c')]", ["abc"]),
        ("$[?match(@, '(')]", []),
        ("$[?match(@, 1)]", []),
    ],
)
def test_filters_match_texts(path: str, found: list[str]) -> None:
    texts: list[Any] = ["abc", "a.c", "xabcx", "a\rc", "a\nc", 7, None]

    assert values_at(path, texts) == found


def test_an_expression_that_would_keep_others_busy_for_hours_is_quick() -> None:
    busy = [{"text": "a" * 5000, "like": "(a|aa)+b"}]

    assert values_at("$[?search(@.text, '(a|aa)+b')]", busy) == []
    assert values_at("$[?match(@.text, @.like)]", busy) == []


def test_an_expression_of_theirs_has_a_bound() -> None:
    assert values_at("$[?match(@.a, @.b)]", [{"a": "x" * 2000, "b": "x" * 2000}]) == []


def test_values_have_a_bound() -> None:
    assert len(values_at("$[*]", list(range(MOST)))) == MOST
    with pytest.raises(ValueError, match=r"has more than 10000 values at \$\[\*\]"):
        values_at("$[*]", list(range(MOST + 1)))


def test_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(ValueError, match="is nested too deeply for"):
        values_at("$..a", read_json(b"[" * 500 + b"]" * 500))


def test_half_a_pair_of_surrogates_does_no_harm() -> None:
    document = read_json(b'["\\ud83d", "\\ud83d\\ude00"]')

    assert values_at("$[*]", document) == ["?", "\U0001f600"]
    assert values_at("$[?search(@, '.')]", document) == ["?", "\U0001f600"]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_json_is_read_as_it_was_written(value: Any) -> None:
    assert read_json(json.dumps(value).encode()) == value
