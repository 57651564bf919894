from collections.abc import Callable

import pytest

from checks.texts import read_host, read_listen, read_name, read_store, read_target, read_timezone, read_url
from checks.values import RuleError


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (read_name, "sso-login_2.eu", "sso-login_2.eu"),
        (read_url, "https://wk.example.com/", "https://wk.example.com"),
        (read_host, "VPN.Example.com", "vpn.example.com"),
        (read_host, "2001:DB8::1", "2001:db8::1"),
        (read_host, "192.0.2.1", "192.0.2.1"),
        (read_host, "localhost", "localhost"),
        (read_host, "*.example.com", "*.example.com"),
        (read_host, "mail.bücher.example.", "mail.bücher.example."),
        (read_listen, ":9797", ":9797"),
        (read_listen, "[::1]:65535", "[::1]:65535"),
        (read_store, "sqlite:///a.db", "a.db"),
        (read_store, "sqlite:////var/a.db", "/var/a.db"),
        (read_timezone, "Europe/Amsterdam", "Europe/Amsterdam"),
        (read_target, "1.1.1.1:443", "1.1.1.1:443"),
    ],
)
def test_a_text_that_is_right_is_taken(read: Callable[[str], str], text: str, value: str) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_name, ""),
        (read_name, "-a"),
        (read_name, "a" * 128),
        (read_name, "a\n"),
        (read_url, "wk.example.com"),
        (read_url, "https:///x"),
        (read_host, "vpn.example.com:500"),
        (read_host, "https://vpn.example.com"),
        (read_host, "me@vpn.example.com"),
        (read_host, "192.0.2.1:53"),
        (read_host, "fade:80"),
        (read_host, "10.0.0.256"),
        (read_host, "10.0.0"),
        (read_host, "fe80::1%eth0"),
        (read_host, "vpn..example.com"),
        (read_host, "."),
        (read_host, f"{'x' * 64}.example.com"),
        (read_listen, "9797"),
        (read_listen, "::1:9797"),
        (read_listen, "127.0.0.1:65536"),
        (read_store, "sqlite://a.db"),
        (read_store, "postgres:///a"),
        (read_timezone, "Mars/Olympus"),
        (read_timezone, "../UTC"),
        (read_target, ":443"),
    ],
)
def test_a_text_that_is_wrong_is_refused_and_not_shown(read: Callable[[str], str], text: str) -> None:
    with pytest.raises(RuleError, match="must be") as caught:
        read(text)
    assert not text or f" {text} " not in f" {caught.value} "
