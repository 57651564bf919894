import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.net.cookies import MOST, Cookies
from probes.net.url import parse

SHOP = parse("https://shop.example.com/cart/add?x=1")


def sent(header: str, to: str, by: str = "https://shop.example.com/cart/add?x=1") -> str:
    """Give what is sent along with a request, after a response set this."""
    cookies = Cookies()
    cookies.take(parse(by), [header])
    return cookies.header(parse(to))


@pytest.mark.parametrize(
    ("header", "to", "expected"),
    [
        ("a=b", "https://shop.example.com/cart/pay", "a=b"),
        ("a=b", "https://shop.example.com/cart", "a=b"),
        ("a=b", "https://shop.example.com/cartoon", ""),
        ("a=b", "https://shop.example.com/", ""),
        ("a=b; Path=/", "https://shop.example.com/", "a=b"),
        ("a=b; path=/; HttpOnly", "http://shop.example.com/", "a=b"),
        ("a=b; Path=/; Secure", "http://shop.example.com/", ""),
        ("a=b; Path=/; Secure", "https://shop.example.com/", "a=b"),
        ("a=b; Path=/", "https://example.com/", ""),
        ("a=b; Path=/", "https://www.example.com/", ""),
        ("a=b; Path=/; Domain=example.com", "https://www.example.com/", "a=b"),
        ("a=b; Path=/; Domain=.Example.com", "https://example.com/", "a=b"),
        ("a=b; Path=/; Domain=example.com", "https://badexample.com/", ""),
        ("a=b; Path=/; Domain=com", "https://shop.example.com/", ""),
        ("a=b; Path=/; Domain=evil.test", "https://evil.test/", ""),
        ("a=b; Path=/; Domain=www.example.com", "https://www.example.com/", ""),
        ("a=b=c; Path=/", "https://shop.example.com/", "a=b=c"),
        ("a=; Path=/", "https://shop.example.com/", "a="),
        ("=b; Path=/", "https://shop.example.com/", ""),
        ("nothing", "https://shop.example.com/cart", ""),
        ("a=b\rX: y; Path=/", "https://shop.example.com/", ""),
        ("a=" + "b" * 5000 + "; Path=/", "https://shop.example.com/", ""),
    ],
)
def test_a_cookie_goes_where_it_was_meant_for(header: str, to: str, expected: str) -> None:
    assert sent(header, to) == expected


def test_an_address_is_no_domain() -> None:
    assert sent("a=b; Path=/; Domain=0.0.1", "http://127.0.0.1/", by="http://127.0.0.1/") == ""


@pytest.mark.parametrize("end", ["Max-Age=0", "max-age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_cookie_can_be_taken_back(end: str) -> None:
    cookies = Cookies()
    cookies.take(SHOP, ["a=b; Path=/", "c=d; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"])
    cookies.take(SHOP, [f"a=; Path=/; {end}"])

    assert cookies.header(SHOP) == "c=d"
    assert cookies.values() == {"c": "d"}


def test_the_longest_path_goes_first_and_the_last_word_counts() -> None:
    cookies = Cookies()
    cookies.take(SHOP, ["a=1; Path=/", "b=2", "a=3; Path=/"])

    assert cookies.header(SHOP) == "b=2; a=3"


def test_there_are_not_more_than_there_may_be() -> None:
    cookies = Cookies()
    cookies.take(SHOP, [f"n{number}=x" for number in range(500)])

    assert len(cookies.values()) == MOST
    cookies.take(SHOP, ["n7=y", "another=z"])
    assert cookies.values()["n7"] == "y"
    assert "another" not in cookies.values()


@given(header=st.text(max_size=200))
def test_no_header_does_anything_else(header: str) -> None:
    cookies = Cookies()
    cookies.take(SHOP, [header])

    assert not any(letter in cookies.header(SHOP) for letter in "\r\n")
