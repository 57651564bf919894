"""BER (X.690) as LDAP restricts it (RFC 4511, section 5.1): elements of definite length, tags of one byte."""

from collections.abc import Iterator

LONGEST = 16_384  # bytes of one element's contents: no answer that we ask for comes near
LENGTH_OF_LENGTH = 4
SHORT = 0x80
LONG_TAG = 0x1F


def element(tag: int, *contents: bytes) -> bytes:
    """Write one element around its contents."""
    inside = b"".join(contents)
    size = len(inside)
    if size < SHORT:
        return bytes([tag, size]) + inside
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, SHORT | len(length)]) + length + inside


def whole(data: bytes | bytearray, begin: int = 0) -> int:
    """Say where the element that begins there ends; 0 while not all of it is there. Raises ValueError."""
    head = _head(data, begin)
    if not head:
        return 0
    begins, size = head
    if size > LONGEST:
        raise ValueError(f"an element of {size} bytes")
    return begins + size if len(data) >= begins + size else 0


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give tag and contents of each element. Raises ValueError where the bytes are not just elements."""
    begin = 0
    while begin < len(data):
        head, end = _head(data, begin), whole(data, begin)
        if not head or not end:
            raise ValueError("an element is cut short")
        yield data[begin], data[head[0] : end]
        begin = end


def _head(data: bytes | bytearray, begin: int) -> tuple[int, int] | None:
    """Give where the contents begin and how long they are; None while the head is not all there."""
    if len(data) < begin + 2:
        return None
    if data[begin] & LONG_TAG == LONG_TAG:
        raise ValueError("a tag of several bytes")
    size = data[begin + 1]
    if size < SHORT:
        return begin + 2, size
    count = size - SHORT
    if not 1 <= count <= LENGTH_OF_LENGTH:
        raise ValueError("a length without a number, or one that is too long")
    begins = begin + 2 + count
    return (begins, int.from_bytes(data[begin + 2 : begins], "big")) if len(data) >= begins else None
