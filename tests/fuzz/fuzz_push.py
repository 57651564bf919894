"""What a push of a heartbeat says, and the header that gives it the right to."""

from checks.values import RuleError
from probes.heard import heard_of
from web.push import DETAIL, beat_of, said_in, token_of

SEEDS = (
    b"",
    b"{}",
    b'{"outcome": "bad", "detail": "exit status 2", "took": 12.5}',
    b'{"good_at": 1, "missed": false, "last": {"at": 1, "bad": true, "detail": "", "took": null}}',
    b"Basic dXNlcjp0b2tlbg==",
)


def one(data: bytes) -> None:
    """Read bytes as a body, as a header, and as what the store remembers."""
    text = data.decode("utf-8", "surrogateescape")
    token_of(text)
    heard_of(text)
    try:
        beat = beat_of(said_in((), data), 0)
    except RuleError:
        return
    assert len(beat.detail) <= DETAIL
