"""Kind `dns`: one question to a name server, and what its answer must be like."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from random import SystemRandom
from re import fullmatch
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.dataclasses import dataclass

from checks.texts import read_host
from checks.values import Flag, RuleError, Whole
from probes.basic.regexes import Regex, pattern
from probes.basic.resolving import Asking, Server, Validating, agree, together
from probes.net.certificate import CERTIFICATE_FACTS
from probes.net.nameservers import first_nameserver
from probes.net.options import STRICT, Addressed, Trusting
from probes.result import Outcome, Reason
from probes.tools import Fact, Failed, Tools
from probes.wire.dns import Answer, canonical, folded, question, read_name, read_rcode, read_type
from probes.wire.dnssec import ROOT, read_anchor

PORTS = {"udp": 53, "tcp": 53, "tls": 853, "https": 443}
ALPN = {"tls": ("dot",), "https": ("h2", "http/1.1")}
UNSIGNED = ("RRSIG", "ANY")  # what is asked for is, or includes, signatures
SHOWN = 20  # records that are kept as evidence
CUT = 200  # characters of one


def _list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _path(text: str) -> str:
    if not fullmatch(r"/[!-~]*", text):
        raise RuleError("must be a path such as /dns-query, without spaces and in ASCII")
    return text


def _anchors(texts: tuple[str, ...]) -> tuple[str, ...]:
    if not texts:
        raise RuleError("must have a trust anchor: leave it out to believe the keys of the root zone")
    for text in texts:
        read_anchor(text)
    return texts


Amount = Annotated[Whole, Field(ge=0)]
Some = BeforeValidator(_list, json_schema_input_type=str | list[str])
Rcodes = Annotated[tuple[Annotated[str, AfterValidator(read_rcode)], ...], Some, Field(min_length=1)]
Texts = Annotated[tuple[str, ...], Some]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Dns(Trusting, Addressed):
    """One question to a name server, over UDP, TCP, TLS or HTTPS, and what its answer must be like."""

    kind: ClassVar[str] = "dns"
    least_spacing: ClassVar[float] = 1.0
    facts: ClassVar[tuple[Fact, ...]] = (
        Fact("answers", "", "Records of the type asked for in the answer."),
        Fact(
            "ttl", "seconds", "The least time to live of the records in the answer.", "probe_dns_ttl_seconds"
        ),
        Fact("rcode", "", "Response code: 0 for NOERROR, 3 for NXDOMAIN."),
        Fact("serial", "", "Serial of the zone, where a SOA was asked for."),
        Fact("truncated", "", "Whether the answer did not fit into a datagram and was asked for over TCP."),
        Fact(
            "rrsig_expiry",
            "seconds",
            "When the first of the signatures ends that the answer rests on, in Unix time.",
            "probe_dns_rrsig_expiry_timestamp_seconds",
        ),
        *CERTIFICATE_FACTS,
    )
    example: ClassVar[str] = """\
