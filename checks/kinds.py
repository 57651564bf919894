"""Words of the file and the classes behind them, imported on use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from checks.fit import Reading
from checks.options import CommonOptions
from checks.shapes import meant_or_there, options
from checks.source import Node, Path, Scalar

COMMON = frozenset(options(CommonOptions))


@dataclass(slots=True)
class Kinds:
    """The classes of one sort (kinds of checks, kinds of receivers) by their words; owns those loaded so far.

    A word whose place is empty is known and comes with a later version.

    None of their options may be called like one of `shared`: a class that does so raises TypeError.
    """

    places: Mapping[str, str]
    shared: frozenset[str]
    _loaded: dict[str, Any] = field(default_factory=dict)

    def named(self, node: Node | None, path: Path, reading: Reading) -> Any:
        """Give the class that a `kind` names, or refuse it there. None where there is none."""
        if not isinstance(node, Scalar) or node.unset:
            return None  # refused where the option is read
        if not self.places.get(node.text):
            reading.refuse(node, path, self._unknown(node.text))
            return None
        return self.loaded(node.text)

    def loaded(self, word: str) -> Any:
        """Give the class behind a word, None where there is none."""
        return self._loaded.get(word) or (self._load(word) if self.places.get(word) else None)

    def is_evidence(self, word: str) -> bool:
        """Say whether a kind repeats somebody else's word: it is then no indicator unless it is made one."""
        return getattr(self.loaded(word), "evidence", False)

    def usual(self, word: str) -> Mapping[str, str]:
        """Give the common options that a kind has values of its own for, where its check has none."""
        usual: Mapping[str, str] = getattr(self.loaded(word), "usual", {})
        return usual

    def _unknown(self, word: str) -> str:
        if word in self.places:
            return f"kind {word} is not supported by this version yet"
        there = [each for each, place in self.places.items() if place]
        return f"there is no such kind{meant_or_there(word, there, most=len(there))}"

    def _load(self, word: str) -> Any:
        module, _, name = self.places[word].partition(":")
        cls = getattr(import_module(module), name)
        clash = options(cls).keys() & self.shared
        if clash:
            raise TypeError(
                f"kind {word}: {', '.join(sorted(clash))} already means something for every entry"
            )
        self._loaded[word] = cls
        return cls
