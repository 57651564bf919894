"""What is wrong with ourselves, as incidents of scope `monitor`: open for as long as the condition holds."""

from dataclasses import dataclass, replace

from alerting.announcer import Announcer
from alerting.book import Book
from alerting.incident import Incident
from alerting.intent import Urgency
from alerting.moment import Moment
from alerting.routes import severity_of

# ms after a start: the self-checks have spoken, and blindness has lasted long enough to be told.
GRACE_OF_SIGHT = 30_000
GRACE = 180_000  # and everything else has had its two minutes


@dataclass(frozen=True, slots=True)
class Condition:
    """Something wrong with us: its name in the key, one sentence, since when (ms), how urgent it is.

    `news`: another sentence than the one that was told is told too.
    """

    name: str
    text: str
    since: int
    urgency: Urgency = Urgency.PAGE
    news: bool = False


class Monitors:
    """Keeps the open `monitor` incidents equal to the conditions that hold."""

    def __init__(self, book: Book, announcer: Announcer) -> None:
        self._book, self._announcer = book, announcer
        self._unjudged: dict[str, int] = {}  # opened in an earlier life: until when they have not to hold yet

    def take_over(self, now: int) -> None:
        """Give what an earlier life opened time to show whether it still holds: it is not a new incident."""
        monitors = [incident for incident in self._book.open.values() if incident.scope == "monitor"]
        self._unjudged = {incident.key: now + _grace(incident.name) for incident in monitors}

    def wake(self, now: int) -> int | None:
        """Give the instant at which one of those is over unless it holds."""
        return min((until for until in self._unjudged.values() if until > now), default=None)

    def settle(self, family: str, holding: list[Condition], at: Moment) -> None:
        """Open what newly holds in a family (names beginning with it), close what no longer does."""
        if not holding and not self._book.monitors:
            return
        wanted = {at.key("monitor", condition.name): condition for condition in holding}
        for key, condition in wanted.items():
            self._unjudged.pop(key, None)
            known = self._book.open.get(key)
            if known is None:
                self._begin(key, condition, at)
            elif condition.news and known.text != condition.text:
                self._book.keep(replace(known, text=condition.text), at.decision)
                self._announcer.news(key, at, wait=0)
        over = [
            key
            for key, incident in self._book.open.items()
            if incident.scope == "monitor" and key not in wanted and _of(incident.name, family)
            if at.now >= self._unjudged.get(key, at.now)
        ]
        for key in over:
            self._announcer.end(key, at.now, at)

    def _begin(self, key: str, condition: Condition, at: Moment) -> None:
        incident = Incident(
            key=key,
            episode=0,
            scope="monitor",
            name=condition.name,
            urgency=condition.urgency,
            severity=severity_of(condition.urgency, None),
            fault_at=condition.since,
            opened_at=at.now,
            text=condition.text,
        )
        self._announcer.begin(incident, at)


def _grace(name: str) -> int:
    if _of(name, "reload"):
        return 0  # whoever has started has read it
    return GRACE_OF_SIGHT if _of(name, "blind") else GRACE


def _of(name: str, family: str) -> bool:
    return name == family or name.startswith(f"{family}/")
