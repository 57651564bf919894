"""Kind `mail_roundtrip`: a message that is sent and arrives, as far as its options say."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from checks.texts import read_host
from checks.values import Duration, RuleError, Secret, Whole
from probes.result import Reason
from probes.tools import Fact, Failed, Tools

STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)
Host = Annotated[str, AfterValidator(read_host)]
Port = Annotated[Whole, Field(ge=1, le=65535)]
Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Sending:
    """The server that takes the message: SMTP."""

    host: Host
    """Its name or address."""

    port: Port | None = None
    """Its port: 465 for tls, 587 for starttls, 25 for none."""

    security: Security = "starttls"
    """How the connection is protected: tls from its beginning, starttls, or none."""

    username: str = ""
    """Who sends, where the server asks."""

    password: Secret = Secret()
    """Its password."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Inbox:
    """The mailbox in which the message arrives: IMAP."""

    host: Host
    """Its name or address."""

    port: Port | None = None
    """Its port: 993 for tls, 143 for starttls and none."""

    security: Security = "tls"
    """How the connection is protected: tls from its beginning, starttls, or none."""

    username: str
    """Whose mailbox it is."""

    password: Secret
    """Its password."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class MailRoundtrip:
    """A message that is sent, found in the inbox, timed, and removed."""

    kind: ClassVar[str] = "mail_roundtrip"
    asked: ClassVar[bool] = False
    least_spacing: ClassVar[float] = 60.0
    facts: ClassVar[tuple[Fact, ...]] = ()
    example: ClassVar[str] = """\
service: email
kind: mail_roundtrip
smtp: {host: smtp.example.com, security: starttls, username: probe, password: "${MAIL_PASSWORD}"}
imap: {host: imap.example.com, security: tls, username: probe, password: "${MAIL_PASSWORD}"}
delivered_within: 60s
interval: 5m
timeout: 90s
"""

    smtp: Sending
    """The server that takes the message."""

    imap: Inbox
    """The mailbox in which it arrives."""

    delivered_within: Annotated[Duration, Field(gt=0)] = 60.0
    """How long it may take to arrive; a later one is delivered_late."""

    def __post_init__(self) -> None:
        if self.smtp.password and not self.smtp.username:
            raise RuleError("must have a username for smtp where it has a password")

    def host(self) -> str:
        """Say whom the attempt goes to first, in lower case."""
        return self.smtp.host

    async def ask(self, tools: Tools) -> None:  # noqa: ARG002 - the contract's arguments
        """Say that it is not asked."""
        raise Failed(
            Reason.MISSING_CAPABILITY,
            "this version reads the options of mail_roundtrip, but does not ask it yet",
        )
