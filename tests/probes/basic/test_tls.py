import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import TypeAdapter, ValidationError

from probes import KINDS
from probes.basic.tls import Tls
from probes.result import Outcome, Reason, Result
from tests.fakes.badhttp import Behaviour, serving, silence
from tests.fakes.certificates import GOOD, PAST, WRONG, Held, intermediate
from tests.fakes.scripted import Cue, endless, plays
from tests.probes.asking import ask
from tests.probes.basic.conftest import OWN
from tests.servers.dovecot import Dovecot, dovecot
from tests.servers.folder import needs_root
from tests.servers.nginx import free_port
from tests.servers.openssl import s_server
from tests.servers.postfix import Postfix
from tests.servers.slapd import Slapd, slapd

OPTIONS = TypeAdapter(Tls)
FINGERPRINT, PIN = "0a" * 32, "A" * 43 + "="


def tls(port: int, **options: Any) -> Tls:
    """Make the probe as the file's reader does, from texts."""
    return OPTIONS.validate_python({"host": "127.0.0.1", "port": str(port), **options})


async def shown(held: Held, folder: Path, trusted: str, *server: str, **options: Any) -> Result:
    """Ask openssl, which shows this certificate."""
    with s_server(held, folder, *server) as port:
        return await ask(tls(port, ca_file=trusted, **options))


# --- openssl


@pytest.mark.server("openssl")
@pytest.mark.parametrize("version", ["1.2", "1.3"])
async def test_a_good_handshake_is_told_of_in_full(
    signer: Held, trusted: str, tmp_path: Path, version: str
) -> None:
    held = intermediate(signer, sent=True)
    result = await shown(held, tmp_path, trusted, f"-tls{version.replace('.', '_')}")

    assert result.outcome is Outcome.GOOD, result
    assert result.facts["version"] == float(version)
    assert (result.facts["chain_length"], result.facts["key_size"]) == (2, 256)
    assert result.facts["not_before"] == PAST.timestamp()
    assert set(result.facts) == {fact.name for fact in Tls.facts}
    assert result.evidence["agreed"]["version"] == f"TLSv{version}"


@pytest.mark.server("openssl")
async def test_the_evidence_names_the_certificate(signer: Held, trusted: str, tmp_path: Path) -> None:
    held = GOOD.signed(signer)
    told = (await shown(held, tmp_path, trusted)).evidence["certificate"]
    der = held.certificate.public_bytes(Encoding.DER)

    assert told["fingerprint"] == hashlib.sha256(der).hexdigest()
    assert int(told["serial"], 16) == held.certificate.serial_number
    assert (told["issuer"], told["names"]) == ("commonName=Example CA", ["127.0.0.1", "localhost"])
    assert (told["signature"], told["key"]) == ("ecdsa-with-SHA256", "EC")


REASONS = {
    "expired": (Reason.TLS_EXPIRED, "certificate has expired"),
    "not yet valid": (Reason.TLS_NOT_YET_VALID, "certificate is not yet valid"),
    "wrong name": (Reason.TLS_NAME, "IP address mismatch"),
    "self-signed": (Reason.TLS_UNTRUSTED, "self-signed certificate"),
    "unknown authority": (Reason.TLS_UNTRUSTED, "unable to get local issuer certificate"),
    "missing chain": (Reason.TLS_UNTRUSTED, "unable to get local issuer certificate"),
    "short key": (Reason.TLS_UNTRUSTED, "EE certificate key too weak"),
    "weak signature": (Reason.TLS_UNTRUSTED, "CA signature digest algorithm too weak"),
}


@pytest.mark.server("openssl")
@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
async def test_each_wrong_certificate_has_its_reason_and_is_told_of_all_the_same(
    signer: Held, trusted: str, tmp_path: Path, wrong: str, version: str
) -> None:
    held = WRONG[wrong](signer)
    result = await shown(held, tmp_path, trusted, version)
    reason, detail = REASONS[wrong]

    assert (result.outcome, result.reason) == (Outcome.BAD, reason)
    assert detail in result.detail
    assert result.facts["ssl_earliest_cert_expiry"] == held.certificate.not_valid_after_utc.timestamp()
    assert result.facts["not_before"] == held.certificate.not_valid_before_utc.timestamp()
    assert result.evidence["certificate"]["fingerprint"]
    assert "agreed" not in result.evidence


@pytest.mark.server("openssl")
@pytest.mark.parametrize(
    ("server", "options"),
    [
        (["-tls1"], {}),
        (["-tls1_1"], {}),
        (["-tls1_2"], {"min_tls": "1.3"}),
        (["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"], {}),
        (["-Verify", "1", "-tls1_2"], {}),
        (["-Verify", "1", "-tls1_3"], {}),
        (["-alpn", "h2"], {"alpn": "imap"}),
    ],
    ids=["TLS 1.0", "TLS 1.1", "too old for us", "no cipher", "wants to know us", "the same in 1.3", "ALPN"],
)
async def test_what_cannot_be_agreed_on_is_a_failed_handshake(
    signer: Held, trusted: str, tmp_path: Path, server: list[str], options: dict[str, str]
) -> None:
    result = await shown(GOOD.signed(signer), tmp_path, trusted, *server, **options)

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.TLS_HANDSHAKE)
    assert result.detail.startswith("TLS failed: ")
    assert "unknown error" not in result.detail


