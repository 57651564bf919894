"""Kind `tls`: one handshake, and what the certificate and what was agreed on must be like."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.dataclasses import dataclass

from checks.texts import read_host
from checks.values import RuleError, Whole
from probes.net.certificate import CERTIFICATE_FACTS, Presented, describe, learn, presented
from probes.net.dial import dial
from probes.net.options import STRICT, Addressed, Trusting
from probes.net.starttls import Protocol, leave, upgrade
from probes.net.tls import Encrypted
from probes.result import Reason
from probes.tools import Fact, Failed, Tools
from probes.wire.certificates import covers, read
from probes.wire.patterns import Regex, found, read_hex

ALPN = re.compile(r"[\x21-\x7e]{1,255}")
SHA256 = 32  # bytes


def _some(value: Any) -> Any:
    """Take one or a list."""
    return value if isinstance(value, list | tuple) else [value]


def _fingerprint(text: str) -> str:
    if len(digits := read_hex(text)) != 2 * SHA256:
        raise RuleError("must be a SHA-256 fingerprint: 64 hexadecimal digits, with colons or without")
    return digits


def _pin(text: str) -> str:
    try:
        digest = b64decode(text, validate=True)
    except ValueError:
        digest = b""
    if len(digest) != SHA256:
        raise RuleError("must be the SHA-256 of a public key in Base64: 44 characters, the last of them =")
    return text


def _alpn(text: str) -> str:
    if not ALPN.fullmatch(text):
        raise RuleError("must be the name of a protocol, such as h2 or http/1.1")
    return text


Some = BeforeValidator(_some, json_schema_input_type=str | list[str])
Fingerprints = Annotated[tuple[Annotated[str, AfterValidator(_fingerprint)], ...], Some]
Pins = Annotated[tuple[Annotated[str, AfterValidator(_pin)], ...], Some]
Names = Annotated[tuple[Annotated[str, AfterValidator(read_host)], ...], Some]
Protocols = Annotated[tuple[Annotated[str, AfterValidator(_alpn)], ...], Some]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Tls(Trusting, Addressed):
    """One handshake, always verified, and what the certificate and what is agreed on must be like."""

    kind: ClassVar[str] = "tls"
    least_spacing: ClassVar[float] = 1.0
    facts: ClassVar[tuple[Fact, ...]] = (
        *CERTIFICATE_FACTS,
        Fact(
            "not_before",
            "seconds",
            "When the server's own certificate begins, in Unix time.",
            "probe_tls_not_before_timestamp_seconds",
        ),
        Fact("version", "", "Version of TLS that was agreed on."),
        Fact("chain_length", "", "Certificates that the server sent."),
        Fact("key_size", "", "Length of the key of the server's own certificate, in bits."),
    )
    example: ClassVar[str] = """\
service: sso
kind: tls
host: login.example.com
expect_issuer: "Example Issuing CA"
expect_names: [login.example.com, sso.example.com]
"""

    # The option is called as the contract's method is: it is `host` in the file, and `target` here.
    target: Annotated[str, AfterValidator(read_host), Field(alias="host")]
    """The name or address to connect to."""

    port: Annotated[Whole, Field(ge=1, le=65535)] = 443
    """The port to connect to."""

    starttls: Protocol | None = None
    """Begin in plain text and agree on TLS as this protocol does: smtp, imap, pop3 or ldap."""

    alpn: Protocols = ()
    """The protocols that are offered under TLS, the best first; one of them must be agreed on."""

    expect_names: Names = ()
    """Names or addresses that the certificate must hold beside that of the host: one, or a list."""

    expect_issuer: Regex | None = None
    """A regular expression (RE2) that must match somewhere in the issuer of the server's own certificate."""

    expect_fingerprint: Fingerprints = ()
    """The SHA-256 of the server's own certificate, in hexadecimal digits: one, or a list of these."""

    expect_pin: Pins = ()
    """The SHA-256 of a public key in Base64, which a certificate that is sent must have: one, or a list."""

    def host(self) -> str:
        """Say whom the attempt goes to, in lower case."""
        return self.target

    async def ask(self, tools: Tools) -> None:
        """Shake hands once. Raise Failed when that fails or something is not as expected."""
        trust = self.trust(self.alpn)
        async with dial(tools, self.target, self.port, family=self.family) as plain:
            if self.starttls:
                await upgrade(tools, plain, self.starttls)
            with closing(Encrypted(plain, trust, self.server_name or self.target)) as stream:
                with tools.phase("tls"):
                    await _shake(tools, stream)
                self._judge(stream)
                await leave(tools, stream, self.starttls)

    def _judge(self, stream: Encrypted) -> None:
        if self.alpn and stream.session.selected_alpn_protocol() is None:
            raise Failed(Reason.ASSERTION, f"agrees on none of {', '.join(self.alpn)}")
        for wrong in self._wrong(presented(stream.session)):
            raise Failed(Reason.ASSERTION, wrong)

    def _wrong(self, chain: list[Presented]) -> Iterator[str]:
        own, said = read(chain[0].der), describe(chain[0].said)
        names, issuer = said["names"], said["issuer"]
        if missing := [name for name in self.expect_names if not covers(names, name)]:
            yield f"the certificate is not for {', '.join(missing)}"
        if self.expect_issuer and found(self.expect_issuer, issuer.encode()) is None:
            yield f"the certificate is issued by {issuer}"
        if self.expect_fingerprint and own.fingerprint not in self.expect_fingerprint:
            yield f"the certificate has the fingerprint {own.fingerprint}"
        if self.expect_pin and not {read(one.der).key_pin for one in chain}.intersection(self.expect_pin):
            yield f"no certificate that was sent has an expected key; the first has {own.key_pin}"


async def _shake(tools: Tools, stream: Encrypted) -> None:
    """Shake hands, and learn also where that fails. Raises Failed."""
    try:
        await stream.handshake()
        tools.learned.evidence["agreed"] = _agreed(stream)
        tools.fact("version", float((stream.session.version() or "TLSv0").removeprefix("TLSv")))
    finally:
        learn(tools, stream.session)
        _examine(tools, stream)


def _examine(tools: Tools, stream: Encrypted) -> None:
    chain = presented(stream.session)
    if not chain:
        return
    own = read(chain[0].der)
    tools.fact("not_before", chain[0].begins)
    tools.fact("chain_length", len(chain))
    if own.key_size:
        tools.fact("key_size", own.key_size)
    told = {"serial": own.serial, "signature": own.signature, "key": own.key, "pin": own.key_pin}
    tools.learned.evidence["certificate"] |= {"fingerprint": own.fingerprint, **_filled(told)}


def _agreed(stream: Encrypted) -> dict[str, str]:
    session, (cipher, *_) = stream.session, stream.session.cipher() or ("",)
    found = {"version": session.version(), "cipher": cipher, "alpn": session.selected_alpn_protocol()}
    return _filled(found)


def _filled(texts: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in texts.items() if value}
