"""The API described for programs: OpenAPI 3.1, from the table that the server answers by. Pure."""

from collections.abc import Mapping
from typing import Any

from checks import __version__
from web.parameters import Parameter
from web.resources import BASE, RESOURCES, Resource
from web.shapes import BEAT, INSTANT, SHAPES, TEXT, listed, maybe, refer, said, thing

ABOUT = """What Watchkeeper knows, to be read: services, checks and their results, objectives, incidents.

Reading is open to whoever reaches the port, as for `/metrics`, and changes nothing.
What can be told is a heartbeat, by whoever has the token of its check.
Times are RFC 3339 in UTC with milliseconds, and lengths of time are seconds; nothing is rounded.
A wrong query gets 400, and an error that names the parameter. Later versions may add fields.
"""
ERRORS = {
    "400": "The query is wrong: the error names the parameter, and what it must be.",
    "404": "There is no check of that name.",
    "503": "It cannot be told now: the store is being read at start, or cannot be read.",
}
PUSH = f"{BASE}/push/{{name}}"
NOT_TAKEN = {
    "400": "It cannot be understood: the error names the field, and what it must be.",
    "401": "The token is not the one of this check.",
    "403": "The token of this check is not set here.",
    "404": "There is no heartbeat of that name.",
    "413": "The body is too large.",
    "429": "The check was pushed too often within a minute; `Retry-After` says when it is taken again.",
    "503": "Nobody listens now: we are starting, or stopping.",
}


def document() -> dict[str, Any]:
    """Write the whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Watchkeeper",
            "version": __version__,
            "summary": "Services, checks, objectives and incidents as a Watchkeeper sees them.",
            "description": ABOUT,
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            **{f"{BASE}{resource.path}": {"get": _operation(resource)} for resource in RESOURCES},
            PUSH: {"post": _push()},
        },
        "components": {
            "schemas": dict(SHAPES) | {_name(each): _answer(each) for each in RESOURCES},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _operation(resource: Resource) -> dict[str, Any]:
    answer = {"description": "The list.", "content": _content(_name(resource))}
    return {
        "operationId": _name(resource)[0].lower() + _name(resource)[1:],
        "summary": resource.summary,
        "description": resource.said,
        "parameters": [*_in_path(resource), *map(_in_query, resource.parameters)],
        "responses": {"200": answer, **{status: _error(ERRORS[status]) for status in _statuses(resource)}},
    }


def _push() -> dict[str, Any]:
    """Describe how a heartbeat is told: the same words in the query or in the body."""
    taken = {"200": "It is taken and kept.", "202": "It is taken; the store has not kept it yet."}
    return {
        "operationId": "push",
        "summary": "A beat of a check of kind heartbeat.",
        "description": "The token of the check is its right: as Bearer, or as the password of Basic.",
        "security": [{"bearer": []}, {"basic": []}],
        "parameters": [_named(), *(_in_words(*each) for each in BEAT["properties"].items())],
        "requestBody": {"required": False, "content": _content("Beat")},
        "responses": {
            **{
                status: {"description": about, "content": _content("Heard")}
                for status, about in taken.items()
            },
            **{status: _error(about) for status, about in NOT_TAKEN.items()},
        },
    }


def _in_words(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": dict(schema)}


def _statuses(resource: Resource) -> list[str]:
    """Name the errors that there may be: 404 only where something is named in the path."""
    return [status for status in ERRORS if status != "404" or _in_path(resource)]


def _in_path(resource: Resource) -> list[dict[str, Any]]:
    return [_named()] if "{name}" in resource.path else []


def _named() -> dict[str, Any]:
    return {"name": "name", "in": "path", "required": True, "description": "Its name.", "schema": dict(TEXT)}


def _in_query(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.said,
        "schema": parameter.schema(),
    }


def _error(about: str) -> dict[str, Any]:
    return {"description": about, "content": _content("Error")}


def _content(shape: str) -> dict[str, Any]:
    return {"application/json": {"schema": refer(shape)}}


def _name(resource: Resource) -> str:
    """Name the shape of the whole answer: Services for /services."""
    return resource.list.capitalize()


def _answer(resource: Resource) -> Any:
    """Describe the whole answer: the instant, the site, the list, and where the next page begins."""
    behind = "What to give as `cursor` for the next page; null where there is none."
    return thing(
        {
            "at": said(INSTANT, "The instant of which it tells."),
            "site": said(TEXT, "Who tells it: the site of the configuration."),
            resource.list: listed(refer(resource.element)),
            **({"next": said(maybe(TEXT), behind)} if resource.paged else {}),
        }
    )


DOCUMENT = document()
