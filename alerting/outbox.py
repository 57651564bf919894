"""What is to be sent, and whose turn it is. Pure; times are ms of one clock that never goes back.

Per receiver and key there is a lane (lane.py) that knows what is still true. The outbox chooses among lanes:
opens and resolves ahead of updates, what was tried less often first, within the receiver's rate and number at
once. Whoever sends asks `next`, says `began`, and then `rests` or `ended`; each gives what is over by it.
"""

from collections import defaultdict
from collections.abc import Iterator

from alerting.bucket import Bucket
from alerting.intent import Action, Intent, Urgency
from alerting.lane import Entry, How, Lane, Over
from alerting.receiver import Abilities

RESERVED = 0.25  # the share of the rate that updates leave to opens and resolves


class Outbox:
    """Owner of what is to be sent."""

    def __init__(self) -> None:
        self._lanes: dict[str, dict[str, Lane]] = defaultdict(lambda: defaultdict(Lane))
        self._entries: dict[str, Entry] = {}
        self._buckets: dict[str, Bucket] = {}
        self._added = 0

    def __contains__(self, id: str) -> bool:
        return id in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def add(
        self, intent: Intent, abilities: Abilities, now: int, *, since: int | None = None, tried: bool = False
    ) -> list[Over]:
        """Take an intent over. `since`: when its waiting began, else now. `tried`: in an earlier life.

        The same intent twice is one.
        """
        if intent.id in self._entries:
            return []
        self._added += 1
        entry = Entry(intent, abilities, now if since is None else since, self._added, tried)
        self._entries[intent.id] = entry
        return self._over(self._lane(intent).add(entry, now))

    def tidy(self, now: int) -> list[Over]:
        """Drop what has lost its sense by the passing of time."""
        lanes = [lane for by_key in self._lanes.values() for lane in by_key.values() if lane.waiting]
        return self._over([over for lane in lanes for over in lane.tidy(now)])

    def next(self, receiver: str, now: int) -> Intent | None:
        """Say what goes to a receiver now, None while nothing may."""
        ready = [entry for entry in self._heads(receiver) if self._ready_at(entry, now) <= now]
        return min(ready, key=_rank).intent if ready else None

    def due_at(self, receiver: str, now: int) -> int | None:
        """Give the next instant at which something may go to a receiver, None while nothing waits for it."""
        return min((self._ready_at(entry, now) for entry in self._heads(receiver)), default=None)

    def began(self, id: str, now: int) -> bool:
        """Note that a try begins; say whether it is the intent's first."""
        entry = self._entries[id]
        first = not entry.tried
        self._lane(entry.intent).take_off()
        self.spend(id, now)
        return first

    def spend(self, id: str, now: int) -> None:
        """Count a request against the receiver's rate."""
        if bucket := self._bucket(self._entries[id]):
            bucket.take(now)

    def rests(self, id: str, until: int, now: int) -> list[Over]:
        """Note that a try failed, and when the next may come at the earliest."""
        return self._over(self._lane(self._entries[id].intent).land(until, now))

    def ended(self, id: str, how: How, detail: str, now: int) -> list[Over]:
        """Note that a try was the last."""
        return self._over(self._lane(self._entries[id].intent).end(how, detail, now))

    def receivers(self) -> list[str]:
        """Name the receivers for which something waits or is on its way."""
        return [name for name, lanes in self._lanes.items() if any(lane.waiting for lane in lanes.values())]

    def pending(self, receiver: str) -> int:
        """Count what has not been delivered to a receiver."""
        return sum(1 for _ in self._waiting(receiver))

    def oldest_since(self, receiver: str) -> int | None:
        """Say since when the oldest has been waiting."""
        return min((entry.since for entry in self._waiting(receiver)), default=None)

    def undelivered_pages(self) -> list[tuple[int, Intent]]:
        """Give the unaccepted openings that are to wake somebody, with since when, oldest first."""
        pages = (entry for entry in self._entries.values() if _wakes(entry.intent))
        return [(entry.since, entry.intent) for entry in sorted(pages, key=lambda e: (e.since, e.order))]

    def _lane(self, intent: Intent) -> Lane:
        return self._lanes[intent.receiver][intent.key]

    def _waiting(self, receiver: str) -> Iterator[Entry]:
        lanes = self._lanes.get(receiver, {})
        return (entry for lane in lanes.values() for entry in lane.waiting)

    def _heads(self, receiver: str) -> list[Entry]:
        """Give the first of each lane where nothing is on its way; none while as many are as may be."""
        lanes = [lane for lane in self._lanes.get(receiver, {}).values() if lane.waiting]
        heads = [lane.head for lane in lanes if lane.head]
        flying = len(lanes) - len(heads)
        return [head for head in heads if flying < head.abilities.at_once]

    def _ready_at(self, entry: Entry, now: int) -> int:
        bucket = self._bucket(entry)
        leave = RESERVED if entry.intent.action is Action.UPDATE else 0.0
        return max(entry.rests_until, bucket.free_at(now, leave) if bucket else now)

    def _bucket(self, entry: Entry) -> Bucket | None:
        can = entry.abilities
        if can.per_minute is None:
            return None
        return self._buckets.setdefault(can.bucket or entry.intent.receiver, Bucket(can.per_minute))

    def _over(self, over: list[Over]) -> list[Over]:
        for each in over:
            self._entries.pop(each.intent.id, None)
        return over


def _rank(entry: Entry) -> tuple[bool, int, int]:
    return entry.intent.action is Action.UPDATE, entry.tries, entry.order


def _wakes(intent: Intent) -> bool:
    return intent.action is Action.OPEN and intent.urgency is Urgency.PAGE
