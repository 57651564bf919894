"""Where values for later steps are found, and where there are none."""

import pytest
from pydantic import TypeAdapter

from probes.basic.saving import Saving
from probes.net.cookies import Cookies
from probes.net.http import Response
from probes.net.url import parse

HERE = parse("https://shop.example.com/cart")
THERE = parse("https://other.example.com/")


def found(
    body: str = "", cookies: Cookies | None = None, headers: dict[str, str] | None = None, **where: str
) -> str | None:
    response = Response(status=200, version="1.1", headers=headers or {}, body=body.encode())
    saving = TypeAdapter(Saving).validate_python(where)
    return saving.found(HERE, response, cookies or Cookies())


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ('"text"', "text"),
        ('""', ""),
        ("0", "0"),
        ("1.5", "1.5"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ('"\\ud800"', "?"),
    ],
)
def test_a_text_or_a_number_of_json_is_kept(value: str, kept: str) -> None:
    assert found(f'{{"a": {value}}}', json="$.a") == kept


@pytest.mark.parametrize("value", ["null", "true", "[1]", "{}", "1e999", "-1e999", "NaN", "9" * 5000, ""])
def test_nothing_else_of_json_is(value: str) -> None:
    assert found(f'{{"a": {value}}}', json="$.a") is None


def test_the_first_group_of_an_expression_counts_or_all_of_it() -> None:
    assert found("id=17;", regex="id=([0-9]+)") == "17"
    assert found("id=17;", regex="id=[0-9]+") == "id=17"
    assert found("id=;", regex="id=([0-9]+)?") is None


def test_a_header_is_found_however_its_name_is_written() -> None:
    assert found(headers={"x-next": "2"}, header="X-Next") == "2"


def test_a_cookie_that_is_sent_to_the_address_goes_before_another_of_its_name() -> None:
    cookies = Cookies()
    cookies.take(HERE, ["session=ours"])
    cookies.take(THERE, ["session=theirs", "lone=one"])

    assert found(cookies=cookies, cookie="session") == "ours"
    assert found(cookies=cookies, cookie="lone") == "one", "set on the way, by another host"
    assert found(cookies=cookies, cookie="gone") is None
