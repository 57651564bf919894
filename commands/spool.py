"""Edge: lines that were understood, kept in a temporary file until all of them are known to be right."""

import marshal
from collections.abc import Iterator
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

from commands.result_fields import Row


class Spool:
    """Keeps rows on disk, to be given back in order and in the same batches; its file goes at the end."""

    def __init__(self) -> None:
        self._file: IO[bytes] = TemporaryFile(prefix="watchkeeper-")  # noqa: SIM115 - lives as long as we
        self._sizes: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, rows: list[Row]) -> None:
        """Keep a batch. Raises OSError where the disk has no room."""
        self._sizes.append(self._file.write(marshal.dumps(rows)))

    def batches(self) -> Iterator[list[Row]]:
        """Give back what was kept."""
        self._file.seek(0)
        for size in self._sizes:
            rows: list[Row] = marshal.loads(self._file.read(size))  # noqa: S302 - nobody else can write it
            yield rows
