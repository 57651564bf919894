from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.result import Reason
from probes.tools import Failed
from probes.wire.mail import IMAP, POP3, SMTP
from probes.wire.upgrade import Upgrade
from tests.probes.wire.talking import ended, talk

HELLO = b"EHLO [127.0.0.1]\r\n"
OFFERS = [b"250-mx.example.com\r\n", b"250-SIZE 1000\r\n", b"250-STARTTLS\r\n", b"250 DSN\r\n"]
CAPABLE = [b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n", b"a1 OK done\r\n"]
CAPA = [b"+OK\r\n", b"UIDL\r\n", b"STLS\r\n", b".\r\n"]


@pytest.mark.parametrize(
    ("upgrade", "answers", "said"),
    [
        (SMTP, [b"220 mx\r\n", *OFFERS, b"220 go\r\n"], [HELLO, b"STARTTLS\r\n"]),
        (SMTP, [b"220-a\n", b"220\n", b"250-mx\n", b"250 starttls\n", b"220\n"], [HELLO, b"STARTTLS\r\n"]),
        (IMAP, [b"* OK hi\r\n", *CAPABLE, b"a2 OK go\r\n"], [b"a1 CAPABILITY\r\n", b"a2 STARTTLS\r\n"]),
        (
            IMAP,
            [b"* ok\n", b"* capability STARTTLS\n", b"* 1 EXISTS\n", b"a1 OK\n", b"* OK busy\n", b"a2 ok\n"],
            [b"a1 CAPABILITY\r\n", b"a2 STARTTLS\r\n"],
        ),
        (POP3, [b"+OK hi\r\n", *CAPA, b"+OK go\r\n"], [b"CAPA\r\n", b"STLS\r\n"]),
        (POP3, [b"+OK hi\r\n", b"-ERR unknown\r\n", b"+OK go\r\n"], [b"CAPA\r\n", b"STLS\r\n"]),
    ],
)
def test_a_server_that_agrees_is_asked_in_the_right_order(
    upgrade: Upgrade, answers: list[bytes], said: list[bytes]
) -> None:
    assert talk(upgrade, answers) == said


@pytest.mark.parametrize(
    ("upgrade", "answers", "reason", "detail"),
    [
        (SMTP, [b"554 no\r\n"], Reason.ASSERTION, "does not welcome us: '554 no'"),
        (SMTP, [b"220-mx\n", b"421 busy\n"], Reason.ASSERTION, "does not welcome us: '421 busy'"),
        (SMTP, [b"220 mx\r\n", b"502 what\r\n"], Reason.ASSERTION, "refuses EHLO: '502 what'"),
        (SMTP, [b"220 mx\n", b"250 mx\n"], Reason.TLS_HANDSHAKE, "does not offer STARTTLS"),
        (SMTP, [b"220 mx\n", b"250 STARTTLS\n"], Reason.TLS_HANDSHAKE, "does not offer STARTTLS"),
        (
            SMTP,
            [b"220 mx\n", *OFFERS, b"454 later\n"],
            Reason.TLS_HANDSHAKE,
            "refuses STARTTLS: '454 later'",
        ),
        (SMTP, [b"* OK IMAP\r\n"], Reason.PROTOCOL, "this is not SMTP: '* OK IMAP'"),
        (SMTP, [b"SSH-2.0-OpenSSH\r\n"], Reason.PROTOCOL, "this is not SMTP: 'SSH-2.0-OpenSSH'"),
        (IMAP, [b"* BYE full\r\n"], Reason.ASSERTION, "does not welcome us: '* BYE full'"),
        (
            IMAP,
            [b"* PREAUTH hi\r\n"],
            Reason.TLS_HANDSHAKE,
            "refuses STARTTLS: we are logged in from the start: '* PREAUTH hi'",
        ),
        (IMAP, [b"220 mx\r\n"], Reason.PROTOCOL, "this is not IMAP: '220 mx'"),
        (
            IMAP,
            [b"* OK\n", b"* CAPABILITY IMAP4\n", b"a1 OK\n"],
            Reason.TLS_HANDSHAKE,
            "does not offer STARTTLS",
        ),
        (IMAP, [b"* OK\n", *CAPABLE, b"a2 NO\n"], Reason.TLS_HANDSHAKE, "refuses STARTTLS: 'NO'"),
        (IMAP, [b"* OK\n", b"\x16\x03\x01\n"], Reason.PROTOCOL, r"this is not IMAP: '\x16\x03\x01'"),
        (POP3, [b"-ERR busy\r\n"], Reason.ASSERTION, "does not welcome us: '-ERR busy'"),
        (POP3, [b"220 mx\r\n"], Reason.PROTOCOL, "this is not POP3: '220 mx'"),
        (POP3, [b"+OK\n", b"what\n"], Reason.PROTOCOL, "this is not POP3: 'what'"),
        (POP3, [b"+OK\n", b"+OK\n", b"UIDL\n", b".\n"], Reason.TLS_HANDSHAKE, "does not offer STLS"),
        (POP3, [b"+OK\n", *CAPA, b"-ERR no\n"], Reason.TLS_HANDSHAKE, "refuses STLS: '-ERR no'"),
        (POP3, [b"+OK\n", *CAPA, b"\x15\x03\n"], Reason.PROTOCOL, r"this is not POP3: '\x15\x03'"),
    ],
)
def test_a_server_that_does_not_agree_has_its_reason(
    upgrade: Upgrade, answers: list[bytes], reason: Reason, detail: str
) -> None:
    with pytest.raises(Failed) as failed:
        talk(upgrade, answers)

    assert (failed.value.reason, failed.value.detail) == (reason, detail)


WORDS = [
    b"220 ",
    b"250-",
    b"250 STARTTLS\r",
    b"* OK ",
    b"* CAPABILITY STARTTLS",
    b"a1 OK",
    b"+OK",
    b".",
    b"-",
]
LINES = st.lists(
    st.builds(bytes.__add__, st.sampled_from([b"", *WORDS]), st.binary(max_size=40)), max_size=12
)


@pytest.mark.parametrize("upgrade", [SMTP, IMAP, POP3], ids=["smtp", "imap", "pop3"])
@given(lines=LINES)
def test_any_lines_end_in_agreement_or_a_reason(upgrade: Upgrade, lines: Sequence[bytes]) -> None:
    end = ended(upgrade, [line.replace(b"\n", b"") + b"\n" for line in lines])

    if isinstance(end, list):
        assert end[-1].split()[-1] in (b"STARTTLS", b"STLS")
    else:
        assert end in (None, Reason.PROTOCOL, Reason.ASSERTION, Reason.TLS_HANDSHAKE)
