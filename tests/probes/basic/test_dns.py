"""Kind `dns` against BIND, knot and unbound, and a server that lies."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset
import pytest
import trustme
from pydantic import TypeAdapter, ValidationError

from probes.basic.dns import Dns
from probes.result import Outcome, Reason, Result
from probes.tools import Failed
from tests.fakes.dns import NOERROR, NXDOMAIN, REFUSED, SERVFAIL, name_server
from tests.probes.asking import ask, sockets
from tests.servers.bind import Bind, bind
from tests.servers.knot import knot
from tests.servers.nginx import free_port
from tests.servers.unbound import unbound

OPTIONS = TypeAdapter(Dns)
pytestmark = [pytest.mark.server("named"), pytest.mark.server("dnssec-signzone")]


async def asked(name: str, port: int, *, timeout: Any = 5.0, **options: Any) -> Result:
    probe = {"name": name, "server": "127.0.0.1", "port": port, "ip_protocol": "ipv4", **options}
    return await ask(OPTIONS.validate_python(probe), timeout=timeout)


@pytest.fixture(scope="module")
def names(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bind]:
    folder = tmp_path_factory.mktemp("bind")
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(folder / "certificate.pem")
    with bind(folder, folder / "certificate.pem", folder / "key.pem") as server:
        yield server


@pytest.fixture(scope="module")
def second(names: Bind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with knot(tmp_path_factory.mktemp("knot"), names.port) as port:
        yield port


@pytest.fixture(scope="module")
def resolver(names: Bind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with unbound(tmp_path_factory.mktemp("unbound"), names) as port:
        yield port


# --- what is asked, and how


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("www.plain.test", "a", ["192.0.2.1", "192.0.2.2"]),
        ("WWW.plain.TEST.", "A", ["192.0.2.2", "192.0.2.1"]),
        ("alias.plain.test", "A", ["192.0.2.1", "192.0.2.2"]),
        ("mail.plain.test", "MX", ["10 mx.example.com."]),
        ("text.plain.test", "TXT", ['"other words"', '"v=spf1 -all"']),
        ("v6.plain.test", "AAAA", ["2001:DB8::0001"]),
        ("plain.test", "NS", ["ns1.plain.test.", "ns2.plain.test."]),
    ],
)
async def test_records_are_found_and_compared(names: Bind, name: str, kind: str, expected: list[str]) -> None:
    result = await asked(name, names.port, type=kind, expect=expected, exact="true", authoritative="true")

    assert result.outcome is Outcome.GOOD, result
    assert list(result.phases) == ["resolve", "query"]
    assert result.facts["answers"] == len(expected)
    assert (result.facts["ttl"], result.facts["rcode"], result.facts["truncated"]) == (300, 0, 0)


@pytest.mark.parametrize(
    ("transport", "phases"),
    [
        ("udp", ["resolve", "query"]),
        ("tcp", ["resolve", "connect", "query"]),
        ("tls", ["resolve", "connect", "tls", "query"]),
        ("https", ["resolve", "connect", "tls", "processing", "transfer"]),
    ],
)
async def test_it_is_asked_by_every_way(names: Bind, ca_file: str, transport: str, phases: list[str]) -> None:
    port = {"tls": names.tls, "https": names.https}.get(transport, names.port)
    result = await asked("www.plain.test", port, transport=transport, ca_file=ca_file, expect="192.0.2.1")

    assert result.outcome is Outcome.GOOD, result
    assert list(result.phases) == phases
    assert ("ssl_earliest_cert_expiry" in result.facts) is (transport in ("tls", "https"))


@pytest.mark.parametrize("transport", ["tls", "https"])
async def test_a_server_that_is_not_trusted_is_refused(names: Bind, transport: str) -> None:
    port = names.tls if transport == "tls" else names.https
    result = await asked("www.plain.test", port, transport=transport)

    assert result.reason is Reason.TLS_UNTRUSTED


async def test_an_answer_that_does_not_fit_is_asked_for_over_tcp(names: Bind) -> None:
    result = await asked("big.plain.test", names.port, type="TXT")

    assert result.outcome is Outcome.GOOD, result
    assert result.facts["truncated"] == 1
    assert list(result.phases) == ["resolve", "query", "connect"]


# --- what is expected


@pytest.mark.parametrize(
    ("name", "options", "reason", "detail"),
    [
        ("gone.plain.test", {}, Reason.DNS_NXDOMAIN, "answered NXDOMAIN, expected NOERROR"),
        ("www.elsewhere.test", {}, Reason.DNS_FAILURE, "answered REFUSED, expected NOERROR"),
        (
            "www.plain.test",
            {"expect_rcode": "NXDOMAIN"},
            Reason.ASSERTION,
            "answered NOERROR, expected NXDOMAIN",
        ),
        ("v6.plain.test", {}, Reason.ASSERTION, "with 0 A records, expected at least 1"),
        ("www.plain.test", {"at_least": "3"}, Reason.ASSERTION, "with 2 A records, expected at least 3"),
        ("www.plain.test", {"at_most": "1"}, Reason.ASSERTION, "with 2 A records, expected at most 1"),
        (
            "www.plain.test",
            {"expect": "192.0.2.3"},
            Reason.ASSERTION,
            "192.0.2.3 is not among 192.0.2.1, 192.0.2.2",
        ),
        (
            "www.plain.test",
            {"expect": "192.0.2.1", "exact": "yes"},
            Reason.ASSERTION,
            "there is 192.0.2.2 too",
        ),
        ("www.plain.test", {"expect_regex": "^10[.]"}, Reason.ASSERTION, "192.0.2.2 matches expect_regex"),
        ("www.plain.test", {"every_regex": "1$"}, Reason.ASSERTION, "192.0.2.2 does not match every_regex"),
        ("www.plain.test", {"reject_regex": "2$"}, Reason.ASSERTION, "192.0.2.2 matches reject_regex"),
        ("www.plain.test", {"authoritative": "false"}, Reason.ASSERTION, "it is authoritative"),
        ("www.plain.test", {"authenticated": "true"}, Reason.ASSERTION, "it is not authenticated"),
    ],
)
async def test_what_is_not_as_expected_is_said(
    names: Bind, name: str, options: dict[str, Any], reason: Reason, detail: str
) -> None:
    result = await asked(name, names.port, **options)

    assert result.reason is reason, result
    assert result.detail.endswith(detail)


async def test_that_nothing_is_there_can_be_expected(names: Bind) -> None:
    gone = await asked("gone.plain.test", names.port, expect_rcode="nxdomain")
    empty = await asked("v6.plain.test", names.port, at_least="0")

    assert gone.outcome is empty.outcome is Outcome.GOOD
    assert gone.facts["rcode"] == 3


# --- signatures


async def test_signatures_are_verified_from_the_anchor_down(names: Bind) -> None:
    anchor = {"dnssec": "true", "trust_anchors": names.anchors["good.test"]}
    for name in ("www.good.test", "alias.good.test", "www.child.good.test", "www.old.good.test"):
        result = await asked(name, names.port, **anchor)

        assert result.outcome is Outcome.GOOD, result
        assert list(result.phases) == ["resolve", "query", "validation"]
        assert result.facts["rrsig_expiry"] > result.at / 1000 + 20 * 86400


@pytest.mark.server("knotd")
async def test_what_knot_signs_by_itself_is_verified(names: Bind, second: int) -> None:
    here = {"server": "127.0.0.3", "type": "DNSKEY"}
    keys = await asked("signed.test", second, **here)
    anchors = [_digest(text) for text in keys.evidence["records"]]
    result = await asked("www.signed.test", second, server="127.0.0.3", dnssec="true", trust_anchors=anchors)

    assert result.outcome is Outcome.GOOD, result
    assert 5 < (result.facts["rrsig_expiry"] - result.at / 1000) / 86400 < 11


def _digest(key: str) -> str:
    zone, read = dns.name.from_text("signed.test"), dns.rdata.from_text("IN", "DNSKEY", key)
    return f"signed.test. {dns.dnssec.make_ds(zone, read, 'SHA256')}"


@pytest.mark.parametrize(
    ("name", "anchor", "detail"),
    [
        ("www.expired.test", "expired.test", "DNSSEC: the signature of expired.test DNSKEY ended 20"),
        (
            "www.tampered.test",
            "tampered.test",
            "DNSSEC: the signature of www.tampered.test A by tampered.test is wrong",
        ),
        ("www.plain.test", "good.test", "DNSSEC: www.plain.test A has no signature"),
        ("www.good.test", "tampered.test", "DNSSEC: no trust anchor is above good.test"),
        ("www.bare.good.test", "good.test", "DNSSEC: www.bare.good.test A has no signature"),
    ],
)
async def test_what_is_signed_badly_or_not_at_all_is_said(
    names: Bind, name: str, anchor: str, detail: str
) -> None:
    result = await asked(name, names.port, dnssec="true", trust_anchors=names.anchors[anchor])

    assert result.reason is Reason.ASSERTION, result
    assert result.detail.startswith(detail)


async def test_the_wrong_anchor_is_said(names: Bind) -> None:
    wrong = names.anchors["tampered.test"].replace("tampered.test.", "good.test.")
    result = await asked("www.good.test", names.port, dnssec="true", trust_anchors=wrong)

    assert result.detail == "DNSSEC: no key of good.test is the one that is trusted"


async def test_a_server_that_refuses_the_keys_is_not_taken_for_a_zone_without_any(names: Bind) -> None:
    result = await asked("www.good.test", names.port, dnssec="true")

    assert result.reason is Reason.DNS_FAILURE, result
    assert result.detail == "DNSSEC: answered REFUSED to the question for DNSKEY of the root zone"


@pytest.mark.server("unbound")
async def test_a_resolver_that_verifies_says_so(resolver: int) -> None:
    good = await asked("www.good.test", resolver, authenticated="true")
    plain = await asked("www.plain.test", resolver, authenticated="false")
    bogus = [await asked(f"www.{zone}.test", resolver) for zone in ("expired", "tampered")]

    assert good.outcome is plain.outcome is Outcome.GOOD, (good, plain)
    assert [result.reason for result in bogus] == [Reason.DNS_FAILURE] * 2
    assert {result.detail for result in bogus} == {"answered SERVFAIL, expected NOERROR"}


@pytest.mark.server("unbound")
async def test_signatures_are_verified_through_a_resolver_too(names: Bind, resolver: int) -> None:
    anchors = {
        "dnssec": "true",
        "trust_anchors": [names.anchors["good.test"], names.anchors["tampered.test"]],
    }
    good = await asked("www.child.good.test", resolver, **anchors)
    bogus = await asked("www.tampered.test", resolver, **anchors)

    assert good.outcome is Outcome.GOOD, good
    assert bogus.detail == "DNSSEC: the signature of www.tampered.test A by tampered.test is wrong"


# --- serials


@pytest.mark.server("knotd")
async def test_all_name_servers_of_a_zone_have_the_same_serial(names: Bind, second: int) -> None:
    same = await asked("even.test", names.port, type="SOA", serials="true")
    other = await asked("odd.test", names.port, type="SOA", serials="true")

    assert same.outcome is Outcome.GOOD, same
    assert same.facts["serial"] == 7
    assert list(same.phases) == ["resolve", "query", "name_servers", "serials"]
    assert other.reason is Reason.ASSERTION
    assert other.detail == "the serials differ: ns1.odd.test has 7, ns2.odd.test has 6"
    assert second == names.port


async def test_a_name_server_that_does_not_answer_is_named(names: Bind) -> None:
    result = await asked("plain.test", names.port, type="SOA", serials="true", timeout=8)

    assert result.reason is Reason.DNS_FAILURE
    assert result.detail.startswith("ns2.plain.test (127.0.0.3): ")


ZONE = {"NS": "ns1.a.test.", "A": "127.0.0.1", "SOA": "ns1.a.test. admin.a.test. 7 1 1 1 1"}


class Lame(asyncio.DatagramProtocol):
    """Says of a zone what it has heard from others: it is named for it, and does not answer for it."""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        answer = dns.message.make_response(dns.message.from_wire(data))
        (asked,) = answer.question
        if text := ZONE.get(dns.rdatatype.to_text(asked.rdtype)):
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", asked.rdtype, text))
        self._transport.sendto(answer.to_wire(), addr)


async def test_a_name_server_that_does_not_answer_for_the_zone_is_named() -> None:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Lame, ("127.0.0.1", 0))
    try:
        port = transport.get_extra_info("sockname")[1]
        result = await asked("a.test", port, type="SOA", serials="true")
    finally:
        transport.close()

    assert result.reason is Reason.DNS_FAILURE, result
    assert result.detail == "ns1.a.test (127.0.0.1): answers, but not for the zone itself"


Told = Callable[[dns.rrset.RRset], Sequence[str] | None]


class Telling(Lame):
    """Answers each question with the records that it is told, or not at all."""

    def __init__(self, told: Told) -> None:
        self._told = told

    def datagram_received(self, data: bytes, addr: Any) -> None:
        answer = dns.message.make_response(dns.message.from_wire(data))
        answer.flags |= dns.flags.AA
        (asked,) = answer.question
        if (texts := self._told(asked)) is not None:
            answer.answer += [dns.rrset.from_text(asked.name, 60, "IN", asked.rdtype, text) for text in texts]
            self._transport.sendto(answer.to_wire(max_size=65535), addr)


@asynccontextmanager
async def telling(told: Told) -> AsyncIterator[int]:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Telling(told), ("127.0.0.1", 0)
    )
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


def a_zone_of(servers: int, addresses: int) -> Told:
    """Tell of a zone that has so many name servers, with so many addresses each."""
    said = {
        dns.rdatatype.SOA: [ZONE["SOA"]],
        dns.rdatatype.NS: [f"n{number}.a.test." for number in range(servers)],
        dns.rdatatype.A: [f"127.0.0.{number}" for number in range(1, addresses + 1)],
    }
    return lambda asked: said.get(asked.rdtype, [])


@pytest.mark.parametrize(
    ("servers", "addresses", "told"),
    [
        (27, 1, "a.test has 27 name servers, more than the 26 that are asked"),
        (13, 5, "a.test has 65 addresses of name servers, more than the 64 that are asked"),
    ],
)
async def test_of_a_zone_only_so_many_name_servers_are_asked(servers: int, addresses: int, told: str) -> None:
    async with telling(a_zone_of(servers, addresses)) as port:
        result = await asked("a.test", port, type="SOA", serials="true")

    assert (result.reason, result.detail) == (Reason.ASSERTION, told)


async def test_where_one_name_server_has_no_address_nobody_goes_on_asking_for_the_others() -> None:
    def told(asked: dns.rrset.RRset) -> Sequence[str] | None:
        if asked.rdtype == dns.rdatatype.A:
            return [] if asked.name.labels[0] == b"n0" else None
        return a_zone_of(3, 0)(asked)

    async with telling(told) as port:
        before = sockets(), len(asyncio.all_tasks())
        result = await asked("a.test", port, type="SOA", serials="true")

        assert result.detail == "the name server n0.a.test has no address"
        assert (sockets(), len(asyncio.all_tasks())) == before


@pytest.mark.parametrize(
    ("addresses", "detail"),
    [
        (["127.0.0.1", "255.255.255.255"], ""),
        (["255.255.255.255"], "ns1.a.test (255.255.255.255): 255.255.255.255:{port}: Permission denied"),
    ],
)
async def test_an_address_that_we_have_no_way_to_is_asked_only_where_there_is_no_other(
    addresses: list[str], detail: str
) -> None:
    said = {"NS": [ZONE["NS"]], "SOA": [ZONE["SOA"]], "A": addresses}
    async with telling(lambda asked: said.get(dns.rdatatype.to_text(asked.rdtype), [])) as port:
        result = await asked("a.test", port, type="SOA", serials="true")

    assert result.detail == detail.format(port=port)
    assert result.reason is (Reason.DNS_FAILURE if detail else None)


async def test_what_keeps_us_from_asking_a_name_server_is_not_its_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: Any) -> Any:
        raise Failed(Reason.OVERLOAD, "no file left")

    async with telling(a_zone_of(1, 1)) as port:
        probe = OPTIONS.validate_python(
            {"name": "a.test", "server": "localhost", "port": port, "type": "SOA", "serials": "true"}
            | {"ip_protocol": "ipv4"}
        )
        asking = Dns._asking
        monkeypatch.setattr(
            Dns, "_asking", lambda self, host: (full if host == "127.0.0.1" else asking)(self, host)
        )
        result = await ask(probe)

    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.OVERLOAD)


@pytest.mark.parametrize("expected", ["10 mx.a.test.", "10 MX.a.test", ["20 mx.b.test", "10 mx.A.test."]])
async def test_names_are_compared_in_any_case_and_as_whole_names(expected: Any) -> None:
    async with telling(lambda _: ["10 Mx.A.test.", "20 mX.b.test."]) as port:
        result = await asked(
            "a.test", port, type="MX", expect=expected, exact=str(isinstance(expected, list))
        )

    assert result.outcome is Outcome.GOOD, result


async def test_of_a_type_that_a_name_can_have_once_nothing_is_believed_beside_what_is_signed() -> None:
    forged = "ns.elsewhere.test. admin.a.test. 666 1 1 1 1"
    async with telling(
        lambda asked: [forged, ZONE["SOA"]] if asked.rdtype == dns.rdatatype.SOA else []
    ) as port:
        result = await asked("a.test", port, type="SOA", dnssec="true")

    assert result.reason is Reason.PROTOCOL
    assert result.detail.endswith("a name has several records of a type of which it can have one")


# --- servers that lie, or say nothing


@pytest.mark.parametrize(
    ("code", "reason"),
    [(NXDOMAIN, Reason.DNS_NXDOMAIN), (SERVFAIL, Reason.DNS_FAILURE), (REFUSED, Reason.DNS_FAILURE)],
)
async def test_each_refusal_has_its_reason(code: int, reason: Reason) -> None:
    async with name_server(code) as server:
        result = await asked("a.test", int(server.address.rpartition(":")[2]))

    assert result.reason is reason


async def test_silence_runs_out_of_time() -> None:
    async with name_server(None) as server:
        result = await asked("a.test", int(server.address.rpartition(":")[2]), timeout=0.2)

    assert result.reason is Reason.RESPONSE_TIMEOUT
    assert "in the step query; down, filtered, or not answering" in result.detail


async def test_a_port_where_nobody_listens_refuses() -> None:
    for transport in ("udp", "tcp"):
        assert (await asked("a.test", free_port(), transport=transport)).reason is Reason.CONNECT_REFUSED


class Liar(asyncio.DatagramProtocol):
    """Says something wrong, and then the truth, or never."""

    def __init__(self, lie: Any, truth: bool) -> None:
        self._lie, self._truth = lie, truth

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        answer = data[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00" + data[12 : data.index(b"\0", 12) + 5]
        answer += b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01"
        self._transport.sendto(self._lie(answer), addr)
        if self._truth:
            self._transport.sendto(answer, addr)


LIES = {
    "another id": lambda answer: bytes([answer[0] ^ 1]) + answer[1:],
    "another question": lambda answer: answer.replace(b"\x01a\x04test", b"\x01b\x04test"),
    "a question": lambda answer: answer[:2] + b"\x01\x00" + answer[4:],
    "too little": lambda answer: answer[:7],
    "garbage": lambda _: b"HTTP/1.1 200 OK\r\n\r\n",
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_lie_is_passed_over_for_the_truth(lie: str) -> None:
    assert (await _lied_to(LIES[lie], truth=True)).outcome is Outcome.GOOD


@pytest.mark.parametrize("lie", LIES)
async def test_without_the_truth_time_runs_out(lie: str) -> None:
    result = await _lied_to(LIES[lie], truth=False)

    assert result.reason is Reason.RESPONSE_TIMEOUT
    assert result.evidence["strange_answers"] == 1


@pytest.mark.parametrize("lie", [lambda answer: answer[:-2], lambda answer: answer + b"x"])
async def test_an_answer_that_cannot_be_read_is_garbled(lie: Any) -> None:
    result = await _lied_to(lie, truth=False)

    assert result.reason is Reason.PROTOCOL
    assert result.detail.startswith("the answer cannot be read: ")


async def _lied_to(lie: Any, *, truth: bool) -> Result:
    before = sockets()
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Liar(lie, truth), local_addr=("127.0.0.1", 0)
    )
    try:
        result = await asked("a.test", transport.get_extra_info("sockname")[1], timeout=0.3)
        assert sockets() == before + 1
        return result
    finally:
        transport.close()
        await asyncio.sleep(0)


async def test_a_cut_answer_without_a_word_over_tcp_is_refused() -> None:
    result = await _lied_to(lambda answer: answer[:2] + b"\x83" + answer[3:], truth=False)

    assert result.reason is Reason.CONNECT_REFUSED
    assert result.facts["truncated"] == 1


async def test_the_machines_own_name_server_is_asked_where_none_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with name_server(NOERROR) as server:
        host, _, port = server.address.rpartition(":")
        monkeypatch.setattr("probes.basic.dns.first_nameserver", lambda: host)
        result = await ask(OPTIONS.validate_python({"name": "a.test", "port": port}))

    assert result.outcome is Outcome.GOOD, result


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"name": "a..b"}, "must be a name that DNS can hold"),
        ({"name": "x" * 64}, "must be a name that DNS can hold"),
        ({"type": "NOTHING"}, "must be a type of record such as A, MX, TXT or TYPE65"),
        ({"type": "AXFR"}, "must be a type of record; transfers of zones and the like are none"),
        ({"expect_rcode": "FINE"}, "must be a response code such as NOERROR"),
        ({"expect_rcode": []}, "at least 1 item"),
        ({"expect": "no address"}, "must have in expect records of the type A, as a zone file has them"),
        ({"exact": "true"}, "must have expect where exact is true"),
        ({"expect_regex": "("}, "must be a regular expression that RE2 can read"),
        ({"transport": "quic"}, "'udp', 'tcp', 'tls' or 'https'"),
        ({"server": "a b"}, "must be a host name or an IP address, without a port"),
        ({"port": "0"}, "greater than or equal to 1"),
        ({"serials": "true"}, "must have type SOA, and transport udp or tcp, where serials is true"),
        ({"dnssec": "true", "expect_rcode": "NXDOMAIN"}, "must expect NOERROR where dnssec is true"),
        ({"dnssec": "true", "at_least": "0"}, "must not have at_least 0 where dnssec is true"),
        ({"trust_anchors": "example.com. key"}, "must be a zone with a DS record"),
        ({"trust_anchors": []}, "must have a trust anchor: leave it out to believe the keys of the root"),
        ({"dnssec": "true", "type": "RRSIG"}, "must not have type RRSIG where dnssec is true"),
        ({"dnssec": "true", "type": "any"}, "must not have type ANY where dnssec is true"),
        ({"at_least": "2", "at_most": "1"}, "must not have at_most below at_least"),
        ({"name": ""}, "must be a name that DNS can hold; that of the root zone is ."),
        ({"name": "@"}, "must be a name that DNS can hold; that of the root zone is ."),
        ({"transport": "https", "path": "dns-query"}, "must be a path such as /dns-query"),
        ({"transport": "https", "path": "/x HTTP/1.1\r\nCookie: y"}, "must be a path such as /dns-query"),
    ],
)
def test_what_cannot_be_asked_is_refused_when_it_is_read(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        OPTIONS.validate_python({"name": "www.example.com", **options})
