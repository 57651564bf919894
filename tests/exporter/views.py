"""Views for tests: a small company, told what happened. Only what a test is about is said."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from alerting.deliver import Deliverer, Outside
from alerting.engine import Engine
from alerting.events import Attempted, Delivered, Event, SelfChecked, Swapped
from alerting.intent import Intent
from alerting.receiver import Abilities, Request, Response, Sent, Verdict
from checks.diff import difference
from checks.model import Alerting, Check, Configuration, Network, Objective, Receiver, SelfCheck, Service
from exporter.counters import Counters
from exporter.view import Build, Reload, View, Viewer
from probes.basic.http import Http
from probes.result import Outcome, Reason, Result

START = 1_767_225_600_000  # 2026-01-01T00:00:00Z
BUILD = Build("1.2.3", "3.11.9")


@dataclass(frozen=True)
class Pager:
    """A receiver that takes everything."""

    abilities = Abilities()

    def request(self, intent: Intent, now: int) -> Request:  # noqa: ARG002 - the contract's arguments
        return Request("http://127.0.0.1/", b"")

    def read(self, response: Response, now: int) -> Verdict:  # noqa: ARG002 - the contract's arguments
        return Sent()

    def minimal(self, intent: Intent, now: int) -> Request | None:  # noqa: ARG002 - the contract's arguments
        return None

    def off(self) -> str:
        return ""


class StoppedClock:
    def __init__(self) -> None:
        self.at = START

    def now(self) -> int:
        return self.at

    def time(self) -> float:
        return self.at / 1000


def check(name: str, service: str = "sso", **said: Any) -> Check:
    probe = Http(url=f"https://{name}.example.com/")
    return Check(**{"name": name, "service": service, "kind": "http", "probe": probe, "confirm": 1, **said})


def company(checks: Iterable[Check] = (), **said: Any) -> Configuration:
    """Two services of one check each, one receiver, an objective for sso over an hour."""
    checks = tuple(checks) or (check("login"), check("inbox", "email"))
    target = Fraction(9, 10)
    given: dict[str, Any] = {
        "site": "hq",
        "services": {
            "sso": Service(name="sso", title="Single sign-on", owner="identity", tier=1),
            "email": Service(name="email", title="Email", owner="messaging", tier=2, depends_on=("sso",)),
        },
        "checks": {each.name: each for each in checks},
        "objectives": {"able": Objective(name="able", target=target, window="1h", services=("sso",))},
        "receivers": {"oncall": Receiver(name="oncall", kind="fake", target=Pager())},
        "alerting": Alerting(prefix="hq"),
        "self_checks": (SelfCheck(name="tcp:192.0.2.1:443", action="tcp", target="192.0.2.1:443"),),
    }
    return Configuration(**(given | said))


class Told:
    """A daemon without its loop: an engine, counters and a deliverer that hear of events."""

    def __init__(self, configuration: Configuration | None = None) -> None:
        configuration = configuration or company()
        self.mistakes: list[str] = []  # of the next reload
        self.clock = StoppedClock()
        self.counters = Counters()
        self.engine = Engine(configuration)
        outside = Outside(post=_post, clock=self.clock, random=Random(1), mark=_mark, report=lambda _: None)
        self.deliverer = Deliverer({"oncall": Pager()}, outside)
        self.viewer = Viewer(
            engine=self.engine,
            counters=self.counters,
            build=BUILD,
            reload=Reload(True, START),
            deliverer=self.deliverer,
        )

    def hear(self, event: Event, now: int) -> "Told":
        self.clock.at = max(self.clock.at, now)
        decision = self.engine.handle(event, now)
        self.counters.take(decision)
        self.deliverer.give(decision.intents)
        return self

    def attempt(self, check: str, after: float, reason: Reason | None = None, **said: Any) -> "Told":
        """Let a check be asked so many seconds after the start; it takes 250 ms."""
        return self.hear(Attempted(made(check, after, reason, **said)), START + round(after * 1000) + 250)

    def swap(self, configuration: Configuration, after: float) -> "Told":
        """Let a reload be accepted."""
        now = START + round(after * 1000)
        changes = difference(self.engine.configuration, configuration)
        self.hear(Swapped(configuration), now)
        self.counters.forget(changes, configuration)
        self.viewer.accepted(now)
        return self

    def look(self, network: Network, after: float, reason: Reason | None = None) -> "Told":
        """Let every self-check of a network be asked."""
        for eye in self.engine.seeing.sights[network].eyes:
            result = made(eye, after, reason)
            self.hear(SelfChecked(network, result), result.ended)
        return self

    def sent(self, key: str, after: float) -> "Told":
        """Let the receiver accept the open of an incident."""
        intents = [one for _, one in self.deliverer.outbox.undelivered_pages() if one.key == key]
        return self.hear(Delivered(intents[0], "sent"), START + round(after * 1000))

    def view(self, after: float) -> View:
        return self.viewer.at(START + round(after * 1000))


def made(check: str, after: float, reason: Reason | None = None, **said: Any) -> Result:
    """Give a result from so many seconds after the start."""
    given: dict[str, Any] = {
        "check": check,
        "site": "hq",
        "at": START + round(after * 1000),
        "took": 0.25,
        "outcome": Outcome.GOOD if reason is None else reason.outcome,
        "reason": reason,
        "detail": f"told: {reason.value}" if reason else "",
    }
    return Result(**(given | said))


async def _post(request: Request, timeout: float) -> Response:
    return Response(202)


async def _mark(intent: Intent) -> None:
    return None
