"""What receivers doubt of their own options. Pure."""

from collections.abc import Iterator, Mapping

from checks.model import Configuration
from checks.notes import Note


def doubtful(configuration: Configuration) -> Iterator[Note]:
    """Say which options of receivers are hardly right; a `checks.notes.Rule`.

    A kind of receiver may have a method `doubts`, which gives words by option, never with the value.
    """
    for name, receiver in configuration.receivers.items():
        doubts: Mapping[str, str] = getattr(receiver.target, "doubts", dict)()
        yield from (Note(("receivers", name, option), why) for option, why in doubts.items())
