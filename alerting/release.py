"""From decision to sending: messages leave when their transaction has answered, or else from memory."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from alerting.events import Decision
from alerting.intent import Intent
from store.rows import Row, Tried
from store.writer import Writer

FLUSH = 1.0  # seconds that a result may wait to be written
PATIENCE = 10.0  # seconds that a decision may wait to be written before it is sent from memory
SLOW = "the store does not answer: a decision has waited for ten seconds to be written"


class Release:
    """Hands rows to the writer, and intents to delivery once they are kept.

    A store that does not take a decision within ten seconds does not silence us: its messages are sent from
    memory, marked, `failing` is told why, and `back` when the store has caught up.
    """

    def __init__(
        self,
        writer: Writer,
        send: Callable[[Sequence[Intent]], None],
        failing: Callable[[str], None],
        back: Callable[[], None],
    ) -> None:
        self._writer, self._send, self._failing, self._back = writer, send, failing, back
        self._waiting: dict[int, tuple[Sequence[Intent], asyncio.TimerHandle]] = {}
        self._decisions = 0
        self._trouble: asyncio.TimerHandle | None = None
        self._why = SLOW
        self._flushing: asyncio.TimerHandle | None = None
        self._is_failing = False

    def put(self, rows: Sequence[Row]) -> None:
        """Write soon, together with what comes within the second."""
        self._writer.put(rows)
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().call_later(FLUSH, self._flush)

    def decide(self, decision: Decision) -> None:
        """Write a decision: at once where somebody is to hear of it."""
        if not decision.urgent:
            if decision.rows:
                self.put(decision.rows)
            return
        self._decisions += 1
        number = self._decisions
        patience = 0.0 if self._is_failing else PATIENCE
        timer = asyncio.get_running_loop().call_later(patience, self._unstored, number)
        self._waiting[number] = (decision.intents, timer)
        self._writer.put(decision.rows, urgent=True, then=partial(self._committed, number))

    async def mark(self, intent: Intent, now: int) -> None:
        """Commit that an intent is about to be tried. Does not wait for a store that is known to fail."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._writer.put([Tried(intent.id, now)], urgent=True, then=partial(_finish, done))
        if not self._is_failing:
            await done

    def trouble(self, detail: str) -> None:
        """Hear from the writer that a write failed, in a sentence; it is told on if it lasts."""
        self._why = detail
        self._trouble = asyncio.get_running_loop().call_later(PATIENCE, self._fails)

    def recovered(self) -> None:
        """Hear from the writer that all is written."""
        self._why = SLOW
        if self._trouble:
            self._trouble.cancel()
        if self._is_failing:
            self._is_failing = False
            self._back()

    @property
    def unreleased(self) -> list[Intent]:
        """Give what is decided and not handed to delivery yet."""
        return [intent for intents, _ in self._waiting.values() for intent in intents]

    def close(self) -> None:
        """Wait for nothing more; what the writer holds stays with it."""
        timers = [self._trouble, self._flushing, *(timer for _, timer in self._waiting.values())]
        for timer in timers:
            if timer:
                timer.cancel()

    def _flush(self) -> None:
        self._flushing = None
        self._writer.flush()

    def _committed(self, number: int) -> None:
        if number in self._waiting:
            intents, timer = self._waiting.pop(number)
            timer.cancel()
            self._send(intents)
        self.recovered()  # a store that was merely slow had no trouble to tell the end of

    def _unstored(self, number: int) -> None:
        """Send from memory: saying it twice is better than not at all."""
        intents, _ = self._waiting.pop(number)
        self._send([replace(intent, unstored=True) for intent in intents])
        self._fails()

    def _fails(self) -> None:
        if not self._is_failing:
            self._is_failing = True
            self._failing(self._why)


def _finish(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
