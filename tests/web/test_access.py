"""Who may change something while there is no password: only somebody at this machine."""

import pytest

from web.access import Asked, refusal

HERE = (("Host", "127.0.0.1:9797"),)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_somebody_at_this_machine_may(peer: str) -> None:
    assert refusal(Asked(peer, HERE)) == ""


@pytest.mark.parametrize(
    "peer", ["192.0.2.7", "10.0.0.1", "::", "::ffff:192.0.2.7", "2001:db8::1", "", "localhost"]
)
def test_another_machine_may_not(peer: str) -> None:
    assert "another machine" in refusal(Asked(peer, HERE))


@pytest.mark.parametrize(
    "field", ["Forwarded", "forwarded", "X-Forwarded-For", "x-forwarded-host", "X-FORWARDED-PROTO"]
)
def test_what_a_proxy_forwards_may_not(field: str) -> None:
    assert "proxy" in refusal(Asked("127.0.0.1", (*HERE, (field, "127.0.0.1"))))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9797", "127.0.0.1", "[::1]:9797", "[::1]"])
def test_a_host_of_loopback_may(host: str) -> None:
    assert refusal(Asked("127.0.0.1", (("host", host),))) == ""


@pytest.mark.parametrize(
    "host",
    [
        "watchkeeper.example.com",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "192.0.2.7:9797",
        "evil@localhost",
        "localhost/x",
        "[::1",
        "",
    ],
)
def test_any_other_host_may_not(host: str) -> None:
    assert "Host" in refusal(Asked("127.0.0.1", (("Host", host),)))


def test_no_host_and_two_hosts_may_not() -> None:
    assert "Host" in refusal(Asked("127.0.0.1", ()))
    assert "Host" in refusal(Asked("127.0.0.1", (*HERE, ("Host", "localhost"))))


@pytest.mark.parametrize(
    "field",
    [
        ("Origin", "https://evil.example.com"),
        ("Origin", "http://127.0.0.1:8000"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ],
)
def test_a_page_of_another_site_may_not(field: tuple[str, str]) -> None:
    assert "page" in refusal(Asked("127.0.0.1", (*HERE, field)))


@pytest.mark.parametrize(
    "field", [("Origin", "http://127.0.0.1:9797"), ("Sec-Fetch-Site", "same-origin"), ("User-Agent", "curl")]
)
def test_our_own_page_and_a_command_may(field: tuple[str, str]) -> None:
    assert refusal(Asked("127.0.0.1", (*HERE, field))) == ""
