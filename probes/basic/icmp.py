"""Kind `icmp`: a few echoes, how many come back, and how long that takes."""

from statistics import fmean, pstdev
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from checks.texts import read_host
from checks.values import Duration, Flag, Portion, Size, Whole, between
from probes.net.echo import Heard, Plan, echo
from probes.net.options import STRICT, Addressed
from probes.net.resolve import resolve
from probes.result import Reason
from probes.tools import Fact, Failed, Tools
from probes.wire.icmp import TOKEN

LARGEST = 65_507  # bytes of data that an IPv4 packet has room for, beside the headers of IP and ICMP


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Icmp(Addressed):
    """A few echoes (ping), how many come back, and how long that takes."""

    kind: ClassVar[str] = "icmp"
    least_spacing: ClassVar[float] = 1.0
    facts: ClassVar[tuple[Fact, ...]] = (
        Fact("sent", "", "How many echoes were sent."),
        Fact("received", "", "How many echoes were answered in time, each counted once."),
        Fact("loss", "", "The share of the echoes that were not answered in time.", "probe_icmp_loss_ratio"),
        Fact("rtt_min", "seconds", "The shortest round trip.", "probe_icmp_rtt_min_seconds"),
        Fact("rtt_avg", "seconds", "The mean of the round trips.", "probe_icmp_rtt_avg_seconds"),
        Fact("rtt_max", "seconds", "The longest round trip.", "probe_icmp_rtt_max_seconds"),
        Fact(
            "rtt_stddev", "seconds", "Standard deviation of the round trips.", "probe_icmp_rtt_stddev_seconds"
        ),
        Fact("reply_ttl", "", "Time to live (hop limit) that the last answer arrived with."),
    )
    example: ClassVar[str] = """\
service: vpn
kind: icmp
host: gateway.example.com
count: 5
max_loss: 20%
"""

    # The option is called as the contract's method is: it is `host` in the file, and `target` here.
    target: Annotated[str, AfterValidator(read_host), Field(alias="host")]
    """The name or address to ping."""

    count: Annotated[Whole, Field(ge=1, le=1000)] = 3
    """How many echoes an attempt sends."""

    spacing: Annotated[Duration, between(0.01, 10, "must be from 10ms to 10s")] = 0.25
    """How long after one echo the next is sent."""

    wait: Annotated[Duration, between(0.01, 60, "must be from 10ms to 60s")] = 1.0
    """How long an echo may take; one that is answered later counts as lost."""

    size: Annotated[Size, between(TOKEN, LARGEST, f"must be from {TOKEN}B to {LARGEST}B")] = 56
    """How much data an echo carries."""

    ttl: Annotated[Whole, Field(ge=1, le=255)] = 64
    """How many routers an echo may pass."""

    dont_fragment: Flag = False
    """Let no router cut an echo that is too large for the next link."""

    max_loss: Portion | None = None
    """The largest share of the echoes that may be lost; where it is not written, one answer is enough."""

    max_rtt: Annotated[Duration, between(1e-6, 60, "must be more than 0 and at most 60s")] | None = None
    """The longest that a round trip may take in the mean."""

    def host(self) -> str:
        """Say whom the attempt goes to, in lower case."""
        return self.target

    @property
    def takes(self) -> float:
        """Say how long an attempt takes at most where names are found at once: `timeout` must be longer."""
        return (self.count - 1) * self.spacing + self.wait

    @property
    def plan(self) -> Plan:
        """Say how it is pinged."""
        return Plan(self.count, self.spacing, self.wait, self.size, self.ttl, whole=self.dont_fragment)

    async def ask(self, tools: Tools) -> None:
        """Ping. Raise Failed when nothing comes back, too little, or too late."""
        addresses = await resolve(tools, self.target, 0, family=self.family)
        heard = await echo(tools, addresses, self.plan)
        _note(tools, heard)
        self._judge(heard)

    def _judge(self, heard: Heard) -> None:
        lost = heard.sent - len(heard.times)
        if not heard.times or (self.max_loss is not None and lost > self.max_loss * heard.sent):
            raise _failure(heard, lost)
        mean = fmean(heard.times.values())
        if self.max_rtt is not None and mean > self.max_rtt:
            slow = f"a round trip takes {mean:.3g} s in the mean, more than {self.max_rtt:g} s"
            raise Failed(Reason.ASSERTION, f"{heard.address}: {slow}")


def _note(tools: Tools, heard: Heard) -> None:
    """Keep what was learned, before it is judged."""
    times = list(heard.times.values())
    tools.fact("sent", heard.sent)
    tools.fact("received", len(times))
    tools.fact("loss", (heard.sent - len(times)) / heard.sent)
    if times:
        tools.fact("rtt_min", min(times))
        tools.fact("rtt_avg", fmean(times))
        tools.fact("rtt_max", max(times))
        tools.fact("rtt_stddev", pstdev(times))
    if heard.reply_ttl is not None:
        tools.fact("reply_ttl", heard.reply_ttl)
    tools.learned.evidence["echoes"] = {
        "address": heard.address,
        "said": sorted(set(heard.refused.values()))[:5],
        "duplicates": heard.duplicates,
        "passed_over": heard.passed_over,
    }


def _failure(heard: Heard, lost: int) -> Failed:
    """Tell of losses: what was said of one proves more than silence."""
    share = f"{heard.address}: {lost} of {heard.sent} echoes lost"
    if heard.refused:
        return Failed(Reason.CONNECT_UNREACHABLE, f"{share}; {heard.refused[max(heard.refused)]}")
    return Failed(Reason.RESPONSE_TIMEOUT, share)
