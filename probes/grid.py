"""Due times: a grid that nothing moves, one for each check and site."""

from hashlib import blake2b


def offset_ms(check: str, site: str, interval_ms: int) -> int:
    """Give the place of a check's grid within its interval: the same on every machine, spread over checks."""
    digest = blake2b(f"{check}\0{site}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % interval_ms


def due_at_or_after(at: int, interval_ms: int, offset: int) -> int:
    """Give the first grid time that is not before `at`."""
    return at + (offset - at) % interval_ms


def index(at: int, interval_ms: int, offset: int) -> int:
    """Number the last grid time that is not after `at`."""
    return (at - offset) // interval_ms
