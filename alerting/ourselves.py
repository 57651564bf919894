"""What is wrong with ourselves, and with what we can know: kept as incidents of scope `monitor`. Pure."""

from collections.abc import Collection, Iterable, Mapping

from alerting.announcer import Announcer
from alerting.book import Book
from alerting.events import Event, ReloadRefused, StoreBack, StoreFailing, Strained
from alerting.intent import Urgency
from alerting.moment import Moment
from alerting.monitors import Condition, Monitors
from alerting.seeing import Seeing
from alerting.services import Standing
from alerting.strain import Strain
from alerting.unmeasured import Unmeasured

# What may be wrong with us: names of incidents are these, or begin with one of them and a slash.
FAMILIES = ("blind", "self-check", "receiver", "store", "overload", "unmeasured", "reload")
OVERLOADED = "overloaded: attempts start late or are cut by our own slowness"


class Ourselves:
    """Owner of what we know to be wrong with us. `news`: something of it may have changed since it was told.

    Times are ms since the epoch, UTC.
    """

    def __init__(self, book: Book, announcer: Announcer) -> None:
        self.news = True
        self._book = book
        self._monitors = Monitors(book, announcer)
        self._strain = Strain()
        self._unmeasured = Unmeasured()
        self._silent: dict[str, Condition] = {}  # receivers that do not deliver
        self._store: Condition | None = None
        self._refused: Condition | None = None  # a reload

    @property
    def silent(self) -> Collection[str]:
        """Name the receivers that do not deliver."""
        return self._silent.keys()

    def wakes(self, now: int) -> Iterable[int | None]:
        """Give the instants at which time alone changes something."""
        return self._strain.wake(), self._monitors.wake(now), self._unmeasured.wake()

    # --- what is heard

    def take_over(self, now: int) -> None:
        """Give what an earlier life opened time to show whether it still holds."""
        self._monitors.take_over(now)

    def hear(self, event: Event, now: int) -> None:
        """Take in what tells of us; anything else is passed over."""
        match event:
            case Strained():
                self._strain.sign(now)
            case ReloadRefused(detail):
                since = self._refused.since if self._refused else now
                self._refused = Condition("reload", detail, since, Urgency.TICKET, news=True)
            case StoreFailing(detail):
                self._store = Condition("store", detail, now)
            case StoreBack():
                self._store = None
            case _:
                pass

    def strained(self, now: int) -> None:
        """Take note that an attempt was spoilt by our own slowness."""
        self._strain.sign(now)
        self.news = True

    def delivers(self, receiver: str) -> None:
        """Take note that a receiver took a message."""
        self._silent.pop(receiver, None)

    def does_not_deliver(self, receiver: str, detail: str, now: int) -> None:
        """Take note that a receiver did not take a message, or not in time."""
        text = f"receiver {receiver} does not deliver: {detail}"
        self._silent.setdefault(receiver, Condition(f"receiver/{receiver}", text, now))

    def swapped(self, still: Collection[str]) -> None:
        """Take note of an accepted reload; `still` are the receivers that are who they were."""
        self._refused = None
        self._silent = {name: each for name, each in self._silent.items() if name in still}

    # --- what is told

    def tell(self, seeing: Seeing, at: Moment) -> None:
        """Keep the incidents equal to what is wrong."""
        self.news = False
        holding = (
            seeing.blindness(at.now),
            seeing.mute(),
            list(self._silent.values()),
            [self._store] if self._store else [],
            self._overload(at.now),
            self._unknown(seeing, at.standings, at.now),
            [self._refused] if self._refused else [],
        )
        for family, conditions in zip(FAMILIES, holding, strict=True):
            self._monitors.settle(family, conditions, at)

    def _overload(self, now: int) -> list[Condition]:
        if not self._strain.lasting(now) or self._strain.since is None:
            return []
        return [Condition("overload", OVERLOADED, self._strain.since)]

    def _unknown(self, seeing: Seeing, standings: Mapping[str, Standing], now: int) -> list[Condition]:
        """Give the services that nobody measures."""
        blind = {network for network, sight in seeing.sights.items() if sight.blind}
        names = {scope: self._book.names(scope) for scope in ("service", "monitor")}
        for (
            incident
        ) in self._book.open.values():  # nobody is told of what was held, or swallowed by what is over
            orphan = incident.suppressed_by and incident.suppressed_by not in names["service"]
            if orphan or (incident.held and not incident.announced):
                names["service"].discard(incident.name)
        return self._unmeasured.conditions(standings, blind, names["service"], names["monitor"], now)
