import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store import file
from store.file import Store
from tests.store.samples import NOW

ROOT = Path(__file__).parents[2]
Child = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "watchkeeper.db"


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    with file.open(place, "a test", NOW) as opened:
        yield opened


@pytest.fixture
def child() -> Iterator[Child]:
    """Run a script in a process of its own; it is killed in the end if it still lives."""
    started: list[subprocess.Popen[str]] = []

    def start(script: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", script, *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()
