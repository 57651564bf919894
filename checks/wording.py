"""The rules that pydantic finds broken, in our words. Pure."""

import re
from typing import Any

from checks.source import List, Map, Node, Scalar
from checks.values import A_TEXT, RuleError

OWN_WORDS = {"value_error", "assertion_error"}  # made by a kind's author, and not to be trusted with a value
A_MAPPING = "must be a mapping of options"
WORDS = {
    "dataclass_type": A_MAPPING,
    "dataclass_exact_type": A_MAPPING,
    "model_type": A_MAPPING,
    "dict_type": "must be a mapping of names to values",
    "mapping_type": "must be a mapping of names to values",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "set_type": "must be a list",
    "too_short": "must name at least {min_length}",
    "frozen_set_type": "must be a list",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
}
LISTS = {"list_type", "tuple_type", "set_type", "frozen_set_type"}
MAPPINGS = {"dataclass_type", "dataclass_exact_type", "model_type", "dict_type", "mapping_type"}
SUBJECT = re.compile(r"^(?:Input|[A-Z]\w*) should ")


def message(each: Any, node: Node) -> str:
    """Say the rule that was broken, in our words."""
    kind, context = each["type"], each.get("ctx", {})
    if kind in OWN_WORDS:
        error = context.get("error", "")
        return str(error) if isinstance(error, RuleError) else _without_values(str(error), node)
    if kind == "string_type":
        return A_TEXT
    if kind in ("literal_error", "enum"):
        return f"must be {context['expected']}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return f"must be one of {context.get('expected_tags', 'the kinds it knows')}"
    if kind in MAPPINGS and isinstance(node, List):
        return f"{WORDS[kind]}, without dashes"
    return WORDS[kind].format(**context) if kind in WORDS else SUBJECT.sub("must ", str(each["msg"]))


def _without_values(said: str, node: Node) -> str:
    """Take values out of what a kind's author wrote; they are not to be shown, whatever they are."""
    names = node.values.keys() if isinstance(node, Map) else ()
    for scalar in _scalars(node):
        if len(scalar.text) > 2 and scalar.text not in names:
            said = re.sub(rf"(?<!\w){re.escape(scalar.text)}(?!\w)", "…", said)
    return said or "is not accepted"


def _scalars(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    children = node.values.values() if isinstance(node, Map) else node.items
    return [scalar for child in children for scalar in _scalars(child)]
