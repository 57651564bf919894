"""The OpenAPI document: it is one, and what we answer is as it says."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import openapi_spec_validator
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from checks import __version__
from probes.net.trace import Hop, Way
from probes.result import Reason
from store.rows import Trace
from store.writer import Writer
from tests.exporter.views import START, Told
from tests.web.recorded import Asking, Recorded, asking
from tests.web.test_push import RIGHT, Desk
from web.openapi import DOCUMENT
from web.past import Past
from web.push import BODY
from web.resources import BASE, RESOURCES

PATHS = [path for path, operations in DOCUMENT["paths"].items() if "get" in operations]
PUSH = f"{BASE}/push/{{name}}"
SHAPES = DOCUMENT["components"]["schemas"]


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Recorded]:
    """A company in which there is something of everything: also an incident that is over."""
    told = Recorded(tmp_path / "watchkeeper.db")
    with closing(told.store):
        told.attempt("login", 0, facts={"status_code": 200}, phases={"connect": 0.1})
        told.attempt("login", 30, Reason.RESET).attempt("login", 60).attempt("login", 90)
        told.attempt("login", 120, Reason.HTTP_STATUS)
        way = Way(START, "login.example.com", "192.0.2.1", [Hop(1, "10.0.0.1", 0.5), Hop(2)], mtu=1300)
        found = Trace("login", START + 30_000, START + 31_000, json.dumps(way.document()))
        Writer(told.store).put([found], urgent=True)
        yield told


@pytest.fixture
async def api(told: Recorded) -> AsyncIterator[Asking]:
    async with asking(told, Past(str(told.place)), after=130) as api:
        yield api


def strict(schema: Any) -> Any:
    """Refuse what a schema does not name: whoever reads must pass over it, we must have written it down."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else {}
    return {name: strict(each) for name, each in schema.items()} | closed


def validator(shape: str) -> Draft202012Validator:
    whole = {"$ref": f"#/components/schemas/{shape}", "components": {"schemas": strict(SHAPES)}}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def shape_of(path: str, status: str, method: str = "get") -> str:
    answer = DOCUMENT["paths"][path][method]["responses"][status]["content"]["application/json"]
    return str(answer["schema"]["$ref"]).rpartition("/")[2]


def asked_of(path: str) -> dict[str, str]:
    return {"state": "all"} if path.endswith("/incidents") else {}


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_is_as_the_document_says(api: Asking, path: str) -> None:
    said = await api.get(path.format(name="login"), **asked_of(path))

    validator(shape_of(path, "200")).validate(said)
    (elements,) = (part for part in said.values() if isinstance(part, list))
    assert elements


async def test_before_anything_was_measured_answers_are_so_too() -> None:
    async with asking(Told(), None) as api:
        for path in ("/services", "/checks", "/objectives", "/incidents"):
            validator(shape_of(f"{BASE}{path}", "200")).validate(await api.get(f"{BASE}{path}"))


@pytest.mark.parametrize("path", PATHS)
async def test_every_error_is_as_the_document_says(api: Asking, path: str) -> None:
    answer = await api.answer(path.format(name="login"), params={"limit": "no"})

    validator(shape_of(path, str(answer.status))).validate(await answer.json())


@pytest.mark.parametrize("path", PATHS)
async def test_every_parameter_is_taken_with_what_the_document_says_of_it(api: Asking, path: str) -> None:
    for parameter in DOCUMENT["paths"][path]["get"]["parameters"]:
        schema = parameter["schema"]
        values = [
            *schema.get("enum", []),
            *schema.get("examples", []),
            *filter(None, [schema.get("maximum")]),
        ]
        for value in values:
            assert await api.get(path.format(name="login"), **{parameter["name"]: str(value)})


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_a_schema(shape: str) -> None:
    Draft202012Validator.check_schema(SHAPES[shape])


def test_an_answer_that_lacks_something_is_not_as_the_document_says() -> None:
    assert not validator("Error").is_valid({})
    assert not validator("Error").is_valid({"error": "no", "trace": "no"})
    assert not validator("Result").is_valid({"at": "yesterday"})


def test_every_reference_leads_to_a_shape() -> None:
    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from ([part["$ref"]] if "$ref" in part else [])
            part = list(part.values())
        if isinstance(part, list):
            for each in part:
                yield from references(each)

    found = set(references(DOCUMENT))
    assert found == {f"#/components/schemas/{name}" for name in SHAPES}


def test_it_is_a_document_of_openapi() -> None:
    """Judged by the independent validator, which has the official schema."""
    openapi_spec_validator.validate(DOCUMENT)


def test_every_operation_has_a_name_of_its_own() -> None:
    operations = [each for path in DOCUMENT["paths"].values() for each in path.values()]
    names = {operation["operationId"] for operation in operations}

    assert len(names) == len(operations) == len(RESOURCES) + 1


PUSHED = [
    ("backup", {}, 200),
    ("backup", {"json": {"outcome": "bad", "detail": "disk full", "took": 12.5}}, 200),
    ("backup", {"params": {"outcome": "good", "took": "2"}}, 200),
    ("backup", {"json": {"outcome": "perhaps"}}, 400),
    ("backup", {"headers": {"Authorization": "Bearer no"}}, 401),
    ("unset", {}, 403),
    ("bakcup", {}, 404),
    ("backup", {"data": b"x" * (BODY + 1)}, 413),
]


@pytest.mark.parametrize(("name", "said", "status"), PUSHED)
async def test_what_a_push_is_answered_is_as_the_document_says(
    name: str, said: dict[str, Any], status: int
) -> None:
    right = {"headers": {"Authorization": RIGHT}}
    async with asking(Told(), None, pushes=Desk().pushes) as api:
        answer = await api.answer(PUSH.format(name=name), "POST", **{**right, **said})

    assert answer.status == status, await answer.text()
    validator(shape_of(PUSH, str(status), "post")).validate(await answer.json())


async def test_a_push_that_nobody_listens_to_is_answered_as_the_document_says() -> None:
    async with asking(Told(), None) as api:
        answer = await api.answer(PUSH.format(name="backup"), "POST")

    assert answer.status == 503
    validator(shape_of(PUSH, "503", "post")).validate(await answer.json())


@pytest.mark.parametrize(
    ("beat", "fits"),
    [
        ({}, True),
        ({"took": 1, "outcome": "bad"}, True),
        ({"took": "1"}, False),
        ({"took": -1}, False),
        ({"outcome": "ok"}, False),
        ({"detail": 3}, False),
        ({"token": "x"}, False),
    ],
)
def test_the_document_says_what_a_beat_may_be(beat: dict[str, Any], fits: bool) -> None:
    assert validator("Beat").is_valid(beat) is fits


async def test_it_is_served_as_it_is(api: Asking) -> None:
    served = await api.get(f"{BASE}/openapi.json")

    assert served == DOCUMENT
    assert (served["openapi"], served["info"]["version"]) == ("3.1.0", __version__)
