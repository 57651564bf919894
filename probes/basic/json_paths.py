"""JSON from outside, and what JSON paths (RFC 9535) find in it, in bounded time."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Annotated, Any, NoReturn

import re2
from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathNode
from jsonpath_rfc9535.exceptions import JSONPathError
from jsonpath_rfc9535.filter_expressions import Expression, FilterQuery
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction
from jsonpath_rfc9535.parse import Parser
from jsonpath_rfc9535.query import JSONPathQuery
from jsonpath_rfc9535.tokens import TokenStream
from pydantic import AfterValidator

from checks.values import RuleError

MOST = 10_000  # values that one path may find
WORK = 500_000  # values that it may look at, again and again: half a second
LONGEST = 1024  # characters of an expression that a document may bring along
DOT = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\.", re.DOTALL)


class _Matching(FilterFunction):
    """The functions `match` and `search`, by RE2: those of the library can be kept busy for hours."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 (as the library has it)
    return_type = ExpressionType.LOGICAL

    def __init__(self, method: str) -> None:
        self._method = method

    def __call__(self, text: object, expression: object) -> bool:
        """Say whether a text matches; what is no text or no expression matches nothing (section 2.4.6)."""
        if not (isinstance(text, str) and isinstance(expression, str) and len(expression) <= LONGEST):
            return False
        compiled = _i_regexp(expression)
        return compiled is not None and getattr(compiled, self._method)(_clean(text)) is not None


@lru_cache(maxsize=256)
def _i_regexp(expression: str) -> Any:
    """Give an expression ready to be used, or None: all of RFC 9485, where a dot is no line end, and RE2."""
    options = re2.Options()
    options.log_errors = False
    dotted = DOT.sub(lambda found: r"[^\n\r]" if found[0] == "." else found[0], expression)
    try:
        return re2.compile(dotted, options)
    except (re2.error, UnicodeEncodeError):
        return None


class _Counted(JSONPathNode):
    """A place in a document. Whoever comes to it looks at what is there, which is work."""

    __slots__ = ()

    @classmethod
    def root_of(cls, document: Any) -> "_Counted":
        """Begin at the top."""
        return cls(value=document, location=(), parent=None, root=document).counted()

    def new_child(self, value: object, key: int | str, parent: JSONPathNode | None) -> "_Counted":
        """Go on to a value within this one."""
        return _Counted(value=value, location=(*self.location, key), parent=parent, root=self.root).counted()

    def counted(self) -> "_Counted":
        """Raise _LongError where there was too much work before it."""
        PATHS.left -= 1 + (len(self.value) if isinstance(self.value, dict | list) else 0)
        if PATHS.left < 0:
            raise _LongError
        return self


class _Query(JSONPathQuery):
    """A path whose work is counted."""

    __slots__ = ()

    def finditer(self, value: Any) -> Iterable[JSONPathNode]:
        """Give what it finds in a document."""
        nodes: Iterable[JSONPathNode] = [_Counted.root_of(value)]
        for segment in self.segments:
            nodes = segment.resolve(nodes)
        return nodes


class _Parser(Parser):
    """Reads paths in which those within filters are counted too."""

    def parse_root_query(self, stream: TokenStream) -> Expression:
        """Read a path that begins at the top."""
        return _counting(super().parse_root_query(stream))

    def parse_relative_query(self, stream: TokenStream) -> Expression:
        """Read a path that begins at the value in question."""
        return _counting(super().parse_relative_query(stream))


def _counting(made: Expression) -> Expression:
    if isinstance(made, FilterQuery):
        made.query = _Query(env=made.query.env, segments=made.query.segments)
    return made


class _Paths(JSONPathEnvironment):
    """How paths are read, and how much work the one that is looked for may still make."""

    parser_class = _Parser
    left = 0

    def compile(self, query: str) -> _Query:
        """Read a path."""
        return _Query(env=self, segments=super().compile(query).segments)


class _LongError(ValueError):
    """A path makes too much work."""


PATHS = _Paths()
PATHS.function_extensions |= {"match": _Matching("fullmatch"), "search": _Matching("search")}


@lru_cache(maxsize=4096)
def _path(text: str) -> Any:
    try:
        return PATHS.compile(text)
    except (JSONPathError, RecursionError):
        raise RuleError("must be a JSON path of RFC 9535, such as $.status or $.items[*].id") from None


def _read_path(text: str) -> str:
    _path(text)
    return text


JsonPath = Annotated[str, AfterValidator(_read_path)]


def read_json(body: bytes) -> Any:
    """Read a JSON document (RFC 8259) whose names are unique in each object. Raises ValueError."""
    try:
        return json.loads(body, parse_constant=_no_number, object_pairs_hook=_object)
    except _TwiceError:
        raise
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None


class _TwiceError(ValueError):
    """An object has a name twice."""


def _object(pairs: Iterable[tuple[str, Any]]) -> Mapping[str, Any]:
    """Make an object; with a name that is there twice nobody knows which value counts (section 4)."""
    pairs = list(pairs)
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _TwiceError("has an object that says the same name twice")
    return made


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def values_at(where: str, document: Any) -> list[Any]:
    """Give every value that a path finds. Raises ValueError for too many, or too deeply nested ones."""
    PATHS.left = WORK
    try:
        values = [node.value for node in islice(_path(where).finditer(document), MOST + 1)]
    except _LongError:
        raise ValueError(f"is too much work for {where}") from None
    except (RecursionError, JSONPathError):
        raise ValueError(f"is nested too deeply for {where}") from None
    if len(values) > MOST:
        raise ValueError(f"has more than {MOST} values at {where}")
    return [_clean(value) if isinstance(value, str) else value for value in values]


def _clean(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can hold and nothing else."""
    return text.encode("utf-8", "replace").decode()
