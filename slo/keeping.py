"""When what was judged is written down, so that a start has little to judge again. Pure; times are ms, UTC.

It is looked at every hour, and written three hours later: what a start replays is then enough to know again
how restless a service has been, and who was a suspect (docs/decisions/0014-the-ledger.md).
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping

from slo.judge import Judge
from slo.past import judged
from store.rows import Judged

EVERY = 3_600_000
LATER = 3 * EVERY


class Keeping:
    """Owner of what was looked at and is not written yet. `kept` says until when a check's past is stored.

    `learning` are those that are judged anew and have to wait; `revisions` are those of the results that the
    judges know, by check: what was judged of others is not kept (store/judgements.py).
    """

    def __init__(self, kept: Mapping[str, int]) -> None:
        self._until = dict(kept)
        self._waiting: dict[str, deque[tuple[int, Judged]]] = {}
        self._looked_at: int | None = None

    def due(
        self, judges: Mapping[str, Judge], learning: Collection[str], revisions: Mapping[str, int], now: int
    ) -> list[Judged]:
        """Give what is to be written now."""
        for name in learning:
            self.forget(name)
        if self._looked_at is None or now - self._looked_at >= EVERY:
            self._looked_at = now
            self._look([judge for name, judge in judges.items() if name not in learning], revisions, now)
        return list(self._ripe(now))

    def at_once(
        self, judges: Iterable[Judge], learning: Collection[str], revisions: Mapping[str, int], now: int
    ) -> list[Judged]:
        """Give all that can be written of checks whose definition changes now."""
        found = [judge for judge in judges if judge.check.name not in learning]
        self._look(found, revisions, now)
        names = {judge.check.name for judge in found}
        waiting = [row for name in names for _, row in self._waiting.pop(name, ())]
        return sorted(waiting, key=lambda row: row.until)

    def forget(self, check: str) -> None:
        """Begin anew with a check whose past is, or is about to be, another one."""
        self._waiting.pop(check, None)
        self._until.pop(check, None)

    def _look(self, judges: Iterable[Judge], revisions: Mapping[str, int], now: int) -> None:
        for judge in judges:
            name, since = judge.check.name, self._until.get(judge.check.name, 0)
            if judge.settled > since and (row := judged(judge, since, revisions.get(name, 0))):
                self._until[name] = row.until
                # The first of a check spares the next start the reading of all its results.
                self._waiting.setdefault(name, deque()).append((now if not since else now + LATER, row))

    def _ripe(self, now: int) -> Iterable[Judged]:
        for waiting in self._waiting.values():
            while waiting and waiting[0][0] <= now:
                yield waiting.popleft()[1]
