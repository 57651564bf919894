from typing import Any

import pytest

from checks.values import Secret
from probes.basic.texts import header_value, read_headers, read_method, read_url


@pytest.mark.parametrize("text", ["http://a", "https://www.example.com:8443/path?x#y"])
def test_an_address_is_taken_as_it_is(text: str) -> None:
    assert read_url(text) == text


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (read_url, "ftp://a"),
        (read_method, "get"),
        (read_method, "CONNECT"),
        (read_headers, {"X Y": Secret("a")}),
        (read_headers, {"X": Secret("a\r\nb")}),
        (read_headers, {"Content-Length": Secret("1")}),
    ],
)
def test_what_cannot_be_sent_is_refused(read: Any, value: Any) -> None:
    with pytest.raises(ValueError, match="must"):
        read(value)


@pytest.mark.parametrize(
    ("text", "may"), [("", True), ("a\tb \xe9", True), ("\u2603", False), ("a\x00", False)]
)
def test_a_value_is_visible_and_on_one_line(text: str, may: bool) -> None:
    assert header_value(text) is may
