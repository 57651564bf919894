"""JSON from outside, and what paths find in it, in bounded time."""

import pytest

from probes.basic.json_paths import MOST, read_json, values_at


def test_a_path_finds_what_rfc_9535_says() -> None:
    document = read_json(b'{"a": [{"n": "one"}, {"n": "two"}], "b": 1}')

    assert values_at("$.a[*].n", document) == ["one", "two"]
    assert values_at("$.a[?match(@.n, 't.o')].n", document) == ["two"]
    assert values_at("$.a[?search(@.n, 'n')].n", document) == ["one"]
    assert values_at("$.c", document) == []


def test_an_expression_that_would_keep_others_busy_for_hours_is_quick() -> None:
    document = [{"n": "a" * 50_000 + "!"}]

    assert values_at("$[?match(@.n, '(a+)+')]", document) == []
    assert values_at("$[?match(@.n, '(')]", document) == []


def test_a_name_that_is_said_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="the same name twice"):
        read_json(b'{"status": "ok", "status": "down"}')


def test_more_values_than_anybody_wants_are_refused() -> None:
    assert len(values_at("$[*]", [0] * MOST)) == MOST
    with pytest.raises(ValueError, match=r"more than 10000 values at \$\[\*\]"):
        values_at("$[*]", [0] * (MOST + 1))


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert values_at("$", read_json(b'"a\\ud800"')) == ["a?"]
