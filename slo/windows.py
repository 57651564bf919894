"""Windows of objectives: how long, and where they begin."""

UNITS = {"h": 3_600_000, "d": 86_400_000}
NOMINAL = {"week": 7, "month": 30, "quarter": 90, "year": 365}  # days


def length_ms(window: str) -> int:
    """Give the length of a window in ms: `30d`, `12h`, or the usual one of a calendar `month`.

    Raises ValueError for anything else.
    """
    if window in NOMINAL:
        return NOMINAL[window] * UNITS["d"]
    count, unit = window[:-1], window[-1:]
    if unit not in UNITS or not count.isdecimal() or not int(count):
        raise ValueError(f"{window!r} is no window such as 30d, 12h or month")
    return int(count) * UNITS[unit]
