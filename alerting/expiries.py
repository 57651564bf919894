"""Warnings of what ends by itself, as incidents of scope `certificate` and `domain`, one per check. Pure.

They follow from what attempts have seen and from time alone; that nothing is seen changes nothing. Times are
ms since the epoch, UTC. docs/decisions/0016-expiry.md says why so.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from alerting.announcer import Announcer
from alerting.book import Book
from alerting.expiry import EXPIRING, Expiring, Expiry, Stage, expiries_in, expiry_of, sees_several
from alerting.incident import Ended, Incident
from alerting.intent import Action, Urgency
from alerting.moment import Moment
from alerting.routes import severity_of
from alerting.words import clock, ending, lasting, lasting_at_most
from checks.diff import enabled
from checks.model import Check
from probes.result import Outcome, Result
from store.rows import Memory

MEMORY = "expiry/"  # begins the names under which the store remembers; scope and check follow
GRACE = 60_000  # ms after a start: by then every check has been asked
# ms for which one that ends earlier counts after it was last seen: several servers may stand behind one name,
# and only one of them have been renewed.
CALM, CALM_AT_MOST = 600_000, 3_600_000
Place = tuple[Expiring, str]  # the scope, and the check by name


@dataclass(frozen=True, slots=True)
class Seen:
    """What ends next as far as was seen, and when that was seen last; `from_` is when it may be told."""

    expiry: Expiry
    at: int
    from_: int = 0


class Expiries:
    """Owner of what attempts have seen of ends to come, and of the incidents that tell of them."""

    def __init__(self, book: Book, announcer: Announcer, remembered: Mapping[str, str]) -> None:
        self._book, self._announcer = book, announcer
        self._remembered = remembered
        self._seen: dict[Place, Seen] = {}
        self._keys: dict[Place, str] = {}  # of what is open
        self._changed: set[str] = set()  # checks that are other ones now, and have not been good since
        self._wake: int | None = None
        self._stale = True

    def wake(self) -> int | None:
        """Give the next instant at which time alone makes something more pressing."""
        return self._wake

    # --- what happens

    def begin(self, at: Moment) -> None:
        """Go on with what an earlier life knew: what it has told, and what it had seen."""
        for name, text in self._remembered.items():
            scope, _, check = name.removeprefix(MEMORY).partition("/")
            expiry = expiry_of(text) if name.startswith(MEMORY) else None
            if expiry and scope in EXPIRING:
                self._seen[scope, check] = Seen(expiry, 0, at.now + GRACE)
        for incident in self._book.open.values():
            if incident.expiry and incident.scope in EXPIRING:
                place: Place = (incident.scope, incident.name)
                self._keys[place] = incident.key
                self._seen[place] = Seen(incident.expiry, at.now)
        self._remembered = {}
        self.follow((), at)

    def follow(self, changed: Collection[str], at: Moment) -> None:
        """Watch by the configuration of now, by which some checks are `changed`."""
        checks = enabled(at.configuration)
        names = {check.was: name for name, check in checks.items() if check.was and check.was not in checks}
        for place in [place for place in self._seen.keys() | self._keys.keys() if place[1] not in checks]:
            self._move(place, names.get(place[1]), at)
        for place, key in list(self._keys.items()):
            self._adopt(place, key, checks[place[1]], at)
        for place in [place for place in self._seen if place[1] in changed]:
            self._forget(place, at)
        self._changed = {name for name in (*self._changed, *changed) if name in checks}
        self._stale = True

    def took(self, check: Check, result: Result, at: Moment) -> None:
        """Learn what a result tells, and keep the incidents equal to it."""
        if not result.facts and not self._changed:
            return
        found = dict(expiries_in(check, result))
        for scope, expiry in found.items():
            self._see((scope, check.name), expiry, _calm(check, result), at)
        if check.name in self._changed and (found or result.outcome is Outcome.GOOD):
            self._changed.discard(check.name)
            for scope in [scope for scope in EXPIRING if scope not in found]:
                self._end((scope, check.name), None, at, ended="removed")

    def passed(self, at: Moment) -> None:
        """Do what is due by the passing of time."""
        if not self._stale and (self._wake is None or self._wake > at.now):
            return
        for place in [place for place, seen in self._seen.items() if seen.from_ <= at.now]:
            self._settle(place, at)
        self._stale = False
        self._wake = min((due for seen in self._seen.values() for due in _dues(seen, at.now)), default=None)

    # --- what is known

    def _see(self, place: Place, expiry: Expiry, calm: float, at: Moment) -> None:
        known = self._seen.get(place)
        if known and expiry.ends > known.expiry.ends and at.now - known.at < calm:
            return
        self._seen[place] = Seen(expiry, at.now)
        if known is None or known.expiry != expiry:
            at.decision.rows.append(Memory(_name(place), expiry.text()))
            self._stale = True
        self._settle(place, at)

    def _move(self, place: Place, name: str | None, at: Moment) -> None:
        """Let what is known of a check go on under its new name, or end with it."""
        if name is None:
            self._end(place, None, at, ended="removed")
            self._forget(place, at)
            return
        now: Place = (place[0], name)
        if place in self._keys:
            key = self._keys[now] = self._keys.pop(place)
            self._book.keep(replace(self._book.open[key], name=name), at.decision)
        if place in self._seen:
            seen = self._seen[now] = self._seen[place]
            at.decision.rows.append(Memory(_name(now), seen.expiry.text()))
            self._forget(place, at)

    def _adopt(self, place: Place, key: str, check: Check, at: Moment) -> None:
        """Let an open one be of the service of now; one whose key is of another prefix is nobody's."""
        known = self._book.open[key]
        if not key.startswith(f"{at.configuration.alerting.prefix}/{place[0]}/"):
            self._end(place, None, at, ended="removed")
        elif known.expiry and known.expiry.service != check.service:
            expiry = replace(known.expiry, service=check.service)
            self._book.keep(replace(known, expiry=expiry), at.decision)

    def _forget(self, place: Place, at: Moment) -> None:
        if self._seen.pop(place, None):
            at.decision.rows.append(Memory(_name(place), ""))

    # --- what is told

    def _settle(self, place: Place, at: Moment) -> None:
        expiry = self._seen[place].expiry
        stage, known = expiry.stage(at.now), self._book.open.get(self._keys.get(place, ""))
        if known is None:
            if stage:
                self._begin(place, expiry, stage, at)
        elif not stage:
            self._book.keep(replace(known, expiry=expiry), at.decision)
            self._end(place, at.now, at)
        elif (known.expiry, known.stage) != (expiry, stage):
            self._go_on(known, expiry, stage, at)

    def _begin(self, place: Place, expiry: Expiry, stage: Stage, at: Moment) -> None:
        scope, name = place
        key = at.key(scope, name)
        if key in self._book.open:  # of a check that had this name, and has another one now
            return
        self._keys[place] = key
        incident = Incident(
            key=key,
            episode=0,
            scope=scope,
            name=name,
            urgency=Urgency.TICKET,
            severity=severity_of(Urgency.TICKET, None),
            fault_at=expiry.begins(Stage.WARNED),
            opened_at=at.now,
        )
        self._announcer.begin(_said(incident, expiry, stage, at), at)

    def _go_on(self, known: Incident, expiry: Expiry, stage: Stage, at: Moment) -> None:
        """Say an open one anew where it has become pressing; anything else is news."""
        again = known.stage < Stage.PRESSING <= stage and not known.held
        said = _said(known, expiry, stage, at)
        if again:  # whoever has closed it there is told as well
            heard = {
                name: replace(each, answered=each.what == "resolved") for name, each in known.heard.items()
            }
            said = replace(said, heard=heard)
        self._book.keep(said, at.decision)
        if not again:
            self._announcer.news(known.key, at)
            return
        self._book.say(said, Action.OPEN, said.told, at.configuration, at.now, at.decision)
        for receiver in said.stormed:
            if (joint := at.key("storm", receiver)) in self._book.open:
                self._announcer.news(joint, at)

    def _end(self, place: Place, restored_at: int | None, at: Moment, *, ended: Ended = "") -> None:
        key = self._keys.pop(place, "")
        if key in self._book.open:
            self._announcer.end(key, restored_at, at, ended=ended)