@pytest.mark.server("openssl")
async def test_we_prove_who_we_are(signer: Held, trusted: str, tmp_path: Path) -> None:
    own = str(replace(GOOD, names=["us"]).signed(signer).write(tmp_path / "us.pem"))
    demands = ("-Verify", "1", "-verify_return_error", "-CAfile", trusted)

    assert (await shown(GOOD.signed(signer), tmp_path, trusted, *demands)).outcome is Outcome.BAD
    good = await shown(GOOD.signed(signer), tmp_path, trusted, *demands, cert_file=own)
    assert good.outcome is Outcome.GOOD, good


@pytest.mark.server("openssl")
async def test_the_name_may_be_another_than_the_hosts(signer: Held, trusted: str, tmp_path: Path) -> None:
    held = replace(GOOD, names=["www.example.com"]).signed(signer)

    assert (await shown(held, tmp_path, trusted)).reason is Reason.TLS_NAME
    named = await shown(held, tmp_path, trusted, server_name="www.example.com")
    assert named.outcome is Outcome.GOOD, named


@pytest.mark.server("openssl")
async def test_a_protocol_is_agreed_on(signer: Held, trusted: str, tmp_path: Path) -> None:
    held = GOOD.signed(signer)
    agreed = await shown(held, tmp_path, trusted, "-alpn", "h2", alpn=["imap", "h2"])
    ignored = await shown(held, tmp_path, trusted, alpn="h2")

    assert agreed.evidence["agreed"]["alpn"] == "h2"
    assert (ignored.reason, ignored.detail) == (Reason.ASSERTION, "agrees on none of h2")


@pytest.mark.server("openssl")
async def test_what_the_certificate_must_be_like_is_judged(
    signer: Held, trusted: str, tmp_path: Path
) -> None:
    held = intermediate(signer, sent=True)
    with s_server(held, tmp_path) as port:
        told = (await ask(tls(port, ca_file=trusted))).evidence["certificate"]
        right = {
            "expect_issuer": "Issuing CA$",
            "expect_fingerprint": [FINGERPRINT, told["fingerprint"].upper()],
            "expect_pin": told["pin"],
            "expect_names": ["LOCALHOST"],
        }
        good = await ask(tls(port, ca_file=trusted, **right))
        wrong = [
            await ask(tls(port, ca_file=trusted, **right | {option: value}))
            for option, value in [
                ("expect_issuer", "^Example"),
                ("expect_fingerprint", FINGERPRINT),
                ("expect_pin", PIN),
                ("expect_names", ["localhost", "sso.example.com"]),
            ]
        ]

    assert good.outcome is Outcome.GOOD, good
    assert {each.reason for each in wrong} == {Reason.ASSERTION}
    assert [each.detail for each in wrong] == [
        "the certificate is issued by commonName=Example Issuing CA",
        f"the certificate has the fingerprint {told['fingerprint']}",
        f"no certificate that was sent has an expected key; the first has {told['pin']}",
        "the certificate is not for sso.example.com",
    ]


# --- servers of mail and directories


@pytest.fixture(scope="module")
def mailbox(folder: Path) -> Iterator[Dovecot]:
    (folder / "dovecot").mkdir()
    with dovecot(folder / "dovecot", folder / OWN) as server:
        yield server


@pytest.fixture(scope="module")
def directory(folder: Path) -> Iterator[Slapd]:
    (folder / "slapd").mkdir()
    with slapd(folder / "slapd", folder / OWN) as server:
        yield server


@needs_root
@pytest.mark.server("postfix")
async def test_smtp_begins_tls(smtp: Postfix, trusted: str) -> None:
    begun = await ask(tls(smtp.smtp, starttls="smtp", ca_file=trusted))
    at_once = await ask(tls(smtp.smtps, ca_file=trusted))
    never = await ask(tls(smtp.plain, starttls="smtp", ca_file=trusted))

    assert begun.outcome is Outcome.GOOD, begun
    assert list(begun.phases) == ["resolve", "connect", "greeting", "starttls", "tls", "confirm"]
    assert at_once.outcome is Outcome.GOOD, at_once
    assert (never.reason, never.detail) == (Reason.TLS_HANDSHAKE, "does not offer STARTTLS")


@needs_root
@pytest.mark.server("dovecot")
@pytest.mark.parametrize("protocol", ["imap", "pop3"])
async def test_mailboxes_begin_tls(mailbox: Dovecot, trusted: str, protocol: str) -> None:
    port = getattr(mailbox, protocol)
    begun = await ask(tls(port, starttls=protocol, ca_file=trusted))
    at_once = await ask(tls(getattr(mailbox, f"{protocol}s"), ca_file=trusted))
    unasked = await ask(tls(port, ca_file=trusted))

    assert begun.outcome is Outcome.GOOD, begun
    assert at_once.outcome is Outcome.GOOD, at_once
    assert (unasked.reason, unasked.detail) == (Reason.TLS_HANDSHAKE, "TLS failed: wrong version number")


