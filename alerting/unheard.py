"""Pages that reach no receiver, by the routing that the daemon does. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from alerting.intent import Urgency
from alerting.routes import facets, is_pager, receivers_of, route_for, urgency_of
from checks.model import Configuration, Service
from checks.notes import Note

MOST_SINGLE = 3  # services noted each at its place; of more, one note names them
MOST_NAMED = 10


def hearers(configuration: Configuration, service: Service) -> tuple[str, ...]:
    """Name the receivers that hear of it when a service is down."""
    return receivers_of(configuration, facets("service", urgency_of(service.tier), service))


def unheard(configuration: Configuration) -> Iterator[Note]:
    """Say of which services nobody would be paged, and what mends it; a `checks.notes.Rule`."""
    if all(receiver.off for receiver in configuration.receivers.values()):
        what = "all are off" if configuration.receivers else "none"
        yield Note(("receivers",), f"{what}, so nobody is told of anything")
        return
    for why, names in _by_reason(configuration).items():
        if len(names) > MOST_SINGLE:
            yield Note(("services",), f"a page about {_listed(names)} reaches no receiver: {why}")
        else:
            yield from (_of_one(name, why) for name in names)


def unheard_ourselves(configuration: Configuration) -> Iterator[Note]:
    """Say where there is a pager, and none hears what is wrong with ourselves; a `Rule` too."""
    pagers = [name for name in configuration.receivers if _is_on(name, configuration)]
    heard = receivers_of(configuration, facets("monitor", Urgency.PAGE, None))
    if pagers and not set(pagers) & set(heard):
        example = f"{{match: {{urgency: page, scope: monitor}}, receivers: [{pagers[0]}]}}"
        what = "a page about ourselves (we are blind, a receiver does not deliver) wakes nobody"
        yield Note(("alerting", "routes"), f"{what}: add a route such as {example}")


def off_duty(configuration: Configuration) -> Iterator[Note]:
    """Say outside of which hours nobody is told; a `Rule` too."""
    for index, route in enumerate(configuration.alerting.routes):
        if route.during and not route.otherwise:
            told = f"outside of {route.during} nobody is told until these hours begin"
            yield Note(("alerting", "routes", index, "during"), f"{told}: name who is told then in otherwise")


def _is_on(name: str, configuration: Configuration) -> bool:
    return not configuration.receivers[name].off and is_pager(configuration, name)


def _of_one(name: str, why: str) -> Note:
    return Note(("services", name), f"a page about {name} reaches no receiver: {why}")


def _by_reason(configuration: Configuration) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, service in configuration.services.items():
        if urgency_of(service.tier) is Urgency.PAGE and not hearers(configuration, service):
            found[_why(configuration, service)].append(name)
    return found


def _why(configuration: Configuration, service: Service) -> str:
    named = route_for(configuration, facets("service", urgency_of(service.tier), service)).receivers
    if named:
        return f"{', '.join(named)} {'is' if len(named) == 1 else 'are'} off"
    example = f"{{match: {{urgency: page}}, receivers: [{next(iter(configuration.receivers))}]}}"
    return f"no route leads there; add one, such as {example}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
