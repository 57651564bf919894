"""What is worth saying about checks that are right: options without effect, secrets that are none. Pure.

Each function is a `checks.notes.Rule`.
"""

from collections.abc import Iterator

from checks.diff import enabled
from checks.durations import duration_text
from checks.model import Check, Configuration
from checks.notes import Note
from checks.values import Secret

SHORTEST = 16  # characters of a token that nobody guesses


def idle(configuration: Configuration) -> Iterator[Note]:
    """Say which options of checks have no effect, and why."""
    for name, check in enabled(configuration).items():
        for option, why in _idle(check):
            yield Note(("checks", name, option), f"has no effect: {why}")


def _idle(check: Check) -> Iterator[tuple[str, str]]:
    if check.slow_after is not None and check.slow_after >= check.timeout:
        yield "slow_after", f"an attempt ends after {duration_text(check.timeout)}, by its timeout"
    if getattr(check.probe, "redirect_hosts", ()) and not getattr(check.probe, "redirects", 0):
        yield "redirect_hosts", "no redirect is followed where redirects is not written"


def guessable(configuration: Configuration) -> Iterator[Note]:
    """Say whose token, by which somebody tells us something, can be tried out."""
    for name, check in enabled(configuration).items():
        token = getattr(check.probe, "token", None)
        if isinstance(token, Secret) and token and len(token.reveal()) < SHORTEST:
            yield Note(
                ("checks", name, "token"), f"can be guessed: take {SHORTEST} random characters or more"
            )
