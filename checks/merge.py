"""Several files to one tree, as if one had written them one below the other; each node keeps its place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from checks.shapes import meant
from checks.source import ConfigError, List, Map, Node, Problem, Scalar, problem, read
from checks.texts import read_version
from checks.tree import blank

NAMED = frozenset({"services", "checks", "objectives", "receivers", "vendors"})
LISTED = frozenset({"maintenance", "reports"})


def read_all(texts: Mapping[str, str], names: Collection[str]) -> tuple[Map, list[Problem]]:
    """Give one tree of all files, in their order, and what is wrong with its shape.

    Entries of a section are joined, where they have names by these; every other option stands in one file
    only, but `version`, which may stand in each. `names` are all that may stand at the top. Raises
    ConfigError with one problem for each file that gives no tree, and nothing else.
    """
    roots: list[Map] = []
    problems: list[Problem] = []
    refused: list[Problem] = []
    for file, text in texts.items():
        try:
            root, found = read(text, file)
        except ConfigError as error:
            refused.extend(error.problems)
        else:
            roots.append(root)
            problems.extend(found)
    if refused:
        raise ConfigError(refused)
    return merged(roots, names, problems), problems


def merged(roots: list[Map], names: Collection[str], problems: list[Problem]) -> Map:
    """Lay trees together; what cannot stand in several of them is added to `problems`."""
    first, *others = roots
    if not others:
        return first
    merging = _Merging(first._replace(keys=dict(first.keys), values=dict(first.values)), names, problems)
    for root in others:
        merging.add(root)
    return merging.root


@dataclass(slots=True)
class _Merging:
    """Owner of the tree that grows."""

    root: Map
    names: Collection[str]
    problems: list[Problem]
    _grown: set[str] = field(default_factory=set)  # the sections that are ours to add to

    def add(self, root: Map) -> None:
        for name, node in root.values.items():
            key = root.keys[name]
            if name not in self.root.values:
                self.root.keys[name], self.root.values[name] = key, node
            else:
                self._again(name, key, node)

    def _again(self, name: str, key: Scalar, node: Node) -> None:
        """Take in what stood in a file before."""
        if name == "version":
            self._version(node)
        elif name in NAMED or name in LISTED:
            self._join(name, key, node)
        elif name in self.names:
            at = place(self.root.keys[name])
            self._refuse(key, name, f"may stand in one file only; the first is at {at}")
        else:
            self._refuse(key, name, f"no such option{meant(name, self.names)}")

    def _version(self, node: Node) -> None:
        """Judge another version here: of several, only the first is read later."""
        if isinstance(node, Scalar) and "$" in node.text:
            return
        try:
            read_version(node.text if isinstance(node, Scalar) else "")
        except ValueError as error:
            self._refuse(node, "version", str(error))

    def _join(self, name: str, key: Scalar, node: Node) -> None:
        """Join two parts of a section. What is empty adds nothing; a part of the wrong shape is refused."""
        shape = Map if name in NAMED else List
        standing = self.root.values[name]
        if isinstance(standing, Map) and isinstance(node, Map) and shape is Map:
            self._entries(name, standing, node)
        elif isinstance(standing, List) and isinstance(node, List) and shape is List:
            self.root.values[name] = standing._replace(items=[*standing.items, *node.items])
        elif blank(standing):
            self.root.keys[name], self.root.values[name] = key, node
        elif not blank(node):
            self._misshapen(name, standing if isinstance(node, shape) else node)
            if isinstance(node, shape):
                self.root.keys[name], self.root.values[name] = key, node

    def _misshapen(self, name: str, node: Node) -> None:
        self._refuse(node, name, f"must be a {'mapping' if name in NAMED else 'list'}")

    def _entries(self, name: str, section: Map, more: Map) -> None:
        if name not in self._grown:
            section = section._replace(keys=dict(section.keys), values=dict(section.values))
            self.root.values[name] = section
            self._grown.add(name)
        for entry, value in more.values.items():
            if entry in section.values:
                told = f"defined twice; the first is at {place(section.keys[entry])}"
                self._refuse(more.keys[entry], name, told, entry)
            else:
                section.keys[entry], section.values[entry] = more.keys[entry], value

    def _refuse(self, node: Node, name: str, message: str, *further: str) -> None:
        self.problems.append(problem(node, (name, *further), message))


def place(node: Node) -> str:
    """Say where a node stands: `checks.yaml:14`."""
    return f"{node.file}:{node.line}"
