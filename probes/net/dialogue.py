"""A dialogue on a connection, step by step: say something, wait for something, agree on TLS."""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from probes.net.stream import Stream
from probes.result import Reason
from probes.tools import Failed, Tools
from probes.wire.patterns import found, shown

MOST = 65_536  # bytes that are looked through in one step


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a pattern to wait for, bytes to send, or neither for TLS. `name` is its phase."""

    name: str
    expect: str = ""
    send: bytes | None = None
    least: int = 0  # bytes that make an answer whole; 0 where the end of a line does

    def __str__(self) -> str:
        if self.expect:
            return "expect"
        return "start_tls" if self.send is None else "send"


class Dialogue:
    """A dialogue, as far as it has got: the stream it is on, and what came and is not passed over yet."""

    def __init__(self, tools: Tools, stream: Stream, secure: Callable[[Stream], Awaitable[Stream]]) -> None:
        self._tools, self._stream, self._secure = tools, stream, secure
        self._heard, self._passed, self._within = bytearray(), 0, False
        self._said: list[bytes] = []

    async def hold(self, steps: Sequence[Step]) -> None:
        """Take each step in its turn. Raises Failed, naming the step and what came in it.

        `assertion` when something else came and then the end, or nothing more in time; `protocol` when
        the end came first, or something before TLS; `too_large` for 64 KiB without what is awaited.
        """
        for number, step in enumerate(steps, 1):
            try:
                await self._take(step)
            except Failed as failed:
                self._keep(number, step)
                raise Failed(failed.reason, f"step {number} ({step}): {failed.detail}") from failed
            except CancelledError:  # time ran out, or the attempt is called off
                self._keep(number, step)
                self._tools.tell(f"step {number} ({step}) got {self._shown() if self._came else 'nothing'}")
                raise

    def close(self) -> None:
        """Let go of the connection, of TLS too where it was agreed on."""
        self._stream.close()

    async def _take(self, step: Step) -> None:
        if step.expect:
            with self._tools.phase(step.name):
                await self._await(step)
        elif step.send is not None:
            self._said.append(step.send)
            with self._tools.phase(step.name):
                await self._stream.write_all(step.send)
        else:
            await self._start_tls()

    async def _await(self, step: Step) -> None:
        while (end := found(step.expect, self._heard, self._passed)) is None:
            self._weigh(step)
            await self._hear()
        self._pass(end, within=not step.least and self._heard[end - 1 : end] != b"\n")

    def _weigh(self, step: Step) -> None:
        """Say what running out of time means now: an answer that is whole is wrong, half of one is late."""
        came = self._came
        if len(came) >= step.least if step.least else b"\n" in came:
            self._tools.timeout_reason = Reason.ASSERTION

    async def _hear(self) -> None:
        data = await self._stream.read_some()
        self._heard += data
        if len(self._heard) > MOST:
            raise Failed(Reason.TOO_LARGE, f"over {MOST} bytes came, and not the right ones: {self._shown()}")
        if not data and self._came.strip():
            raise Failed(Reason.ASSERTION, f"the connection was closed after {self._shown()}")
        if not data:
            raise Failed(Reason.PROTOCOL, "the connection was closed without an answer")

    def _pass(self, end: int, *, within: bool) -> None:
        """Go on behind a match; the byte before stays, since a line may begin there or not."""
        self._within = within
        over = max(end - 1, 0)
        del self._heard[:over]
        self._passed = end - over

    async def _start_tls(self) -> None:
        while self._within and b"\n" not in self._heard[self._passed :]:
            await self._hear()
        if self._came:
            raise Failed(Reason.PROTOCOL, f"something came before TLS that nobody asked for: {self._shown()}")
        self._heard.clear()  # the rest of a line in plain text is no answer under TLS
        self._passed, self._within = 0, False
        self._stream = await self._secure(self._stream)

    @property
    def _came(self) -> bytes:
        """What came since the last match, without the rest of the line in which that was."""
        came = bytes(self._heard[self._passed :])
        return came.partition(b"\n")[2] if self._within else came

    def _shown(self) -> str:
        return shown(self._came, self._said)

    def _keep(self, number: int, step: Step) -> None:
        kept = {"step": number, "name": step.name, "expected": step.expect, "came": self._shown()}
        self._tools.learned.evidence["dialogue"] = kept
