"""What a registry says of a domain (RDAP, RFC 9083), and which registry to ask (RFC 9224). No sockets."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# RFC 8056: these end in the domain's loss, or mean that it does not work.
LOST = {
    "redemption period": "it has expired, and its holder may still redeem it",
    "pending delete": "it is about to be deleted",
    "client hold": "its registrar has taken it out of the DNS",
    "server hold": "the registry has taken it out of the DNS",
}


@dataclass(frozen=True, slots=True)
class Registered:
    """A domain as its registry knows it. Times are Unix seconds; `expires` is None where it does not say."""

    name: str
    expires: float | None
    registered: float | None
    status: tuple[str, ...]

    def lost(self) -> str:
        """Say why the domain is gone or about to be, if it is."""
        return next((f"{said}: {LOST[said]}" for said in self.status if said in LOST), "")


def read_domain(body: bytes) -> Registered:
    """Read an answer about a domain. Raises ValueError with what is wrong with it."""
    document = _object(body)
    if document.get("objectClassName") != "domain" or not isinstance(document.get("ldhName"), str):
        raise ValueError("the answer is not about a domain")
    dates = dict(_dates(document.get("events")))
    status = document.get("status")
    return Registered(
        name=document["ldhName"].lower().rstrip("."),
        expires=dates.get("expiration"),
        registered=dates.get("registration"),
        status=tuple(str(said).lower() for said in status) if isinstance(status, list) else (),
    )


def registry_of(domain: str, body: bytes) -> str:
    """Give the base URL for the longest ending of a domain that the bootstrap file knows. Raises ValueError.

    The file lists pairs: endings, and the addresses of who answers for them.
    """
    services = _object(body).get("services")
    known = dict(_bases(services if isinstance(services, list) else []))
    labels = domain.split(".")
    for place in range(len(labels)):
        if base := known.get(".".join(labels[place:])):
            return base
    raise ValueError(f"no registry with RDAP is known for .{labels[-1]}")


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("the answer is not JSON") from error
    match document:
        case dict():
            return document
        case _:
            raise ValueError("the answer is not a JSON object")


def _dates(events: object) -> Iterator[tuple[str, float]]:
    for event in events if isinstance(events, list) else ():
        if isinstance(event, dict) and isinstance(event.get("eventAction"), str):
            yield event["eventAction"], _unix(event.get("eventDate"))


def _unix(date: object) -> float:
    """Read a date of RFC 3339; one without an offset is UTC."""
    try:
        read = datetime.fromisoformat(date) if isinstance(date, str) else None
    except ValueError:
        read = None
    if read is None:
        raise ValueError("a date in the answer is none")
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def _bases(services: list[Any]) -> Iterator[tuple[str, str]]:
    for service in services:
        match service:
            case [list(endings), list(urls)]:
                base = next((url for url in urls if isinstance(url, str) and url.startswith("https://")), "")
                yield from ((ending.lower(), base) for ending in endings if isinstance(ending, str) and base)
