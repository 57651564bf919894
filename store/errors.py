"""What can be wrong with a store, said so that somebody can act on it."""

from pathlib import Path


class StoreError(Exception):
    """The store cannot be used; the message names the file and the remedy."""


class Locked(StoreError):
    """Another process holds the store; the message names it."""


class NewerStore(StoreError):
    """The file was written by a newer version; nothing in it was touched."""


class DamagedHour(StoreError):
    """The bytes of one packed hour of results make no sense; everything else can be read."""


class CorruptStore(StoreError):
    """The file was damaged, and now lies at `kept`, whole, with its write-ahead log."""

    def __init__(self, message: str, kept: Path) -> None:
        super().__init__(message)
        self.kept = kept
