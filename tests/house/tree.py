"""The source tree, as the tests of this folder read it."""

import ast
import tokenize
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# Each imports only what stands to its left: docs/architecture.md.
ORDER = (
    "checks", "probes", "store", "slo", "alerting", "exporter", "driver", "web", "demo", "commands", "daemon",
)  # fmt: skip

NO_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name, dotted: `from a import b` gives `a.b`."""

    name: str
    line: int

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]


def project() -> dict[str, Any]:
    """Give pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def code() -> list[str]:
    """List the files of the program itself, relative and with slashes."""
    files = [path for folder in ORDER for path in (ROOT / folder).rglob("*.py")]
    files += [path for path in (ROOT / "daemon.py",) if path.exists()]
    return sorted(path.relative_to(ROOT).as_posix() for path in files)


def code_of_tests() -> list[str]:
    """List the Python files under tests/."""
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py"))


def pages() -> list[Path]:
    """List what is written for people: every Markdown page of the repository."""
    found = [*ROOT.glob("*.md")]
    for folder in (*ORDER, "bench", "deploy", "docs", "grafana", "tests"):
        found += (ROOT / folder).rglob("*.md")
    return sorted(found)


def imports(source: str) -> Iterator[Import]:
    """Give every import, wherever in the file it stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Import(f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def functions(source: str) -> Iterator[FunctionNode]:
    """Give every function and method."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, FunctionNode):
            yield node


def code_lines(source: str) -> set[int]:
    """Give the numbers of the lines that hold code: no docstring, comment or blank line."""
    held: set[int] = set()
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type not in NO_CODE:
            held.update(range(token.start[0], token.end[0] + 1))
    return held - _docstring_lines(ast.parse(source))


def _docstring_lines(module: ast.Module) -> set[int]:
    lines: set[int] = set()
    for node in ast.walk(module):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]):
            lines.update(range(body[0].lineno, body[0].end_lineno + 1))
    return lines


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
