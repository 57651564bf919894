"""Metrics as text: Prometheus' own format 0.0.4, and OpenMetrics 1.0."""

from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import accumulate, islice
from math import inf, isnan

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST

from exporter.counters import Histogram
from exporter.families import families
from exporter.family import Family, Sample
from exporter.view import View

INFINITE = {inf: "+Inf", -inf: "-Inf"}
UNITS = ("seconds", "ratio", "bytes")
SLICE = 256  # samples in one piece of text, so that whoever writes it can do something else in between


class Format(Enum):
    """A way to write metrics; the value is its content type."""

    TEXT = CONTENT_TYPE_PLAIN_0_0_4
    OPENMETRICS = CONTENT_TYPE_LATEST


def pieces(view: View, format: Format) -> Iterator[str]:
    """Write everything, piece by piece, each a few hundred samples at most."""
    site = escape(view.configuration.site)
    for family in families(view.configuration):
        yield _head(family, format)
        samples = iter(family.samples(view))
        while piece := "".join(_lines(family, site, islice(samples, SLICE))):
            yield piece
    if format is Format.OPENMETRICS:
        yield "# EOF\n"


def escape(value: str) -> str:
    """Escape the value of a label."""
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def number(value: float) -> str:
    """Write a number exactly and shortly."""
    if value in INFINITE:
        return INFINITE[value]
    return "NaN" if isnan(value) else repr(value)


def _head(family: Family, format: Format) -> str:
    name, said = family.name, family.help
    if format is Format.TEXT:
        return f"# HELP {name} {_text(said)}\n# TYPE {name} {family.type}\n"
    if family.type == "counter":
        name = name.removesuffix("_total")
    unit = next((f"# UNIT {name} {unit}\n" for unit in UNITS if name.endswith(f"_{unit}")), "")
    return f"# HELP {name} {escape(said)}\n# TYPE {name} {family.type}\n{unit}"


def _text(said: str) -> str:
    return said.replace("\\", r"\\").replace("\n", r"\n")


def _lines(family: Family, site: str, samples: Iterable[Sample]) -> Iterator[str]:
    for values, value in samples:
        pairs = zip((*family.labels, "site"), (*map(escape, values), site), strict=True)
        labels = ",".join([f'{label}="{said}"' for label, said in pairs])
        if isinstance(value, Histogram):
            yield from _buckets(family.name, labels, value)
        else:
            yield f"{family.name}{{{labels}}} {number(value)}\n"


def _buckets(name: str, labels: str, histogram: Histogram) -> Iterator[str]:
    sums = list(accumulate(histogram.counts))
    bounds = [*map(repr, histogram.bounds), "+Inf"]
    for bound, count in zip(bounds, sums, strict=True):
        yield f'{name}_bucket{{{labels},le="{bound}"}} {count}\n'
    yield f"{name}_sum{{{labels}}} {number(histogram.sum)}\n"
    yield f"{name}_count{{{labels}}} {sums[-1]}\n"
