"""What is worth saying about the files that checks name: those that cannot be used as they are now."""

from collections.abc import Iterator
from typing import Any

from checks.diff import enabled
from checks.model import Configuration
from checks.notes import Note
from probes.net.trust import FILES, Policy, context
from probes.tools import Failed


def unusable(configuration: Configuration) -> Iterator[Note]:
    """Say which checks stay unknown for a file of certificates or a key; a `checks.notes.Rule`."""
    for name, check in enabled(configuration).items():
        files = {option: getattr(check.probe, option, "") for option in FILES}
        if any(files.values()) and (why := _why_not(files)):
            option, _, _ = why.partition(" ")
            yield Note(("checks", name, option), f"stays unknown, because {why}")


def _why_not(files: dict[str, Any]) -> str:
    try:
        context(Policy(**files))
    except Failed as failed:
        return failed.detail
    return ""
