"""What people see of a response."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.basic.seen import QUOTED, SHOWN, keep, quoted, text
from probes.net.http import Response
from tests.probes.asking import tools


def page(body: bytes, **headers: str) -> Response:
    return Response(status=200, version="1.1", headers=headers, body=body)


@pytest.mark.parametrize("charset", ["punycode", "idna", "hex", "rot13", "zip", "klingon", "undefined"])
def test_an_odd_charset_is_read_as_utf_8(charset: str) -> None:
    body = "bücher".encode() * 10_000

    assert text(page(body, **{"content-type": f"text/plain; charset={charset}"})).startswith("bücher")


@pytest.mark.parametrize("charset", ["latin-1", '"ISO-8859-1"', "Windows-1252"])
def test_a_body_is_read_by_its_own_charset(charset: str) -> None:
    said = {"content-type": f"text/plain; charset={charset}"}

    assert text(page("bücher".encode("latin-1"), **said)) == "bücher"


@given(st.text())
def test_what_is_quoted_is_cut_and_on_one_line(value: str) -> None:
    said = quoted(value)

    assert said[1:-1].isprintable()
    assert len(said) <= QUOTED + len('"…"')
    assert said.endswith('…"') is (len(value) > QUOTED) or value.endswith("…")


def test_of_an_answer_that_is_kept_no_query_of_a_redirect_is_told() -> None:
    hands = tools()
    keep(hands, page(b"x" * 5000, location="https://a.example.com/next?code=open-sesame#x"))

    kept = hands.learned.evidence["response"]
    assert (kept["location"], kept["status"]) == ("https://a.example.com/next?…", 200)
    assert kept["body"] == "x" * SHOWN