service: intranet
kind: dns
name: www.example.com
type: A
server: ns1.example.com
expect: [192.0.2.1]
"""

    name: Annotated[str, AfterValidator(read_name)]
    """The name that is asked about."""

    type: Annotated[str, AfterValidator(read_type)] = "A"
    """The type of record that is asked for, such as A, MX, TXT or TYPE65."""

    server: Annotated[str, AfterValidator(read_host)] | None = None
    """The name server, by name or address; the first of /etc/resolv.conf where it is not written."""

    port: Annotated[Whole, Field(ge=1, le=65535)] | None = None
    """Its port; 53, 853 for tls and 443 for https where it is not written."""

    transport: Literal["udp", "tcp", "tls", "https"] = "udp"
    """How it is asked: udp, tcp, tls (RFC 7858) or https (RFC 8484)."""

    path: Annotated[str, AfterValidator(_path)] = "/dns-query"
    """The path of the service, with https."""

    recursion: Flag = True
    """Whether the server is asked to find the answer elsewhere."""

    expect_rcode: Rcodes = ("NOERROR",)
    """The response code that is welcome: one, or a list of these."""

    expect: Texts = ()
    """Records that must be in the answer, as a zone file has them: one, or a list."""

    exact: Flag = False
    """Whether there must be no other records than those."""

    expect_regex: Regex = ""
    """A regular expression (RE2) that must be found in one of the records."""

    every_regex: Regex = ""
    """A regular expression (RE2) that must be found in each of the records."""

    reject_regex: Regex = ""
    """A regular expression (RE2) that must be found in none of the records."""

    at_least: Amount | None = None
    """How many records there must be at least; 1 where NOERROR alone is welcome."""

    at_most: Amount | None = None
    """How many records there may be at most."""

    authoritative: Flag | None = None
    """Whether the server must answer for the zone itself (AA)."""

    authenticated: Flag | None = None
    """Whether the server must say that it has verified the signatures (AD)."""

    dnssec: Flag = False
    """Whether we verify the signatures, from a trust anchor down to the answer."""

    trust_anchors: Annotated[Texts, AfterValidator(_anchors)] = ROOT
    """Whom to believe, each a zone and a DS record; the keys of the root zone where they are not written."""

    serials: Flag = False
    """Whether every name server of the zone is asked too: all must answer, with the same serial."""

    def __post_init__(self) -> None:
        Trusting.__post_init__(self)
        self._check_expected()
        if self.dnssec:
            self._check_verifiable()
        if self.serials and (self.type != "SOA" or self.transport not in ("udp", "tcp")):
            raise RuleError("must have type SOA, and transport udp or tcp, where serials is true")

    def _check_expected(self) -> None:
        for text in self.expect:
            canonical(text, self.type)
        if self.exact and not self.expect:
            raise RuleError("must have expect where exact is true")
        if self.expect and "NOERROR" not in self.expect_rcode:
            raise RuleError("must have NOERROR in expect_rcode where records are expected")
        if self.at_most is not None and self.at_most < self._least:
            raise RuleError("must not have at_most below at_least: no answer would do")

    def _check_verifiable(self) -> None:
        if self.expect_rcode != ("NOERROR",):
            raise RuleError(
                "must expect NOERROR where dnssec is true: that something is not there is not verified"
            )
        if self.type in UNSIGNED:
            raise RuleError(
                f"must not have type {self.type} where dnssec is true: signatures are not signed themselves"
            )
        if self.at_least == 0:
            raise RuleError("must not have at_least 0 where dnssec is true: nothing would be verified then")

    def host(self) -> str:
        """Say whom the attempt goes to, in lower case; nobody in particular where the machine says."""
        return self.server or ""

    async def ask(self, tools: Tools) -> None:
        """Ask once. Raise Failed when the answer is not as expected."""
        asking = self._asking(self.server or first_nameserver())
        asked = question(
            self.name, self.type, recursion=self.recursion, dnssec=self.dnssec, checking=not self.dnssec
        )
        answer = await asking.ask(tools, asked)
        records = sorted(answer.records)
        _note(tools, answer, records)
        self._judge(answer, [text for text, _ in records])
        if self.dnssec:
            await Validating(asking, self.trust_anchors, tools.now() / 1000).validate(tools, answer)
        if self.serials:
            await self._compare(tools, asking)

    def _asking(self, host: str, transport: str = "") -> Asking:
        transport = transport or self.transport
        server = Server(host, self.port or PORTS[transport], transport, self.path)
        trust = self.trust(ALPN[transport]) if transport in ALPN else None
        return Asking(server, self.family, trust, self.server_name, SystemRandom())

    # --- judgement

    @property
    def _least(self) -> int:
        if self.at_least is not None:
            return self.at_least
        return 1 if self.expect_rcode == ("NOERROR",) else 0

    def _judge(self, answer: Answer, records: Sequence[str]) -> None:
        if answer.rcode not in self.expect_rcode:
            raise self._unwelcome(answer)
        if wrong := next(self._wrongs(answer, records), ""):
            raise Failed(Reason.ASSERTION, f"answered {answer.rcode}, but {wrong}")

    def _unwelcome(self, answer: Answer) -> Failed:
        told = f"answered {answer.rcode}, expected {', '.join(self.expect_rcode)}"
        if answer.rcode == "NXDOMAIN":
            return Failed(Reason.DNS_NXDOMAIN, told)
        return Failed(Reason.ASSERTION if answer.rcode == "NOERROR" else Reason.DNS_FAILURE, told)

    def _wrongs(self, answer: Answer, records: Sequence[str]) -> Any:
        if self.authoritative is not None and answer.authoritative is not self.authoritative:
            yield f"it is {'not ' * self.authoritative}authoritative"
        if self.authenticated is not None and answer.authenticated is not self.authenticated:
            yield f"it is {'not ' * self.authenticated}authenticated"
        if len(records) < self._least:
            yield f"with {len(records)} {self.type} records, expected at least {self._least}"
        if self.at_most is not None and len(records) > self.at_most:
            yield f"with {len(records)} {self.type} records, expected at most {self.at_most}"
        yield from self._wrong_records(records)

    def _wrong_records(self, records: Sequence[str]) -> Any:
        expected = [canonical(text, self.type) for text in self.expect]
        there = {folded(text, self.type): text for text in records}
        for text in expected:
            if text not in there:
                yield f"{_cut(text)} is not among {_list_of(records)}"
        if self.exact and (others := [there[text] for text in there if text not in expected]):
            yield f"there is {_cut(others[0])} too"
        if self.expect_regex and not any(pattern(self.expect_regex).search(text) for text in records):
            yield f"none of {_list_of(records)} matches expect_regex"
        for text in records:
            if self.every_regex and not pattern(self.every_regex).search(text):
                yield f"{_cut(text)} does not match every_regex"
            if self.reject_regex and pattern(self.reject_regex).search(text):
                yield f"{_cut(text)} matches reject_regex"

    # --- serials

    async def _compare(self, tools: Tools, asking: Asking) -> None:
        """Ask every name server of the zone for its serial. Raise Failed where they do not agree."""
        servers = await asking.name_servers(tools, self.name)
        asked = question(self.name, "SOA", recursion=False)
        with tools.phase("serials"):
            hands = tools.within("serials")
            said = await together(self._serial(hands, asked, *each) for each in servers)
        agree(tools, dict(zip(servers, said, strict=True)))

    async def _serial(self, tools: Tools, asked: Any, name: str, address: str) -> int | str:  # noqa: ARG002
        """Give the serial, or why there is none."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                try:
                    answer = await self._asking(address).ask(tools, asked)
                except Failed as failed:
                    if failed.reason.outcome is Outcome.UNKNOWN:
                        raise
                    return failed.detail
                if answer.serial is None:
                    return f"answered {answer.rcode}"
                return answer.serial if answer.authoritative else "answers, but not for the zone itself"
        return "does not answer"


PATIENCE = 3.0  # seconds for one of several servers, so that the others can be told of


def _note(tools: Tools, answer: Answer, records: Sequence[tuple[str, int]]) -> None:
    tools.fact("rcode", answer.message.rcode)
    tools.fact("answers", len(records))
    if records:
        tools.fact("ttl", min(ttl for _, ttl in records))
    if answer.serial is not None:
        tools.fact("serial", answer.serial)
    tools.learned.evidence["records"] = [_cut(text) for text, _ in records[:SHOWN]]


def _cut(text: str) -> str:
    return text if len(text) <= CUT else f"{text[:CUT]}…"


def _list_of(records: Sequence[str]) -> str:
    listed = ", ".join(map(_cut, records[:3]))
    return f"{listed} and {len(records) - 3} more" if len(records) > 3 else listed or "none"
