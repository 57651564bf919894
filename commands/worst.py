"""The worst time to a page of each service, as `validate` shows it. Pure."""

from collections.abc import Mapping
from typing import Any

from alerting.promise import Promise, promises, worst_text
from alerting.unheard import hearers
from checks.model import Configuration
from commands.console import Console

MANY = 40  # services; more of them would bury what matters
TITLE = "worst time to a page: how long a fault can last before somebody is told"
UNHEARD = "nobody is told"
HEADS = ("service", "at worst", "slowest check")


def show_worst(console: Console, configuration: Configuration) -> None:
    """Print a line for each service that its checks can take down; of many, only for those of tier 1."""
    promised = promises(configuration)
    many = len(promised) > MANY
    rows = [
        (name, _at_worst(configuration, name, promise), promise.check.name)
        for name, promise in promised.items()
        if not many or configuration.services[name].tier == 1
    ]
    if many:
        console.line(f"{TITLE} ({len(rows)} of {len(promised)} services: those of tier 1; --json has all)")
    elif rows:
        console.line(TITLE)
    if rows:
        console.table(HEADS, rows)


def _at_worst(configuration: Configuration, name: str, promise: Promise) -> str:
    heard = hearers(configuration, configuration.services[name])
    return worst_text(promise.seconds) if heard else UNHEARD


def worst_times(configuration: Configuration) -> Mapping[str, Any]:
    """Give them by service for programs, in seconds, with the receivers that hear of it."""
    return {
        name: {
            "worst_seconds": round(promise.seconds, 3),
            "check": promise.check.name,
            "receivers": hearers(configuration, configuration.services[name]),
        }
        for name, promise in promises(configuration).items()
    }
