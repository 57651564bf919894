"""The edge that looks whether files have changed: by looking again, which every file system allows."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

SUFFIXES = (".yaml", ".yml")
EVERY = 1.0  # seconds between two looks

Print = tuple[object, ...]


def fingerprints(paths: Collection[str]) -> dict[str, Print]:
    """Give for each path what is other when its file is: when it was written, its size, which one it is.

    Links are followed, as mounted secrets are links. Of a folder only the names count that end in .yaml or
    .yml: our own store may lie in it.
    """
    return {path: _of(path) for path in paths}


def _of(path: str) -> Print:
    try:
        file = Path(path)
        if file.is_dir():
            return tuple(sorted(each.name for each in file.iterdir() if each.suffix in SUFFIXES))
        seen = file.stat()
    except (OSError, ValueError) as error:
        return (type(error).__name__,)
    return seen.st_mtime_ns, seen.st_size, seen.st_ino, seen.st_dev


async def watch(
    paths: Callable[[], Collection[str]], changed: Callable[[], Awaitable[object]], *, every: float = EVERY
) -> None:
    """Call `changed` when files are others than before, and stay so for a look; until cancelled.

    `paths` names them anew at every look. What changes while `changed` runs is seen afterwards.
    """
    known = last = await _look(paths)
    while True:
        await asyncio.sleep(every)
        seen = await _look(paths)
        if seen == last != known:
            await changed()
            after = await _look(paths)  # there may be others now, which nobody has looked at before
            known = {path: seen.get(path, after[path]) for path in after}
            seen = after
        last = seen


async def _look(paths: Callable[[], Collection[str]]) -> dict[str, Print]:
    return await asyncio.to_thread(fingerprints, tuple(paths()))
