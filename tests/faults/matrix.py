"""The matrix of faults: what is done to a check of which kind, and the reason that it must give.

`docs/faults.md` is this table in words: `.venv/bin/python -m tests.faults.matrix > docs/faults.md` writes it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial

from probes.result import Reason
from tests.fakes.dns import NXDOMAIN, REFUSED, SERVFAIL
from tests.faults import ground
from tests.faults.far import OnTheWay
from tests.faults.ground import (
    NAME,
    Ground,
    answers,
    asked,
    lying_id,
    named,
    plain,
    shown,
    truncated,
    under_tls,
)
from tests.servers.netns import Network

Made = Callable[[Ground], AbstractAsyncContextManager[object]]
STREAMS = ("http", "tcp", "tls")
ABOVE_TLS = (*STREAMS, "dns")
SOON = 0.3  # seconds; whatever is never done is not waited for longer
LONG = 120  # characters of a detail that the page shows

HEAD = (
    "# Faults, and the reasons they get\n\n"
    "Each row is a test for each kind (`tests/faults/test_matrix.py`): the fault is made by a real server or "
    "on a real socket, a check of that kind is asked, and its reason and the whole detail must be these.\n"
    "Numbers that differ from run to run are written as `N`, addresses as `ADDRESS`. "
    "All are *bad*; [reasons.md](reasons.md) says what to do about each.\n\n"
    "| Fault | Kinds | How it is made | Reason | The detail says |\n"
    "| --- | --- | --- | --- | --- |\n"
)


@dataclass(frozen=True)
class Row:
    """One fault of one kind: how it is made in words and in code, and what must come of it."""

    fault: str
    kind: str
    how: str
    made: Made
    reason: Reason
    detail: str


def rows() -> Iterator[Row]:
    """Give the whole matrix, fault by fault."""
    yield from _connections()
    yield from _names()
    yield from _questions()
    yield from _echoes()
    yield from _conversations()
    yield from _strangers()
    yield from _before_tls()
    yield from _sizes()
    yield from _redirects()
    yield from _certificates()


Outcome = tuple[Made, Reason, str]
UNANSWERED = "; down, filtered, or not answering such a datagram"


def _rows(fault: str, how: str, **kinds: Outcome) -> Iterator[Row]:
    for kind, (made, reason, detail) in kinds.items():
        yield Row(fault, kind, how, made, reason, detail)


def _late(made: Made, step: str, reason: Reason = Reason.RESPONSE_TIMEOUT, so_far: str = "") -> Outcome:
    return made, reason, f"not done within N s; N s of it went by in the step {step}{so_far}"


def _connections() -> Iterator[Row]:
    yield from _rows(
        "refused",
        "nobody listens on the port",
        **{
            kind: (ground.nobody(kind), Reason.CONNECT_REFUSED, "ADDRESS: Connection refused")
            for kind in ground.KINDS
            if kind != "icmp"
        },
    )
    yield from _rows(
        "black hole",
        "the host drops what asks for a connection, or the datagram",
        **{kind: _late(ground.black_hole(kind), "connect", Reason.CONNECT_TIMEOUT) for kind in STREAMS},
        udp=_late(answers(), "answer", so_far=UNANSWERED),
        dns=_late(asked(code=None), "query", so_far=UNANSWERED),
        icmp=(OnTheWay(Network.drop), Reason.RESPONSE_TIMEOUT, "ADDRESS: 3 of 3 echoes lost"),
    )
    broken = "the connection was broken off: Connection reset by peer"
    yield from _rows(
        "reset",
        "the server breaks the connection off in place of an answer, or of its greeting",
        http=(plain("http", ground.RESET), Reason.RESET, broken),
        tcp=(plain("tcp", ground.RESET_AT_ONCE), Reason.RESET, f"step 1 (expect): {broken}"),
        tls=(plain("tls", ground.RESET), Reason.RESET, broken),
        dns=(plain("dns", ground.RESET, transport="tcp"), Reason.RESET, broken),
    )
    yield from _rows(
        "silent after accept",
        "the server accepts and says nothing",
        http=_late(plain("http", ground.SILENCE), "processing"),
        tcp=_late(plain("tcp", ground.SILENCE), "step_1", so_far="; step 1 (expect) got nothing"),
        tls=_late(plain("tls", ground.SILENCE), "tls"),
        dns=_late(plain("dns", ground.SILENCE, transport="tcp"), "query"),
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


def _names() -> Iterator[Row]:
    for fault, how, make, reason, detail in NAMES:
        yield from _rows(fault, how, **{kind: (make(kind), reason, detail) for kind in ground.KINDS})


def _questions() -> Iterator[Row]:
    """Give what the server that is asked by kind dns may do."""
    for code, fault, how, reason in QUESTIONS:
        told = f"answered {fault if code != NXDOMAIN else 'NXDOMAIN'}, expected NOERROR"
        yield from _rows(fault, how, dns=(asked(code), reason, told))
    yield from _rows(
        "lying DNS id",
        "the server that is asked answers with another id than the question's",
        dns=_late(asked(changed=lying_id), "query", so_far="; 1 answer to another question passed over"),
    )
    yield from _rows(
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


def _echoes() -> Iterator[Row]:
    yield from _rows(
        "loss of 30 %",
        "nftables drops that share of what comes to the host at random; `max_loss` is 10 %",
        icmp=(
            OnTheWay(partial(Network.lose, share=0.3), LOSSY),
            Reason.RESPONSE_TIMEOUT,
            "ADDRESS: N of 100 echoes lost",
        ),
    )
    yield from _rows(
        "prohibited",
        "a packet filter on the way answers so by ICMP",
        icmp=(
            OnTheWay(Network.prohibit),
            Reason.CONNECT_UNREACHABLE,
            "ADDRESS: 3 of 3 echoes lost; administratively prohibited, says ADDRESS (ICMP)",
        ),
    )


def _conversations() -> Iterator[Row]:
    yield from _rows(
        "slow drip",
        "one byte at a time",
        http=_late(plain("http", ground.DRIP_HTTP), "transfer"),
        tcp=_late(plain("tcp", ground.DRIP), "step_1", so_far="; step 1 (expect) got '2…'"),
        tls=_late(plain("tls", ground.DRIP_TLS), "tls"),
        dns=_late(plain("dns", ground.DRIP, transport="tcp"), "query"),
    )
    yield from _rows(
        "half close",
        "the server stops sending in the middle of an answer, and stays",
        http=(
            plain("http", ground.HALF_HTTP),
            Reason.PROTOCOL,
            "the connection was closed after 4 bytes of an unfinished body",
        ),
        tcp=(
            plain("tcp", ground.HALF),
            Reason.ASSERTION,
            "step 1 (expect): the connection was closed after '22'",
        ),
        tls=(
            plain("tls", ground.HALF_TLS),
            Reason.TLS_HANDSHAKE,
            "the connection was closed in the middle of TLS",
        ),
        dns=(
            plain("dns", ground.HALF, transport="tcp"),
            Reason.PROTOCOL,
            "the connection was closed within the answer",
        ),
    )


ZEROS = r"'\x00\x00\x00\x00\x00\x00\x00\x00'"
NOT_HTTP = "the answer is not HTTP: Expected HTTP/, RTSP/ or ICE/"
NOT_TLS = "TLS failed: wrong version number"


def _strangers() -> Iterator[Row]:
    yield from _rows(
        "garbage",
        "eight zeros in place of an answer",
        http=(plain("http", ground.GARBAGE), Reason.PROTOCOL, NOT_HTTP),
        tcp=(
            plain("tcp", ground.GARBAGE),
            Reason.ASSERTION,
            f"step 1 (expect): the connection was closed after {ZEROS}",
        ),
        tls=(plain("tls", ground.GARBAGE), Reason.TLS_HANDSHAKE, NOT_TLS),
        udp=(
            answers(bytes(8)),
            Reason.ASSERTION,
            f"answered 8 bytes, but not as expected: {ZEROS}",
        ),
        dns=(
            plain("dns", ground.GARBAGE, transport="tcp"),
            Reason.PROTOCOL,
            "the answer is to another question",
        ),
    )
    yield from _rows(
        "wrong protocol",
        "an SSH server listens there",
        http=(plain("http", ground.SSH), Reason.PROTOCOL, NOT_HTTP),
        tcp=(
            plain("tcp", ground.SSH, starttls="smtp"),
            Reason.PROTOCOL,
            "this is not SMTP: 'SSH-2.0-OpenSSH_9.2'",
        ),
        tls=(plain("tls", ground.SSH), Reason.TLS_HANDSHAKE, NOT_TLS),
    )


MAIL = ("tcp", "tls")
BEFORE_TLS = (
    (
        "STARTTLS not offered",
        "a mail server that has no TLS",
        ground.NO_STARTTLS,
        Reason.TLS_HANDSHAKE,
        "does not offer STARTTLS",
    ),
    (
        "STARTTLS refused",
        "a mail server that offers it and then has no time",
        ground.STARTTLS_REFUSED,
        Reason.TLS_HANDSHAKE,
        "refuses STARTTLS: '454 TLS not available'",
    ),
    (
        "injection before TLS",
        "somebody on the way adds an answer in plain text (CVE-2011-0411)",
        ground.INJECTION,
        Reason.PROTOCOL,
        r"14 bytes came unasked before TLS: '250 injected\r\n'",
    ),
    (
        "refusing greeting",
        "a mail server that is too busy",
        ground.TOO_BUSY,
        Reason.ASSERTION,
        "does not welcome us: '421 too many connections'",
    ),
)


def _before_tls() -> Iterator[Row]:
    for fault, how, behaviour, reason, detail in BEFORE_TLS:
        made = {kind: plain(kind, behaviour, starttls="smtp") for kind in MAIL}
        yield from _rows(fault, how, **{kind: (made[kind], reason, detail) for kind in MAIL})


def _sizes() -> Iterator[Row]:
    yield from _rows(
        "endless headers",
        "headers without an end",
        http=(
            plain("http", ground.ENDLESS_HEADERS),
            Reason.TOO_LARGE,
            "the headers of the answer exceed 65536 bytes",
        ),
    )
    yield from _rows(
        "endless body",
        "a body without an end, or a greeting",
        http=(
            plain("http", ground.ENDLESS_BODY),
            Reason.TOO_LARGE,
            "the body of the answer exceeds 1048576 bytes",
        ),
        tcp=(
            plain("tcp", ground.ENDLESS),
            Reason.TOO_LARGE,
            f"step 1 (expect): over 65536 bytes came, and not the right ones: '{'x' * 200}…'",
        ),
        tls=(
            plain("tls", ground.ENDLESS, starttls="smtp"),
            Reason.TOO_LARGE,
            "an endless answer in the step greeting",
        ),
    )


def _redirects() -> Iterator[Row]:
    login = {"basic": {"username": "probe", "password": "hunter2"}}
    yield from _rows(
        "compressed bomb",
        "64 KiB that are 64 MiB once they are decoded",
        http=(
            plain("http", ground.BOMB, compression="yes"),
            Reason.TOO_LARGE,
            "the body of the answer exceeds 1048576 bytes once it is decoded",
        ),
    )
    yield from _rows(
        "redirect loop",
        "each answer leads back to itself",
        http=(
            plain("http", ground.LOOP, redirects="3"),
            Reason.HTTP_STATUS,
            "redirected in a loop again after 3 redirects",
        ),
    )
    yield from _rows(
        "redirect to a foreign host",
        "an answer to a login leads to a host that was not named; nobody there is asked",
        http=(
            plain("http", ground.AWAY, redirects="3", **login),
            Reason.ASSERTION,
            "redirected with 302 to example.org, which is not among redirect_hosts",
        ),
    )


CERTIFICATES = (
    ("expired", "its last day is past", Reason.TLS_EXPIRED, "certificate has expired"),
    ("not yet valid", "its first day is to come", Reason.TLS_NOT_YET_VALID, "certificate is not yet valid"),
    ("self-signed", "it signs itself", Reason.TLS_UNTRUSTED, "self-signed certificate"),
    (
        "unknown authority",
        "nobody who is trusted signed it",
        Reason.TLS_UNTRUSTED,
        "unable to get local issuer certificate; 1 certificate was sent, issued by 'Another CA'",
    ),
    (
        "wrong name",
        "it is for another host",
        Reason.TLS_NAME,
        "IP address mismatch, certificate is not valid for 'ADDRESS'.",
    ),
    ("short key", "its key is RSA of 1024 bits", Reason.TLS_UNTRUSTED, "EE certificate key too weak"),
    (
        "weak signature",
        "it is signed by SHA-1",
        Reason.TLS_UNTRUSTED,
        "CA signature digest algorithm too weak",
    ),
    (
        "missing chain",
        "the certificate between it and the authority is not sent",
        Reason.TLS_UNTRUSTED,
        "unable to get local issuer certificate; 1 certificate was sent, issued by 'Example Issuing CA'",
    ),
)


HANDSHAKES = (
    ("weak TLS", "the server speaks TLS 1.0 only", "-tls1", "tlsv1 alert protocol version"),
    (
        "client certificate demanded",
        "the server wants one, and says so after the handshake (TLS 1.3)",
        "-Verify 1",
        "tlsv13 alert certificate required",
    ),
    (
        "client certificate demanded",
        "the server wants one, and says so in the handshake (TLS 1.2)",
        "-Verify 1 -tls1_2",
        "sslv3 alert handshake failure",
    ),
)


def _certificates() -> Iterator[Row]:
    for fault, how, reason, detail in CERTIFICATES:
        said = f"certificate refused: {detail}"
        yield from _rows(fault, how, **{kind: (shown(kind, fault), reason, said) for kind in ABOVE_TLS})
    for fault, how, options, detail in HANDSHAKES:
        said = f"TLS failed: {detail}"
        made = {kind: under_tls(kind, *options.split()) for kind in ABOVE_TLS}
        yield from _rows(fault, how, **{kind: (made[kind], Reason.TLS_HANDSHAKE, said) for kind in ABOVE_TLS})


def told(detail: str) -> str:
    """Write a detail without what differs from run to run."""
    steady = re.sub(r"(127\.0\.0\.1|10\.77\.0\.2)(:\d+)?", "ADDRESS", detail)
    steady = re.sub(r"\b\d+ of 100 echoes", "N of 100 echoes", steady)
    steady = re.sub(r"got '2\d*'", "got '2…'", steady)
    return re.sub(r"\b\d+(\.\d+)?(e-\d+)? s\b", "N s", steady)


def page() -> str:
    """Write the table for people, a line for all kinds of which the same is true."""
    kinds: dict[tuple[str, str, str, str], list[str]] = {}
    for row in rows():
        kinds.setdefault((row.fault, row.how, row.reason, row.detail), []).append(f"`{row.kind}`")
    return HEAD + "".join(_line(*alike, ", ".join(names)) for alike, names in kinds.items())


def _line(fault: str, how: str, reason: str, detail: str, kinds: str) -> str:
    shown = detail if len(detail) <= LONG else f"{detail[:LONG]}…"
    cells = (fault, kinds, how, f"`{reason}`", shown.replace("|", "\\|"))
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    print(page(), end="")
