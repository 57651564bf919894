"""Windows of objectives: how long, and where they begin."""

UNITS = {"h": 3_600_000, "d": 86_400_000}


def length_ms(window: str) -> int:
    """Give the length of a rolling window in ms: `30d`, `12h`. Raises ValueError for anything else."""
    count, unit = window[:-1], window[-1:]
    if unit not in UNITS or not count.isdecimal() or not int(count):
        raise ValueError(
            f"{window!r} is no rolling window such as 30d or 12h; calendar windows are not yet judged"
        )
    return int(count) * UNITS[unit]
