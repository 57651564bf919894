"""Edge: the log, on stderr: one record a line, as text for people or as JSON for programs; always in UTC."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

from commands.plain import safe

LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("text", "json")


def instant(seconds: float) -> str:
    """Write seconds since the epoch as RFC 3339 in UTC, with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class TextLines(logging.Formatter):
    """`time level logger: message`. What follows in the same record is indented, so no line can be forged."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        said = record.getMessage()
        if record.exc_info:
            said += "\n" + self.formatException(record.exc_info)
        lines = [safe(line) for line in said.split("\n")]
        head = f"{instant(record.created)} {record.levelname.lower():7} {record.name}: "
        return head + "\n    ".join(lines)


class JsonLines(logging.Formatter):
    """An object a line: `at`, `level`, `logger`, `message`, and `exception` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        document = {
            "at": instant(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            document["exception"] = self.formatException(record.exc_info)
        return json.dumps(document)


@contextmanager
def logging_to(stream: TextIO, format_: str, level: str) -> Iterator[None]:
    """Write the log to a stream for as long as this lasts."""
    root = logging.getLogger()
    before = root.level
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if format_ == "json" else TextLines())
    root.addHandler(handler)
    root.setLevel(level.upper())
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
