import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.wire.ber import LONGEST, element, elements, whole

TAGS = st.integers(0, 255).filter(lambda tag: tag & 0x1F != 0x1F)


@given(st.lists(st.tuples(TAGS, st.binary(max_size=600)), max_size=4))
def test_what_is_written_is_read_again(pairs: list[tuple[int, bytes]]) -> None:
    data = b"".join(element(tag, contents) for tag, contents in pairs)

    assert list(elements(data)) == pairs


@given(TAGS, st.binary(max_size=600), st.binary(max_size=5))
def test_an_element_is_whole_with_its_last_byte(tag: int, contents: bytes, more: bytes) -> None:
    data = element(tag, contents)

    assert whole(data + more) == len(data)
    assert {whole(data[:cut]) for cut in range(len(data))} == {0}


@pytest.mark.parametrize(
    "data",
    [b"\x30\x80\x00\x00", b"\x30\x85\x00\x00\x00\x00\x01a", b"\x1f\x01\x00", b"\x30\x84\xff\xff\xff\xff"],
    ids=["indefinite", "length of five bytes", "long tag", "four gigabytes"],
)
def test_what_ldap_does_not_allow_is_refused_at_once(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        whole(data)


def test_the_longest_element_is_taken() -> None:
    assert whole(element(4, bytes(LONGEST)))
    with pytest.raises(ValueError, match="16385"):
        whole(element(4, bytes(LONGEST + 1)))


@given(st.binary(max_size=300))
def test_any_bytes_are_elements_or_refused(data: bytes) -> None:
    try:
        found = list(elements(data))
    except ValueError:
        return
    assert sum(len(contents) + 2 for _, contents in found) <= len(data)
