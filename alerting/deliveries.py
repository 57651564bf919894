"""What follows from what became of a message: taken, not taken in time, refused for good. Pure."""

from dataclasses import replace

from alerting.announcer import Announcer
from alerting.book import Book
from alerting.dependencies import Dependencies
from alerting.events import Delivered
from alerting.incident import Incident
from alerting.intent import Action, Intent, Urgency
from alerting.moment import Moment
from alerting.ourselves import Ourselves
from alerting.routes import fallback_of


class Deliveries:
    """Tells those of a message's fate who are concerned: its incident, what that has swallowed, ourselves."""

    def __init__(
        self, book: Book, announcer: Announcer, dependencies: Dependencies, ourselves: Ourselves
    ) -> None:
        self._book, self._announcer = book, announcer
        self._dependencies, self._ourselves = dependencies, ourselves
        self._late: dict[str, Intent] = {}  # pages of held incidents that nobody has taken

    def passed(self, at: Moment) -> None:
        """Let the fallback hear of what nobody has taken and nothing holds any more."""
        for key in list(self._late):
            known = self._book.open.get(key)
            if known is None or not known.held:
                self._fall_back(self._late.pop(key), at)

    def hear(self, event: Delivered, at: Moment) -> None:
        """Take in what became of a message."""
        if event.former:
            return  # whoever it was is not asked any more
        if event.how == "sent":
            self._ourselves.delivers(event.intent.receiver)
            self._taken(event.intent, at)
        elif event.how in {"dead", "fallback_due"}:
            if event.intent.receiver in at.configuration.receivers:  # one that has gone can never speak again
                self._ourselves.does_not_deliver(event.intent.receiver, event.detail, at.now)
            if event.intent.action is Action.OPEN:
                self._fall_back(event.intent, at)
                self._dependencies.not_taken(event.intent, at)

    def _taken(self, intent: Intent, at: Moment) -> None:
        self._dependencies.delivered(intent.key)
        known = self._known(intent)
        if known and known.accepted_at is None:
            self._book.keep(replace(known, accepted_at=at.now), at.decision)

    def _fall_back(self, intent: Intent, at: Moment) -> None:
        """Say an undeliverable page through the fallback too, which then also hears the resolve."""
        known = self._known(intent)
        if known is None or known.acknowledged or known.loudness is not Urgency.PAGE:
            return  # it is over, or somebody knows, or nobody is to get up
        if known.held:
            self._late[known.key] = intent
        else:
            self._announcer.tell_more(known.key, fallback_of(at.configuration, known.told), at)

    def _known(self, intent: Intent) -> Incident | None:
        """Give the incident that a message is about, while it is open."""
        known = self._book.open.get(intent.key)
        return known if known and known.episode == intent.episode else None
