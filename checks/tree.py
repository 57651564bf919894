"""Sections, entries and texts of a tree, as far as they have the right shape."""

from collections.abc import Iterator

from checks.source import List, Map, Node, Path, Scalar

EMPTY = Map({}, {}, "", 1, 1)


def mapping(node: Node | None) -> Map:
    """Give a node as a mapping: an empty one where it is missing or something else."""
    return node if isinstance(node, Map) else EMPTY


def entries(root: Map, section: str) -> dict[str, Map]:
    """Give the entries of a section that are mappings, by name."""
    values = mapping(root.values.get(section)).values
    return {name: node if isinstance(node, Map) else EMPTY for name, node in values.items()}


def items(entry: Map, option: str, path: Path) -> Iterator[tuple[Path, Map]]:
    """Give the items of a list as mappings, each with its path."""
    node = entry.values.get(option)
    for index, item in enumerate(node.items if isinstance(node, List) else ()):
        yield (*path, option, index), mapping(item)


def texts(node: Node, path: Path) -> Iterator[tuple[Path, Scalar]]:
    """Give the text of a node, or those of a list, each with its path."""
    if isinstance(node, Scalar):
        yield path, node
    elif isinstance(node, List):
        yield from (
            ((*path, index), item) for index, item in enumerate(node.items) if isinstance(item, Scalar)
        )


def blank(node: Node) -> bool:
    """Say whether nothing is written where something could be: every entry is commented out."""
    return isinstance(node, Scalar) and node.plain and not node.text and not node.source
