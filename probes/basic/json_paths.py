"""JSON from outside, and what JSON paths (RFC 9535) find in it, in bounded time."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Annotated, Any, NoReturn

import re2
from jsonpath_rfc9535 import JSONPathEnvironment
from jsonpath_rfc9535.exceptions import JSONPathError
from jsonpath_rfc9535.function_extensions import ExpressionType, FilterFunction
from pydantic import AfterValidator

from checks.values import RuleError

MOST = 10_000  # values that one path may find
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


PATHS = JSONPathEnvironment()
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
    try:
        values = [node.value for node in islice(_path(where).finditer(document), MOST + 1)]
    except (RecursionError, JSONPathError):
        raise ValueError(f"is nested too deeply for {where}") from None
    if len(values) > MOST:
        raise ValueError(f"has more than {MOST} values at {where}")
    return [_clean(value) if isinstance(value, str) else value for value in values]


def _clean(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can hold and nothing else."""
    return text.encode("utf-8", "replace").decode()
