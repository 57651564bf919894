"""What waits for one receiver under one key: in order, no more than is still true. Pure; times in ms."""

from dataclasses import dataclass, field, replace
from typing import Literal

from alerting.intent import Action, Intent
from alerting.receiver import Abilities

How = Literal["sent", "dead", "replaced"]
NEEDS = {  # what a receiver must be able to do, and how that is called
    Action.RESOLVE: ("resolves", "resolves"),
    Action.ACKNOWLEDGE: ("acknowledges", "acknowledgements"),
    Action.UPDATE: ("updates", "updates"),
    Action.NOTE: ("info", "information"),
}
ANNOUNCING = frozenset({Action.OPEN, Action.UPDATE})
DROPPED = "dropped by hand"


@dataclass(frozen=True, slots=True)
class Over:
    """An intent that needs no more tries: the receiver took it, refused it for good, or it lost its sense.

    `former`: the receiver as it was before a reload.
    """

    intent: Intent
    how: How
    detail: str = ""
    former: bool = False


@dataclass(slots=True)
class Entry:
    """An intent that waits at a `place`. `since` is when that began; `tried`: it may have arrived already.

    `dropped`: a person has said that it is not to be said (any more).
    """

    intent: Intent
    abilities: Abilities
    place: str
    since: int
    order: int
    tried: bool = False
    tries: int = 0
    flying: bool = False
    rests_until: int = 0
    dropped: bool = False


@dataclass(slots=True)
class Story:
    """What the receiver has been told of one episode, as far as we know."""

    told: bool = False
    closed: bool = False
    accepted_at: int | None = None