@needs_root
@pytest.mark.server("dovecot")
async def test_mailboxes_without_tls_do_not_offer_it(folder: Path, trusted: str) -> None:
    (folder / "without").mkdir()
    with dovecot(folder / "without", folder / OWN, ssl="no") as server:
        imap = await ask(tls(server.imap, starttls="imap", ca_file=trusted))
        pop3 = await ask(tls(server.pop3, starttls="pop3", ca_file=trusted))

    assert (imap.reason, imap.detail) == (Reason.TLS_HANDSHAKE, "does not offer STARTTLS")
    assert (pop3.reason, pop3.detail) == (Reason.TLS_HANDSHAKE, "does not offer STLS")


@needs_root
@pytest.mark.server("slapd")
async def test_a_directory_begins_tls(directory: Slapd, trusted: str) -> None:
    begun = await ask(tls(directory.ldap, starttls="ldap", ca_file=trusted))
    at_once = await ask(tls(directory.ldaps, ca_file=trusted))

    assert begun.outcome is Outcome.GOOD, begun
    assert list(begun.phases) == ["resolve", "connect", "starttls", "tls", "confirm"]
    assert at_once.outcome is Outcome.GOOD, at_once


@needs_root
@pytest.mark.server("slapd")
async def test_a_directory_without_tls_says_so(folder: Path, trusted: str) -> None:
    (folder / "bare").mkdir()
    with slapd(folder / "bare", None) as server:
        result = await ask(tls(server.ldap, starttls="ldap", ca_file=trusted))

    assert result.reason is Reason.TLS_HANDSHAKE
    assert result.detail == "refuses StartTLS: protocolError (2) 'unsupported extended operation'"


# --- servers that misbehave


@pytest.mark.parametrize(
    ("behaviour", "options", "reason"),
    [
        (plays(Cue.SOME), {}, Reason.TLS_HANDSHAKE),
        (plays(b"SSH-2.0-x\r\n", Cue.STAY), {}, Reason.TLS_HANDSHAKE),
        (plays(Cue.RESET), {}, Reason.RESET),
        (plays(b"\x16\x03", Cue.HALF), {}, Reason.TLS_HANDSHAKE),
        (plays(), {"starttls": "imap"}, Reason.PROTOCOL),
        (plays(b"SSH-2.0-x\r\n", Cue.STAY), {"starttls": "smtp"}, Reason.PROTOCOL),
        (plays(b"HTTP/1.1 400 Bad Request\r\n", Cue.STAY), {"starttls": "ldap"}, Reason.PROTOCOL),
        (endless(b"220-x\r\n"), {"starttls": "smtp"}, Reason.TOO_LARGE),
    ],
)
async def test_each_misbehaviour_has_its_reason(
    behaviour: Behaviour, options: dict[str, str], reason: Reason
) -> None:
    async with serving(behaviour) as port:
        result = await ask(tls(port, **options))

    assert (result.outcome, result.reason) == (Outcome.BAD, reason)


@pytest.mark.parametrize(("protocol", "step"), [("smtp", "greeting"), ("ldap", "starttls"), (None, "tls")])
async def test_silence_runs_out_of_time(protocol: str | None, step: str) -> None:
    async with serving(silence) as port:
        result = await ask(tls(port, starttls=protocol), timeout=0.1)

    assert result.reason is Reason.RESPONSE_TIMEOUT
    assert result.detail.endswith(f"in the step {step}")


async def test_a_port_where_nobody_listens_refuses() -> None:
    assert (await ask(tls(free_port()))).reason is Reason.CONNECT_REFUSED


async def test_authorities_that_cannot_be_read_are_our_own_fault() -> None:
    result = await ask(tls(free_port(), ca_file="missing.pem"))

    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.MISSING_CAPABILITY)


# --- options


def test_the_kind_is_listed() -> None:
    module, _, name = KINDS["tls"].partition(":")

    assert (Tls.__module__, Tls.__name__) == (module, name)


def test_the_port_is_that_of_https() -> None:
    assert OPTIONS.validate_python({"host": "SSO.example.com"}) == OPTIONS.validate_python(
        {"host": "sso.example.com", "port": "443"}
    )


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"expect_fingerprint": "0a0b"}, "must be a SHA-256 fingerprint"),
        ({"expect_fingerprint": ["zz"]}, "must be pairs of hexadecimal digits"),
        ({"expect_pin": "c2hvcnQ="}, "must be the SHA-256 of a public key in Base64"),
        ({"expect_pin": FINGERPRINT}, "must be the SHA-256 of a public key in Base64"),
        ({"expect_issuer": "("}, "RE2 can read"),
        ({"expect_names": ["a/b"]}, "must be a host name or an IP address"),
        ({"alpn": "é"}, "must be the name of a protocol"),
        ({"min_tls": "1.0"}, "Input should be '1.2' or '1.3'"),
        ({"verify": "no"}, "Unexpected keyword"),
    ],
)
def test_what_cannot_be_asked_is_refused_when_it_is_read(options: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError) as refused:
        tls(443, **options)

    assert rule in str(refused.value)
