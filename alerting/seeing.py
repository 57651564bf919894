"""Both networks together: what is kept back, what was our own blindness, what is asked again."""

from collections.abc import Mapping
from dataclasses import replace

from alerting.events import Decision, Wish
from alerting.monitors import Condition
from alerting.sight import Eye, Held, Sight
from checks.model import Check, Configuration, Network
from checks.network import is_address
from probes.grid import offset_ms
from probes.result import NETWORK, Outcome, Reason, Result
from slo.judge import Judge
from store.rows import Reclassified

RETURN = 10_000  # ms within which every check is asked when sight returns


class Seeing:
    """The sights of all networks, and what follows when one is lost or returns."""

    def __init__(self, configuration: Configuration) -> None:
        eyes = _eyes_of(configuration)
        self.sights: dict[Network, Sight] = {network: Sight(network, each) for network, each in eyes.items()}
        self._named = _named(configuration)
        self._passive = _passive(configuration)

    def redefine(self, configuration: Configuration, former: Mapping[str, str], now: int) -> None:
        """Watch by another configuration from now on.

        `former` gives the name that each check had whose results count as before: what is kept back of
        others tells nothing any more.
        """
        names = {was: name for name, was in former.items()}
        self._named, self._passive = _named(configuration), _passive(configuration)
        for network, eyes in _eyes_of(configuration).items():
            sight = self.sights[network]
            sight.held = [each for held in sight.held if (each := _renamed(held, names)) is not None]
            sight.redefine(eyes, now)

    def attempted(self, check: Check, result: Result, now: int) -> list[Result]:
        """Take a result of a check in; give those whose outcome is final by it, in their order."""
        sight = self.sights[check.network]
        self.saw(sight, result, now)
        return [] if sight.hold(result, now) else [result]

    def saw(self, sight: Sight, result: Result, now: int) -> None:
        """Let a result of a check tell what it does of our network, whether or not it is final."""
        if result.check in self._passive:
            return
        sight.saw(result, now, named=self._named.get(result.check, True))

    def looked(self, network: Network, result: Result, now: int) -> None:
        """Take the result of a self-check in; one that the configuration no longer has is passed over."""
        sight = self.sights[network]
        if result.check in sight.eyes:
            sight.looked(result, now)

    def released(self, now: int) -> list[Result]:
        """Give the kept-back results whose wait is over, with the outcome they have now."""
        out: list[Result] = []
        for sight in self.sights.values():
            for result, ours in sight.released(now) if sight.held else ():
                out.append(replace(result, outcome=Outcome.UNKNOWN, reason=Reason.BLIND) if ours else result)
        return out

    def rounds(self, now: int, decision: Decision) -> None:
        """Ask for the rounds of self-checks that are due."""
        for network, sight in self.sights.items():
            if sight.round_due(now):
                decision.look.add(network)

    def wake(self, now: int) -> int | None:
        """Give the next instant at which time alone changes something."""
        times = [at for sight in self.sights.values() if (at := sight.wake(now)) is not None]
        return min(times, default=None)

    def blindness(self, now: int) -> list[Condition]:
        """Give the networks for which we have been blind for a while."""
        found: list[Condition] = []
        for network, sight in self.sights.items():
            if sight.lasting(now) and sight.blind_since is not None:
                found.append(Condition(f"blind/{network}", _blind(sight), sight.blind_since))
        return found

    def mute(self) -> list[Condition]:
        """Give the self-checks that fail while their network carries checks: they have no vote."""
        eyes = [eye for sight in self.sights.values() for eye in sight.mute()]
        return [
            Condition(f"self-check/{eye.name.removeprefix('self/')}", _mute(eye), eye.first_failure_ended)
            for eye in eyes
        ]


def _eyes_of(configuration: Configuration) -> dict[Network, dict[str, bool]]:
    eyes: dict[Network, dict[str, bool]] = {"internet": {}, "internal": {}}
    for self_check in configuration.self_checks:
        eyes[self_check.network][f"self/{self_check.name}"] = self_check.action == "resolve"
    return eyes


def _named(configuration: Configuration) -> dict[str, bool]:
    """Say of each check whether it has a name to resolve."""
    return {check.name: not is_address(check.host) for check in configuration.checks.values()}


def _passive(configuration: Configuration) -> frozenset[str]:
    """Name the checks that ask nobody: that they are good tells nothing of our network."""
    checks = configuration.checks.values()
    return frozenset(check.name for check in checks if getattr(check.probe, "passive", False))


def _renamed(held: Held, names: Mapping[str, str]) -> Held | None:
    name = names.get(held.result.check)
    return replace(held, result=replace(held.result, check=name)) if name else None


def _blind(sight: Sight) -> str:
    if sight.blind_to is NETWORK:
        return f"blind on the {sight.network} network: every self-check fails, no check of it succeeds"
    return f"blind for names on the {sight.network} network: no self-check can resolve one, and no check can"


def _mute(eye: Eye) -> str:
    name = eye.name.removeprefix("self/")
    return f"self-check {name} fails while checks of its network succeed: {eye.detail}"


def forget_suspects(sight: Sight, judges: Mapping[str, Judge], decision: Decision) -> list[Judge]:
    """Turn what looked bad since the last good self-check into blindness, where nothing is confirmed."""
    touched = []
    for judge in judges.values():
        if judge.check.network == sight.network and judge.suspect and judge.last is not None:
            site = judge.last.site
            gone = judge.forget(sight.last_good_look, sight.blind_to)
            decision.rows += [
                Reclassified(judge.check.name, site, at, Outcome.UNKNOWN, Reason.BLIND) for at in gone
            ]
            touched.append(judge)
    return touched


def ask_everybody(sight: Sight, judges: Mapping[str, Judge], now: int, decision: Decision) -> None:
    """Ask every check of a network soon after sight has returned, spread by the hash of its name."""
    for name, judge in judges.items():
        if judge.check.network == sight.network:
            decision.ask.append(Wish(name, now + offset_ms(name, "sight", RETURN)))
