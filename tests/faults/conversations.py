"""Faults of whoever answers: in what is said, how long it is, and where it leads."""

from collections.abc import Iterator

from probes.result import Reason
from tests.faults import ground
from tests.faults.ground import answers, plain
from tests.faults.row import Row, each, late


def conversations() -> Iterator[Row]:
    yield from each(
        "slow drip",
        "one byte at a time",
        http=late(plain("http", ground.DRIP_HTTP), "transfer"),
        tcp=late(plain("tcp", ground.DRIP), "step_1", so_far="; step 1 (expect) got '2…'"),
        tls=late(plain("tls", ground.DRIP_TLS), "tls"),
        dns=late(plain("dns", ground.DRIP, transport="tcp"), "query"),
    )
    yield from each(
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


def strangers() -> Iterator[Row]:
    yield from each(
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
    yield from each(
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


def before_tls() -> Iterator[Row]:
    for fault, how, behaviour, reason, detail in BEFORE_TLS:
        made = {kind: plain(kind, behaviour, starttls="smtp") for kind in MAIL}
        yield from each(fault, how, **{kind: (made[kind], reason, detail) for kind in MAIL})


def sizes() -> Iterator[Row]:
    yield from each(
        "endless headers",
        "headers without an end",
        http=(
            plain("http", ground.ENDLESS_HEADERS),
            Reason.TOO_LARGE,
            "the headers of the answer exceed 65536 bytes",
        ),
    )
    yield from each(
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


def redirects() -> Iterator[Row]:
    login = {"basic": {"username": "probe", "password": "hunter2"}}
    yield from each(
        "compressed bomb",
        "64 KiB that are 64 MiB once they are decoded",
        http=(
            plain("http", ground.BOMB, compression="yes"),
            Reason.TOO_LARGE,
            "the body of the answer exceeds 1048576 bytes once it is decoded",
        ),
    )
    yield from each(
        "redirect loop",
        "each answer leads back to itself",
        http=(
            plain("http", ground.LOOP, redirects="3"),
            Reason.HTTP_STATUS,
            "redirected in a loop again after 3 redirects",
        ),
    )
    yield from each(
        "redirect to a foreign host",
        "an answer to a login leads to a host that was not named; nobody there is asked",
        http=(
            plain("http", ground.AWAY, redirects="3", **login),
            Reason.ASSERTION,
            "redirected with 302 to example.org, which is not among redirect_hosts",
        ),
    )
