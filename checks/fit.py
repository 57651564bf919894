"""A node and a class of options: the filled-in options, or each mistake at its place."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from checks.inert import say_inert
from checks.shapes import beneath, guess, is_secret, meant, options
from checks.source import Map, Node, Path, Problem, Scalar, problem
from checks.values import RuleError

T = TypeVar("T")

NO_OPTION = {"unexpected_keyword_argument", "extra_forbidden"}
MISSING = {"missing", "missing_argument", "missing_keyword_only_argument"}
OWN_WORDS = {"value_error", "assertion_error"}  # made by a kind's author, and not to be trusted with a value
WORDS = {
    "dataclass_type": "must be a mapping of options",
    "dataclass_exact_type": "must be a mapping of options",
    "model_type": "must be a mapping of options",
    "dict_type": "must be a mapping",
    "mapping_type": "must be a mapping",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "set_type": "must be a list",
    "too_short": "must name at least {min_length}",
    "frozen_set_type": "must be a list",
    "string_type": "must be text",
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
SUBJECT = re.compile(r"^(?:Input|[A-Z]\w*) should ")


@dataclass(slots=True)
class Reading:
    """What has been found so far in one configuration: mistakes, notes, and the blanks still unjudged."""

    blanks: Mapping[Path, list[tuple[Path, Scalar]]]
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def refuse(self, node: Node, path: Path, message: str) -> None:
        """Note a mistake."""
        self.problems.append(problem(node, path, message))

    def say(self, node: Node, path: Path, message: str) -> None:
        """Note something worth saying that is no mistake."""
        self.notes.append(problem(node, path, message))

    def blanks_in(self, node: Map, path: Path) -> list[tuple[Path, Scalar]]:
        """Give the blank scalars inside a node at a path of one or two parts."""
        blanks = self.blanks.get(path[:2])
        if not blanks:
            return []
        return [
            (at, blank)
            for at, blank in blanks
            if at[len(path) : len(path) + 1] and at[len(path)] in node.values
        ]


@lru_cache(maxsize=512)
def _cached(cls: Any) -> TypeAdapter[Any]:
    return TypeAdapter(cls)


_adapter: Callable[[Any], TypeAdapter[Any]] = _cached


def plain(node: Node) -> Any:
    """Give the texts of a node in dicts and lists."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Map):
        return {
            name: child.text if type(child) is Scalar else plain(child) for name, child in node.values.items()
        }
    return [plain(child) for child in node.items]


def part(node: Map, names: Collection[str]) -> Map:
    """Give the options of a node that have one of these names."""
    values = {name: child for name, child in node.values.items() if name in names}
    return Map(node.keys, values, node.file, node.line, node.column)


def known(
    node: Map, names: Collection[str], path: Path, reading: Reading, *, later: Collection[str] = ()
) -> frozenset[str]:
    """Refuse the options that do not exist, each at its name; give those that were probably meant."""
    guessed = set()
    for name in [name for name in node.values if name not in names]:
        reading.refuse(node.keys[name], (*path, name), _no_option(name, names, later))
        guessed.add(guess(name, names))
    return frozenset(guessed)


def _no_option(name: str, names: Collection[str], later: Collection[str]) -> str:
    if name in later:
        return "not supported by this version yet"
    return f"no such option{meant(name, names)}"


def section(cls: type[T], node: Map, name: Node, path: Path, reading: Reading) -> T | None:
    """Fill in a class of options that has a mapping for itself."""
    names = options(cls)
    taken = known(node, names, path, reading, later=getattr(cls, "later", ()))
    return fit(cls, part(node, names), name, path, reading, taken=taken)


def fit(
    cls: type[T], node: Map, name: Node, path: Path, reading: Reading, *, taken: Collection[str] = ()
) -> T | None:
    """Fill in `cls` with the options of a node, or refuse each mistake and give nothing.

    `name` is where a missing option is missed; one in `taken` is not: a misspelt name was taken for it.
    """
    unset = _refuse_unset(cls, node, path, reading)
    try:
        value: T = _adapter(cls).validate_python(plain(node), context=node.file)
    except ValidationError as error:
        _Refusal(cls, node, name, path, reading, frozenset(taken)).refuse(error, unsure=unset or bool(taken))
        return None
    say_inert(cls, node, path, reading)
    return None if unset else value


def _refuse_unset(cls: Any, node: Map, path: Path, reading: Reading) -> bool:
    """Refuse what draws on something that is not set and is no secret."""
    wrong = [
        (at, blank)
        for at, blank in reading.blanks_in(node, path)
        if blank.unset and not is_secret(cls, at[len(path) :])
    ]
    for at, blank in wrong:
        reading.refuse(blank, at, not_set(blank))
    return bool(wrong)


def not_set(blank: Scalar) -> str:
    """Say what an unset scalar needs."""
    if blank.source.startswith("file:"):
        return f"${{{blank.source}}} cannot be read"
    return f"${{{blank.source}}} is not set; set it, or write ${{{blank.source}:-default}}"


def remedy(blank: Scalar) -> str:
    """Say in brackets what to set, where a blank draws on something."""
    if not blank.source:
        return ""
    return f" (write {blank.source[5:]})" if blank.source.startswith("file:") else f" (set {blank.source})"


