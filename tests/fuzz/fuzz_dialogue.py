"""What a server says in a dialogue, in pieces of any size: each step is met, or ends with a reason."""

import asyncio
import time

from probes.net.dialogue import Dialogue, Step
from probes.result import Reason
from probes.tools import Failed, Tools

REASONS = {Reason.PROTOCOL, Reason.ASSERTION, Reason.TOO_LARGE}
STEPS = (
    Step("step_1", expect="^220[ -]"),
    Step("step_2", send=b"EHLO example\r\n"),
    Step("step_2", expect=r"(?i)^250.(size|starttls)\b"),
    Step("step_3", expect=r"\x00\xff", least=2),
)
SEEDS = (b"\x07220 mx\r\n250-mx\r\n250 SIZE 1\r\n\x00\xff", b"\x01* OK\r\n")


class Said:
    """A stream that says what it is given, in pieces, and then ends."""

    def __init__(self, data: bytes, piece: int) -> None:
        self._left, self._piece = data, piece

    async def read_some(self) -> bytes:
        taken, self._left = self._left[: self._piece], self._left[self._piece :]
        return taken

    async def write_all(self, data: bytes) -> None:
        pass

    def write_now(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        pass


def one(data: bytes) -> None:
    """Let the first byte choose the size of the pieces."""
    tools = Tools(now=lambda: 0, time=time.monotonic)
    dialogue = Dialogue(tools, Said(data[1:], (data[0] if data else 0) + 1), _no_tls)
    try:
        asyncio.run(dialogue.hold(STEPS))
    except Failed as failed:
        if failed.reason not in REASONS or not failed.detail.isprintable() or len(failed.detail) > 400:
            raise


async def _no_tls(stream: object) -> Said:
    raise AssertionError("nobody asked for TLS")
