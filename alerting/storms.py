"""Storms: of more openings in a minute than a receiver is told of singly, one incident tells together. Pure.

Owner of how many openings each receiver had lately, and of the incidents of scope `storm`: one per receiver,
open as long as one of its members is. Times are ms since the epoch, UTC.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from alerting.book import Book
from alerting.incident import Incident
from alerting.intent import Urgency
from alerting.moment import Moment
from alerting.routes import louder
from alerting.words import summary_of

WINDOW = 60_000
TOGETHER, OVER = "told together", "over"
NAMED = 5  # members named in one line; the rest are counted there, and listed below


class Storms:
    """Says who is told singly, and keeps the list of those who are not."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._openings: dict[str, deque[int]] = {}
        for known in sorted(book.open.values(), key=lambda each: each.opened_at):
            self.note(known.told if known.scope != "storm" else (), known.announced_at or known.opened_at)

    def admits(self, receiver: str, incident: Incident, at: Moment) -> bool:
        """Say whether a receiver is to be told of one more incident by itself."""
        recent = self._openings.get(receiver, deque())
        while recent and recent[0] <= at.now - WINDOW:
            recent.popleft()
        limit = at.configuration.alerting.storm_limit
        return incident.scope == "storm" or len(recent) < limit * (2 if _is_first_tier(incident, at) else 1)

    def note(self, receivers: Iterable[str], now: int) -> None:
        """Take note that receivers are told of one by itself."""
        for receiver in receivers:
            self._openings.setdefault(receiver, deque()).append(now)

    def join(self, receiver: str, key: str, at: Moment) -> str:
        """Let an open incident be told to a receiver together with others.

        Give the key of that telling where it is known there already and this is news; else nothing.
        """
        at.decision.suppressed.append("storm")
        joint, member = at.key("storm", receiver), self._book.open[key]
        known = self._book.open.get(joint)
        if known is None:
            self._begin(joint, receiver, member, (key,), at)
        elif louder(member.loudness, known.urgency):
            self._book.end(joint, None, at.configuration, at.now, at.decision, ended="superseded")
            self._begin(joint, receiver, member, (*known.swallowed, key), at, _over(known))
        else:
            self._book.keep(self._listing(known, (*known.swallowed, key), _over(known)), at.decision)
            return joint
        return ""

    def left(self, member: Incident, at: Moment) -> list[str]:
        """Take a resolved one off the lists; give the keys of those that go on without it."""
        shorter = list[str]()
        for receiver in member.stormed:
            joint = at.key("storm", receiver)
            known = self._book.open.get(joint)
            if known is None:
                continue
            rest = tuple(key for key in known.swallowed if key != member.key)
            over = (*_over(known), member.title or member.name)
            self._book.keep(self._listing(known, rest, over), at.decision)
            if rest:
                shorter.append(joint)
            else:
                self._book.end(joint, at.now, at.configuration, at.now, at.decision)
        return shorter

    def abandon(self, receivers: Iterable[str], at: Moment) -> None:
        """Let go of what was told together to receivers that a reload has taken out, or given to others."""
        for receiver in receivers:
            joint = at.key("storm", receiver)
            if joint in self._book.open:
                self._book.end(joint, None, at.configuration, at.now, at.decision, ended="removed")
            self._openings.pop(receiver, None)

    def _begin(
        self,
        key: str,
        receiver: str,
        loudest: Incident,
        members: tuple[str, ...],
        at: Moment,
        over: tuple[str, ...] = (),
    ) -> None:
        made = Incident(
            key=key,
            episode=0,
            scope="storm",
            name=receiver,
            urgency=loudest.loudness,
            severity=loudest.severity if not loudest.put_off else "info",
            fault_at=min(self._book.open[each].fault_at for each in members),
            opened_at=at.now,
            told=(receiver,),
            announced_at=at.now,
        )
        self._book.begin(self._listing(made, members, over), at.configuration, at.now, at.decision)

    def _listing(self, joint: Incident, members: tuple[str, ...], over: tuple[str, ...]) -> Incident:
        """Give it with these members, and those that are over, in words."""
        open_ = [self._book.open[key] for key in members]
        titles = [each.title or each.name for each in open_]
        more = f" and {len(titles) - NAMED} more" if len(titles) > NAMED else ""
        said = f"many incidents at once, told together: {', '.join(titles[:NAMED])}{more}"
        facts = {TOGETHER: [summary_of(each) for each in open_], OVER: list(over)}
        return replace(joint, swallowed=members, text=said, facts=facts)


def _over(joint: Incident) -> tuple[str, ...]:
    return tuple(joint.facts[OVER])


def _is_first_tier(incident: Incident, at: Moment) -> bool:
    standing = at.standings.get(incident.service)
    return incident.loudness is Urgency.PAGE and standing is not None and standing.service.tier == 1
