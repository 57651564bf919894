"""Edge: files on disk, read whole and within bounds."""

import errno
import os
import stat

LARGEST = 1 << 20  # bytes; a secret is a line


def read_bounded(path: str, most: int) -> bytes:
    """Give what a file holds. Raises OSError where it cannot be read, is larger, or is a folder or a pipe."""
    # A pipe keeps whoever opens it waiting for a writer, unless he says that he will not wait.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb", closefd=True) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is a pipe or a device, not a file")
        held = file.read(most + 1)
    if len(held) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most >> 20} MiB")
    return held


def read_text(path: str) -> str:
    """Give the text of a file. Raises OSError where it cannot be read, ValueError where it is no text."""
    return read_bounded(path, LARGEST).decode("utf-8")
