"""The edge where `/api/v1` is asked: what there is to read, as JSON. Nothing here changes anything."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from aiohttp import web

from alerting.form import instant
from alerting.incident import Incident
from checks.shapes import meant
from exporter.evidence import by_service, sought
from exporter.view import View
from store.errors import StoreError
from store.rows import Trace
from web import listings
from web.answers import document, listing
from web.openapi import DOCUMENT
from web.paging import page
from web.parameters import WrongParameter, read
from web.past import Past
from web.resources import BASE, CHECKS, INCIDENTS, OBJECTIVES, RESULTS, SERVICES, Resource

See = Callable[[], View]
Ready = Callable[[], bool]
READING = ("GET", "HEAD")
OPENAPI = f"{BASE}/openapi.json"

log = logging.getLogger("watchkeeper")


class Refused(Exception):
    """A request that gets an error instead of a list: its status, and why in words."""

    def __init__(self, status: HTTPStatus, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: of which instant and store, under which name in the path, with which parameters."""

    view: View
    past: Past | None
    name: str
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """The elements of a list, and what stands behind it in the answer."""

    elements: Iterable[listings.Document]
    tail: Mapping[str, Any]


Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]
Find = Callable[[Question], Awaitable[Found]]


def routes(see: See, ready: Ready, past: Past | None) -> list[web.AbstractRouteDef]:
    """Make the routes of the API; `see` is not called before `ready` says yes."""
    responds: dict[str, Respond] = {
        f"{BASE}{resource.path}": partial(_list, resource, find, see, ready, past)
        for resource, find in ANSWERS.items()
    }
    responds |= {OPENAPI: _openapi, f"{BASE}{{rest:(/.*)?}}": _nothing}
    return [web.route("*", path, partial(_answered, respond)) for path, respond in responds.items()]


async def _answered(respond: Respond, request: web.Request) -> web.StreamResponse:
    """Answer, or say in JSON why not."""
    try:
        return await respond(request)
    except Refused as error:
        return document({"error": str(error)}, error.status, **error.headers)


async def _list(
    resource: Resource, find: Find, see: See, ready: Ready, past: Past | None, request: web.Request
) -> web.StreamResponse:
    _refuse_changes(request)
    if not ready():
        why = "not ready: the store is being read"
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, why, **{"Retry-After": "1"})
    try:
        given = read(resource.parameters, request.query.items())
    except WrongParameter as error:
        raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from None
    view = see()
    found = await find(Question(view, past, request.match_info.get("name", ""), given))
    head = {"at": instant(view.now), "site": view.configuration.site}
    return await listing(request, head, resource.list, found.elements, found.tail)


async def _openapi(request: web.Request) -> web.StreamResponse:
    _refuse_changes(request)
    return document(DOCUMENT)


async def _nothing(request: web.Request) -> web.StreamResponse:
    why = f"this version answers nothing at {request.path}: {OPENAPI} lists what it does"
    raise Refused(HTTPStatus.NOT_FOUND, why)


def _refuse_changes(request: web.Request) -> None:
    if request.method not in READING:
        why = f"{request.method} changes nothing here: use GET"
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, why, Allow=",".join(READING))


# --- what is found


async def _services(question: Question) -> Found:
    return Found(listings.services(question.view), {})


async def _checks(question: Question) -> Found:
    return Found(listings.checks(question.view), {})


async def _objectives(question: Question) -> Found:
    return Found(listings.objectives(question.view), {})


async def _results(question: Question) -> Found:
    names, given, place = question.view.configuration.checks, question.given, listings.place_of_result
    if question.name not in names:
        why = f"there is no check {question.name}{meant(question.name, names)}"
        raise Refused(HTTPStatus.NOT_FOUND, why)
    if given["from"] > given["to"]:
        raise Refused(HTTPStatus.BAD_REQUEST, "from: must not be later than `to`")
    after, limit = given["cursor"], given["limit"]
    reading = _store(question).results(question.name, given["from"], given["to"], after, limit + 1)
    found = page(await _read(reading), place, after, limit)
    return Found(map(listings.result, found.elements), {"next": found.next})


async def _incidents(question: Question) -> Found:
    """Find open ones in the engine, where they are first and for certain, and the others in the store."""
    given, place = question.given, listings.place_of_incident
    before, after, limit, state = (given[name] for name in ("before", "cursor", "limit", "state"))
    book = question.view.engine.book.open.values()
    open = [each for each in book if each.opened_at < before] if state != "resolved" else []
    over = await _read(_store(question).incidents(before, after, limit + 1)) if state != "open" else []
    known = {place(incident): incident for incident in [*open, *over]}  # one may have ended while we read
    found = page([known[at] for at in sorted(known)], place, after, limit)
    traces, configuration = await _traces(question, found.elements), question.view.configuration
    return Found(listings.incidents(found.elements, traces, configuration), {"next": found.next})


async def _traces(question: Question, incidents: Sequence[Incident]) -> Sequence[Trace] | None:
    """Read what was found out about outages; None where it cannot be read: the incidents are told still."""
    if question.past is None or not incidents:
        return ()
    names = by_service(question.view.configuration)
    wanted = [sought(each, names) for each in incidents]
    checks = frozenset[str]().union(*(each.checks for each in wanted))
    since, until = min(each.since for each in wanted), max(each.until for each in wanted)
    try:
        return await question.past.traces(checks, since, until)
    except StoreError as error:
        log.warning("incidents were told without their evidence: %s", error)
        return None


def _store(question: Question) -> Past:
    if question.past is None:
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "there is no store that could be read")
    return question.past


async def _read(reading: Awaitable[Any]) -> Any:
    """Read the store; whoever asks is not told where it is, the log says it."""
    try:
        return await reading
    except StoreError as error:
        log.warning("a reader of %s was refused: %s", BASE, error)
        why = "the store cannot be read now: the log says why"
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, why, **{"Retry-After": "10"}) from None


ANSWERS: Mapping[Resource, Find] = {
    SERVICES: _services,
    CHECKS: _checks,
    RESULTS: _results,
    OBJECTIVES: _objectives,
    INCIDENTS: _incidents,
}
