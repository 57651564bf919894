"""One process writes: an exclusive lock beside the store, which the kernel lets go when its holder dies."""

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from store.errors import Locked, StoreError


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that is held: the open descriptor is the lock."""

    descriptor: int

    def release(self) -> None:
        """Let it go. The file stays: taking it away could take away the lock of the next one."""
        with contextlib.suppress(OSError):
            os.ftruncate(self.descriptor, 0)
        os.close(self.descriptor)


def acquire(store: Path, command: str, since: str) -> Lock:
    """Hold `<store>.lock`, or raise Locked naming who holds it. `since` is the time now, for people."""
    place = store.with_name(store.name + ".lock")
    try:
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(_unusable(store, error)) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _sign(descriptor, command, since)
    except BlockingIOError as error:
        holder = _holder(descriptor)
        os.close(descriptor)
        raise Locked(_in_use(store, holder)) from error
    except OSError as error:
        os.close(descriptor)
        raise StoreError(_unusable(store, error)) from error
    return Lock(descriptor)


def _sign(descriptor: int, command: str, since: str) -> None:
    holder = {"pid": os.getpid(), "host": socket.gethostname(), "command": command, "since": since}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def _holder(descriptor: int) -> Mapping[str, object]:
    """Read who signed; nothing where the holder has not come round to it yet."""
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
    except (OSError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}


def _in_use(store: Path, holder: Mapping[str, object]) -> str:
    try:
        by = "{command}, pid {pid} on {host}, since {since}".format_map(holder)
    except KeyError:
        by = "another process"
    return f"{store} is in use by {by}; stop it first or give --store another file"


def _unusable(store: Path, error: OSError) -> str:
    return (
        f"{store} cannot be locked ({error.strerror}): the folder must exist on a local disk "
        "and be writable for this user; create it or give --store another file"
    )
