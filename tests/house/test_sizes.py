"""Functions: aim at 6 lines of code, worry at 20, never over 40. Modules: worry at 300, never over 400."""

from collections.abc import Iterator
from statistics import median

from tests.house.tree import ROOT, code, code_lines, code_of_tests, functions

FUNCTION, MODULE, MEDIAN = 40, 400, 8


def function_sizes(file: str, source: str) -> Iterator[tuple[str, int]]:
    """Give place and lines of code of every function."""
    held = code_lines(source)
    for node in functions(source):
        lines = held.intersection(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        yield f"{file}:{node.lineno} {node.name}", len(lines)


def sizes(files: list[str]) -> list[tuple[str, int]]:
    return [size for file in files for size in function_sizes(file, (ROOT / file).read_text())]


def test_no_function_is_long() -> None:
    long = [f"{place}: {size} lines" for place, size in sizes([*code(), *code_of_tests()]) if size > FUNCTION]

    assert not long, "\n".join([*long, f"No function has over {FUNCTION} lines of code: name its parts."])


def test_no_module_is_long() -> None:
    lines = {file: len((ROOT / file).read_text().splitlines()) for file in code()}
    long = [f"{file}: {size} lines" for file, size in lines.items() if size > MODULE]

    assert not long, "\n".join(
        [*long, f"No module has over {MODULE} lines, and 300 are reason to worry: split it by subject."]
    )


def test_most_functions_are_short() -> None:
    middle = median(size for _, size in sizes(code()))

    assert middle <= MEDIAN, (
        f"the median function has {middle} lines of code, and should have at most {MEDIAN}"
    )


def test_docstrings_comments_and_blank_lines_are_no_code() -> None:
    source = 'def one(a):\n    """Say.\n\n    More.\n    """\n\n    # why\n    return f(\n        a,\n    )\n'

    assert list(function_sizes("x.py", source)) == [("x.py:1 one", 4)]
