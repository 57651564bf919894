import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.wire.icmp import (
    ECHO,
    EXTENDED,
    Echo,
    Notice,
    checksum,
    read_notice,
    read_reply,
    read_returned,
    request,
)
from tests.fuzz.fuzz_icmp import HEADER, OFFENDER, one

WORD = st.integers(0, 0xFFFF)


@given(st.sampled_from((4, 6)), WORD, WORD, st.binary(max_size=200))
def test_a_request_that_comes_back_is_read_as_it_was_sent(
    version: int, identifier: int, sequence: int, data: bytes
) -> None:
    sent = request(version, identifier, sequence, data)

    assert read_returned(version, sent) == Echo(sequence, identifier, data)
    assert read_reply(version, sent) is None


@given(WORD, WORD, st.binary(max_size=200))
def test_the_checksum_makes_the_sum_of_a_whole_message_come_out_even(
    identifier: int, sequence: int, data: bytes
) -> None:
    assert checksum(request(4, identifier, sequence, data)) == 0


def test_the_checksum_is_that_of_the_rfcs_example() -> None:
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xDDF2 ^ 0xFFFF  # RFC 1071, section 3


@pytest.mark.parametrize("before", [b"", HEADER])
def test_a_reply_is_read_with_its_ip_header_and_without(before: bytes) -> None:
    assert read_reply(4, before + ECHO.pack(0, 0, 0, 7, 1) + b"abc") == Echo(1, 7, b"abc")


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (b"", "empty"),
        (ECHO.pack(0, 0, 0, 7, 1)[:-1], "cut short"),
        (ECHO.pack(0, 1, 0, 7, 1), "another code"),
        (ECHO.pack(3, 0, 0, 7, 1), "another type"),
        (HEADER, "nothing after its header"),
    ],
)
def test_what_is_no_reply_is_none(packet: bytes, why: str) -> None:
    assert read_reply(4, packet) is None, why


ROUTER6 = b"\x0a\0\0\0\0\0\0\0" + bytes.fromhex("fd77000000000000000000000000000a") + bytes(4)


@pytest.mark.parametrize(
    ("origin", "kind", "code", "info", "by", "said"),
    [
        (2, 3, 1, 0, OFFENDER, "no way to the host, says 10.0.0.1 (ICMP)"),
        (2, 3, 13, 0, OFFENDER, "administratively prohibited, says 10.0.0.1 (ICMP)"),
        (2, 11, 0, 0, OFFENDER, "the time to live ran out, says 10.0.0.1 (ICMP)"),
        (
            2,
            3,
            4,
            1300,
            OFFENDER,
            "too large, and not to be fragmented, says 10.0.0.1 (ICMP); the next link takes 1300 bytes",
        ),
        (3, 1, 1, 0, ROUTER6, "administratively prohibited, says fd77::a (ICMP)"),
        (3, 2, 0, 1280, ROUTER6, "too large, says fd77::a (ICMP); the next link takes 1280 bytes"),
        (3, 3, 0, 0, ROUTER6, "the hop limit ran out, says fd77::a (ICMP)"),
        (2, 3, 99, 0, b"", "type 3, code 99, says a router (ICMP)"),
        (1, 0, 0, 0, b"", "our own host does not send it"),
    ],
)
def test_a_notice_says_what_and_who(
    origin: int, kind: int, code: int, info: int, by: bytes, said: str
) -> None:
    extended = EXTENDED.pack(errno.EHOSTUNREACH, origin, kind, code, info, 0) + by

    assert str(read_notice(extended)) == said


def test_nobody_at_the_port_means_that_it_arrived() -> None:
    notices = {
        code: read_notice(EXTENDED.pack(errno.ECONNREFUSED, *code, 0, 0) + OFFENDER)
        for code in ((2, 3, 3), (2, 11, 0), (2, 3, 1), (3, 1, 4))
    }

    assert [code for code, notice in notices.items() if notice and notice.arrived] == [(2, 3, 3), (3, 1, 4)]
    assert [code for code, notice in notices.items() if notice and notice.ran_out] == [(2, 11, 0)]


def test_what_the_kernel_itself_finds_too_large_has_its_mtu() -> None:
    assert read_notice(EXTENDED.pack(errno.EMSGSIZE, 1, 0, 0, 1300, 0)) == Notice(
        errno.EMSGSIZE, None, mtu=1300
    )


@given(st.binary(max_size=100))
def test_whatever_comes_is_read_or_passed_over(data: bytes) -> None:
    one(data)
