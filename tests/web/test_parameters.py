"""Queries of the API: what can be read, and what is said of the rest."""

from typing import Any

import pytest

from web.paging import written
from web.parameters import FIRST, LAST, Choice, Cursor, Instant, Number, WrongParameter, read

START = 1_767_225_600_000
PARAMETERS = (
    Instant("from", "From when.", FIRST),
    Number("limit", "How many.", 1, 1000, 100),
    Choice("state", "Which.", ("open", "resolved", "all"), "open"),
    Cursor("cursor", "Goes on.", (int, str)),
)


def given(**said: str) -> Any:
    return read(PARAMETERS, said.items())


def test_what_is_not_given_has_its_default() -> None:
    assert given() == {"from": FIRST, "limit": 100, "state": "open", "cursor": None}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-01-01T00:00:00Z", START),
        ("2026-01-01t00:00:00z", START),
        ("2026-01-01T01:00:00+01:00", START),
        ("2026-01-01T00:00:00.123Z", START + 123),
        ("2026-01-01T00:00:00.1239999Z", START + 123),
        ("1969-12-31T23:59:59.999Z", -1),
        ("0001-01-01T00:00:00Z", FIRST),
        ("9999-12-31T23:59:59.999Z", LAST),
    ],
)
def test_an_instant_is_read_to_the_millisecond(text: str, at: int) -> None:
    assert given(**{"from": text})["from"] == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "1767225600",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-01-01 00:00:00Z",
        "20260101T000000Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:30:00Z",
        "2026-01-01T00:00:00Z ",
        "٢٠٢٦-01-01T00:00:00Z",
    ],
)
def test_what_is_no_instant_is_told_with_an_example(text: str) -> None:
    with pytest.raises(WrongParameter, match=r"^from: must be an instant .* 2026-01-01T00:00:00\.000Z"):
        given(**{"from": text})


def test_a_plus_that_became_a_space_is_explained() -> None:
    with pytest.raises(WrongParameter, match=r"%2B"):
        given(**{"from": "2026-01-01T00:00:00 01:00"})


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("1000", 1000), ("0007", 7)])
def test_a_number_within_bounds_is_read(text: str, number: int) -> None:
    assert given(limit=text)["limit"] == number


@pytest.mark.parametrize("text", ["0", "1001", "-1", "1.0", "1e2", "", " 5", "٥", "9" * 5000])
def test_any_other_number_is_told_its_bounds(text: str) -> None:
    with pytest.raises(WrongParameter, match=r"^limit: must be 1 to 1000$"):
        given(limit=text)


def test_a_word_of_no_set_is_told_the_set() -> None:
    with pytest.raises(WrongParameter, match=r"^state: must be open, resolved or all$"):
        given(state="OPEN")


def test_a_cursor_is_read_back() -> None:
    assert given(cursor=written((-START, "hq")))["cursor"] == (-START, "hq")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "é",
        "a",
        "nonsense",
        "2026-01-01T00:00:00Z",
        written(("hq", START)),
        written((START,)),
        written((START, "hq", 1)),
        written((True, "hq")),
        written((1.5, "hq")),
        written((10**30, "hq")),
        "W" * 4000,
    ],
)
def test_what_was_never_a_cursor_of_this_list_is_refused(text: str) -> None:
    with pytest.raises(WrongParameter, match=r"^cursor: must be the `next` of the page before"):
        given(cursor=text)


def test_a_parameter_that_there_is_not_is_told_with_a_guess() -> None:
    with pytest.raises(WrongParameter, match=r'^limt: there is no such parameter .*"limit"'):
        given(limt="1")


def test_a_parameter_that_is_given_twice_is_refused() -> None:
    with pytest.raises(WrongParameter, match=r"^limit: is given twice$"):
        read(PARAMETERS, [("limit", "1"), ("limit", "1")])
