"""Edge: what the options of a class mean, read from the text under each in the class's source."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any


@lru_cache(maxsize=256)
def described(shape: Any) -> Mapping[str, str]:
    """Give what the source says of each attribute of a class and those above it, by the attribute's name."""
    found: dict[str, str] = {}
    for cls in reversed(shape.__mro__):
        if "__pydantic_fields__" in vars(cls):
            found |= dict(_texts(cls))
    return found


def _texts(cls: type) -> Iterator[tuple[str, str]]:
    """Give each annotated name with the text that stands right under it."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    body = node.body if isinstance(node, ast.ClassDef) else []
    for above, below in pairwise(body):
        if isinstance(above, ast.AnnAssign) and isinstance(above.target, ast.Name) and (text := _text(below)):
            yield above.target.id, text


def _text(node: ast.stmt) -> str:
    said = node.value.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else None
    return inspect.cleandoc(said) if isinstance(said, str) else ""
