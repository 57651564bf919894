"""Wall clocks: the instant at which a local time is, and the local time at an instant. Pure."""

from datetime import UTC, datetime, timedelta, tzinfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def instant(wall: datetime, zone: tzinfo, fold: int = 0) -> int:
    """Give the instant of a local time without an offset, in ms since the epoch, UTC.

    One that does not exist moves forward by the gap; one that exists twice is the first. With `fold` 1 it is
    the other way round: it moves back by the gap, and is the second.
    """
    return (wall.replace(tzinfo=zone, fold=fold) - EPOCH) // MILLISECOND


def wall(at: int, zone: tzinfo) -> datetime:
    """Give the local time at an instant (ms since the epoch, UTC), without an offset."""
    return (EPOCH + at * MILLISECOND).astimezone(zone).replace(tzinfo=None, fold=0)
