"""What servers say before TLS, in every protocol: ends in agreement, in a reason, or waits for more."""

from probes.result import Reason
from probes.tools import Failed
from probes.wire.ldap import LDAP
from probes.wire.mail import IMAP, POP3, SMTP
from probes.wire.upgrade import Upgrade

UPGRADES = (SMTP, IMAP, POP3, LDAP)
REASONS = {Reason.PROTOCOL, Reason.ASSERTION, Reason.TLS_HANDSHAKE}
SEEDS = (
    b"\x00220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go\r\n",
    b"\x01* OK hi\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK\r\na2 OK go\r\n",
    b"\x02+OK hi\r\n+OK\r\nSTLS\r\n.\r\n+OK go\r\n",
    b"\x03\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00",
)


def one(data: bytes) -> None:
    """Let the first byte choose the protocol, and the rest be what is heard."""
    upgrade = UPGRADES[data[0] % len(UPGRADES)] if data else SMTP
    try:
        converse(upgrade, bytearray(data[1:]))
    except Failed as failed:
        if failed.reason not in REASONS or not failed.detail.isprintable() or len(failed.detail) > 400:
            raise


def converse(upgrade: Upgrade, heard: bytearray) -> None:
    conversation = upgrade.converse()
    turn = next(conversation)
    while length := turn.whole(heard):
        answer = bytes(heard[:length])
        del heard[:length]
        try:
            turn = conversation.send(answer)
        except StopIteration:
            return
