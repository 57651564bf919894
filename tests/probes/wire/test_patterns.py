import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.values import RuleError, Secret
from probes.wire.patterns import (
    SHOWN,
    found,
    literally,
    read_hex,
    read_regex,
    shown,
    to_send,
)


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "a{1,2000}", "\ud800", "[z-a]"])
def test_what_re2_does_not_read_is_refused_without_being_shown(pattern: str) -> None:
    with pytest.raises(RuleError) as refused:
        read_regex(pattern)

    assert str(refused.value) == "must be a regular expression that RE2 can read"


@pytest.mark.parametrize("pattern", ["", "a*", "^$", "x?|y"])
def test_a_pattern_that_asks_for_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(RuleError, match="an empty text does not match"):
        read_regex(pattern)


@pytest.mark.parametrize(
    ("pattern", "data", "end"),
    [
        ("^220 ", b"220-a\n220 b", 10),
        ("^2", b"1\n2", 3),
        (r"^\xff\x00.$", b"a\n\xff\x00\xe9\nb", 5),
        ("né", "née".encode(), 3),
        ("b$", b"ab\r\n", None),
        (r"b\r?$", b"ab\r\n", 3),
        ("(?i)ready", b"READY", 5),
    ],
)
def test_a_pattern_is_looked_for_byte_by_byte_and_line_by_line(pattern: str, data: bytes, end: int) -> None:
    assert found(read_regex(pattern), data) == end


def test_a_line_does_not_begin_where_the_search_does() -> None:
    assert found("^2", b"220\n250", 1) == 5


def test_a_pattern_that_would_take_others_for_ever_does_not_take_long() -> None:
    assert found(read_regex("(a+)+$b"), b"a" * 60_000) is None


@pytest.mark.parametrize("text", ["0D0a", "0d 0a", "0d:0a"])
def test_hexadecimal_digits_are_read_with_blanks_and_colons(text: str) -> None:
    assert read_hex(text) == "0d0a"


@pytest.mark.parametrize("text", ["", "0", "0x0d", "zz", "0d-0a"])
def test_what_are_no_pairs_of_digits_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="pairs of hexadecimal digits"):
        read_hex(text)


@given(st.binary(min_size=1, max_size=50), st.binary(max_size=50))
def test_bytes_are_found_literally_and_nothing_else_is(wanted: bytes, before: bytes) -> None:
    pattern = literally(wanted.hex())

    assert found(read_regex(pattern), before + wanted) == (before + wanted).index(wanted) + len(wanted)
    assert (found(pattern, before) is None) == (wanted not in before)


def test_one_of_two_options_says_what_to_send() -> None:
    assert to_send(Secret("ü\n"), None) == b"\xc3\xbc\n"
    assert to_send(None, "00ff") == b"\x00\xff"
    assert to_send(None, None) is None


def test_what_is_shown_is_one_line_without_secrets() -> None:
    said = "220 né\r\n\x00\u202e hunter2 again".encode()

    assert shown(said, [b"hunter2\r\n", b"2"]) == r"'220 né\r\n\x00\u202e *** again'"


@given(st.binary(max_size=3000), st.lists(st.binary(max_size=20), max_size=3))
def test_whatever_is_shown_is_short_and_printable(data: bytes, hidden: list[bytes]) -> None:
    text = shown(data, hidden)

    assert text.isprintable()
    assert len(text) <= SHOWN + 3


@given(st.binary(max_size=200), st.binary(min_size=4, max_size=20).map(bytes.strip))
def test_a_secret_is_never_shown(data: bytes, secret: bytes) -> None:
    if len(secret) >= 4 and secret.isalnum() and b"***" not in secret:
        assert secret.decode() not in shown(data + secret + data, [secret + b"\r\n"])


@pytest.mark.parametrize(
    ("came", "told"),
    [
        (b"PASS hunter2 & mor", "***"),
        (b"hunter2 & PASS", "hunter2 & ***"),
        (b"PASS hunter2 & mor.", "PASS hunter2 & mor."),
        (b"PAS", "PAS"),
    ],
)
def test_half_of_a_secret_is_not_shown_where_the_rest_has_not_come(came: bytes, told: str) -> None:
    assert shown(b"you said " + came, [b"PASS hunter2 & more\r\n"]) == f"'you said {told}'"
