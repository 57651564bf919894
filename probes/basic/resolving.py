"""One name server asked by whatever way it wants, and the chain of signatures above an answer."""

import asyncio
import socket
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from random import Random
from typing import Any, TypeVar

from dns.rrset import RRset

from probes.basic.fetching import AGENT
from probes.net.datagram import ask_once, has_way
from probes.net.dial import dial
from probes.net.http import Request, Response, exchange
from probes.net.resolve import resolve
from probes.net.stream import Stream
from probes.net.tls import Encrypted
from probes.result import Reason
from probes.tools import Failed, Tools
from probes.wire.dns import LARGEST, Answer, Question, answers, question, read, truncated
from probes.wire.dnssec import (
    BeyondUs,
    Bogus,
    between,
    found,
    keys_of,
    read_anchor,
    shown,
    signer_of,
    synthesized,
    verify,
)

DNS_MESSAGE = "application/dns-message"
T = TypeVar("T")
MOST_SERVERS, MOST_ADDRESSES = 26, 64  # of a zone: each address is asked, all at once


@dataclass(frozen=True, slots=True)
class Server:
    """Who is asked, and how."""

    host: str
    port: int
    transport: str
    path: str


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks one name server. `trust` is a TLS context, where there is TLS."""

    server: Server
    family: socket.AddressFamily
    trust: Any
    server_name: str
    random: Random

    async def ask(self, tools: Tools, asked: Question) -> Answer:
        """Ask once; over TCP too where the answer does not fit into a datagram. Raises Failed."""
        if self.server.transport == "https":
            data = await self._over_https(tools, asked)
        elif self.server.transport == "udp":
            data = await self._over_udp(tools, asked)
            tools.fact("truncated", int(truncated(data)))
            if truncated(data):
                data = await self._over_stream(tools, asked)
        else:
            data = await self._over_stream(tools, asked)
        try:
            return read(data, asked.type)
        except ValueError as error:
            raise Failed(Reason.PROTOCOL, str(error)) from error

    async def _over_udp(self, tools: Tools, asked: Question) -> bytes:
        number = self.random.getrandbits(16)
        strange = 0

        def wanted(data: bytes) -> bool:
            nonlocal strange
            if answers(asked, number, data):
                return True
            strange += 1
            tools.learned.evidence["strange_answers"] = strange
            plural = "s" * (strange > 1)
            tools.tell(f"{strange} answer{plural} to another question passed over")
            return False

        addresses = await resolve(tools, self.server.host, self.server.port, family=self.family)
        return await ask_once(tools, addresses, asked.numbered(number), wanted, "query")

    async def _over_stream(self, tools: Tools, asked: Question) -> bytes:
        number = self.random.getrandbits(16)
        async with self._reached(tools) as stream:
            with tools.phase("query"):
                message = asked.numbered(number)
                await stream.write_all(len(message).to_bytes(2, "big") + message)
                data = await _framed(stream)
        if not answers(asked, number, data):
            raise Failed(Reason.PROTOCOL, "the answer is to another question")
        if truncated(data):
            raise Failed(Reason.PROTOCOL, "the answer is cut short, over TCP too")
        return data

    async def _over_https(self, tools: Tools, asked: Question) -> bytes:
        host = f"[{self.server.host}]" if ":" in self.server.host else self.server.host
        headers = {
            "Host": host if self.server.port == 443 else f"{host}:{self.server.port}",
            "User-Agent": AGENT,
            "Accept": DNS_MESSAGE,
            "Content-Type": DNS_MESSAGE,
            "Connection": "close",
        }
        request = Request(method="POST", target=self.server.path, headers=headers, body=asked.wire)
        async with self._reached(tools) as stream:
            response: Response = await _exchange(stream)(tools, stream, request, LARGEST)
        if response.status != 200:
            raise Failed(Reason.HTTP_STATUS, f"answered {response.status}, expected 200")
        if not answers(asked, 0, response.body):
            raise Failed(Reason.PROTOCOL, "the answer is to another question, or none")
        return response.body

    def _reached(self, tools: Tools) -> Any:
        server = self.server
        return dial(
            tools, server.host, server.port, self.trust, server_name=self.server_name, family=self.family
        )

    # --- who answers for a zone

    async def name_servers(self, tools: Tools, zone: str) -> Sequence[tuple[str, str]]:
        """Give name and address of every name server of a zone, as this one knows them. Raises Failed."""
        hands = tools.within("name_servers")
        listed = await self.ask(hands, question(zone, "NS"))
        names = sorted({text.rstrip(".").lower() for text, _ in listed.records})
        if not names:
            raise Failed(
                Reason.ASSERTION, f"answered {listed.rcode}, but there are no name servers of {zone}"
            )
        _bounded(zone, len(names), MOST_SERVERS, "name servers")
        found_at = await together(self._addresses(hands, name) for name in names)
        _bounded(zone, sum(map(len, found_at)), MOST_ADDRESSES, "addresses of name servers")
        return [(name, ip) for name, ips in zip(names, found_at, strict=True) for ip in _with_a_way(ips)]

    async def _addresses(self, tools: Tools, name: str) -> list[str]:
        wanted = {socket.AF_INET: ("A",), socket.AF_INET6: ("AAAA",)}.get(self.family, ("A", "AAAA"))
        said = [await self.ask(tools, question(name, kind)) for kind in wanted]
        known = [text for answer in said for text, _ in answer.records]
        if not known:
            raise Failed(Reason.ASSERTION, f"the name server {name} has no address")
        return known


async def together(doing: Iterable[Coroutine[Any, Any, T]]) -> Sequence[T]:
    """Do all of it at once. Where one part fails the others are ended too: nobody waits for them any more."""
    tasks = [asyncio.ensure_future(each) for each in doing]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _with_a_way(ips: Sequence[str]) -> Sequence[str]:
    """Leave out what we have no way to, as with addresses of a family that we have not; but not all."""
    return [ip for ip in ips if has_way(ip)] or ips


def _bounded(zone: str, number: int, most: int, what: str) -> None:
    if number > most:
        raise Failed(Reason.ASSERTION, f"{zone} has {number} {what}, more than the {most} that are asked")


def agree(tools: Tools, said: dict[tuple[str, str], int | str]) -> None:
    """Note the serial of each name server, or why it gave none. Raises Failed where they do not agree."""
    tools.learned.evidence["serials"] = {
        f"{name} ({address})": told for (name, address), told in said.items()
    }
    for (name, address), told in said.items():
        if isinstance(told, str):
            raise Failed(Reason.DNS_FAILURE, f"{name} ({address}): {told}")
    if len(set(said.values())) > 1:
        each = ", ".join(f"{name} has {told}" for (name, _), told in said.items())
        raise Failed(Reason.ASSERTION, f"the serials differ: {each}")


def _exchange(stream: Stream) -> Any:
    """Give what speaks the version of HTTP that was agreed on: many servers of DNS speak HTTP/2 alone."""
    if isinstance(stream, Encrypted) and stream.session.selected_alpn_protocol() == "h2":
        return import_module("probes.net.http2").exchange
    return exchange


async def _framed(stream: Stream) -> bytes:
    """Read one message behind its length (RFC 1035, section 4.2.2)."""
    data = b""
    while len(data) < 2 or len(data) < 2 + int.from_bytes(data[:2], "big"):
        piece = await stream.read_some()
        if not piece:
            raise Failed(Reason.PROTOCOL, "the connection was closed within the answer")
        data += piece
    return data[2 : 2 + int.from_bytes(data[:2], "big")]


class Validating:
    """Verifies answers by signatures, from trust anchors down. `now` is Unix time."""

    def __init__(self, asking: Asking, anchors: Iterable[str], now: float) -> None:
        self._asking, self._now = asking, now
        self._trusted: dict[Any, list[Any]] = {}
        for zone, digest in map(read_anchor, anchors):
            self._trusted.setdefault(zone, []).append(digest)
        self._keys: dict[Any, Any] = {}
        self._ends: list[float] = []

    async def validate(self, tools: Tools, answer: Answer) -> None:
        """Verify every set of records in the answer. Raises Failed (`assertion`) where one is bogus."""
        hands, sets = tools.within("validation"), _sets(answer)
        try:
            for rrset in sets:
                if rrset.rdtype != RRSIG and not synthesized(rrset, sets):
                    await self._validate(hands, rrset, sets)
        except Bogus as bogus:
            reason = Reason.MISSING_CAPABILITY if isinstance(bogus, BeyondUs) else Reason.ASSERTION
            raise Failed(reason, f"DNSSEC: {bogus}") from bogus
        finally:
            if self._ends:
                tools.fact("rrsig_expiry", min(self._ends))

    async def _validate(self, tools: Tools, rrset: RRset, sets: Sequence[RRset]) -> None:
        await asyncio.sleep(0)  # verifying takes long: others have their turn
        signer = signer_of(rrset, sets)
        keys = await self._keys_for(tools, signer)
        with tools.phase("signatures"):
            self._ends.append(verify(rrset, sets, {signer: keys}, self._now))

    async def _keys_for(self, tools: Tools, signer: Any) -> Any:
        """Go down from the nearest anchor, from zone to zone, to who has signed."""
        above = [zone for zone in self._trusted if signer.is_subdomain(zone)]
        if not above:
            raise Bogus(f"no trust anchor is above {signer.to_text(omit_final_dot=True)}")
        zone = max(above, key=len)
        keys = await self._zone_keys(tools, zone, self._trusted[zone])
        for name in between(zone, signer):
            digests = await self._digests(tools, name, zone, keys)
            if digests is not None:
                zone, keys = name, await self._zone_keys(tools, name, digests)
        if zone != signer:
            raise Bogus(f"the delegation of {signer.to_text(omit_final_dot=True)} is not signed")
        return keys

    async def _zone_keys(self, tools: Tools, zone: Any, trusted: Iterable[Any]) -> Any:
        if zone not in self._keys:
            sets = await self._ask(tools, zone, "DNSKEY")
            with tools.phase("signatures"):
                self._keys[zone], ends = keys_of(zone, sets, trusted, self._now)
            self._ends.append(ends)
        return self._keys[zone]

    async def _digests(self, tools: Tools, name: Any, parent: Any, keys: Any) -> Any:
        sets = await self._ask(tools, name, "DS")
        digests = found(sets, name, DS)
        if digests is not None:
            with tools.phase("signatures"):
                self._ends.append(verify(digests, sets, {parent: keys}, self._now))
        return digests

    async def _ask(self, tools: Tools, name: Any, kind: str) -> Sequence[RRset]:
        asked = question(name.to_text(omit_final_dot=len(name) > 1), kind, dnssec=True, checking=False)
        answer = await self._asking.ask(tools, asked)
        if answer.rcode not in ("NOERROR", "NXDOMAIN"):
            told = f"DNSSEC: answered {answer.rcode} to the question for {kind} of {shown(name)}"
            raise Failed(Reason.DNS_FAILURE, told)
        return _sets(answer)


def _sets(answer: Answer) -> Sequence[RRset]:
    try:
        return answer.rrsets()
    except ValueError as error:
        raise Failed(Reason.PROTOCOL, str(error)) from error


DS, RRSIG = 43, 46  # the types, as IANA numbers them
