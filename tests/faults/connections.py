"""Faults on the way: of connections, datagrams, names and echoes."""

from collections.abc import Iterator
from functools import partial

from probes.result import Reason
from tests.fakes.dns import NXDOMAIN, REFUSED, SERVFAIL
from tests.faults import ground
from tests.faults.far import OnTheWay
from tests.faults.ground import NAME, answers, asked, lying_id, named, plain, truncated
from tests.faults.row import STREAMS, UNANSWERED, Row, each, late
from tests.servers.netns import Network


def connections() -> Iterator[Row]:
    yield from each(
        "refused",
        "nobody listens on the port",
        **{
            kind: (ground.nobody(kind), Reason.CONNECT_REFUSED, "ADDRESS: Connection refused")
            for kind in ground.KINDS
            if kind != "icmp"
        },
    )
    yield from each(
        "black hole",
        "the host drops what asks for a connection, or the datagram",
        **{kind: late(ground.black_hole(kind), "connect", Reason.CONNECT_TIMEOUT) for kind in STREAMS},
        udp=late(answers(), "answer", so_far=UNANSWERED),
        dns=late(asked(code=None), "query", so_far=UNANSWERED),
        icmp=(OnTheWay(Network.drop), Reason.RESPONSE_TIMEOUT, "ADDRESS: 3 of 3 echoes lost"),
    )
    broken = "the connection was broken off: Connection reset by peer"
    yield from each(
        "reset",
        "the server breaks the connection off in place of an answer, or of its greeting",
        http=(plain("http", ground.RESET), Reason.RESET, broken),
        tcp=(plain("tcp", ground.RESET_AT_ONCE), Reason.RESET, f"step 1 (expect): {broken}"),
        tls=(plain("tls", ground.RESET), Reason.RESET, broken),
        dns=(plain("dns", ground.RESET, transport="tcp"), Reason.RESET, broken),
    )
    yield from each(
        "silent after accept",
        "the server accepts and says nothing",
        http=late(plain("http", ground.SILENCE), "processing"),
        tcp=late(plain("tcp", ground.SILENCE), "step_1", so_far="; step 1 (expect) got nothing"),
        tls=late(plain("tls", ground.SILENCE), "tls"),
        dns=late(plain("dns", ground.SILENCE, transport="tcp"), "query"),
    )


UNRESOLVED = "not done within N s; N s of it went by in the step resolve"
NAMES = (
    (
        "name that does not exist",
        "the name server says so (NXDOMAIN)",
        partial(named, code=NXDOMAIN),
        Reason.DNS_NXDOMAIN,
        f"{NAME}: there is no such name",
    ),
    (
        "SERVFAIL",
        "the name server says that it failed",
        partial(named, code=SERVFAIL),
        Reason.DNS_FAILURE,
        f"{NAME} could not be looked up: DNS server returned general failure",
    ),
    (
        "silent name server",
        "nobody answers on its port",
        partial(named, code=None),
        Reason.DNS_FAILURE,
        UNRESOLVED,
    ),
    (
        "lying DNS id",
        "the answer carries another id than the question, as a forged one would",
        partial(named, changed=lying_id),
        Reason.DNS_FAILURE,
        UNRESOLVED,
    ),
    (
        "truncated DNS",
        "the answer is cut, and nobody answers over TCP",
        partial(named, changed=truncated),
        Reason.DNS_FAILURE,
        f"{NAME} could not be looked up: Could not contact DNS servers",
    ),
)


def names() -> Iterator[Row]:
    for fault, how, make, reason, detail in NAMES:
        yield from each(fault, how, **{kind: (make(kind), reason, detail) for kind in ground.KINDS})


def questions() -> Iterator[Row]:
    """Give what the server that is asked by kind dns may do."""
    for code, fault, how, reason in QUESTIONS:
        told = f"answered {fault if code != NXDOMAIN else 'NXDOMAIN'}, expected NOERROR"
        yield from each(fault, how, dns=(asked(code), reason, told))
    yield from each(
        "lying DNS id",
        "the server that is asked answers with another id than the question's",
        dns=late(asked(changed=lying_id), "query", so_far="; 1 answer to another question passed over"),
    )
    yield from each(
        "truncated DNS",
        "the server that is asked cuts its answer, and does not listen over TCP",
        dns=(asked(changed=truncated), Reason.CONNECT_REFUSED, "ADDRESS: Connection refused"),
    )


QUESTIONS = (
    (
        NXDOMAIN,
        "name that does not exist",
        "the server that is asked says so (NXDOMAIN)",
        Reason.DNS_NXDOMAIN,
    ),
    (SERVFAIL, "SERVFAIL", "the server that is asked says that it failed", Reason.DNS_FAILURE),
    (REFUSED, "REFUSED", "the server that is asked does not answer such questions", Reason.DNS_FAILURE),
)


LOSSY = {"count": "100", "spacing": "10ms", "max_loss": "10%"}


def echoes() -> Iterator[Row]:
    yield from each(
        "loss of 30 %",
        "nftables drops that share of what comes to the host at random; `max_loss` is 10 %",
        icmp=(
            OnTheWay(partial(Network.lose, share=0.3), LOSSY),
            Reason.RESPONSE_TIMEOUT,
            "ADDRESS: N of 100 echoes lost",
        ),
    )
    yield from each(
        "prohibited",
        "a packet filter on the way answers so by ICMP",
        icmp=(
            OnTheWay(Network.prohibit),
            Reason.CONNECT_UNREACHABLE,
            "ADDRESS: 3 of 3 echoes lost; administratively prohibited, says ADDRESS (ICMP)",
        ),
    )
