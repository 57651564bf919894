"""A reload: read, compare, swap. What is refused changes nothing, and its mistakes are told."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from checks.diff import (
    Difference,
    difference,
    look_renamed,
    needs_restart,
    sections_changed,
    went_off,
)
from checks.model import Configuration

log = logging.getLogger("watchkeeper")
Mistakes = tuple[str, ...]


class Unacceptable(Exception):
    """There is no configuration to swap to: a line for each mistake."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What a reload is handed.

    `read` may take its time, as it runs in a thread; it raises Unacceptable. The others are called on the
    loop: what is watched `now`, `swap` to another configuration, and `refuse` with the mistakes.
    """

    read: Callable[[], Configuration]
    now: Callable[[], Configuration]
    swap: Callable[[Configuration], None]
    refuse: Callable[[Mistakes], None]


@dataclass(slots=True)
class Reloader:
    """Reloads, one at a time: who asks while another waits for its turn gets what that one gets."""

    hands: Hands
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _coming: asyncio.Task[Mistakes] | None = None
    _tasks: set[asyncio.Task[Mistakes]] = field(default_factory=set)

    async def reload(self) -> Mistakes:
        """Read again and swap; give the mistakes, none where it was accepted."""
        if self._coming is None:
            self._coming = asyncio.get_running_loop().create_task(self._run(), name="reload")
            self._tasks.add(self._coming)
            self._coming.add_done_callback(self._tasks.discard)
        return await asyncio.shield(self._coming)

    async def close(self) -> None:
        """Reload no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self) -> Mistakes:
        async with self._turn:
            self._coming = None  # from here on a file may be changed after we have read it
            mistakes = await self._once()
        if mistakes:
            self.hands.refuse(mistakes)
        return mistakes

    async def _once(self) -> Mistakes:
        try:
            new = await asyncio.to_thread(self.hands.read)
        except Unacceptable as refused:
            return refused.mistakes
        except Exception as bug:
            log.exception("a configuration was refused by a bug of ours: please report this")
            return (f"it cannot be read, by a bug of ours: {type(bug).__name__}",)
        old = self.hands.now()
        if wrong := (*_fixed(old, new), *went_off(old, new)):
            return wrong
        try:
            self.hands.swap(new)
        except Exception as bug:
            log.exception("a configuration was taken over in part only, by a bug of ours: please report this")
            return (f"it was taken over in part only, by a bug of ours: {type(bug).__name__}; restart",)
        _tell(difference(old, new), old, new)
        return ()


def in_words(mistakes: Mistakes) -> str:
    """Say in one sentence that a reload was refused, and why."""
    more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
    return f"the changed configuration is refused, the one before it is watched on: {mistakes[0]}{more}"


def _fixed(old: Configuration, new: Configuration) -> Mistakes:
    fixed = needs_restart(old, new)
    return tuple(f"{option}: changing it needs a restart; put it back, or restart" for option in fixed)


def _tell(changes: Difference, old: Configuration, new: Configuration) -> None:
    """Let the log say what is different now; notes that were there before are not repeated."""
    other = ", ".join(sections_changed(old, new))
    log.info("reloaded; checks: %s%s", _counted(changes), f"; changed too: {other}" if other else "")
    for name, was in look_renamed(changes, old, new):
        log.warning("%s is new and %s is gone: if that is a rename, say `was: %s`", name, was, was)
    known = set(map(str, old.notes))
    for note in (note for note in new.notes if str(note) not in known):
        log.warning("%s", note)


def _counted(changes: Difference) -> str:
    parts = {
        "added": changes.added,
        "removed": changes.removed,
        "changed": changes.changed,
        "renamed": changes.renamed,
    }
    return ", ".join(f"{len(names)} {word}" for word, names in parts.items() if names) or "as before"
