"""What a round of self-checks says of our own sight, in words. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from checks.model import Network, SelfCheck
from probes.result import Outcome, Result


def networks_of(self_checks: Iterable[SelfCheck]) -> Sequence[Network]:
    """Give the networks that have self-checks, in the order in which they are written."""
    return list(dict.fromkeys(each.network for each in self_checks))


def blind_for(network: Network, self_checks: Iterable[SelfCheck], looks: Mapping[str, Result]) -> str:
    """Say where we are blind: `on the … network`, `for names on the … network`; nothing where we see."""
    asked = [each for each in self_checks if each.network == network and each.name in looks]
    failing = [each for each in asked if looks[each.name].outcome is not Outcome.GOOD]
    if asked and len(failing) == len(asked):
        return f"on the {network} network"
    resolving = [each for each in asked if each.action == "resolve"]
    names_only = bool(resolving) and all(each in failing for each in resolving)
    return f"for names on the {network} network" if names_only else ""
