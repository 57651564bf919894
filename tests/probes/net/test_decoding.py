import gzip
import sys
import tracemalloc
from random import Random

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.net.decoding import PARTS, decoded
from probes.result import Reason
from probes.tools import Failed

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST = 1024 * 1024
ENCODE = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstd.compress}
NAMES = list(ENCODE)


def failure(body: bytes, encoding: str, most: int = MOST) -> Failed:
    with pytest.raises(Failed) as failed:
        decoded(body, encoding, most)
    return failed.value


@pytest.mark.parametrize("name", NAMES)
@given(
    body=st.binary(max_size=300_000) | st.builds(bytes.__mul__, st.binary(max_size=9), st.integers(0, 99_999))
)
def test_what_was_encoded_is_decoded(name: str, body: bytes) -> None:
    assert decoded(ENCODE[name](body), name, MOST) == body


def test_encodings_are_undone_from_the_last_to_the_first() -> None:
    assert decoded(brotli.compress(gzip.compress(b"hello")), "gzip, Identity, BR", MOST) == b"hello"


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_several_members_are_one_body(name: str) -> None:
    assert decoded(ENCODE[name](b"hello ") + ENCODE[name](b"world"), name, MOST) == b"hello world"


@pytest.mark.parametrize("name", NAMES)
def test_a_bomb_is_too_large_before_it_takes_memory(name: str) -> None:
    bomb = ENCODE[name](bytes(64 * 1024 * 1024))
    tracemalloc.start()
    failed = failure(bomb, name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert failed.reason is Reason.TOO_LARGE
    assert failed.detail == "the body of the answer exceeds 1048576 bytes once it is decoded"
    assert peak < 4 * MOST


@pytest.mark.parametrize("name", NAMES)
def test_a_body_of_just_the_size_is_taken(name: str) -> None:
    body = b"x" * 100_000

    assert decoded(ENCODE[name](body), name, 100_000) == body
    assert failure(ENCODE[name](body), name, 99_999).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("name", NAMES)
def test_a_body_that_was_cut_short_is_garbled(name: str) -> None:
    failed = failure(ENCODE[name](b"hello world, is anybody here?" * 10)[:-3], name)

    assert (failed.reason, failed.detail) == (Reason.PROTOCOL, f"the body ends in the middle of its {name}")


@pytest.mark.parametrize(
    ("body", "encoding", "detail"),
    [
        (b"hello", "gzip", "the body is not gzip, as it is said to be"),
        (b"hello", "zstd", "the body is not zstd, as it is said to be"),
        (gzip.compress(b"x") + b"rest", "gzip", "the body is not gzip, as it is said to be"),
        (b"hello", "compress", "the body has an encoding that was not asked for"),
        (b"hello", "br,br,br,br,br", "the body is encoded 5 times"),
    ],
)
def test_what_is_not_so_encoded_is_garbled(body: bytes, encoding: str, detail: str) -> None:
    failed = failure(body, encoding)

    assert (failed.reason, failed.detail) == (Reason.PROTOCOL, detail)


@pytest.mark.parametrize("part", [gzip.compress(b""), zstd.compress(b""), b"\x50\x2a\x4d\x18\0\0\0\0"])
def test_parts_without_anything_in_them_have_a_bound(part: bytes) -> None:
    name = "gzip" if part.startswith(b"\x1f") else "zstd"

    assert decoded(part * PARTS, name, MOST) == b""
    failed = failure(part * (PARTS + 1), name)
    assert (failed.reason, failed.detail) == (
        Reason.TOO_LARGE,
        f"the body has more than 1000 parts of {name}",
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_long_body_comes_out_as_it_went_in(name: str) -> None:
    body = Random(1).randbytes(3 * MOST)

    assert decoded(ENCODE[name](body), name, 3 * MOST) == body


def test_a_window_larger_than_http_allows_is_not_opened() -> None:
    options: dict[int, int] = {
        zstd.CompressionParameter.window_log: 27,
        zstd.CompressionParameter.enable_long_distance_matching: 1,
    }
    wide = zstd.ZstdCompressor(options=options)

    assert failure(wide.compress(bytes(1000)) + wide.flush(), "zstd").reason is Reason.PROTOCOL


@pytest.mark.parametrize("name", [*NAMES, "gzip, br", "zstd, gzip"])
@given(body=st.binary(max_size=2000))
def test_no_bytes_do_anything_else(name: str, body: bytes) -> None:
    assert outcome(body, name) in (None, Reason.PROTOCOL, Reason.TOO_LARGE)


def outcome(body: bytes, encoding: str) -> Reason | None:
    try:
        assert len(decoded(body, encoding, 5000)) <= 5000
    except Failed as failed:
        return failed.reason
    return None
