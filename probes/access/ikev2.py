"""Kind `ikev2`: the first exchange of an IPsec gateway (RFC 7296), as far as its options say."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from checks.texts import read_host
from checks.values import Whole
from probes.result import Reason
from probes.tools import Fact, Failed, Tools


@dataclass(
    frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", hide_input_in_errors=True)
)
class Ikev2:
    """The first exchange with a VPN gateway, IKE_SA_INIT: it needs no credential and makes no tunnel."""

    kind: ClassVar[str] = "ikev2"
    asked: ClassVar[bool] = False
    least_spacing: ClassVar[float] = 1.0
    facts: ClassVar[tuple[Fact, ...]] = ()
    example: ClassVar[str] = "{service: vpn, kind: ikev2, host: vpn.example.com}\n"

    # The option is called as the contract's method is: it is `host` in the file, and `gateway` here.
    gateway: Annotated[str, AfterValidator(read_host), Field(alias="host")]
    """The gateway's name or address."""

    port: Annotated[Whole, Field(ge=1, le=65535)] = 500
    """Its UDP port: 500, or 4500 behind address translation."""

    def host(self) -> str:
        """Say whom the attempt goes to, in lower case."""
        return self.gateway

    async def ask(self, tools: Tools) -> None:  # noqa: ARG002 - the contract's arguments
        """Say that it is not asked."""
        raise Failed(
            Reason.MISSING_CAPABILITY, "this version reads the options of ikev2, but does not ask it yet"
        )
