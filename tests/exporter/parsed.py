"""What a scrape says, read back by prometheus_client's own parsers."""

from collections.abc import Callable, Iterable

from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from prometheus_client.samples import Sample

from exporter.render import Format, pieces
from exporter.view import View

READERS: dict[Format, Callable[[str], Iterable[Metric]]] = {
    Format.TEXT: read_text,
    Format.OPENMETRICS: read_openmetrics,
}


def text(view: View, format: Format = Format.TEXT) -> str:
    return "".join(pieces(view, format))


def read(view: View, format: Format = Format.TEXT) -> list[Metric]:
    return list(READERS[format](text(view, format)))


def samples(view: View, format: Format = Format.TEXT) -> list[Sample]:
    return [sample for metric in read(view, format) for sample in metric.samples]


def series(view: View, name: str, **labels: str) -> list[tuple[dict[str, str], float]]:
    """Give labels (without site) and values of the series of a name that have these labels."""
    return [
        ({label: value for label, value in sample.labels.items() if label != "site"}, sample.value)
        for sample in samples(view)
        if sample.name == name and labels.items() <= sample.labels.items()
    ]


def values(view: View, name: str, by: str, **labels: str) -> dict[str, float]:
    """Give the values of a name by one of its labels."""
    return {found[by]: value for found, value in series(view, name, **labels)}


def value(view: View, name: str, **labels: str) -> float | None:
    """Give the value of the one series there is, None where there is none."""
    found = series(view, name, **labels)
    assert len(found) < 2, f"{len(found)} series of {name}"
    return found[0][1] if found else None
