from typing import Any

from probes.result import Reason
from tests.probes.asking import tools
from tests.probes.planned import read, reason, refused

ACCOUNT = {"username": "probe", "password": "${MAIL_PASSWORD}"}
MAIL: dict[str, Any] = {
    "service": "email",
    "kind": "mail_roundtrip",
    "smtp": {"host": "smtp.example.com", **ACCOUNT},
    "imap": {"host": "imap.example.com", **ACCOUNT},
    "interval": "5m",
}


def test_sending_is_protected_by_starttls_and_the_inbox_by_tls() -> None:
    probe = read(MAIL).probe

    assert (probe.smtp.security, probe.imap.security, probe.delivered_within) == ("starttls", "tls", 60.0)


def test_its_passwords_are_hidden() -> None:
    assert "GEZDGNBVGY3TQOJQ" not in repr(read(MAIL))


def test_a_mailbox_needs_an_account() -> None:
    mistakes = refused(MAIL | {"imap": {"host": "imap.example.com"}})

    assert sorted(mistakes) == [
        "checks.it.imap.password: is required",
        "checks.it.imap.username: is required",
    ]


def test_a_password_needs_a_username() -> None:
    smtp = {"host": "smtp.example.com", "password": "${MAIL_PASSWORD}"}

    assert refused(MAIL | {"smtp": smtp}) == [
        "checks.it: must have a username for smtp where it has a password"
    ]


async def test_it_is_not_asked_yet() -> None:
    assert await reason(read(MAIL), tools()) is Reason.MISSING_CAPABILITY