def _said(incident: Incident, expiry: Expiry, stage: Stage, at: Moment) -> Incident:
    """Give an incident that says how it stands now."""
    what, when = ending(incident.scope, expiry.whose), clock(expiry.ends)
    left = lasting_at_most(expiry.ends - at.now)
    text = f"{what} expired at {when}"
    if stage < Stage.ENDED:
        text = f"{what} expires at {when}, in less than {left}"
    facts = {
        "check": incident.name,
        "expires": when,
        "lifetime": lasting(expiry.lifetime) if expiry.lifetime and incident.scope == "certificate" else "",
        "issued by": expiry.issuer,
    }
    said = {word: value for word, value in facts.items() if value}
    return replace(incident, expiry=expiry, stage=stage.value, title=what, text=text, facts=said)


def _dues(seen: Seen, now: int) -> Collection[int]:
    """Give the instants to come at which there is something to be looked at."""
    due = seen.expiry.next(now)
    return [at for at in (due, seen.from_) if at is not None and at > now]


def _calm(check: Check, result: Result) -> float:
    """Say for how long (ms) one counts that an attempt has not seen again.

    At an interval over an hour, not at all; for ever where the attempt ended before it may have come to it.
    """
    if result.outcome is not Outcome.GOOD and sees_several(check):
        return math.inf
    if check.kind == "domain" or check.interval * 1000 >= CALM_AT_MOST:
        return 0
    return max(CALM, min(CALM_AT_MOST, round(3 * check.interval * 1000)))


def _name(place: Place) -> str:
    return f"{MEMORY}{place[0]}/{place[1]}"
