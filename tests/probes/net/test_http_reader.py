import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.net.http_reader import MAX_HEAD, Reader, length
from probes.result import Reason
from probes.tools import Failed

CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"
)


def read(data: bytes, *, piece: int = 0, max_body: int = 100, bodiless: bool = False) -> Reader:
    """Read until complete, in pieces of so many bytes, and then to the end of the stream."""
    reader = Reader(max_body, bodiless=bodiless)
    step = piece or max(1, len(data))
    for start in range(0, len(data), step):
        if not reader.complete:
            reader.feed(data[start : start + step])
    if not reader.complete:
        reader.feed(b"")
    return reader


def reason(data: bytes, piece: int = 0) -> Reason:
    with pytest.raises(Failed) as failed:
        read(data, piece=piece)
    return failed.value.reason


@pytest.mark.parametrize("piece", [0, 1, 7])
def test_a_chunked_body_is_put_together(piece: int) -> None:
    reader = read(CHUNKED, piece=piece)

    assert (reader.status, reader.version, reader.body) == (200, "1.1", b"abcde")
    assert reader.headers == {"transfer-encoding": "chunked"}


def test_a_body_without_a_length_ends_with_the_stream() -> None:
    assert read(b"HTTP/1.0 200 OK\r\n\r\nabc").body == b"abc"


@pytest.mark.parametrize("piece", [0, 1])
def test_interim_responses_are_passed_over(piece: int) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
    reader = read(early + early + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", piece=piece)

    assert (reader.status, reader.headers, reader.body) == (200, {"content-length": "2"}, b"ok")


def test_an_unasked_change_of_protocol_is_a_response() -> None:
    assert read(b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nxyz").status == 101


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_some_statuses_have_no_body_whatever_the_headers_say(status: bytes) -> None:
    assert read(b"HTTP/1.1 " + status + b"\r\nContent-Length: 5\r\n\r\n").body == b""


def test_the_answer_to_head_has_no_body_whatever_the_headers_say() -> None:
    reader = read(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", bodiless=True)

    assert (reader.complete, reader.headers["content-length"]) == (True, "5000")


@pytest.mark.parametrize("more", [b"HTTP/1.1 500 No\r\nA: b\r\n\r\n", b"\0\0\0"])
def test_what_follows_the_response_is_nobodys(more: bytes) -> None:
    reader = read(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + more)

    assert (reader.status, reader.headers, reader.body) == (200, {"content-length": "2"}, b"ok")


def test_repeated_headers_are_joined() -> None:
    assert read(b"HTTP/1.1 204 x\r\nA: 1\r\na: 2\r\n\r\n").headers["a"] == "1, 2"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nA: b\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcd",
        CHUNKED[:-30],
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 103 Early\r\n\r\n",
    ],
)
def test_what_is_not_http_or_not_whole_is_a_protocol_error(data: bytes) -> None:
    assert reason(data) is Reason.PROTOCOL


def test_a_length_with_more_zeros_than_anybody_needs_is_read() -> None:
    assert read(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"0" * 9000 + b"2\r\n\r\nok").body == b"ok"
    assert reason(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"0" * 9000 + b"101\r\n\r\n") is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("text", "known"),
    [("12", 12), ("0", 0), ("007", 7), ("", None), ("-1", None), ("1 2", None), ("9" * 21, None)]
)  # fmt: skip
def test_a_length_is_a_number(text: str, known: int | None) -> None:
    assert length(text) == known


def test_a_body_of_just_the_size_is_taken() -> None:
    assert len(read(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100).body) == 100


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 101,
        b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * MAX_HEAD,
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 11_000)[: MAX_HEAD + 1],
        b"HTTP/1.1 102 Wait\r\n\r\n" * 4_000,
        CHUNKED[:-2] + b"A: b\r\n" * 14_000,
    ],
)
@pytest.mark.parametrize("piece", [0, 1000])
def test_what_exceeds_its_bound_is_too_large(data: bytes, piece: int) -> None:
    assert reason(data, piece=piece) is Reason.TOO_LARGE


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fall_over(data: bytes) -> None:
    for start in (b"", b"HTTP/1.1 200 OK\r\n", CHUNKED[:50]):
        try:
            reader = read(start + data, piece=13)
        except Failed:
            continue
        assert reader.complete
