"""What is worth saying about objectives that are right: each function is a `checks.notes.Rule`."""

from collections.abc import Iterator, Sequence

from checks.durations import duration_text
from checks.model import Configuration
from checks.notes import Note
from slo.indicators import indicators, indicators_of
from slo.rules import LeftOut, rules_of
from slo.windows import length_ms


def left_out(configuration: Configuration) -> Iterator[Note]:
    """Say which of the usual burn rules an objective does without, and why."""
    by_service = indicators(configuration)
    for name, objective in configuration.objectives.items():
        checks = indicators_of(objective, configuration, by_service)
        interval = max((check.interval for check in checks), default=0.0)
        _, left = rules_of(objective, interval)
        if left:
            yield Note(("objectives", name), _without(left, interval))


def beyond_results(configuration: Configuration) -> Iterator[Note]:
    """Say which counted objectives look further back than single results are kept."""
    kept = configuration.retention.results
    for name, objective in configuration.objectives.items():
        window = length_ms(objective.window) / 1000
        if objective.indicator != "time" and window > kept:
            yield Note(("objectives", name, "window"), _beyond(kept, window))


def _without(left: Sequence[LeftOut], interval: float) -> str:
    why = {
        "never fires": "everything bad would not be enough for it",
        "too few attempts": f"with an attempt every {duration_text(interval)} it has too few",
    }
    said = [f"{one.urgency} over {duration_text(one.long)} ({why[one.why]})" for one in left]
    return f"does without some of the usual burn rules: {', '.join(said)}"


def _beyond(kept: float, window: float) -> str:
    return (
        f"longer than single results are kept, {duration_text(kept)}: what is older is known by whole hours"
        f" only (raise store.results to {duration_text(window)}, or shorten it)"
    )
