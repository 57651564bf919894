"""A node and a class of options: the filled-in options, or each mistake at its place."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from checks.inert import say_inert
from checks.shapes import beneath, guess, is_secret, meant, options
from checks.source import Map, Node, Path, Problem, Scalar, problem
from checks.wording import LISTS, message

T = TypeVar("T")

NOT_YET = "not supported by this version yet"
NO_OPTION = {"unexpected_keyword_argument", "extra_forbidden"}
MISSING = {"missing", "missing_argument", "missing_keyword_only_argument"}


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
        if not _is_nested(name, node, names, path, reading):
            guessed.add(_refuse_option(node.keys[name], path, name, names, later, reading))
    return frozenset(guessed)


def _refuse_option(
    at: Node, path: Path, name: str, names: Collection[str], later: Collection[str], reading: Reading
) -> str:
    """Refuse an option that does not exist; give the one that was probably meant."""
    name, colon, _ = name.partition(":")  # what follows is a value, and is not shown
    if colon and name in names:
        reading.refuse(at, (*path, name), "a space is missing after the colon")
        return name
    told = NOT_YET if name in later else f"no such option{meant(name, names)}"
    reading.refuse(at, (*path, name), told)
    return guess(name, names)


def _is_nested(name: str, node: Map, names: Collection[str], path: Path, reading: Reading) -> bool:
    """Refuse an entry that stands among the options of another one, if this is one."""
    inside = node.values[name]
    if len(path) != 2 or not isinstance(inside, Map) or not inside.values:
        return False
    if not inside.values.keys() <= set(names):
        return False
    told = f"no such option; a {str(path[0]).removesuffix('s')} of its own begins in the column of {path[1]}"
    reading.refuse(node.keys[name], (*path, name), told)
    return True


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
        return blank.why or f"there is no {blank.source[5:]}: put the value into it"
    return f"${{{blank.source}}} is not set; set it, or write ${{{blank.source}:-default}}"


def remedy(blank: Scalar) -> str:
    """Say in brackets what to set, where a blank draws on something."""
    if not blank.source:
        return ""
    if blank.source.startswith("file:"):
        return f" ({blank.why or f'put it into {blank.source[5:]}'})"
    return f" (set {blank.source})"


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
            elif each["type"] not in NO_OPTION and not self._follows(each, errors):
                self._wrong(each, unsure=unsure)

    def _follows(self, each: Any, errors: list[Any]) -> bool:
        """Say whether a mistake only follows from another one."""
        return self._is_other_branch(each, errors) or self._is_shortened(each, errors)

    def _is_shortened(self, each: Any, errors: list[Any]) -> bool:
        """Say whether a list is too short only because items of it are refused."""
        _, path = walk(self.node, each["loc"])
        below = (walk(self.node, other["loc"])[1] for other in errors)
        return each["type"] == "too_short" and any(
            len(at) > len(path) and at[: len(path)] == path for at in below
        )

    def _is_other_branch(self, each: Any, errors: list[Any]) -> bool:
        """Say whether a mistake is only that a mapping is no word, where more is known of the mapping."""
        if each["type"] not in ("literal_error", "string_type"):
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
        return (*path, _refuse_option(at, (*self.path, *path), name, names, later, self.reading))

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
                self.reading.refuse(self.name, self.path, message(each, node))
        else:
            at = named(self.node, path) if each["loc"][-1:] == ("[key]",) else node
            self.reading.refuse(at, (*self.path, *path), message(each, node) + self._instead(each, path))

    def _instead(self, each: Any, path: Path) -> str:
        if each["type"] in LISTS:
            items = any(options(shape) for shape in beneath(self.cls, (*path, 0)))
            return "; each item begins with a dash" if items else ", such as [NAME]"
        return self._mapping_instead(path) if each["type"] == "literal_error" else ""

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
