"""The file: opened under its lock, checked, brought to this version's schema; or refused in clear words.

Nothing is ever deleted or overwritten here. A file that is not ours stays as it is, where it is; a damaged
one is renamed, together with its write-ahead log.
"""

import contextlib
import itertools
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Self

from store.errors import CorruptStore, NewerStore, StoreError
from store.lock import Lock, acquire

MEMORY = ":memory:"
APPLICATION = int.from_bytes(b"WKpr", "big")
MAGIC = b"SQLite format 3\x00"
LOCK_WAIT = 1.0  # seconds that one statement waits for another connection; whoever needs more asks again
BESIDE = ("-wal", "-shm")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Store:
    """The one file, open for writing. The connection may move to another thread, but serves one at a time."""

    path: Path | None
    connection: sqlite3.Connection
    lock: Lock | None = None

    def close(self) -> None:
        """Close the file, then let the lock go."""
        self.connection.close()
        if self.lock:
            self.lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open(path: Path | str, command: str, now: int) -> Store:
    """Open the store for writing; `:memory:` gives one that lasts as long as the object, without a lock.

    `command` is what people are told when they find it locked. Raises Locked, CorruptStore, NewerStore, or
    StoreError where the place itself is of no use.
    """
    if str(path) == MEMORY:
        return Store(None, _ready(Path(MEMORY)))
    place = Path(path).resolve()
    if _is_folder(place):
        raise StoreError(
            f"{place} is a folder: --store needs the name of a file, such as {place}/watchkeeper.db"
        )
    lock = acquire(place, command, f"{utc(now):%Y-%m-%dT%H:%M:%SZ}")
    try:
        return Store(place, _open(place, now), lock)
    except BaseException:
        lock.release()
        raise


def latest_version() -> int:
    """Say which schema this version writes."""
    return len(_scripts())


def check_version(connection: sqlite3.Connection, place: Path) -> int:
    """Give the file's version, 0 for an empty one. Raise where it is another program's or a newer one's."""
    version, application = _number(connection, "user_version"), _number(connection, "application_id")
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if application != APPLICATION and (tables or application):
        raise StoreError(f"{place} is another program's SQLite database: give --store another file")
    if version > latest_version():
        raise NewerStore(
            f"{place} was written by a newer Watchkeeper "
            f"(schema {version}, this one knows {latest_version()}): "
            "install that version or give --store another file"
        )
    return version


def _open(place: Path, now: int) -> sqlite3.Connection:
    try:
        if _holds_something(place):
            _inspect(place)
        return _ready(place)
    except OSError as error:
        raise StoreError(_unreadable(place, error)) from error
    except sqlite3.Error as error:
        # Damage is the bare DatabaseError; its subclasses are troubles of the disk, or bugs of a migration.
        if type(error) is sqlite3.DatabaseError:
            raise _aside(place, str(error), now) from error
        raise StoreError(
            f"{place} cannot be used ({error}): the disk needs room, and the file and its folder must be "
            "writable for this user"
        ) from error


def _holds_something(place: Path) -> bool:
    """Say whether there is a database; raise where there is anything else, which is not ours to move."""
    if not place.exists():
        _refuse_orphan(Path(f"{place}-wal"))
        return False
    with place.open("rb") as file:
        head = file.read(len(MAGIC))
    if head not in (b"", MAGIC):
        raise StoreError(
            f"{place} is not an SQLite database, and was left as it is: give --store another file, "
            "or, if it was a store and is damaged, move it away and start with an empty one"
        )
    return bool(head)


def _refuse_orphan(log: Path) -> None:
    """Raise when a write-ahead log lies there alone: SQLite would delete it, and what it holds."""
    if log.exists() and log.stat().st_size:
        raise StoreError(
            f"{log} is there without its store: put the store back beside it, or move it away too"
        )


def _ready(place: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(place, timeout=LOCK_WAIT, isolation_level=None, check_same_thread=False)
    try:
        _set_up(connection)
        _migrate(connection, check_version(connection, place))
        # A file that can only be read is told now, not at the first decision.
        connection.execute("DELETE FROM memory WHERE 0")
    except BaseException:
        connection.close()
        raise
    return connection


def _inspect(place: Path) -> None:
    """Read every page, and raise at the first damage.

    Through a connection that can only read: closing any other would fold the write-ahead log into a damaged
    file, or throw it away.
    """
    with contextlib.closing(
        sqlite3.connect(f"{place.as_uri()}?mode=ro", timeout=LOCK_WAIT, uri=True)
    ) as connection:
        check_version(connection, place)
        complaint = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if complaint != "ok":
        raise sqlite3.DatabaseError(complaint.replace("\n", " "))


def _set_up(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA journal_size_limit = 16777216")


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    """Run each script that is missing, in a transaction of its own together with its number."""
    for number, script in enumerate(_scripts()[version:], version + 1):
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;",
            )
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise


def _scripts() -> list[str]:
    folder = resources.files("store") / "schema"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    return [(folder / name).read_text(encoding="utf-8") for name in names]


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _aside(place: Path, complaint: str, now: int) -> CorruptStore:
    """Rename the damaged file and what belongs to it.

    The log goes first: after half a move the damage is still in its place, and is found again.
    """
    kept = _free_name(place, f"{place.name}.corrupt-{utc(now):%Y%m%dT%H%M%SZ}")
    try:
        for suffix in (*BESIDE, ""):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{place}{suffix}").rename(f"{kept}{suffix}")
    except OSError as error:
        return CorruptStore(
            f"{place} is damaged ({complaint}) and could not be moved "
            f"({error.strerror}): move it away yourself",
            place,
        )
    return CorruptStore(
        f"{place} is damaged ({complaint}). It is kept as {kept}; the next start begins with an empty store. "
        "To go on with the old numbers, put a backup in its place first",
        kept,
    )


def _free_name(place: Path, wanted: str) -> Path:
    names = itertools.chain([wanted], (f"{wanted}-{number}" for number in itertools.count(2)))
    return next(kept for name in names if not (kept := place.with_name(name)).exists())


def _is_folder(place: Path) -> bool:
    try:
        return place.is_dir()
    except OSError as error:
        raise StoreError(_unreadable(place, error)) from error


def _unreadable(place: Path, error: OSError) -> str:
    return f"{place} cannot be used ({error.strerror}): check who owns it and its folder, and their modes"


def utc(now: int) -> datetime:
    """Give an instant (ms since the epoch) as a date."""
    return EPOCH + timedelta(milliseconds=now)
