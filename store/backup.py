"""Edge: a consistent copy of the store, made while a daemon writes it."""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.errors import StoreError
from store.reader import open_reader


def copy(path: Path | str, target: Path | str) -> None:
    """Copy the store at `path` to `target`, where nothing may be yet.

    Whoever writes the store meanwhile is not held up. The copy is on the disk, whole, before it has its name.
    Raises StoreError.
    """
    place = Path(target).absolute()
    if place.exists() or place.is_symlink():
        raise StoreError(f"{place} is there already, and was left as it is: give the copy another name")
    with contextlib.closing(open_reader(path)) as source:
        try:
            with _beside(place) as unfinished:
                _copy(source, unfinished)
                unfinished.chmod(Path(path).stat().st_mode & 0o777)
                _synchronize(unfinished)
                # Unlike a rename, a link refuses a name that somebody else has taken meanwhile.
                os.link(unfinished, place)
            _synchronize(place.parent)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"no copy was made at {place} ({error}): its folder must be there and writable, "
                "on a disk with room"
            ) from error


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """Give an empty file beside `place`; it is gone in the end."""
    handle, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".unfinished", dir=place.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)


def _copy(source: sqlite3.Connection, place: Path) -> None:
    with contextlib.closing(sqlite3.connect(place)) as copy:
        source.backup(copy)


def _synchronize(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
