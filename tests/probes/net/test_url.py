import pytest

from probes.net.url import Url, parse, read


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://Example.COM", Url("http", "example.com", 80, "/")),
        ("https://example.com:8443/a?b=c#d", Url("https", "example.com", 8443, "/a?b=c")),
        ("https://[2001:DB8::1]/", Url("https", "2001:db8::1", 443, "/")),
        ("http://bücher.example/ü?q=%20é", Url("http", "xn--bcher-kva.example", 80, "/%C3%BC?q=%20%C3%A9")),
        ("http://a?b", Url("http", "a", 80, "/?b")),
        ("http://192.0.2.1/", Url("http", "192.0.2.1", 80, "/")),
    ],
)
def test_a_url_is_read(text: str, url: Url) -> None:
    assert parse(text) == read(text) == url


def test_addresses_from_outside_are_not_remembered() -> None:
    before = parse.cache_info().currsize
    read("http://example.com/never/asked/before")

    assert parse.cache_info().currsize == before


@pytest.mark.parametrize(
    "text",
    [
        "ftp://a", "a.example", "http://", "http:///x", "https://u:p@a", "https://u@a", "http://a:0/", "http://a:x/",
        "http://10.0.0.256/", "http://2130706433/", "http://10.0.0/", "http://010.0.0.1/",
        "http://a:70000/", "http://a b/", "http://a/\r\nX: y", "http://a/ b", "http://a\t/", "http://[::1/", "http://a%0d/",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match="must") as refused:
        parse(text)

    assert text not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        ("http://a", "a"), ("https://a:443", "a"), ("https://a:80", "a:80"), ("http://[::1]:81", "[::1]:81"),
    ],
)  # fmt: skip
def test_the_host_header_names_a_port_that_is_not_the_usual_one(text: str, authority: str) -> None:
    assert parse(text).authority == authority
