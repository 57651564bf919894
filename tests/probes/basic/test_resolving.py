"""One name server over TCP, where what comes can break in more ways than a datagram."""

import asyncio
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from typing import Any

import pytest
from pydantic import TypeAdapter

from probes.basic.dns import Dns
from probes.result import Outcome, Reason, Result
from tests.fakes.badhttp import serving, silence
from tests.probes.asking import ask

OPTIONS = TypeAdapter(Dns)
RECORD = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01"


async def against(behaviour: Any, *, timeout: float = 2.0) -> Result:
    async with serving(behaviour) as port:
        options = {"name": "a.test", "server": "127.0.0.1", "port": port, "transport": "tcp"}
        return await ask(OPTIONS.validate_python(options), timeout=timeout)


async def heard(reader: Reader) -> bytes:
    return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))


def true(asked: bytes) -> bytes:
    return (
        asked[:2]
        + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00"
        + asked[12 : asked.index(b"\0", 12) + 5]
        + RECORD
    )


async def test_an_answer_may_come_byte_by_byte() -> None:
    async def drips(reader: Reader, writer: Writer) -> None:
        answer = true(await heard(reader))
        for byte in len(answer).to_bytes(2, "big") + answer:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)

    assert (await against(drips)).outcome is Outcome.GOOD


@pytest.mark.parametrize(
    ("said", "reason", "detail"),
    [
        (
            lambda answer: b"\x00\x40" + answer[:20],
            Reason.PROTOCOL,
            "the connection was closed within the answer",
        ),
        (lambda _: b"", Reason.PROTOCOL, "the connection was closed within the answer"),
        (lambda _: b"\x00\x30" + b"\xff" * 48, Reason.PROTOCOL, "the answer is to another question"),
        (lambda answer: b"\x00\x0c" + answer[:12], Reason.PROTOCOL, "the answer is to another question"),
    ],
)
async def test_what_breaks_off_or_is_another_answer_is_said(said: Any, reason: Reason, detail: str) -> None:
    async def behave(reader: Reader, writer: Writer) -> None:
        writer.write(said(true(await heard(reader))))
        await writer.drain()

    result = await against(behave)

    assert (result.reason, result.detail) == (reason, detail)


async def test_silence_runs_out_of_time() -> None:
    result = await against(silence, timeout=0.2)

    assert result.reason is Reason.RESPONSE_TIMEOUT
    assert result.detail.endswith("in the step query")
