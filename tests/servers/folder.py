"""A folder for servers that change their user: whoever they run as can get into it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="this server changes its user, which only root can")


@contextmanager
def open_folder() -> Iterator[Path]:
    """Give a folder that is gone after the block."""
    folder = Path(mkdtemp(prefix="watchkeeper-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
