"""Options that kinds share: which addresses to use, and whom to trust. A kind inherits them.

They have no slots: a class cannot inherit from two that have.
"""

import socket
from collections.abc import Sequence
from ssl import SSLContext
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict
from pydantic.dataclasses import dataclass

from checks.texts import read_host
from checks.values import Beside, RuleError
from probes.net.trust import Policy, Version, context

STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)
FAMILIES = {"any": socket.AF_UNSPEC, "ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}


def _name(text: str) -> str:
    return read_host(text) if text else text


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Addressed:
    """Whoever goes to an address that a name may stand for."""

    ip_protocol: Literal["any", "ipv4", "ipv6"] = "any"
    """Which addresses of a name are used: any, ipv4 or ipv6."""

    @property
    def family(self) -> socket.AddressFamily:
        """Give it as sockets name it."""
        return FAMILIES[self.ip_protocol]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Trusting:
    """Whoever speaks TLS. The other end is always verified."""

    ca_file: Beside = ""
    """A file (PEM) of the authorities to trust in place of the system's, beside checks.yaml."""

    cert_file: Beside = ""
    """A file (PEM) with the certificate, and what chains it, by which we prove who we are."""

    key_file: Beside = ""
    """A file (PEM) with its private key, where cert_file does not hold that too."""

    server_name: Annotated[str, AfterValidator(_name)] = ""
    """The name that the certificate must have, where that is not the host's."""

    min_tls: Version = "1.2"
    """The oldest version of TLS that is accepted: 1.2 or 1.3."""

    needs: ClassVar[str] = "must have cert_file where it has key_file"

    def __post_init__(self) -> None:
        if self.key_file and not self.cert_file:
            raise RuleError(self.needs)

    def trust(self, alpn: Sequence[str] = ()) -> SSLContext:
        """Give the context to shake hands by. Raises Failed where a file cannot be used."""
        return context(Policy(self.ca_file, self.cert_file, self.key_file, self.min_tls, tuple(alpn)))
