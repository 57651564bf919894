"""Kind `tcp`: a connection, with TLS or without, and what is said on it."""

import re
from collections.abc import Sequence
from contextlib import closing
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from checks.texts import read_host
from checks.values import Flag, RuleError, Secret, Whole
from probes.net.certificate import CERTIFICATE_FACTS
from probes.net.dial import dial
from probes.net.dialogue import Dialogue, Step
from probes.net.options import STRICT, Addressed, Trusting
from probes.net.starttls import Protocol, leave, upgrade
from probes.net.stream import Stream
from probes.net.tls import Encrypted, secure
from probes.tools import Fact, Tools
from probes.wire.patterns import Hex, Regex, literally, to_send

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
TAKEN = frozenset({"resolve", "connect", "tls", "greeting", "starttls", "confirm"})
WAYS = ("expect", "expect_hex", "send", "send_hex")
MOST_STEPS = 50


def _name(text: str) -> str:
    if not NAME.fullmatch(text) or text in TAKEN:
        raise RuleError(f"must be small letters, digits and underscores, and not {', '.join(sorted(TAKEN))}")
    return text


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class StepOptions:
    """One step of the dialogue: exactly one of expect, expect_hex, send, send_hex and start_tls."""

    expect: Regex | None = None
    """A regular expression (RE2) to wait for in what comes, ^ and $ being the ends of lines."""

    expect_hex: Hex | None = None
    """The same for bytes, written as hexadecimal digits."""

    send: Secret | None = None
    """A text to send, with its line end: "QUIT\\r\\n" in double quotes."""

    send_hex: Hex | None = None
    """Bytes to send, written as hexadecimal digits; no place for a secret."""

    start_tls: Flag = False
    """Agree on TLS now, on this connection."""

    name: Annotated[str, AfterValidator(_name)] | None = None
    """The phase in which its time is told; step_2 and so on where it has none."""

    def __post_init__(self) -> None:
        given = [self.start_tls, *(getattr(self, way) is not None for way in WAYS)]
        if sum(given) != 1:
            raise RuleError(f"must have exactly one of {', '.join(WAYS)} and start_tls")

    def written(self, phase: str) -> Step:
        """Give it as the dialogue is held."""
        digits = self.expect_hex or ""
        return Step(
            name=phase,
            expect=self.expect or literally(digits),
            send=to_send(self.send, self.send_hex),
            least=len(digits) // 2,
        )


def _steps(steps: tuple[StepOptions, ...]) -> tuple[StepOptions, ...]:
    if len(steps) > MOST_STEPS:
        raise RuleError(f"must have at most {MOST_STEPS} steps")
    if sum(step.start_tls for step in steps) > 1:
        raise RuleError("must have start_tls at most once")
    return steps


def phases(steps: Sequence[StepOptions]) -> list[str]:
    """Give the phase of each step: its name, else what waits for the answer to it, else its number from 1."""
    names: list[str] = []
    awaited = ""
    for number, step in reversed(list(enumerate(steps, 1))):
        told = step.name or (awaited if step.send is not None or step.send_hex else "") or f"step_{number}"
        awaited = "" if step.start_tls else told
        names.append(told)
    return names[::-1]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Tcp(Trusting, Addressed):
    """A fresh TCP connection, with TLS or without, and what is said on it."""

    kind: ClassVar[str] = "tcp"
    least_spacing: ClassVar[float] = 1.0
    facts: ClassVar[tuple[Fact, ...]] = CERTIFICATE_FACTS
    example: ClassVar[str] = """\
service: email
kind: tcp
host: mail.example.com
port: 25
starttls: smtp
dialogue:
  - send: "EHLO probe.example.com\\r\\n"
  - expect: '^250 '
    name: hello
"""

    # The option is called as the contract's method is: it is `host` in the file, and `target` here.
    target: Annotated[str, AfterValidator(read_host), Field(alias="host")]
    """The name or address to connect to."""

    port: Annotated[Whole, Field(ge=1, le=65535)]
    """The port to connect to."""

    tls: Flag = False
    """Speak TLS from the first byte."""

    starttls: Protocol | None = None
    """Begin in plain text and agree on TLS as this protocol does: smtp, imap, pop3 or ldap."""

    dialogue: Annotated[tuple[StepOptions, ...], AfterValidator(_steps)] = ()
    """What is said and awaited, step by step, once connected and under TLS where that is wanted."""

    def __post_init__(self) -> None:
        Trusting.__post_init__(self)
        ways = (self.tls, self.starttls is not None, any(step.start_tls for step in self.dialogue))
        if sum(ways) > 1:
            raise RuleError("must have only one of tls, starttls and a step start_tls")
        if not any(ways) and (self.ca_file or self.cert_file or self.server_name):
            raise RuleError("must say when TLS begins: by tls, starttls or a step start_tls")

    def host(self) -> str:
        """Say whom the attempt goes to, in lower case."""
        return self.target

    async def ask(self, tools: Tools) -> None:
        """Connect, and hold the dialogue. Raise Failed when a step is not met."""
        trust = self.trust() if self.tls else None
        name, family = self.server_name, self.family
        async with dial(tools, self.target, self.port, trust, server_name=name, family=family) as stream:
            if self.starttls:
                await upgrade(tools, stream, self.starttls)
                stream = await self._secure(tools, stream)
            with closing(stream):
                await self._talk(tools, stream)

    async def _talk(self, tools: Tools, stream: Stream) -> None:
        if not self.dialogue:
            if isinstance(stream, Encrypted):
                await leave(tools, stream, self.starttls)
            return
        held = Dialogue(tools, stream, lambda plain: self._secure(tools, plain))
        with closing(held):
            await held.hold(self._written())

    def _written(self) -> list[Step]:
        names = phases(self.dialogue)
        return [step.written(name) for step, name in zip(self.dialogue, names, strict=True)]

    async def _secure(self, tools: Tools, plain: Stream) -> Encrypted:
        return await secure(tools, plain, self.server_name or self.target, self.trust())
