"""An engine driven by hand: its `wake` is honoured to the millisecond, its self-checks answer as told."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Any
from zoneinfo import ZoneInfo

from alerting.engine import Engine
from alerting.events import (
    Attempted,
    Decision,
    Delivered,
    Event,
    Ordered,
    Reported,
    SelfChecked,
    Started,
    Strained,
    Woke,
)
from alerting.incident import Happening, Incident
from alerting.intent import Action, Intent
from alerting.orders import Orders
from alerting.receiver import Abilities, Request, Response, Sent, Verdict
from checks.model import Alerting, Check, Configuration, Network, Receiver, Route, SelfCheck, Service
from checks.walls import EPOCH, MILLISECOND
from probes.result import Outcome, Reason, Result
from store.rows import Memory, Operation, What
from tests.simulation.world import Kind

BAD, GOOD, UNSEEN = Reason.HTTP_STATUS, None, Reason.BUG  # what an attempt may come to

START = 1_767_225_600_000  # 2026-01-01T00:00:00Z
QUICK, SLOW = 20, 2_000  # ms that a self-check takes when it works, and when it does not
SELF_CHECKS = (
    SelfCheck(name="a:443", action="tcp", target="a:443"),
    SelfCheck(name="b:443", action="tcp", target="b:443"),
    SelfCheck(name="one.example", action="resolve", target="one.example"),
    SelfCheck(name="two.example", action="resolve", target="two.example"),
)
ADDRESSES, NAMES = frozenset({"a:443", "b:443"}), frozenset({"one.example", "two.example"})


@dataclass(frozen=True)
class Target:
    """A receiver that is only asked what it can do."""

    info: bool = True
    deduplicates: bool = True

    @property
    def abilities(self) -> Abilities:
        return Abilities(info=self.info, deduplicates=self.deduplicates)

    def request(self, intent: Intent, now: int) -> Request:  # noqa: ARG002 - the contract's arguments
        return Request("http://127.0.0.1/", intent.id.encode())

    def read(self, response: Response, now: int) -> Verdict:  # noqa: ARG002 - the contract's arguments
        return Sent()

    def minimal(self, intent: Intent, now: int) -> Request | None:  # noqa: ARG002 - the contract's arguments
        return None

    def off(self) -> str:
        return ""


def receiver(name: str, *, info: bool = True, off: str = "", deduplicates: bool = True) -> Receiver:
    return Receiver(name=name, kind="fake", target=Target(info, deduplicates), off=off)


def check(name: str, service: str = "sso", **said: Any) -> Check:
    """A check that two bad attempts confirm and two good ones end."""
    given: dict[str, Any] = {"kind": "simulated", "probe": Kind(), "confirm": 2, "host": "sso.example.com"}
    return Check(name=name, service=service, **(given | said))


def alerting(*routes: Route, **said: Any) -> Alerting:
    return Alerting(prefix="hq", routes=routes, **said)


def company(*checks: Check, **said: Any) -> Configuration:
    """One service of tier 1, one check, a pager that hears of all, four self-checks on the internet."""
    given: dict[str, Any] = {
        "site": "hq",
        "services": {"sso": Service(name="sso", title="Single sign-on", tier=1)},
        "checks": {each.name: each for each in checks or (check("login"),)},
        "receivers": {"pager": receiver("pager", info=False)},
        "alerting": alerting(),
        "self_checks": SELF_CHECKS,
    }
    return Configuration(**(given | said))


def made(name: str, at: int, reason: Reason | None = None, took: int = 250, **said: Any) -> Result:
    """A result of an attempt begun at `at`; both times in ms."""
    given: dict[str, Any] = {
        "outcome": Outcome.GOOD if reason is None else reason.outcome,
        "reason": reason,
        "detail": f"told: {reason.value}" if reason else "",
    }
    return Result(check=name, site="hq", at=at, took=took / 1000, **(given | said))


class Hand:
    """Drives an engine as the daemon would. `decisions` is all it ever decided, each with its instant."""

    def __init__(self, configuration: Configuration | None = None, **memory: Any) -> None:
        self.engine = Engine(configuration or company(), **memory)
        self.remembered: Mapping[str, str] = memory.get("remembered", {})
        self.now = START
        self.mute: frozenset[str] = frozenset()  # the self-checks that fail
        self.hung = False  # whether no self-check that begins now ever ends
        self.decisions: list[tuple[int, Decision]] = []
        self.looked: list[tuple[int, Network]] = []
        self.operations: list[Operation] = []  # what people have ordered, in this life and before
        self._coming: list[tuple[int, int, Event]] = []
        self._count = 0

    # --- what happens

    def start(self) -> "Hand":
        return self.hear(Started())

    def hear(self, event: Event) -> "Hand":
        """Tell the engine something at this instant, and ask the self-checks it wants to hear."""
        decision = self.engine.handle(event, self.now)
        self.decisions.append((self.now, decision))
        for network in sorted(decision.look):
            self.looked.append((self.now, network))
            self._look(network)
        return self

    def passes(self, seconds: float) -> "Hand":
        """Let time pass: what is on its way comes, and the engine is woken when it asked to be."""
        end = self.now + round(seconds * 1000)
        while (at := self._next_at()) is not None and at <= end:
            self.now = max(self.now, at)
            coming = self._coming and self._coming[0][0] <= self.now
            self.hear(heappop(self._coming)[2] if coming else Woke())
        self.now = end
        return self

    def attempt(
        self, name: str = "login", reason: Reason | None = None, took: float = 0.25, **said: Any
    ) -> "Hand":
        """Let a check be asked now; time passes until its answer has come."""
        at = self.now
        self.passes(took)
        return self.hear(Attempted(made(name, at, reason, round(took * 1000), **said)))

    def fails(
        self, name: str = "login", reason: Reason = Reason.HTTP_STATUS, *, times: int = 2, took: float = 0.25
    ) -> "Hand":
        for _ in range(times):
            self.attempt(name, reason, took).passes(5)
        return self

    def works(self, name: str = "login", *, times: int = 2) -> "Hand":
        for _ in range(times):
            self.attempt(name).passes(5)
        return self

    def sees(self, *outcomes: Reason | None, name: str = "login") -> "Hand":
        """Let a check be asked every five seconds, with an answer in a quarter of a second."""
        for reason in outcomes:
            self.attempt(name, reason).passes(4.75)
        return self

    def blinded(self) -> "Hand":
        """Let every self-check fail from now on."""
        self.mute = ADDRESSES | NAMES
        return self

    def sighted(self) -> "Hand":
        self.mute = frozenset()
        return self

    def strained(self, seconds: int) -> "Hand":
        """Let there be a sign of overload every second, at both ends too."""
        self.hear(Strained())
        for _ in range(seconds):
            self.passes(1).hear(Strained())
        return self

    def delivered(self, intent: Intent, how: Any = "sent", detail: str = "") -> "Hand":
        return self.hear(Delivered(intent, how, detail))

    # --- what people do

    def ordered(self, what: What, subject: str, **document: Any) -> "Hand":
        """Let a person add or remove a maintenance or a silence now."""
        serial, written = len(self.operations) + 1, json.dumps(document)
        self.operations.append(Operation(serial, self.now, "anna", what, subject, written))
        return self.hear(Ordered(self.operations[-1]))

    def maintained(
        self, *services: str, seconds: float, after: float = 0, called: str = "works", **said: Any
    ) -> "Hand":
        """Let services be in maintenance, from `after` seconds from now, counted in whole seconds."""
        start = f"{EPOCH + (self.now + round(after * 1000)) * MILLISECOND:%Y-%m-%dT%H:%M:%SZ}"
        given = {"services": services, "start": start, "duration": seconds, **said}
        return self.ordered("maintenance.add", called, **given)

    def silenced(self, seconds: float, called: str = "quiet", *, after: float = 0, **match: Any) -> "Hand":
        """Let what matches be silenced, from `after` seconds from now."""
        start = self.now + round(after * 1000)
        end = start + round(seconds * 1000)
        return self.ordered("silence.add", called, match=match, start=start, end=end)

    def reported(
        self,
        what: Happening,
        receiver: str = "pager",
        key: str = "service/sso",
        *,
        by_person: bool = True,
        at: int | None = None,
    ) -> "Hand":
        """Let a receiver say what happened to an incident at its end."""
        return self.hear(Reported(receiver, f"hq/{key}", what, by_person, self.now if at is None else at))

    def acknowledged(self, receiver: str = "pager", key: str = "service/sso") -> "Hand":
        return self.reported("acknowledged", receiver, key)

    # --- what came of it

    @property
    def intents(self) -> list[Intent]:
        return [intent for _, decision in self.decisions for intent in decision.intents]

    def told(self, receiver: str = "pager") -> list[tuple[str, str]]:
        """What a receiver was told: action and key without its prefix."""
        return [
            (intent.action.value, intent.key.removeprefix("hq/"))
            for intent in self.intents
            if intent.receiver == receiver
        ]

    def heard(self, receiver: str = "pager", key: str = "service/sso") -> list[tuple[str, float]]:
        """What a receiver was told of one incident: action, and seconds after the start."""
        return [
            (intent.action.value, (at - START) / 1000)
            for at, decision in self.decisions
            for intent in decision.intents
            if (intent.receiver, intent.key) == (receiver, f"hq/{key}")
        ]

    def incident(self, key: str = "service/sso") -> Incident:
        """An open incident as it is now."""
        return self.engine.book.open[f"hq/{key}"]

    def open(self) -> list[str]:
        return sorted(key.removeprefix("hq/") for key in self.engine.book.open)

    def opened(self, name: str) -> tuple[int, Incident]:
        """The one incident of a name, and when it was opened."""
        (found,) = [
            (at, each) for at, decision in self.decisions for each in decision.opened if each.name == name
        ]
        return found

    def resolved(self, name: str) -> tuple[int, Incident]:
        (found,) = [
            (at, each) for at, decision in self.decisions for each in decision.resolved if each.name == name
        ]
        return found

    def resolved_last(self) -> Incident:
        """The incident that was resolved last."""
        return [each for _, decision in self.decisions for each in decision.resolved][-1]

    def recorded(self, name: str = "login") -> list[tuple[int, Result]]:
        """The final results of a check, each with when it became final."""
        return [
            (at, each) for at, decision in self.decisions for each in decision.recorded if each.check == name
        ]

    def reasons(self, name: str = "login") -> list[Reason | None]:
        return [result.reason for _, result in self.recorded(name)]

    def rows(self, kind: type) -> list[Any]:
        return [row for _, decision in self.decisions for row in decision.rows if isinstance(row, kind)]

    def asked(self) -> list[tuple[str, int]]:
        return [(wish.check, wish.at) for _, decision in self.decisions for wish in decision.ask]

    def intent(self, action: str, receiver: str = "pager") -> Intent:
        """The last message of a sort to a receiver."""
        found = [each for each in self.intents if (each.action, each.receiver) == (Action(action), receiver)]
        return found[-1]

    # --- within

    def _next_at(self) -> int | None:
        wake = self.decisions[-1][1].wake if self.decisions else None
        coming = self._coming[0][0] if self._coming else None
        return min((at for at in (wake, coming) if at is not None), default=None)

    def _look(self, network: Network) -> None:
        for each in () if self.hung else self.engine.configuration.self_checks:
            if each.network == network:
                fails = each.name in self.mute
                reason = Reason.DNS_FAILURE if each.action == "resolve" else Reason.CONNECT_TIMEOUT
                took = SLOW if fails else QUICK
                result = made(f"self/{each.name}", self.now, reason if fails else None, took)
                self._count += 1
                heappush(self._coming, (self.now + took, self._count, SelfChecked(network, result)))


def restarted(
    hand: Hand,
    configuration: Configuration | None = None,
    queued: Iterable[Intent] = (),
    *,
    after: float = 60,
) -> Hand:
    """A new life, some seconds later, on what the old one left: incidents, episodes, results, orders."""
    old = hand.engine
    said = configuration or old.configuration
    orders = Orders(ZoneInfo(said.timezone))
    for operation in hand.operations:
        orders.take(operation)
    new = Hand(
        said,
        open_incidents=[Incident.of(each.row()) for each in old.book.open.values()],
        episodes=old.book.episodes,
        queued=queued,
        orders=orders,
        remembered=dict(hand.remembered) | {row.name: row.value for row in hand.rows(Memory)},
    )
    new.engine.replay(hand.rows(Result))
    new.operations = list(hand.operations)
    new.now = hand.now + round(after * 1000)
    return new


def tiered(tier: int, **said: Any) -> Configuration:
    """The company with its service on another tier."""
    configuration = company(**said)
    return replace(configuration, services={"sso": replace(configuration.services["sso"], tier=tier)})