def missing_secrets(cls: Any, node: Map, path: Path, reading: Reading) -> list[tuple[Path, Scalar]]:
    """Give the secrets that are written and have nothing in them, by their path inside the node."""
    blanks = ((at[len(path) :], blank) for at, blank in reading.blanks_in(node, path))
    return [(at, blank) for at, blank in blanks if is_secret(cls, at)]


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Turns pydantic's mistakes, which know a location, into ours, which know a place."""

    cls: Any
    node: Map
    name: Node
    path: Path
    reading: Reading
    taken: frozenset[str]

    def refuse(self, error: ValidationError, *, unsure: bool) -> None:
        errors = error.errors(include_url=False, include_input=False)
        taken: set[Path] = {(name,) for name in self.taken}
        for each in (each for each in errors if each["type"] in NO_OPTION):
            taken.add(self._unknown(each["loc"]))
        for each in errors:
            if each["type"] in MISSING:
                self._missing(each["loc"], taken)
            elif each["type"] not in NO_OPTION and not self._is_other_branch(each, errors):
                self._wrong(each, unsure=unsure)

    def _is_other_branch(self, each: Any, errors: list[Any]) -> bool:
        """Say whether a mistake is only that a mapping is no word, where more is known of the mapping."""
        if each["type"] != "literal_error":
            return False
        node, path = walk(self.node, each["loc"])
        return isinstance(node, Map) and any(
            other is not each and walk(self.node, other["loc"][:-1])[1] == path for other in errors
        )

    def _unknown(self, loc: Path) -> Path:
        """Refuse an unknown option further in; give the path of the one it was probably meant to be."""
        parent, path = walk(self.node, loc[:-1])
        name = str(loc[-1])
        shapes = beneath(self.cls, path)
        names = {option for shape in shapes for option in options(shape)}
        later = {option for shape in shapes for option in getattr(shape, "later", ())}
        at = parent.keys.get(name, parent) if isinstance(parent, Map) else parent
        self.reading.refuse(at, (*self.path, *path, name), _no_option(name, names, later))
        return (*path, guess(name, names))

    def _missing(self, loc: Path, taken: Collection[Path]) -> None:
        parent, path = walk(self.node, loc[:-1])
        whole = (*path, str(loc[-1]))
        if whole not in taken:
            at = self.name if parent is self.node else named(self.node, path)
            self.reading.refuse(at, (*self.path, *whole), "is required")

    def _wrong(self, each: Any, *, unsure: bool) -> None:
        node, path = walk(self.node, each["loc"])
        if node is self.node:
            if not unsure:  # a rule about several options says nothing while one is unset or misspelt
                self.reading.refuse(self.name, self.path, _message(each, node))
        else:
            at = named(self.node, path) if each["loc"][-1:] == ("[key]",) else node
            other = self._mapping_instead(path) if each["type"] == "literal_error" else ""
            self.reading.refuse(at, (*self.path, *path), _message(each, node) + other)

    def _mapping_instead(self, path: Path) -> str:
        """Say which mapping may stand where none of the words does, if one may."""
        names = [name for shape in beneath(self.cls, path) for name in options(shape)]
        return f", or {{{': …, '.join(names)}: …}}" if names else ""


def walk(node: Node, loc: Path) -> tuple[Node, Path]:
    """Follow a location as far as it names nodes; the branches of a union, also in it, are passed over."""
    path: Path = ()
    for part in loc:
        if isinstance(node, Map) and part in node.values:
            node, path = node.values[str(part)], (*path, part)
        elif not isinstance(node, Scalar | Map) and isinstance(part, int) and part < len(node.items):
            node, path = node.items[part], (*path, part)
    return node, path


def named(node: Node, path: Path) -> Node:
    """Give where the name of what stands at a path is written; an item of a list has only its place."""
    parent, _ = walk(node, path[:-1])
    if path and isinstance(parent, Map):
        return parent.keys[str(path[-1])]
    return walk(node, path)[0]


def _message(each: Any, node: Node) -> str:
    """Say the rule that was broken, in our words."""
    kind, context = each["type"], each.get("ctx", {})
    if kind in OWN_WORDS:
        error = context.get("error", "")
        return str(error) if isinstance(error, RuleError) else _without_values(str(error), node)
    if kind in ("literal_error", "enum"):
        return f"must be {context['expected']}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return f"must be one of {context.get('expected_tags', 'the kinds it knows')}"
    return WORDS[kind].format(**context) if kind in WORDS else SUBJECT.sub("must ", str(each["msg"]))


def _without_values(message: str, node: Node) -> str:
    """Take values out of what a kind's author wrote; they are not to be shown, whatever they are."""
    names = node.values.keys() if isinstance(node, Map) else ()
    for scalar in scalars(node):
        if len(scalar.text) > 2 and scalar.text not in names:
            message = re.sub(rf"(?<!\w){re.escape(scalar.text)}(?!\w)", "…", message)
    return message or "is not accepted"


def scalars(node: Node) -> list[Scalar]:
    """Give all scalars of a node."""
    if isinstance(node, Scalar):
        return [node]
    children = node.values.values() if isinstance(node, Map) else node.items
    return [scalar for child in children for scalar in scalars(child)]
