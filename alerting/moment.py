"""What every step of the engine is handed: how things stand, when, and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass

from alerting.events import Decision
from alerting.incident import Scope, key_of
from alerting.services import Standing
from checks.model import Configuration


@dataclass(slots=True)
class Moment:
    """The services as they stand, the configuration, when (ms since the epoch, UTC), and what follows."""

    standings: Mapping[str, Standing]
    configuration: Configuration
    now: int
    decision: Decision

    def key(self, scope: Scope, name: str) -> str:
        """Give the deduplication key of an incident."""
        return key_of(self.configuration.alerting.prefix, scope, name)
