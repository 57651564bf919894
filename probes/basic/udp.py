"""Kind `udp`: one datagram, and what the first one that comes back must be like."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from checks.texts import read_host
from checks.values import RuleError, Secret, Whole
from probes.net.datagram import LARGEST, ask_once
from probes.net.options import STRICT, Addressed
from probes.net.resolve import resolve
from probes.result import Reason
from probes.tools import Fact, Failed, Tools
from probes.wire.patterns import Hex, Regex, found, literally, shown, to_send


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Udp(Addressed):
    """One datagram, and what the first one that comes back must be like."""

    kind: ClassVar[str] = "udp"
    least_spacing: ClassVar[float] = 1.0
    facts: ClassVar[tuple[Fact, ...]] = ()
    example: ClassVar[str] = """\
service: vpn
kind: udp
host: stun.example.com
port: 3478
send_hex: 0001 0000 2112a442 000102030405060708090a0b
expect_hex: 2112a442
"""

    # The option is called as the contract's method is: it is `host` in the file, and `target` here.
    target: Annotated[str, AfterValidator(read_host), Field(alias="host")]
    """The name or address to ask."""

    port: Annotated[Whole, Field(ge=1, le=65535)]
    """The port to ask."""

    send: Secret | None = None
    """The text of the datagram; "\\r\\n" is a line end in double quotes."""

    send_hex: Hex | None = None
    """The bytes of the datagram instead, written as hexadecimal digits; no place for a secret."""

    expect: Regex | None = None
    """A regular expression (RE2) that the answer must match somewhere, ^ and $ being the ends of lines."""

    expect_hex: Hex | None = None
    """Bytes that must be in the answer, written as hexadecimal digits."""

    def __post_init__(self) -> None:
        if (self.send is None) == (self.send_hex is None):
            raise RuleError("must have exactly one of send and send_hex")
        if self.expect and self.expect_hex:
            raise RuleError("must have at most one of expect and expect_hex")
        if len(self.datagram) > LARGEST:
            raise RuleError(f"must not send more than {LARGEST} bytes")

    @property
    def datagram(self) -> bytes:
        """What is sent."""
        return to_send(self.send, self.send_hex) or b""

    def host(self) -> str:
        """Say whom the attempt goes to, in lower case."""
        return self.target

    async def ask(self, tools: Tools) -> None:
        """Ask once. Raise Failed when the answer is not as expected."""
        addresses = await resolve(tools, self.target, self.port, family=self.family)
        self._judge(tools, await ask_once(tools, addresses, self.datagram))

    def _judge(self, tools: Tools, answer: bytes) -> None:
        wanted = self.expect or literally(self.expect_hex or "")
        if wanted and found(wanted, answer) is None:
            told = shown(answer, [self.datagram])
            tools.learned.evidence["answer"] = told
            raise Failed(Reason.ASSERTION, f"answered {len(answer)} bytes, but not as expected: {told}")
