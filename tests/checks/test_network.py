import pytest

from checks.network import network_of


@pytest.mark.parametrize(
    "host",
    [
        "10.1.2.3",
        "192.168.0.1:8080",
        "127.0.0.1",
        "169.254.1.1",
        "::1",
        "[::1]:443",
        "[fd00::1]",
        "fe80::1",
        "::ffff:10.0.0.1",
        "localhost",
        "LOCALHOST:80",
        "vpn.localhost",
        "localhost.",
    ],
)
def test_our_own_addresses_are_internal(host: str) -> None:
    assert network_of(host) == "internal"


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "8.8.8.8",
        "8.8.8.8:53",
        "2606:4700:4700::1111",
        "localhost.example.com",
        "10.example.com",
        "",
    ],
)
def test_all_else_is_internet(host: str) -> None:
    assert network_of(host) == "internet"
