"""The ways to hosts whose checks went down, as people read them. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from store.rows import Trace


@dataclass(frozen=True, slots=True)
class WayInWords:
    """One way: when it was looked at (ms), whose it is and where it ends, its hops, the largest packet."""

    at: int
    head: str
    hops: Sequence[tuple[str, str, str]]
    largest: str


def ways_in_words(traces: Sequence[Trace]) -> Iterator[WayInWords]:
    """Say each way once, however many checks went down at its end."""
    for (at, document), same in groupby(traces, lambda each: (each.at, each.document)):
        checks = ", ".join(each.check for each in same)
        way = json.loads(document)
        place = (
            f"{way['host']} ({way['address']})" if way["address"] not in ("", way["host"]) else way["host"]
        )
        yield WayInWords(
            at,
            f"the way to {place}, as {checks} went down: {way['ended']}",
            [_hop(hop) for hop in way["hops"]],
            _largest(way),
        )


def _hop(hop: Mapping[str, Any]) -> tuple[str, str, str]:
    took = "" if hop["seconds"] is None else f"{hop['seconds'] * 1000:.3g} ms"
    return str(hop["ttl"]), hop["address"] or "no answer", took


def _largest(way: Mapping[str, Any]) -> str:
    """Say how large a packet may be, and how that is known; nothing where nobody told."""
    known = "" if way["mtu"] is None else f"packets of {way['mtu']} bytes get through"
    return ": ".join(filter(None, (known, way["mtu_note"])))
