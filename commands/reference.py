"""Edge: `python -m commands.reference`, which `make reference` runs: the page of every option, on stdout."""

import sys
from collections.abc import Mapping
from typing import Any

from alerting.receivers import RECEIVERS
from checks.kinds import Kinds
from checks.reference import page
from probes import KINDS


def reference() -> str:
    """Write docs/checks-yaml.md for the kinds and receivers there are."""
    return page(kinds_there(), receivers_there())


def kinds_there() -> dict[str, Any]:
    """Give the class of every kind of check, by its word."""
    return _loaded(KINDS)


def receivers_there() -> dict[str, Any]:
    """Give the class of every kind of receiver, by its word."""
    return _loaded(RECEIVERS)


def _loaded(places: Mapping[str, str]) -> dict[str, Any]:
    kinds = Kinds(places, frozenset())
    return {word: kinds.loaded(word) for word in places}


if __name__ == "__main__":
    sys.stdout.write(reference())
