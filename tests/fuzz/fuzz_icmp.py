"""ICMP: replies, what comes back of our own requests, and what the kernel adds to an error."""

from probes.wire.icmp import ECHO, EXTENDED, Echo, Notice, read_notice, read_reply, read_returned

HEADER = b"\x45\0\0\x24\0\0\0\0\x40\x01\0\0\x0a\x00\x00\x01\x0a\x00\x00\x02"  # of IPv4, 20 bytes
OFFENDER = b"\x02\0\0\0\x0a\x00\x00\x01" + bytes(8)
SEEDS = (
    ECHO.pack(0, 0, 0, 7, 1) + b"token",
    ECHO.pack(129, 0, 0, 7, 1) + b"token",
    HEADER + ECHO.pack(0, 0, 0, 7, 1),
    ECHO.pack(8, 0, 0, 7, 1),
    EXTENDED.pack(113, 2, 3, 13, 0, 0) + OFFENDER,
    EXTENDED.pack(90, 3, 2, 0, 1300, 0) + b"\x0a\0\0\0\0\0\0\0" + b"\xfd" * 16,
)


def one(data: bytes) -> None:
    """Read it every way, for both versions of IP."""
    for version in (4, 6):
        for echo in (read_reply(version, data), read_returned(version, data)):
            assert echo is None or (isinstance(echo, Echo) and len(echo.data) < len(data))
    notice = read_notice(data)
    assert notice is None or (isinstance(notice, Notice) and len(str(notice)) < 200)
