"""A metric family: its name, what it means, and where its samples come from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from exporter.counters import Histogram
from exporter.view import View

Type = Literal["gauge", "counter", "histogram"]
# The values of the family's labels in their order, without `site`, which every series has; then its number.
Sample = tuple[tuple[str, ...], float | Histogram]
Samples = Iterable[Sample]


@dataclass(frozen=True, slots=True)
class Family:
    """One line of docs/metrics.md. `samples` gives what there is to say in a view, which may be nothing."""

    name: str
    type: Type
    labels: tuple[str, ...]
    samples: Callable[[View], Samples]
    help: str


def nothing(_: View) -> Samples:
    """Give no series: what the family speaks of does not exist in this version."""
    return ()
