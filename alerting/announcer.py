"""The way of an incident to those who hear of it: held, put off, told singly or with others, told news of.

Announcing is level-triggered: `review` compares who is to hear of an incident by now with who was told, and
tells the rest. So a crash, a reload or a late wake-up changes when somebody is told, never whether.
Whoever was told hears the end, whatever holds announcements then. Pure; times are ms since the epoch, UTC.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from alerting.audience import audience_of
from alerting.book import Book
from alerting.calendar import Calendar
from alerting.digest import Digest
from alerting.incident import Ended, Incident
from alerting.intent import Action
from alerting.moment import Moment
from alerting.routes import is_pager
from alerting.storms import Storms
from alerting.words import clock, lasting

TOGETHER = 10_000  # ms in which news of one incident is told in one update


class Announcer:
    """Owner of when news is told, and of when others are to hear of what nobody has acknowledged."""

    def __init__(self, book: Book, calendar: Calendar, missed: str = "") -> None:
        self.calendar = calendar
        self.digest = Digest(book, calendar, missed)
        self._book = book
        self._storms = Storms(book)
        self._news: dict[str, int] = {}  # keys of which there is news: when it is told
        self._turns: dict[str, int] = {}  # keys of which others hear then, unless it is acknowledged

    def wake(self) -> int | None:
        """Give the next instant at which time alone makes somebody hear of something."""
        news = [due for key, due in self._news.items() if not self._book.open[key].held]
        return min((*news, *self._turns.values()), default=None)

    # --- an incident begins, goes on, ends

    def begin(self, incident: Incident, at: Moment) -> None:
        """Open an incident, and tell whoever is to hear of it by now; nobody while something holds it."""
        incident = replace(incident, told=(), stormed=())
        if held := self.calendar.held(incident, at):
            incident = replace(incident, in_maintenance=held.maintenance, silenced_by=held.silence)
            at.decision.suppressed.append(held.reason)
            self._book.begin(incident, at.configuration, at.now, at.decision)
            return
        placed, _ = self._placed(incident, at)
        if placed.put_off:
            at.decision.suppressed.append("hours")
        self._book.begin(placed, at.configuration, at.now, at.decision)
        self._note(placed, placed.told, placed.stormed, at)

    def end(self, key: str, restored_at: int | None, at: Moment, *, ended: Ended = "") -> None:
        """Resolve an incident for everybody who was told of it."""
        known = self._book.open[key]
        self._book.end(key, restored_at, at.configuration, at.now, at.decision, ended=ended)
        self.digest.ended(replace(known, restored_at=restored_at, resolved_at=at.now), at)
        for joint in self._storms.left(known, at):
            self.news(joint, at)
        self._forget()

    def supersede(self, incident: Incident, at: Moment) -> None:
        """Let a new episode take the place of one that told less: on an open key, louder is no news."""
        self.end(incident.key, None, at, ended="superseded")
        fresh = replace(
            incident,
            opened_at=at.now,
            announced_at=None,
            put_off=False,
            in_maintenance="",
            silenced_by="",
            accepted_at=None,
            acknowledged_at=None,
            heard={},
        )
        self.begin(fresh, at)

    def announce(self, incident: Incident, at: Moment) -> None:
        """Tell of an open one, as it is given, that was held until now; not while anything else holds it."""
        if self.calendar.held(incident, at):
            self._book.keep(incident, at.decision)
        else:
            self._tell(replace(incident, in_maintenance="", silenced_by=""), at)

    def review(self, key: str, at: Moment) -> bool:
        """Tell whoever is to hear of an open incident by now and does not know.

        Say whether it was held and nobody was told of it: `announce` then tells, once it is seen anew.
        """
        known = self._book.open[key]
        if known.unsaid:  # an earlier life did not come to tell it
            self._news.setdefault(key, at.now + TOGETHER)
        held = self.calendar.held(known, at)
        if held:
            now_held = replace(known, in_maintenance=held.maintenance, silenced_by=held.silence)
            if now_held != known:
                self._book.keep(now_held, at.decision)
        elif known.held and not known.announced:
            return True
        elif self._is_to_wake_who_knows(known, at):
            self.supersede(known, at)
        else:
            self._tell(replace(known, in_maintenance="", silenced_by=""), at)
        return False

    def _is_to_wake_who_knows(self, known: Incident, at: Moment) -> bool:
        """Say whether a pager that was told as information is on duty now: louder must be new to it."""
        if not known.put_off or audience_of(known, at, self.calendar.off).put_off:
            return False
        return any(is_pager(at.configuration, name) for name in known.told + known.stormed)

    def refresh(self, at: Moment) -> None:
        """After a start: let what was told go by what holds it now, not by what did in an earlier life."""
        for known in list(self._book.open.values()):
            held = self.calendar.held(known, at)
            here = {name for name, each in at.configuration.receivers.items() if not each.off}
            now = replace(
                known,
                in_maintenance=held.maintenance,
                silenced_by=held.silence,
                told=tuple(name for name in known.told if name in here),  # one that comes back is told anew
                stormed=tuple(name for name in known.stormed if name in here),
                heard={name: heard for name, heard in known.heard.items() if name in here},
            )
            if known.announced and now != known:
                self._book.keep(now, at.decision)

    def tell_more(self, key: str, receivers: Iterable[str], at: Moment) -> None:
        """Tell receivers of an open incident that its route does not name."""
        known = self._book.open[key]
        new = tuple(name for name in receivers if name not in known.told + known.stormed)
        if new:
            self._tell_new(self._grown(known, new, at), known, at)

    def abandon(self, receivers: Collection[str], at: Moment) -> None:
        """Forget what was told together to receivers that a reload has taken out, or given to others."""
        self._storms.abandon(receivers, at)
        for known in list(self._book.open.values()):
            left = tuple(name for name in known.stormed if name not in receivers)
            if left != known.stormed:
                self._book.keep(replace(known, stormed=left), at.decision)
        self._forget()

    def _forget(self) -> None:
        """Let go of what is over."""
        for dues in (self._news, self._turns):
            for key in dues.keys() - self._book.open.keys():
                del dues[key]

    # --- news

    def news(self, key: str, at: Moment, *, wait: int = TOGETHER) -> None:
        """Let whoever was told of an incident hear how it stands, soon, with what comes meanwhile."""
        self._news.setdefault(key, at.now + wait)
        known = self._book.open[key]
        if not known.unsaid:
            self._book.keep(replace(known, unsaid=True), at.decision)

    def passed(self, at: Moment) -> None:
        """Do what is due by the passing of time."""
        for key in [key for key, due in self._news.items() if due <= at.now]:
            known = self._book.open[key]
            if not known.held:
                del self._news[key]
                known = replace(known, unsaid=False)
                self._book.keep(known, at.decision)
                self._book.say(known, Action.UPDATE, known.told, at.configuration, at.now, at.decision)
        for key in [key for key, due in self._turns.items() if due <= at.now]:
            del self._turns[key]
            self.review(key, at)

    # --- who hears

    def _placed(self, incident: Incident, at: Moment) -> tuple[Incident, tuple[str, ...]]:
        """Give it with everybody in it who is to hear of it by now, and those who hear as nobody answers."""
        audience = audience_of(incident, at, self.calendar.off)
        announced_at = incident.announced_at
        if announced_at is None and not audience.put_off:
            announced_at = at.now
        incident = replace(incident, put_off=audience.put_off, announced_at=announced_at)
        if audience.until is not None:
            self._turns[incident.key] = audience.until
        return self._grown(incident, (*audience.names, *audience.escalated), at), audience.escalated

    def _grown(self, incident: Incident, names: Iterable[str], at: Moment) -> Incident:
        """Give it with receivers told that were not, singly or together with others."""
        known = {*incident.told, *incident.stormed}
        new = [name for name in dict.fromkeys(names) if name not in known]
        single = [name for name in new if self._storms.admits(name, incident, at)]
        joint = [name for name in new if name not in single]
        return replace(incident, told=(*incident.told, *single), stormed=(*incident.stormed, *joint))

    def _tell(self, incident: Incident, at: Moment) -> None:
        known = self._book.open[incident.key]
        placed, escalated = self._placed(incident, at)
        if placed != known:
            self._tell_new(placed, known, at, escalated)

    def _tell_new(
        self, placed: Incident, known: Incident, at: Moment, escalated: Collection[str] = ()
    ) -> None:
        if not known.announced:  # the open says it all
            self._news.pop(known.key, None)
            placed = replace(placed, unsaid=False)
        self._book.keep(placed, at.decision)
        told = [name for name in placed.told if name not in known.told]
        self._open(placed, [name for name in told if name not in escalated], at)
        self._open(_unanswered(placed, at), [name for name in told if name in escalated], at)
        self._note(placed, told, [name for name in placed.stormed if name not in known.stormed], at)

    def _note(self, incident: Incident, told: Iterable[str], stormed: Iterable[str], at: Moment) -> None:
        self._storms.note(told, at.now)
        for receiver in stormed:
            if joint := self._storms.join(receiver, incident.key, at):
                self.news(joint, at)

    def _open(self, incident: Incident, receivers: Iterable[str], at: Moment) -> None:
        """Tell those who know nothing of it."""
        decided = (at.configuration, at.now, at.decision)
        self._book.say(incident, Action.OPEN, receivers, *decided, anew=True)


def _unanswered(incident: Incident, at: Moment) -> Incident:
    """Give it as it is told to those who hear of it because nobody answers."""
    since = incident.announced_at or at.now
    note = f"nobody has acknowledged it for {lasting(at.now - since)}"
    if incident.acknowledged:
        note = f"acknowledged at {clock(incident.acknowledged_at or since)}, and still open"
    elif incident.acknowledged_at is not None:
        note = f"the acknowledgement of {clock(incident.acknowledged_at)} does not stand any more"
    return replace(incident, facts={**incident.facts, "note": note})
