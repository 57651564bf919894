import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.form import compact, cut, instant, is_web_address, judge, parts_of, retry_after
from alerting.receiver import Refused, Response, Sent
from tests.alerting.intents import NOW


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("Thu, 01 Jan 2026 00:01:30 GMT", 90.0),
        ("Wed, 31 Dec 2025 23:00:00 GMT", 0.0),
        ("86400", 3600.0),
        ("1" + "0" * 400, None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_an_hour_at_most(said: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": said}, NOW) == seconds


@given(st.text(max_size=60))
def test_no_retry_after_is_an_error(said: str) -> None:
    seconds = retry_after({"retry-after": said}, NOW)

    assert seconds is None or 0 <= seconds <= 3600


@given(st.text(max_size=40), st.integers(1, 40))
def test_a_cut_text_fits_and_begins_as_the_whole(text: str, most: int) -> None:
    short = cut(text, most)

    assert len(short) <= most
    assert short == text or (text.startswith(short[:-1]) and short.endswith("…"))


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (NOW, "2026-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (NOW - 1, "2025-12-31T23:59:59.999Z"),
    ],
)
def test_an_instant_has_milliseconds_and_is_in_utc(at: int, text: str) -> None:
    assert instant(at) == text


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "ftp://x", "wiki/sso", "HTTPS"])
def test_other_addresses_are_no_links(address: str) -> None:
    assert not is_web_address(address)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20)))
def test_any_text_can_be_sent(document: dict[str, str]) -> None:
    assert isinstance(json.loads(compact(document)), dict)


def test_a_number_that_json_has_not_is_refused_here_and_not_by_the_receiver() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        compact({"x": float("nan")})


@given(st.binary(max_size=200), st.integers(300, 499))
def test_any_body_can_be_quoted(body: bytes, status: int) -> None:
    verdict = judge(Response(status, {}, body), NOW)

    assert not isinstance(verdict, Sent)
    assert verdict.detail.startswith(str(status))
    assert len(verdict.detail) <= 300


def test_a_body_nested_without_end_is_quoted_as_text() -> None:
    assert isinstance(judge(Response(400, {}, b"[" * 16_000), NOW), Refused)


def test_a_secret_within_another_hides_neither_in_part() -> None:
    verdict = judge(Response(400, {}, b"abcdef abc"), NOW, ["abc", "abcdef", ""])

    assert verdict == Refused("400 *** ***")


def test_the_parts_of_a_secret_address_are_secret_and_its_everyday_words_are_not() -> None:
    parts = parts_of("https://hooks.example.com/v1/T0AB12CD?key=hunter2-key&x=1")

    assert {"/v1/T0AB12CD?key=hunter2-key&x=1", "/v1/T0AB12CD", "T0AB12CD", "hunter2-key"} <= set(parts)
    assert not {"/", "v1", "1", ""} & set(parts)


def test_what_is_no_address_has_no_parts() -> None:
    assert parts_of("https://[bad/hunter2") == ["https://[bad/hunter2"]
