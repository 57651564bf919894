"""Routes that ask for what no service has. Pure."""

from collections.abc import Collection, Iterator, Mapping

from checks.model import Configuration, Service
from checks.notes import Note
from checks.shapes import meant_or_there
from checks.source import Path


def unmatched(configuration: Configuration) -> Iterator[Note]:
    """Say what a route's `match` asks for and no service has; a `checks.notes.Rule`."""
    services = configuration.services.values()
    for index, route in enumerate(configuration.alerting.routes):
        path: Path = ("alerting", "routes", index, "match")
        yield from _owner(route.match.get("owner", ""), services, (*path, "owner"))
        yield from _tier(route.match.get("tier"), services, (*path, "tier"))
        yield from _labels(route.match.get("labels", {}), services, (*path, "labels"))


def _owner(asked: str, services: Collection[Service], path: Path) -> Iterator[Note]:
    there = {service.owner for service in services} - {""}
    if asked and asked not in there:
        yield Note(path, f"no service has this owner{meant_or_there(asked, there)}")


def _tier(asked: int | None, services: Collection[Service], path: Path) -> Iterator[Note]:
    there = {str(service.tier) for service in services}
    if asked is not None and str(asked) not in there:
        yield Note(path, f"no service is of this tier{meant_or_there('', there)}")


def _labels(asked: Mapping[str, str], services: Collection[Service], path: Path) -> Iterator[Note]:
    for name, value in asked.items():
        there = {service.labels[name] for service in services if name in service.labels}
        if not there:
            names = {each for service in services for each in service.labels}
            yield Note((*path, name), f"no service has this label{meant_or_there(name, names)}")
        elif value not in there:
            told = f"no service has this label with this value{meant_or_there(value, there)}"
            yield Note((*path, name), told)
