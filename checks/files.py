"""Edge: the files that `${file:/path}` names."""

from pathlib import Path

LARGEST = 1 << 20  # characters; a secret is a line, and /dev/zero has no end


def read_text(path: str) -> str:
    """Give the text of a file. Raises OSError where it cannot be read, ValueError where it is no text."""
    with Path(path).open(encoding="utf-8") as file:
        text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise OSError("larger than 1 MiB")
    return text
