"""Instants of the past as they are typed: RFC 3339, a wall clock, or Unix seconds. Pure."""

import re
from datetime import datetime, timedelta

from checks.values import RuleError
from checks.walls import EPOCH
from commands.result_fields import read_at

TIME = "2026-12-05T22:00 in the configuration's timezone, 2026-12-05T21:00:00Z, or Unix seconds"
UNIX = re.compile(r"[0-9]+(\.[0-9]*)?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?", re.DOTALL)


def read_time(text: str) -> datetime:
    """Read an instant, to the millisecond; one without an offset is a wall clock, of a day its midnight."""
    if UNIX.fullmatch(text):
        return EPOCH + timedelta(milliseconds=read_at(text))
    if not DATE.fullmatch(text):
        raise RuleError(f"must be a time: {TIME}")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RuleError("must be a day and a time that exist; there is no such day or time") from None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
