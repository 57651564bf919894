"""What each field may say, and in which words it is refused otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.values import RuleError
from commands.result_fields import (
    END,
    FIRST,
    VERDICTS,
    Meanings,
    Mistake,
    read_at,
    read_extra,
    read_took,
    result_of,
)
from probes.result import Outcome, Reason, Result

AT = 1_796_504_400_123  # 2026-12-05T21:00:00.123Z
FIELDS = ("front", "hq", "2026-12-05T21:00:00.123Z", "0.25", "good", "", "0")


def meant(*fields: str) -> object:
    return Meanings("here").of(fields, 7)


def wrong(*fields: str) -> str:
    said = meant(*fields)
    assert isinstance(said, Mistake)
    assert said.line == 7
    return said.message


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-05T21:00:00.123Z",
        "2026-12-05t21:00:00.123z",
        "2026-12-05 22:00:00.123+01:00",
        "2026-12-05T16:30:00.123-04:30",
        "2026-12-05T21:00:00.123999999Z",
        "1796504400.123",
        "1796504400.1239999999999999999999999999999999999999",
        "1.796504400123e9",
    ],
)
def test_an_instant_is_understood_to_the_millisecond(text: str) -> None:
    assert read_at(text) == AT


@pytest.mark.parametrize(
    "text", ["2026-12-05T21:00Z", "2026-12-05T22:00:00+01:00", "1796504400", "1796504400."]
)
def test_an_instant_may_be_coarser(text: str) -> None:
    assert read_at(text) == 1_796_504_400_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be a time such as"),
        ("yesterday", "must be a time such as"),
        ("2026-12-05", "its offset"),
        ("2026-12-05T21:00:00", "its offset"),
        ("2026-02-30T21:00:00Z", "that exists"),
        ("2026-12-05T23:59:60Z", "that exists"),
        ("1796504400123", "as a number it is seconds"),
        ("1e999999999", "as a number it is seconds"),
        ("-5", "as a number it is seconds"),
        ("1970-06-01T00:00:00Z", "between the years"),
        ("9999-06-01T00:00:00Z", "between the years"),
        ("NaN", "must be a time such as"),
        ("sNaN", "must be a time such as"),
    ],
)
def test_what_is_no_instant_is_refused(text: str, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        read_at(text)


@given(st.integers(FIRST, END - 1))
def test_unix_seconds_are_exact(at: int) -> None:
    assert read_at(f"{at // 1000}.{at % 1000:03}") == at


@pytest.mark.parametrize(
    ("text", "took"), [("0", 0.0), ("-0", 0.0), ("0.1234564", 0.123456), ("1e-3", 0.001), ("1000000", 1e6)]
)
def test_seconds_are_rounded_to_the_microsecond(text: str, took: float) -> None:
    assert read_took(text) == took


@pytest.mark.parametrize("text", ["", "fast", "-0.1", "nan", "inf", "1000001"])
def test_what_no_attempt_can_have_taken_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="must be seconds from 0"):
        read_took(text)


def test_extra_is_0_or_1() -> None:
    assert [read_extra(text) for text in ("", "0", "1", "true")] == [False, False, True, True]
    with pytest.raises(RuleError, match="must be 0 or 1"):
        read_extra("2")


def test_a_line_means_a_result() -> None:
    row = meant("front", "", "1796504400.123", "0.25", "bad", "reset", "1")

    assert isinstance(row, tuple)
    assert result_of(row) == Result("front", "here", AT, 0.25, Outcome.BAD, Reason.RESET, extra=True)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_stands_with_its_outcome_and_no_other(reason: Reason) -> None:
    assert [outcome for outcome in Outcome if (outcome.value, reason.value) in VERDICTS] == [reason.outcome]


@pytest.mark.parametrize(
    ("outcome", "reason", "said"),
    [
        ("good", "reset", 'reason: must be empty: good has no reason (it is "reset")'),
        ("bad", "blind", "reason: must be a reason of bad: one of assertion, "),
        ("unknown", "blnid", 'reason: must be a reason of unknown: did you mean "blind"?'),
        ("up", "reset", 'outcome: must be good, bad or unknown (it is "up")'),
    ],
)
def test_an_outcome_and_its_reason_belong_together(outcome: str, reason: str, said: str) -> None:
    assert wrong("front", "hq", "1796504400", "0", outcome, reason, "").startswith(said)


def test_all_that_is_wrong_with_a_line_is_said() -> None:
    said = wrong("-", "a b", "now", "long", "fine", "so", "2")

    assert [part.partition(":")[0] for part in said.split("; ")] == [
        *("check", "site", "at", "took", "outcome", "extra")
    ]


def test_what_is_quoted_is_cut() -> None:
    assert wrong("x" * 500, *FIELDS[1:]).endswith(f'(it is "{"x" * 40}…")')


@pytest.mark.parametrize("place", range(7))
def test_a_name_that_was_accepted_once_excuses_nothing_else(place: int) -> None:
    meanings = Meanings("here")
    assert isinstance(meanings.of(FIELDS, 1), tuple)
    fields = tuple(f"{text} ?" if index == place else text for index, text in enumerate(FIELDS))

    assert isinstance(meanings.of(fields, 2), Mistake)
