"""From plain text to TLS in LDAP: the extended operation StartTLS (RFC 4511, section 4.14)."""

from dataclasses import dataclass

from probes.result import Reason
from probes.tools import Failed
from probes.wire import ber
from probes.wire.patterns import shown
from probes.wire.upgrade import Conversation, Turn, Upgrade, refused

START_TLS = b"1.3.6.1.4.1.1466.20037"
MESSAGE, INTEGER, OCTETS, ENUMERATED = 0x30, 0x02, 0x04, 0x0A
EXTENDED_REQUEST, EXTENDED_RESPONSE, UNBIND = 0x77, 0x78, 0x42
REQUEST_NAME = 0x80
CODES = {  # appendix A.2, as far as an extended operation may give them
    1: "operationsError",
    2: "protocolError",
    7: "authMethodNotSupported",
    8: "strongerAuthRequired",
    10: "referral",
    11: "adminLimitExceeded",
    12: "unavailableCriticalExtension",
    13: "confidentialityRequired",
    50: "insufficientAccessRights",
    51: "busy",
    52: "unavailable",
    53: "unwillingToPerform",
    80: "other",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An extended response: to which message, its result and what else is said in it."""

    message: int
    code: int
    diagnostic: bytes


def ldap() -> Conversation:
    """Ask for TLS. Message 0 is the server's own: that it takes leave (section 4.4.1)."""
    heard = yield Turn("starttls", request(1), _whole)
    answer = read(heard)
    told = CODES.get(answer.code, "result") + f" ({answer.code}) {shown(answer.diagnostic)}"
    if answer.message == 0:
        raise Failed(Reason.ASSERTION, f"takes leave instead of answering: {told}")
    if answer.message != 1:
        raise Failed(Reason.PROTOCOL, f"answers message {answer.message}, which was not sent")
    if answer.code:
        refused("StartTLS", told)


def request(message: int) -> bytes:
    """Write the request."""
    operation = ber.element(EXTENDED_REQUEST, ber.element(REQUEST_NAME, START_TLS))
    return ber.element(MESSAGE, ber.element(INTEGER, bytes([message])), operation)


def read(data: bytes) -> Answer:
    """Read an extended response. Raises Failed (`protocol`) for anything else."""
    try:
        ((tag, inside),) = ber.elements(data)
        (number, message), (operation, contents), *_ = ber.elements(inside)
        (enumerated, code), (octets, _), (text, diagnostic), *_ = ber.elements(contents)
    except ValueError as error:
        raise _stranger(data) from error
    if (tag, number, operation, enumerated, octets, text) != RESPONSE or max(len(message), len(code)) > 4:
        raise _stranger(data)
    return Answer(int.from_bytes(message, "big"), int.from_bytes(code, "big"), diagnostic)


RESPONSE = (MESSAGE, INTEGER, EXTENDED_RESPONSE, ENUMERATED, OCTETS, OCTETS)


def _whole(heard: bytearray) -> int:
    if heard and heard[0] != MESSAGE:
        raise _stranger(bytes(heard))
    try:
        return ber.whole(heard)
    except ValueError as error:
        raise _stranger(bytes(heard)) from error


def _stranger(data: bytes) -> Failed:
    return Failed(Reason.PROTOCOL, f"this is not LDAP: {shown(data)}")


LDAP = Upgrade(ldap, ber.element(MESSAGE, ber.element(INTEGER, b"\x02"), ber.element(UNBIND)))
