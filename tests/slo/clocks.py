"""Zones whose clocks change in one way each, and local times found without the help of `fold`."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # changes by half an hour
KATHMANDU = ZoneInfo("Asia/Kathmandu")  # 5:45, and never changes
SANTIAGO = ZoneInfo("America/Santiago")  # has a day that begins at 01:00

HOUR = 3_600_000
EPOCH = datetime.fromisoformat("1970-01-01")  # of wall clocks
CHANGES = [  # a day on which the clocks change, of each zone and each way; any day of Kathmandu
    (AMSTERDAM, datetime.fromisoformat("2027-03-28")),
    (AMSTERDAM, datetime.fromisoformat("2026-10-25")),
    (NEW_YORK, datetime.fromisoformat("2027-03-14")),
    (NEW_YORK, datetime.fromisoformat("2026-11-01")),
    (LORD_HOWE, datetime.fromisoformat("2026-10-04")),
    (LORD_HOWE, datetime.fromisoformat("2027-04-04")),
    (KATHMANDU, datetime.fromisoformat("2026-10-25")),
    (SANTIAGO, datetime.fromisoformat("2026-09-06")),
    (SANTIAGO, datetime.fromisoformat("2026-04-05")),
]


def utc(text: str) -> int:
    """Read `2026-10-25 01:00` as UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def text(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M}"


def offset(at: int, zone: tzinfo) -> int:
    found = datetime.fromtimestamp(at / 1000, UTC).astimezone(zone).utcoffset()
    assert found is not None
    return found // timedelta(milliseconds=1)


def first_instant(wall: datetime, zone: tzinfo) -> int:
    """Try every offset around: the first instant that shows this local time, or would before the gap."""
    shown = (wall - EPOCH) // timedelta(milliseconds=1)
    offsets = [offset(shown + hours * HOUR, zone) for hours in range(-24, 25)]
    right = [shown - each for each in offsets if offset(shown - each, zone) == each]
    return min(right) if right else shown - offsets[0]
