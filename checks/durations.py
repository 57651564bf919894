"""Lengths of time, written as `checks.yaml` writes them."""

UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


def duration_text(seconds: float) -> str:
    """Write seconds in all the units that it takes, exact to the millisecond: `1m 43s`, `400d`, `500ms`."""
    left = round(seconds * 1000)
    said: list[str] = []
    for unit, size in UNITS.items():
        count, left = divmod(left, size)
        if count:
            said.append(f"{count}{unit}")
    return " ".join(said) or "0s"
