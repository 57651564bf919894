"""The JSON Schema (draft-07) of `checks.yaml`, for editors, made from the classes that read it.

It refuses less than the parser: references, rules between options and most rules of texts are not in it. It
has no `$id`: an editor would look for that in the network.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from checks.alerting_options import AlertingOptions
from checks.calendar_options import MaintenanceOptions, ReportOptions
from checks.described import described
from checks.forms import FILLED, TEXT, Json, accepted, one_of
from checks.options import (
    CommonOptions,
    LimitsOptions,
    ObjectiveOptions,
    SelfCheckOptions,
    ServiceOptions,
    StoreOptions,
    TopOptions,
    VendorOptions,
    WebOptions,
)
from checks.reference import attribute, default, fields
from checks.shapes import alternatives

TITLE = "Watchkeeper: checks.yaml"
KIND = {"description": "What sort it is; it decides which further options there are."}
SAYS = {
    "checks": "What is asked about a service, and how often: an entry for each check, by its name.",
    "receivers": "Where messages go: an entry for each receiver, by its name.",
}


def schema(kinds: Mapping[str, Any], receivers: Mapping[str, Any]) -> Json:
    """Write the schema for these classes of checks and receivers, by their words."""
    checks = {f"check-{word}": _of_kind(word, _object(cls, CommonOptions)) for word, cls in kinds.items()}
    hooks = {f"receiver-{word}": _of_kind(word, _object(cls)) for word, cls in receivers.items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": TITLE,
        "type": "object",
        "properties": _top() | _sections(kinds, receivers),
        "required": ["version", "checks"],
        "additionalProperties": False,
        "allOf": [_unless_usual("kind", kinds), _unless_usual("service", _indicators(kinds))],
        "definitions": checks | hooks,
    }


def _top() -> Json:
    """Give the options that are no section. Of versions there is one."""
    found = _properties(TopOptions)
    version = {"anyOf": [{"const": 1}, {"type": "string", "pattern": f"^1$|{FILLED}"}], "default": 1}
    return found | {"version": version | {"description": found["version"]["description"]}}


def _sections(kinds: Mapping[str, Any], receivers: Mapping[str, Any]) -> Json:
    entry = {"checks": _chosen("check", kinds), "receivers": _chosen("receiver", receivers) | _needs("kind")}
    named = {"services": ServiceOptions, "objectives": ObjectiveOptions, "vendors": VendorOptions}
    one = {"defaults": CommonOptions, "alerting": AlertingOptions, "limits": LimitsOptions, "web": WebOptions}
    many = {"maintenance": MaintenanceOptions, "reports": ReportOptions}
    return {
        **{name: _or_nothing(_named(form, SAYS[name])) for name, form in entry.items()},
        **{name: _or_nothing(_named(_entry(shape), _words(shape))) for name, shape in named.items()},
        **{name: _or_nothing(_object(shape)) for name, shape in one.items()},
        **{name: _or_nothing(_list(_object(shape))) for name, shape in many.items()},
        "self_checks": _list(_object(SelfCheckOptions)),  # nothing is not none: that is []
        "store": {"anyOf": [_object(StoreOptions), TEXT], "description": _words(StoreOptions)},
    }


def _indicators(kinds: Mapping[str, Any]) -> list[str]:
    return [word for word, cls in kinds.items() if not getattr(cls, "evidence", False)]


def _unless_usual(option: str, words: Any) -> Json:
    """Ask every check for an option that `defaults` does not have; `service` only of these kinds."""
    kind = {"properties": {"kind": {"enum": list(words)}}, "required": ["kind"]}
    asked: Json = _needs("kind") if option == "kind" else {"if": kind, "then": _needs(option)}
    usual = {"properties": {"defaults": {"type": "object", **_needs(option)}}, "required": ["defaults"]}
    checks = {"type": ["object", "null"], "additionalProperties": asked}
    return {"if": {"not": usual}, "then": {"properties": {"checks": checks}}}


def _needs(option: str) -> Json:
    return {"required": [option]}


def _chosen(sort: str, kinds: Mapping[str, Any]) -> Json:
    """Accept an entry by its `kind`; the options of the kind stand flat beside the common ones."""
    return {
        "type": "object",
        "title": sort,
        "properties": {"kind": one_of(kinds) | KIND},
        "allOf": [
            {
                "if": {"type": "object", "properties": {"kind": {"const": word}}, "required": ["kind"]},
                "then": {"$ref": f"#/definitions/{sort}-{word}"},
            }
            for word in kinds
        ],
    }


def _of_kind(word: str, form: Json) -> Json:
    kind = {"const": word, "description": form["description"]}
    return form | {"title": word, "properties": form["properties"] | {"kind": kind}}


def _named(form: Json, says: str = "") -> Json:
    about = {"description": says or form["description"]}
    return {"type": "object", "additionalProperties": form} | about


def _list(form: Json) -> Json:
    return {"type": "array", "items": form, "description": form["description"]}


def _or_nothing(form: Json) -> Json:
    """Accept also a section whose entries are all commented out."""
    return form | {"type": [form["type"], "null"]}


def _entry(shape: Any) -> Json:
    """Accept an entry left empty where no option of it is required."""
    form = _object(shape)
    return form if "required" in form else _or_nothing(form)


def _object(shape: Any, *beside: Any) -> Json:
    required = [name for name, field in fields(shape).items() if field.is_required()]
    properties = {name: form for each in (*beside, shape) for name, form in _properties(each).items()}
    return {
        "type": "object",
        "title": _title(shape),
        "description": _words(shape),
        "properties": properties,
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _title(shape: Any) -> str:
    """Give the name of a class as words: `self check`."""
    return re.sub("(?<=.)([A-Z])", r" \1", shape.__name__.removesuffix("Options")).lower()


def _words(shape: Any) -> str:
    return (shape.__doc__ or "").partition("\n")[0]


def _properties(shape: Any) -> Json:
    said = described(shape)
    return {
        name: {**_option(field), **_default(field), "description": said.get(attribute(shape, name), "")}
        for name, field in fields(shape).items()
    }


def _default(field: Any) -> Json:
    """Give a default as an editor would write it: digits and flags without quotes."""
    text = "" if field.is_required() else default(field).strip("`")
    if not text or text.startswith("["):
        return {}
    return {"default": json.loads(text) if text in {"true", "false"} or text.isdecimal() else text}


def _option(field: Any) -> Json:
    return _form(field.annotation, field.metadata)


def _form(shape: Any, metadata: Any) -> Json:
    """Say what people may write for a type."""
    if form := accepted(metadata):
        return form
    for each in metadata:
        if isinstance(written := getattr(each, "json_schema_input_type", None), type) or get_args(written):
            return _type(written)
    return _type(shape)


def _type(shape: Any) -> Json:
    if hasattr(shape, "__metadata__"):
        return _form(get_args(shape)[0], shape.__metadata__)
    if len(parts := _parts(shape)) > 1:
        return {"anyOf": [_type(part) for part in parts]}
    return _single(parts[0])


def _parts(shape: Any) -> list[Any]:
    """Give the parts of a union, each with what Annotated says of it; None is for what is not written."""
    if len(list(alternatives(shape))) == 1:
        return [shape]
    return [part for part in get_args(shape) if part is not type(None)]


def _single(shape: Any) -> Json:
    origin, arguments = get_origin(shape), get_args(shape)
    if hasattr(shape, "__metadata__"):
        return _type(shape)
    if hasattr(shape, "__pydantic_fields__"):
        return _object(shape)
    if origin is Literal:
        return one_of(arguments)
    if origin in (tuple, list):
        return {"type": "array", "items": _type(arguments[0])}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _type(arguments[1])}
    return TEXT
