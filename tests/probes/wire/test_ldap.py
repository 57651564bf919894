import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.result import Reason
from probes.tools import Failed
from probes.wire.ber import element
from probes.wire.ldap import LDAP, START_TLS, Answer, read, request
from probes.wire.upgrade import Turn
from tests.probes.wire.talking import talk


def response(code: int, message: int = 1, text: bytes = b"", *more: bytes) -> bytes:
    result = element(0x0A, bytes([code])), element(0x04), element(0x04, text)
    return element(0x30, element(0x02, bytes([message])), element(0x78, *result, *more))


NOT_LDAP = Reason.PROTOCOL, "this is not LDAP"


def test_the_request_is_that_of_the_standard() -> None:
    assert request(1).hex() == "301d0201017718801631" + START_TLS.hex()[2:]


def test_leave_is_taken_by_an_unbind() -> None:
    assert LDAP.farewell.hex() == "30050201024200"


@pytest.mark.parametrize("more", [(), (element(0x8A, START_TLS),)])
def test_a_server_that_agrees(more: tuple[bytes, ...]) -> None:
    assert talk(LDAP, [response(0, 1, b"", *more)]) == [request(1)]


@pytest.mark.parametrize(
    ("answer", "reason", "detail"),
    [
        (response(2, 1, b"no TLS"), Reason.TLS_HANDSHAKE, "refuses StartTLS: protocolError (2) 'no TLS'"),
        (response(99), Reason.TLS_HANDSHAKE, "refuses StartTLS: result (99) ''"),
        (response(52, 0), Reason.ASSERTION, "takes leave instead of answering: unavailable (52) ''"),
        (response(0, 7), Reason.PROTOCOL, "answers message 7, which was not sent"),
        (b"+OK\r\n", Reason.PROTOCOL, r"this is not LDAP: '+OK\r\n'"),
        (element(0x30, element(0x02, b"\1"), element(0x61)), *NOT_LDAP),
        (response(0).replace(b"\x30\x0c\x02\x01\x01", b"\x30\x10\x02\x05" + bytes(5)), *NOT_LDAP),
    ],
)
def test_a_server_that_does_not_agree_has_its_reason(answer: bytes, reason: Reason, detail: str) -> None:
    with pytest.raises(Failed) as failed:
        talk(LDAP, [answer])

    assert failed.value.reason is reason
    assert failed.value.detail.startswith(detail)


def test_another_protocol_is_seen_by_its_first_byte() -> None:
    turn: Turn = next(LDAP.converse())

    assert turn.whole(bytearray()) == 0
    assert turn.whole(bytearray(response(0)[:5])) == 0
    for heard in (b"2", b"\x30\x80"):
        with pytest.raises(Failed, match="this is not LDAP"):
            turn.whole(bytearray(heard))


@given(st.binary(max_size=200) | st.builds(response, st.integers(0, 255), st.integers(0, 255), st.binary()))
def test_any_bytes_are_an_answer_or_not_ldap(data: bytes) -> None:
    try:
        assert isinstance(read(data), Answer)
    except Failed as failed:
        assert failed.reason is Reason.PROTOCOL  # noqa: PT017 - any bytes may be right, or be refused
