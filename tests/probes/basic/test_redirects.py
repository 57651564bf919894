"""Where redirects lead, and what is sent along; tests/probes/basic/test_fetching.py follows real ones."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.basic.redirects import REDIRECTS, Asked, follow, leads_on, shown, too_many
from probes.net.http import Response
from probes.net.url import parse
from probes.result import Reason
from probes.tools import Failed

BEGUN = parse("https://www.example.com/a/b?c=d")
ASKED = Asked(BEGUN, "POST", {"Content-Type": "text/plain", "X-Key": "k"}, b"body", login="Basic bG9naW4=")
OTHER = "sso.example.org"


def led(location: str, status: int = 302, asked: Asked = ASKED) -> Asked:
    response = Response(status=status, version="1.1", headers={"location": location})
    return follow(asked, response, BEGUN, [OTHER])


def refused(location: str, status: int = 302) -> tuple[Reason, str]:
    with pytest.raises(Failed) as failed:
        led(location, status)
    return failed.value.reason, failed.value.detail


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"),
        (307, "POST", "POST"), (308, "POST", "POST"),
        (301, "PUT", "PUT"), (302, "PUT", "PUT"), (303, "PUT", "GET"),
        (301, "HEAD", "HEAD"), (303, "HEAD", "HEAD"), (303, "GET", "GET"),
    ],
)  # fmt: skip
def test_the_status_says_which_method_is_next(status: int, method: str, then: str) -> None:
    next_one = led("/next", status, replace(ASKED, method=method))

    assert next_one.method == then
    assert next_one.body == (b"body" if then == method else b"")
    assert ("Content-Type" in next_one.headers) is (then == method)


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/next?x=1", "https://www.example.com/next?x=1"),
        ("next", "https://www.example.com/a/next"),
        ("?y=2", "https://www.example.com/a/b?y=2"),
        (f"https://{OTHER}/login", f"https://{OTHER}/login"),
        (f"//{OTHER}:8443/x", f"https://{OTHER}:8443/x"),
        ("https://WWW.example.com:443/", "https://www.example.com/"),
        ("/b\xc3\xbccher", "https://www.example.com/b%C3%BCcher"),
    ],
)
def test_an_address_is_read_from_where_we_are(location: str, leads_to: str) -> None:
    assert led(location).url.absolute == leads_to


@pytest.mark.parametrize(
    ("location", "reason", "detail"),
    [
        ("https://evil.example/", Reason.ASSERTION, "to evil.example, which is not among redirect_hosts"),
        ("http://www.example.com/", Reason.ASSERTION, "from https to http"),
        ("https://user:word@www.example.com/", Reason.PROTOCOL, "to what is no address"),
        (r"https:\\evil.example/", Reason.PROTOCOL, "to what is no address"),
        ("https:/evil.example/", Reason.PROTOCOL, "to what is no address"),
        ("javascript:alert(1)", Reason.PROTOCOL, "to what is no address"),
        ("https://[::1", Reason.PROTOCOL, "to what is no address"),
    ],
)
def test_where_it_may_not_lead_nobody_goes(location: str, reason: Reason, detail: str) -> None:
    assert refused(location) == (reason, f"redirected with 302 {detail}")


def test_a_body_goes_to_our_own_party_alone() -> None:
    told = f"redirected with 307, but a body is not sent on to {OTHER}"

    assert refused(f"https://{OTHER}/", 307) == (Reason.ASSERTION, told)
    assert led("/next", 307).body == b"body"


@given(st.text(max_size=60).map(lambda text: text.encode().decode("latin-1")), st.sampled_from([*REDIRECTS]))
def test_whatever_is_said_strangers_learn_nothing_of_us(location: str, status: int) -> None:
    for place in (location, f"//{location}", f"https://{OTHER}{location}", f"https:{location}"):
        try:
            next_one = led(place, status)
        except Failed:
            continue
        assert next_one.url.host in (BEGUN.host, OTHER)
        assert next_one.url.scheme == "https"
        assert next_one.ours is (next_one.url.origin == BEGUN.origin)


def test_only_a_redirect_that_says_where_leads_on() -> None:
    assert leads_on(Response(status=302, version="1.1", headers={"location": "/"}))
    assert not leads_on(Response(status=302, version="1.1"))
    assert not leads_on(Response(status=304, version="1.1", headers={"location": "/"}))


def test_what_a_query_holds_is_not_shown() -> None:
    assert shown(BEGUN) == "https://www.example.com/a/b?…"
    assert shown(parse(f"https://a.example.com/{'x' * 5000}?y")).endswith("xxx…?…")
    assert len(shown(parse(f"https://a.example.com/{'x' * 5000}"))) < 300


@pytest.mark.parametrize(
    ("seen", "detail"),
    [
        (["a", "b"], "redirected again after 0 redirects"),
        (["a", "b", "c"], "redirected again after 1 redirect"),
        (["a", "b", "a"], "redirected in a loop again after 1 redirect"),
    ],
)
def test_one_too_many_says_whether_it_is_a_loop(seen: list[str], detail: str) -> None:
    assert too_many(seen).detail == detail
