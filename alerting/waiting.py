"""A service that waits to be told of: for word of its ancestors, or for bad attempts of its own. Pure."""

from collections import defaultdict
from dataclasses import dataclass, field

from probes.result import Outcome, Result


@dataclass(slots=True)
class Waiting:
    """A service that is down and not announced.

    It waits at most `until` (None: no longer), for attempts of its ancestors begun after `since`. Where an
    ancestor's incident, or what held its own, is just over, bad attempts of its own begun `after` that count,
    by check.
    """

    since: int
    until: int | None
    after: int | None = None
    bads: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))  # their starts

    def counts(self, result: Result) -> bool:
        """Say whether a result is one of those bad ones."""
        return self.after is not None and result.outcome is Outcome.BAD and result.at >= self.after

    def again(self, after: int) -> None:
        """Count anew, from an instant on."""
        self.after = after
        self.bads.clear()
