"""What the other side can read: `Accept` and `Accept-Encoding` (RFC 9110, section 12.5)."""

from collections.abc import Mapping
from dataclasses import dataclass

from exporter.render import Format

OPENMETRICS = "application/openmetrics-text"
VERSIONS = {"", "1.0.0"}  # of OpenMetrics; whoever asks for another one gets the text format


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that is accepted, with its parameters, and how much it is liked, from 0 to 1."""

    name: str
    quality: float
    parameters: Mapping[str, str]


def format_of(accept: str) -> Format:
    """Choose how to write metrics. Whoever accepts neither format still gets text, as from Prometheus."""
    wishes = read(accept)
    openmetrics = [
        wish.quality
        for wish in wishes
        if wish.name == OPENMETRICS and wish.parameters.get("version", "") in VERSIONS
    ]
    best = max(openmetrics, default=0.0)
    return Format.OPENMETRICS if best > 0 and best >= _quality(wishes, "text/plain") else Format.TEXT


def takes_gzip(accept_encoding: str) -> bool:
    """Say whether a compressed answer can be read."""
    wishes = read(accept_encoding)
    named = [wish.quality for wish in wishes if wish.name in {"gzip", "x-gzip"}]
    return max(named or [wish.quality for wish in wishes if wish.name == "*"], default=0.0) > 0


def read(header: str) -> list[Wish]:
    """Read a list of wishes; one whose quality is no number is not liked at all."""
    return [_wish(part) for part in header.split(",") if part.strip()]


def _wish(part: str) -> Wish:
    name, *rest = (piece.strip() for piece in part.split(";"))
    pairs = (piece.partition("=") for piece in rest)
    parameters = {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs}
    return Wish(name.lower(), _number(parameters.pop("q", "1")), parameters)


def _number(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0


def _quality(wishes: list[Wish], name: str) -> float:
    """Say how much a media type is liked: by its own name, else by its family, else by anything goes."""
    for wanted in (name, f"{name.partition('/')[0]}/*", "*/*"):
        named = [wish.quality for wish in wishes if wish.name == wanted]
        if named:
            return max(named)
    return 0.0