@dataclass(slots=True)
class Lane:
    """The intents of one key at one receiver, first things first; only the first is ever on its way.

    An episode that does not begin here with its first announcement is taken for announced: it was, in an
    earlier life of ours, and an open that comes now only repeats it.
    """

    waiting: list[Entry] = field(default_factory=list)
    stories: dict[int, Story] = field(default_factory=dict)
    handed_over: set[int] = field(default_factory=set)  # episodes that another place tells there now

    @property
    def head(self) -> Entry | None:
        """What may be tried next, if nothing is on its way."""
        return self.waiting[0] if self.waiting and not self.waiting[0].flying else None

    def add(self, entry: Entry, now: int, *, told: bool = False) -> list[Over]:
        """Let an intent join; give what lost its sense by that, perhaps the new one itself.

        `told`: its addressee was told of the episode from another place.
        """
        intent = entry.intent
        if why := self._too_late(intent):
            return [Over(intent, "replaced", why)]
        story = self.stories.setdefault(intent.episode, Story(told=not intent.first))
        story.told |= entry.tried or told
        story.closed |= intent.action is Action.RESOLVE
        self.waiting.append(entry)
        return self.tidy(now)

    def was_told(self, episode: int) -> bool:
        """Say whether the receiver may have been told of an episode."""
        return episode in self.stories and self.stories[episode].told

    def take_off(self) -> None:
        """Note that the first is on its way: from here on it may have arrived."""
        entry = self.waiting[0]
        entry.flying, entry.tried, entry.tries = True, True, entry.tries + 1
        self.stories[entry.intent.episode].told |= entry.intent.action in ANNOUNCING

    def land(self, until: int, now: int) -> list[Over]:
        """Note that the first came back without success and rests; it may have lost its sense meanwhile."""
        self.waiting[0].flying, self.waiting[0].rests_until = False, until
        return self.tidy(now)

    def end(self, how: How, detail: str, now: int) -> list[Over]:
        """Note how the first ended."""
        intent = self.waiting.pop(0).intent
        if how == "sent" and intent.action in ANNOUNCING:
            self.stories[intent.episode].accepted_at = now
        return [Over(intent, how, detail), *self.tidy(now)]

    def hurry(self) -> None:
        """Let the first rest no longer: whatever waits behind it needs it to go."""
        if head := self.head:
            head.rests_until = 0

    def drop(self, id: str, now: int) -> list[Over]:
        """Let go of an intent, by hand. One that is on its way goes if it comes back without success."""
        for entry in self.waiting:
            entry.dropped |= entry.intent.id == id
        return self.tidy(now)

    def hand_over(self, episode: int, now: int) -> list[Over]:
        """Let another place of this address tell the rest of an episode; what flies now is the last."""
        self.handed_over.add(episode)
        return self.tidy(now)

    def tidy(self, now: int) -> list[Over]:
        """Drop what is no longer true, and give it."""
        return self._drop_dropped() + self._merge() + self._drop_needless(now)

    def _too_late(self, intent: Intent) -> str:
        if any(episode > intent.episode for episode in self.stories):
            return "a later episode has begun"
        story = self.stories.get(intent.episode)
        if story and story.closed and intent.action is not Action.RESOLVE:
            return "the episode is resolved"
        return ""

    def _drop_dropped(self) -> list[Over]:
        """Come before neighbours are merged: nothing true is to be said with what is not said."""
        gone = [entry for entry in self.waiting if entry.dropped and not entry.flying]
        self.waiting = [entry for entry in self.waiting if not entry.dropped or entry.flying]
        return [Over(entry.intent, "replaced", DROPPED) for entry in gone]

    def _merge(self) -> list[Over]:
        over, kept = [], list[Entry]()
        for entry in self.waiting:
            loser = None
            while kept and (loser := _loser(kept[-1], entry)) is kept[-1]:
                over.append(Over(kept.pop().intent, "replaced", "a later message took its place"))
            if loser is entry:
                _absorb(kept[-1], entry)
                over.append(Over(entry.intent, "replaced", "said with the message before it"))
            else:
                kept.append(entry)
        self.waiting = kept
        self._forget()
        return over

    def _drop_needless(self, now: int) -> list[Over]:
        over, kept = [], list[Entry]()
        for entry in self.waiting:
            why = "" if entry.flying else self._needless(entry, first=not kept, now=now)
            if entry.intent.episode in self.handed_over and not entry.flying:
                why = "it is told there from another place now"
            if why:
                over.append(Over(entry.intent, "replaced", why))
            else:
                kept.append(entry)
        self.waiting = kept
        return over

    def _needless(self, entry: Entry, first: bool, now: int) -> str:
        story, can, action = self.stories[entry.intent.episode], entry.abilities, entry.intent.action
        if action is Action.RESOLVE and not story.told:
            return "never announced: nothing to resolve"
        if action in NEEDS and not getattr(can, NEEDS[action][0]):
            return f"the receiver takes no {NEEDS[action][1]}"
        if action is Action.UPDATE and first and _stale(story, can, now):
            return "the receiver would take it for a new incident"
        return ""

    def _forget(self) -> None:
        """Keep the latest episode, and those that still have something to say."""
        wanted = {max(self.stories, default=0), *(entry.intent.episode for entry in self.waiting)}
        self.stories = {episode: story for episode, story in self.stories.items() if episode in wanted}


def _stale(story: Story, can: Abilities, now: int) -> bool:
    if can.update_within is None:
        return False
    return story.accepted_at is None or now - story.accepted_at >= can.update_within * 1000


def _loser(earlier: Entry, later: Entry) -> Entry | None:
    """Say which of two neighbours need not be said, None where both must.

    An open that may have arrived is sent again as it was, and what came after it follows. An acknowledgement
    follows the open before it, and is no reason to keep back one after it.
    """
    if earlier.flying or earlier.intent.episode != later.intent.episode:
        return None
    if later.intent.action is Action.RESOLVE:
        return later if earlier.intent.action is Action.RESOLVE else earlier
    if Action.ACKNOWLEDGE in {earlier.intent.action, later.intent.action}:
        return later if earlier.intent.action is later.intent.action else None
    if earlier.intent.action is Action.UPDATE:
        return earlier
    return later if later.intent.action is Action.OPEN or not earlier.tried else None


def _absorb(earlier: Entry, later: Entry) -> None:
    """Let an open that was never tried say what the later message says: nobody is told old news."""
    if not earlier.tried and earlier.intent.action is Action.OPEN:
        news = later.intent
        earlier.intent = replace(earlier.intent, message=news.message, urgency=news.urgency)
