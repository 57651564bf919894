"""Are we ourselves on the network? A name to resolve or an address to connect to, asked like any check."""

from dataclasses import dataclass
from typing import ClassVar

from checks.model import Check, SelfCheck
from probes.attempt import Clock, attempt
from probes.guard import Guard
from probes.net.dial import dial
from probes.net.resolve import resolve
from probes.result import Result
from probes.tools import Fact, Probe, Tools

TIMEOUT = 2.0


async def ask_self(self_check: SelfCheck, site: str, clock: Clock, guard: Guard) -> Result:
    """Ask once, within 2 s; the result's check is `self/` and the name. Never raises."""
    asked = Check(
        name=f"self/{self_check.name}",
        kind=self_check.action,
        probe=probe(self_check),
        timeout=TIMEOUT,
        sli=False,
    )
    return await attempt(asked, site, clock, guard, extra=False)


def probe(self_check: SelfCheck) -> Probe:
    """Give what asks it."""
    return Resolves(self_check.target) if self_check.action == "resolve" else Connects(self_check.target)


@dataclass(frozen=True, slots=True)
class Resolves:
    """A name that has an address."""

    kind: ClassVar[str] = "resolve"
    facts: ClassVar[tuple[Fact, ...]] = ()
    least_spacing: ClassVar[float] = 0.0

    name: str

    def host(self) -> str:
        """Nobody in particular: whatever name server there is."""
        return ""

    async def ask(self, tools: Tools) -> None:
        """Look the name up."""
        await resolve(tools, self.name, 0)


@dataclass(frozen=True, slots=True)
class Connects:
    """A `host:port`, an IPv6 address in brackets, that takes a connection."""

    kind: ClassVar[str] = "tcp"
    facts: ClassVar[tuple[Fact, ...]] = ()
    least_spacing: ClassVar[float] = 0.0

    target: str

    def host(self) -> str:
        """Whom it connects to."""
        return self.target.rpartition(":")[0].strip("[]").lower()

    async def ask(self, tools: Tools) -> None:
        """Connect, and hang up."""
        async with dial(tools, self.host(), int(self.target.rpartition(":")[2])):
            pass
