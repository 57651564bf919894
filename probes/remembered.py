"""Values that belong to objects which do not change and cannot be hashed: made once for each."""

from collections.abc import Callable
from typing import Generic, TypeVar

Of = TypeVar("Of")
Made = TypeVar("Made")
MOST = 20_000


class ByIdentity(Generic[Of, Made]):
    """Makes a value on first use. Holds on to the object, so that its identity stays its own."""

    def __init__(self, make: Callable[[Of], Made], most: int = MOST) -> None:
        self._make, self._most = make, most
        self._known: dict[int, tuple[Of, Made]] = {}

    def __call__(self, of: Of) -> Made:
        """Give the value of an object."""
        known = self._known.get(id(of))
        if known is None:
            if len(self._known) >= self._most:
                self._known.clear()
            known = self._known[id(of)] = (of, self._make(of))
        return known[1]
