"""The JSON Schema (draft-07) of `checks.yaml`, for editors, made from the classes that read it.

It refuses less than the parser: numbers' limits, references and rules between options are not in it. What is
written as `${NAME}` is accepted everywhere, since only the parser can fill it in.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from checks.alerting_options import AlertingOptions
from checks.calendar_options import MaintenanceOptions, ReportOptions
from checks.described import described
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
from checks.values import FLAGS, NUMBER, Duration, Flag, Number, Portion, Share, Size, Spent, Whole

Json = dict[str, Any]

TITLE = "Watchkeeper: checks.yaml"
FILLED = r"\$\{"  # a text with a reference in it
TEXT: Json = {"type": ["string", "number", "boolean", "null"]}  # every scalar is text to the parser


def _like(pattern: str, *types: str) -> Json:
    """Accept texts like this, other YAML types as named, and what is filled in."""
    return {"type": ["string", *types], "pattern": f"^(?:{pattern})$|{FILLED}"}


# The words of values.FLAGS in any case; an editor's patterns have no flag for that.
ANY_CASE = "|".join("".join(f"[{letter}{letter.upper()}]" for letter in word) for word in FLAGS)
WHOLE = _like(r"[+-]?[0-9]{1,18}", "integer")
SHARE = _like(f"{NUMBER}%?", "number")
# Our types, known by the validator that makes each of them.
FORMS: tuple[tuple[Any, Json], ...] = (
    (Duration, _like(f"{NUMBER}(?:ms|s|m|h|d)")),
    (Size, _like(f"{NUMBER}(?:B|KiB|MiB|GiB|TiB)")),
    (Share, SHARE),
    (Portion, SHARE),
    (Spent, SHARE),
    (Number, _like(NUMBER, "number")),
    (Flag, _like(ANY_CASE, "boolean")),
    (Whole, WHOLE),
)  # fmt: skip


def schema(kinds: Mapping[str, Any], receivers: Mapping[str, Any]) -> Json:
    """Write the schema for these classes of checks and receivers, by their words."""
    checks = {f"check-{word}": _object(cls, CommonOptions) for word, cls in kinds.items()}
    hooks = {f"receiver-{word}": _with_kind(_object(cls)) for word, cls in receivers.items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": TITLE,
        "type": "object",
        "properties": _properties(TopOptions) | _sections(kinds, receivers),
        "required": ["version", "checks"],
        "additionalProperties": False,
        "allOf": [_unless_usual("kind", kinds), _unless_usual("service", _indicators(kinds))],
        "definitions": checks | hooks,
    }


def _sections(kinds: Mapping[str, Any], receivers: Mapping[str, Any]) -> Json:
    entry = {"checks": _chosen("check", kinds), "receivers": _chosen("receiver", receivers) | _needs("kind")}
    named = {"services": ServiceOptions, "objectives": ObjectiveOptions, "vendors": VendorOptions}
    one = {"defaults": CommonOptions, "alerting": AlertingOptions, "limits": LimitsOptions, "web": WebOptions}
    many = {"maintenance": MaintenanceOptions, "reports": ReportOptions, "self_checks": SelfCheckOptions}
    return {
        **{name: _or_nothing(_named(form)) for name, form in entry.items()},
        **{name: _or_nothing(_named(_object(shape))) for name, shape in named.items()},
        **{name: _or_nothing(_object(shape)) for name, shape in one.items()},
        **{name: _or_nothing({"type": "array", "items": _object(shape)}) for name, shape in many.items()},
        "store": {"anyOf": [TEXT, _object(StoreOptions)]},
    }


def _indicators(kinds: Mapping[str, Any]) -> list[str]:
    return [word for word, cls in kinds.items() if not getattr(cls, "evidence", False)]


def _unless_usual(option: str, words: Any) -> Json:
    """Ask every check for an option that `defaults` does not have; `service` only of these kinds."""
    kind = {"properties": {"kind": {"enum": list(words)}}, "required": ["kind"]}
    asked: Json = _needs("kind") if option == "kind" else {"if": kind, "then": _needs(option)}
    usual = {"properties": {"defaults": {"type": "object", **_needs(option)}}, "required": ["defaults"]}
    return {"if": {"not": usual}, "then": {"properties": {"checks": {"additionalProperties": asked}}}}


def _needs(option: str) -> Json:
    return {"required": [option]}


def _chosen(sort: str, kinds: Mapping[str, Any]) -> Json:
    """Accept an entry by its `kind`; the options of the kind stand flat beside the common ones."""
    kind = {"anyOf": [{"enum": list(kinds)}, {"type": "string", "pattern": FILLED}]}
    return {
        "type": "object",
        "properties": {"kind": kind},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": word}}, "required": ["kind"]},
                "then": {"$ref": f"#/definitions/{sort}-{word}"},
            }
            for word in kinds
        ],
    }


def _with_kind(form: Json) -> Json:
    return form | {"properties": {"kind": TEXT} | form["properties"]}


def _named(form: Json) -> Json:
    return {"type": "object", "additionalProperties": form}


def _or_nothing(form: Json) -> Json:
    """Accept also a section whose entries are all commented out."""
    return form | {"type": [form["type"], "null"]}


def _object(shape: Any, *beside: Any) -> Json:
    required = [name for name, field in fields(shape).items() if field.is_required()]
    properties = {name: form for each in (*beside, shape) for name, form in _properties(each).items()}
    form: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return form | ({"required": required} if required else {})


def _properties(shape: Any) -> Json:
    said = described(shape)
    return {
        name: {"description": said.get(attribute(shape, name), ""), **_default(field), **_option(field)}
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
    for type_, form in FORMS:
        if get_args(type_)[1] in metadata:
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
        return {"anyOf": [{"enum": list(arguments)}, {"type": "string", "pattern": FILLED}]}
    if origin in (tuple, list):
        return {"type": "array", "items": _type(arguments[0])}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _type(arguments[1])}
    return TEXT
