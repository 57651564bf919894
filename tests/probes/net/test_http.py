import pytest

from probes.net.dial import dial
from probes.net.http import Request, Response, exchange
from tests.fakes.badhttp import says, serving
from tests.probes.asking import tools


def test_a_request_is_encoded() -> None:
    request = Request(method="GET", target="/a", headers={"Host": "b", "X": "\u00e9"})

    assert request.wire == b"GET /a HTTP/1.1\r\nHost: b\r\nX: \xe9\r\n\r\n"


@pytest.mark.parametrize(
    ("method", "body", "length"), [("POST", b"", b"0"), ("PUT", b"xy", b"2"), ("GET", b"x", b"1")]
)
def test_a_body_or_the_want_of_one_has_its_length(method: str, body: bytes, length: bytes) -> None:
    encoded = Request(method=method, target="/", headers={}, body=body).wire

    assert encoded.endswith(b"Content-Length: " + length + b"\r\n\r\n" + body)


@pytest.mark.parametrize("where", ["method", "target", "name", "value"])
def test_nothing_with_a_line_end_is_ever_sent(where: str) -> None:
    evil = {"method": "GET", "target": "/", "name": "X", "value": "y", where: "a\r\nb"}
    request = Request(method=evil["method"], target=evil["target"], headers={evil["name"]: evil["value"]})

    with pytest.raises(AssertionError, match="when they are read"):
        assert request.wire


async def test_a_response_is_given_whole_and_its_steps_are_timed() -> None:
    hands = tools()
    answer = b"HTTP/1.1 404 Not Found\r\nServer: x\r\nContent-Length: 2\r\n\r\nno"
    async with serving(says(answer)) as port, dial(hands, "127.0.0.1", port) as stream:
        response = await exchange(hands, stream, Request(method="GET", target="/", headers={}))

    assert response == Response(
        status=404, version="1.1", headers={"server": "x", "content-length": "2"}, body=b"no"
    )
    assert list(hands.learned.phases)[2:] == ["processing", "transfer"]
