import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from probes import KINDS
from probes.basic.udp import Udp
from probes.result import Outcome, Reason
from probes.wire.dns import question
from tests.probes.asking import ask
from tests.servers.knot import knot
from tests.servers.nginx import free_port

OPTIONS = TypeAdapter(Udp)


def udp(port: int, **options: Any) -> Udp:
    """Make the probe as the file's reader does, from texts."""
    return OPTIONS.validate_python({"host": "127.0.0.1", "port": str(port), **options})


class Answers(asyncio.DatagramProtocol):
    """Answers each datagram by each of these, after its own text."""

    def __init__(self, answers: tuple[bytes, ...]) -> None:
        self._answers = answers

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, client: Any) -> None:
        for answer in self._answers:
            self._transport.sendto(answer.replace(b"%", data), client)


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[int]:
    """Run a server that gives these answers; `%` is what it was asked."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Answers(answers), ("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


@pytest.mark.parametrize(
    "options",
    [
        {"send": "ping\r\n"},
        {"send": "ping", "expect": "^you said ping$"},
        {"send_hex": "70 69:6e67", "expect_hex": "20 70696e"},
    ],
)
async def test_an_answer_as_expected_is_good(options: dict[str, str]) -> None:
    async with answering(b"you said %") as port:
        result = await ask(udp(port, **options))

    assert result.outcome is Outcome.GOOD, result
    assert list(result.phases) == ["resolve", "answer"]


@pytest.mark.parametrize("wanted", [{"expect": "^pong"}, {"expect_hex": "00"}])
async def test_another_answer_is_bad_and_shown_without_what_was_sent(wanted: dict[str, str]) -> None:
    async with answering(b"no %!\r\n", b"pong\x00") as port:
        result = await ask(udp(port, send="hunter2", **wanted))

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.ASSERTION)
    assert result.detail == r"answered 13 bytes, but not as expected: 'no ***!\r\n'"
    assert result.evidence == {"answer": r"'no ***!\r\n'"}


async def test_silence_runs_out_of_time() -> None:
    async with answering() as port:
        result = await ask(udp(port, send="x"), timeout=0.1)

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.RESPONSE_TIMEOUT)
    assert "in the step answer" in result.detail


async def test_a_port_where_nobody_listens_refuses() -> None:
    port = free_port()
    result = await ask(udp(port, send="x"))

    assert (result.reason, result.detail) == (
        Reason.CONNECT_REFUSED,
        f"127.0.0.1:{port}: Connection refused",
    )


async def test_a_family_that_the_address_is_not_of_is_told() -> None:
    assert (await ask(udp(9, send="x", ip_protocol="ipv6"))).reason is Reason.DNS_NXDOMAIN


def test_the_kind_is_listed() -> None:
    module, _, name = KINDS["udp"].partition(":")

    assert (Udp.__module__, Udp.__name__) == (module, name)


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({}, "must have exactly one of send and send_hex"),
        ({"send": "hunter2", "send_hex": "00"}, "must have exactly one of send and send_hex"),
        ({"send": "a", "expect": "b", "expect_hex": "00"}, "must have at most one of expect and expect_hex"),
        ({"send": "hunter2" * 10_000}, "must not send more than 65507 bytes"),
        ({"send_hex": "hunter2"}, "must be pairs of hexadecimal digits"),
        ({"send": "a", "expect_hex": ""}, "must be pairs of hexadecimal digits"),
        ({"send": "a", "expect": "("}, "must be a regular expression that RE2 can read"),
        ({"send": "a", "port": "0"}, "greater than or equal to 1"),
        ({"send": "a", "host": "a/b"}, "must be a host name or an IP address"),
        ({"send": "a", "wait": "b"}, "Unexpected keyword"),
    ],
)
def test_what_cannot_be_asked_is_refused_when_it_is_read(options: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError) as refused:
        udp(**{"port": 9, **options})

    assert rule in str(refused.value)
    assert "hunter2" not in str(refused.value)


# --- a real server


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with knot(tmp_path_factory.mktemp("knot"), free_port()) as port:
        yield port


QUESTION = question("www.even.test", "A", recursion=False).numbered(0xABCD)


@pytest.mark.server("knotd")
@pytest.mark.parametrize(
    ("expected", "outcome"),
    [
        ({}, Outcome.GOOD),
        ({"expect_hex": "abcd 8400 0001 0002"}, Outcome.GOOD),  # authoritative, one question, two answers
        ({"expect": r"\x03www\x04even\x04test"}, Outcome.GOOD),
        ({"expect_hex": "abcd 8403"}, Outcome.BAD),
    ],
)
async def test_a_name_server_answers_what_it_is_asked(
    names: int, expected: dict[str, str], outcome: Outcome
) -> None:
    result = await ask(udp(names, host="127.0.0.3", send_hex=QUESTION.hex(), **expected))

    assert result.outcome is outcome, result
    assert result.reason in (None, Reason.ASSERTION)
    assert set(result.phases) == {"resolve", "answer"}
