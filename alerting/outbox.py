"""What is to be sent, and whose turn it is. Pure; times are ms of one clock that never goes back.

Per place and key there is a lane (lane.py) that knows what is still true. The outbox chooses among lanes:
opens and resolves ahead of updates, what was tried less often first, within the receiver's rate and number at
once. Whoever sends asks `next`, says `began`, and then `rests` or `ended`; each gives what is over by it.

A place is a receiver, by its name, or one as it was before a reload gave that name to somebody else: the two
have lanes, rates and troubles of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from alerting.bucket import Bucket
from alerting.intent import Action, Intent, Urgency
from alerting.lane import Entry, How, Lane, Over
from alerting.receiver import Abilities

RESERVED = 0.25  # the share of the rate that updates leave to opens and resolves
LOOK_AGAIN = 1_000  # ms between two looks whether the same address is free of what went there before
PATIENCE = 15_000  # ms that the new one waits with what is being resolved at the former one


class Outbox:
    """Owner of what is to be sent."""

    def __init__(self) -> None:
        self._lanes: dict[str, dict[str, Lane]] = defaultdict(lambda: defaultdict(Lane))
        self._entries: dict[str, Entry] = {}
        self._buckets: dict[str, Bucket] = {}
        self._former: dict[str, list[str]] = {}  # the places that a receiver has left, while something waits
        self._expected: dict[str, set[str]] = {}  # by former place: the intents that are still to come
        self._added = 0
        self._left = 0

    def __contains__(self, id: str) -> bool:
        return id in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def add(
        self,
        intent: Intent,
        abilities: Abilities,
        now: int,
        *,
        place: str = "",
        since: int | None = None,
        tried: bool = False,
    ) -> list[Over]:
        """Take an intent over. `since`: when its waiting began, else now. `tried`: in an earlier life.

        It goes to its receiver's place unless another is named. The same intent twice is one.
        """
        if intent.id in self._entries:
            return []
        self._added += 1
        place, since = place or intent.receiver, now if since is None else since
        entry = Entry(intent, abilities, place, since, self._added, tried)
        self._entries[intent.id] = entry
        self._expected.get(place, set()).discard(intent.id)
        told = any(lane.was_told(intent.episode) for lane in self._same_address(entry))
        return self._over([*self._take_over(entry, now), *self._lane(entry).add(entry, now, told=told)])

    def leave(self, receiver: str, goodbyes: Iterable[str]) -> str:
        """Let a receiver be somebody else from now on, and give the place of what is for the former one.

        `goodbyes` are the ids of intents that are still to come there.
        """
        self._left += 1
        place = f"{receiver}~{self._left}"
        self._lanes[place] = self._lanes.pop(receiver, defaultdict(Lane))
        self._former.setdefault(receiver, []).append(place)
        self._expected[place] = set(goodbyes)
        for entry in self._waiting_at(place):
            entry.place = place
        self._forget(place, receiver)
        return place

    def tidy(self, now: int) -> list[Over]:
        """Drop what has lost its sense by the passing of time."""
        lanes = [lane for by_key in self._lanes.values() for lane in by_key.values() if lane.waiting]
        return self._over([over for lane in lanes for over in lane.tidy(now)])

    def next(self, place: str, now: int) -> Intent | None:
        """Say what goes to a place now, None while nothing may."""
        ready = [entry for entry in self._heads(place) if self._ready_at(entry, now) <= now]
        return min(ready, key=_rank).intent if ready else None

    def due_at(self, place: str, now: int) -> int | None:
        """Give the next instant at which something may go to a place, None while nothing waits for it."""
        return min((self._ready_at(entry, now) for entry in self._heads(place)), default=None)

    def began(self, id: str, now: int) -> bool:
        """Note that a try begins; say whether it is the intent's first."""
        entry = self._entries[id]
        first = not entry.tried
        self._lane(entry).take_off()
        self.spend(id, now)
        return first

    def spend(self, id: str, now: int) -> None:
        """Count a request against the receiver's rate."""
        if bucket := self._bucket(self._entries[id]):
            bucket.take(now)

    def rests(self, id: str, until: int, now: int) -> list[Over]:
        """Note that a try failed, and when the next may come at the earliest."""
        return self._over(self._lane(self._entries[id]).land(until, now))

    def ended(self, id: str, how: How, detail: str, now: int) -> list[Over]:
        """Note that a try was the last."""
        return self._over(self._lane(self._entries[id]).end(how, detail, now))

    def hurry(self, id: str) -> bool:
        """Let an intent rest no longer, with what goes before it; say whether it waits, not on its way."""
        entry = self._entries.get(id)
        if entry is None or entry.flying:
            return False
        self._lane(entry).hurry()
        return True

    def drop(self, id: str, now: int) -> list[Over]:
        """Let go of an intent, by hand; of one that is on its way only if it comes back without success."""
        entry = self._entries.get(id)
        return self._over(self._lane(entry).drop(id, now)) if entry else []

    def place_of(self, id: str) -> str:
        """Name the place to which an intent goes."""
        return self._entries[id].place

    def places(self) -> list[str]:
        """Name the places for which something waits or is on its way."""
        return [name for name, lanes in self._lanes.items() if any(lane.waiting for lane in lanes.values())]

    def pending(self, receiver: str) -> int:
        """Count what has not been delivered to a receiver, as it is and as it was."""
        return sum(1 for _ in self._waiting(receiver))

    def oldest_since(self, receiver: str) -> int | None:
        """Say since when the oldest has been waiting."""
        return min((entry.since for entry in self._waiting(receiver)), default=None)

    def undelivered_pages(self) -> list[tuple[int, Intent]]:
        """Give the unaccepted openings that are to wake somebody, with since when, oldest first."""
        pages = (entry for entry in self._entries.values() if _wakes(entry))
        return [(entry.since, entry.intent) for entry in sorted(pages, key=lambda e: (e.since, e.order))]

    def _lane(self, entry: Entry) -> Lane:
        return self._lanes[entry.place][entry.intent.key]

    def _waiting(self, receiver: str) -> Iterator[Entry]:
        for place in (receiver, *self._former.get(receiver, ())):
            yield from self._waiting_at(place)

    def _waiting_at(self, place: str) -> Iterator[Entry]:
        lanes = self._lanes.get(place, {})
        return (entry for lane in lanes.values() for entry in lane.waiting)

    def _heads(self, place: str) -> list[Entry]:
        """Give the first of each lane where nothing is on its way; none while as many are as may be."""
        lanes = [lane for lane in self._lanes.get(place, {}).values() if lane.waiting]
        heads = [lane.head for lane in lanes if lane.head]
        flying = len(lanes) - len(heads)
        return [head for head in heads if flying < head.abilities.at_once]

    def _ready_at(self, entry: Entry, now: int) -> int:
        bucket = self._bucket(entry)
        leave = RESERVED if entry.intent.action is Action.UPDATE else 0.0
        until = now + LOOK_AGAIN if self._same_address(entry) else 0
        until = max(until, entry.since + PATIENCE if self._is_ending(entry) else 0)
        return max(entry.rests_until, until, bucket.free_at(now, leave) if bucket else now)

    def _is_ending(self, entry: Entry) -> bool:
        """Say whether the same is being resolved at the receiver as it was: first that, then this."""
        if entry.place != entry.intent.receiver:
            return False
        lanes = [self._lanes[place].get(entry.intent.key) for place in self._former.get(entry.place, ())]
        episode = entry.intent.episode
        return any(each.intent.episode == episode for lane in lanes if lane for each in lane.waiting)

    def _take_over(self, entry: Entry, now: int) -> list[Over]:
        """Tell the rest of an episode from here, where a former place has the same address."""
        episode = entry.intent.episode
        return [over for lane in self._same_address(entry) for over in lane.hand_over(episode, now)]

    def _same_address(self, entry: Entry) -> list[Lane]:
        """Give the lanes of its key in which something waits for its very address at a former place."""
        address = entry.abilities.address
        if not address or entry.place in self._expected:
            return []
        lanes = [self._lanes[place].get(entry.intent.key) for place in self._expected]
        busy = [lane for lane in lanes if lane and lane.waiting]
        return [lane for lane in busy if lane.waiting[0].abilities.address == address]

    def _bucket(self, entry: Entry) -> Bucket | None:
        can = entry.abilities
        if can.per_minute is None:
            return None
        return self._buckets.setdefault(can.bucket or entry.place, Bucket(can.per_minute))

    def _over(self, over: list[Over]) -> list[Over]:
        return [self._gone(each) for each in over]

    def _gone(self, over: Over) -> Over:
        entry = self._entries.pop(over.intent.id, None)
        if entry is None or entry.place == entry.intent.receiver:
            return over
        self._forget(entry.place, entry.intent.receiver)
        return replace(over, former=True)

    def _forget(self, place: str, receiver: str) -> None:
        """Let go of a former place at which nothing waits, and where nothing is to come."""
        if place in self._expected and not self._expected[place] and not any(self._waiting_at(place)):
            for known in (self._lanes, self._buckets, self._expected):
                known.pop(place, None)
            self._former[receiver].remove(place)


def _rank(entry: Entry) -> tuple[bool, int, int]:
    return entry.intent.action is Action.UPDATE, entry.tries, entry.order


def _wakes(entry: Entry) -> bool:
    """Say whether it is to wake somebody, who is still the one to be woken."""
    intent = entry.intent
    return entry.place == intent.receiver and intent.action is Action.OPEN and intent.urgency is Urgency.PAGE
