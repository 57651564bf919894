import copy
import pickle
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from checks.values import Beside, Duration, Flag, Secret, Share, Size, Whole, Window


def read(kind: Any, text: object) -> Any:
    return TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Duration, "500ms", 0.5),
        (Duration, "30s", 30.0),
        (Duration, "5m", 300.0),
        (Duration, "2h", 7200.0),
        (Duration, "7d", 604_800.0),
        (Duration, "1.5s", 1.5),
        (Duration, "0.1s", 0.1),
        (Share, "99.9%", Fraction(999, 1000)),
        (Share, "0.999", Fraction(999, 1000)),
        (Size, "64KiB", 65_536),
        (Size, "1.5KiB", 1536),
        (Window, "30d", "30d"),
        (Window, "12h", "12h"),
        (Window, "quarter", "quarter"),
        (Flag, "Yes", True),
        (Flag, "off", False),
        (Whole, "-12", -12),
    ],
)
def test_text_is_read_exactly(kind: Any, text: str, value: object) -> None:
    assert read(kind, text) == value


NONE_OF_THEM: list[object] = [
    "",
    "-1s",
    "1e3s",
    "٣s",
    "1_0",
    " 5m",
    "5 m",
    "y",
    "null",
    "9" * 40,
    [],
    {},
    None,
]


def refusal(kind: Any, text: object) -> str:
    with pytest.raises(ValidationError) as refused:
        read(kind, text)
    return str(refused.value.errors()[0]["msg"])


@pytest.mark.parametrize("kind", [Duration, Share, Size, Window, Flag, Whole])
@pytest.mark.parametrize("text", NONE_OF_THEM)
def test_a_refusal_says_the_rule_and_nothing_of_the_value(kind: Any, text: object) -> None:
    assert refusal(kind, text).startswith("Value error, must be ")
    assert refusal(kind, text) == refusal(kind, "something else")


@pytest.mark.parametrize("kind", [Duration, Size, Window])
def test_a_number_without_its_unit_is_refused(kind: Any) -> None:
    assert "such as" in refusal(kind, "30")


@pytest.mark.parametrize("text", ["0%", "100%", "1", "0", "100.1%"])
def test_a_share_is_more_than_nothing_and_less_than_all(text: str) -> None:
    with pytest.raises(ValidationError, match="more than 0% and less than 100%"):
        read(Share, text)


def test_a_bare_true_is_no_number() -> None:
    read(Duration, 1.0)

    with pytest.raises(ValidationError):
        read(Duration, True)


@given(st.integers(min_value=1, max_value=99_999), st.integers(min_value=0, max_value=5))
def test_a_share_loses_nothing(digits: int, places: int) -> None:
    text = f"0.{'0' * places}{digits}"

    assert read(Share, text) == Fraction(text)


def test_a_secret_is_shown_by_nothing() -> None:
    secret = read(Secret, "hunter2")

    assert secret.reveal() == "hunter2"
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)


def test_a_secret_is_false_when_nothing_is_in_it() -> None:
    assert Secret("x")
    assert not Secret()
    assert not Secret("")


def test_secrets_are_equal_by_what_is_in_them_and_copied_as_themselves() -> None:
    secret = Secret("a")

    assert secret == Secret("a")
    assert secret != Secret("b")
    assert len({secret, Secret("a"), Secret("b")}) == 2
    assert copy.deepcopy(secret) is secret


@pytest.mark.parametrize(
    ("path", "file", "found"),
    [
        ("ca.pem", "/etc/wk/checks.yaml", "/etc/wk/ca.pem"),
        ("ca.pem", "checks.yaml", "ca.pem"),
        ("/ssl/ca.pem", "/etc/wk/checks.yaml", "/ssl/ca.pem"),
        ("", "/etc/wk/checks.yaml", ""),
    ],
)
def test_a_relative_path_lies_beside_the_file_that_names_it(path: str, file: str, found: str) -> None:
    assert TypeAdapter(Beside).validate_python(path, context=file) == found
