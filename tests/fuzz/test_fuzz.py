"""A short run of every fuzz target; `make fuzz` runs as long as one likes."""

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TARGETS = sorted(file.stem.removeprefix("fuzz_") for file in HERE.glob("fuzz_*.py"))
ROUNDS = 3000


def test_there_are_targets() -> None:
    assert TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_are_taken(target: str) -> None:
    module = import_module(f"tests.fuzz.fuzz_{target}")
    for seed in module.SEEDS:
        module.one(seed)

    assert module.SEEDS


@pytest.mark.skipif(not find_spec("atheris"), reason="atheris has no wheel for this Python or system")
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_found_in_a_short_run(target: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz.run", target, str(tmp_path), f"-runs={ROUNDS}", "-seed=1"]
    done = subprocess.run(command, cwd=HERE.parent.parent, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-4000:]
    assert f"Done {ROUNDS} runs" in done.stderr
