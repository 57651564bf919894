"""Words of the file and the classes behind them, imported on use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from checks.fit import Reading
from checks.options import CommonOptions
from checks.shapes import meant, options
from checks.source import Node, Path, Scalar

COMMON = frozenset(options(CommonOptions))


@dataclass(slots=True)
class Kinds:
    """The classes of one sort (kinds of checks, kinds of receivers) by their words; owns those loaded so far.

    None of their options may be called like one of `shared`: a class that does so raises TypeError.
    """

    places: Mapping[str, str]
    shared: frozenset[str]
    _loaded: dict[str, Any] = field(default_factory=dict)

    def named(self, node: Node | None, path: Path, reading: Reading) -> Any:
        """Give the class that a `kind` names, or refuse it there. None where there is none."""
        if not isinstance(node, Scalar) or node.unset:
            return None  # refused where the option is read
        if node.text not in self.places:
            known = f"; there is {', '.join(sorted(self.places))}"
            reading.refuse(node, path, f"there is no such kind{meant(node.text, self.places) or known}")
            return None
        return self._loaded.get(node.text) or self._load(node.text)

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
