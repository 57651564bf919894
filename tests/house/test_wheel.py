"""What is installed is what stands in the tree, and it works without the tree."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest

from checks import __version__
from tests.house.tree import ROOT, project

# Said by the installed copy, from another folder: what it is, and that everything named by a string is there.
PROGRAM = """
import importlib, json
from importlib.metadata import entry_points
import checks
from alerting.receivers import RECEIVERS
from commands import COMMANDS
from probes import KINDS
for module, _ in COMMANDS.values():
    importlib.import_module(module)
for place in [*KINDS.values(), *RECEIVERS.values()]:
    module, _, name = place.partition(":")
    getattr(importlib.import_module(module), name)
main, = entry_points(group="console_scripts", name="watchkeeper")
print(json.dumps({
    "version": checks.__version__,
    "checks": checks.__file__,
    "main": importlib.import_module(main.module).__file__,
    "callable": callable(main.load()),
}))
"""


def call(*words: str, cwd: Path, environment: Mapping[str, str] | None = None) -> str:
    answer = subprocess.run(
        words,
        cwd=cwd,
        env=environment or os.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert answer.returncode == 0, f"{' '.join(words[:3])} …\n{answer.stdout}{answer.stderr}"
    return answer.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it, alone, into an empty folder; no index is asked."""
    dist, target = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("target")
    call(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(dist), cwd=ROOT)
    (wheel,) = dist.glob("*.whl")
    alone = ["--no-deps", "--no-index", "--offline", "--no-config", "--no-cache", "--target", str(target)]
    call(sys.executable, "-m", "uv", "pip", "install", "--quiet", *alone, str(wheel), cwd=dist)
    return target


@pytest.fixture(scope="module")
def answer(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run PROGRAM with the installed copy, from a folder that is not the tree."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    said: dict[str, Any] = json.loads(
        call(sys.executable, "-P", "-c", PROGRAM, cwd=elsewhere, environment=environment)
    )
    return said


def files(root: Path) -> set[str]:
    """List what is to be shipped, as it stands under a folder."""
    found: set[Path] = set()
    for entry in project()["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]:
        path = root / entry
        found |= {one for one in path.rglob("*") if one.is_file()} if path.is_dir() else {path}
    return {
        one.relative_to(root).as_posix() for one in found if "__pycache__" not in one.parts and one.exists()
    }


def test_every_file_of_the_tree_is_in_the_wheel(installed: Path) -> None:
    missing = sorted(files(ROOT) - files(installed))

    assert not missing, (
        f"not in the wheel: {', '.join(missing)}\n"
        "hatchling leaves out what .gitignore names, wherever it stands."
    )


def test_nothing_else_is_in_the_wheel(installed: Path) -> None:
    assert files(installed) <= files(ROOT)


@pytest.mark.parametrize("pattern", ["checks.yaml", "store/schema/*.sql", "web/templates/*", "daemon.py"])
def test_what_is_not_a_module_of_a_folder_is_in_the_wheel_too(installed: Path, pattern: str) -> None:
    assert list(installed.glob(pattern)), f"{pattern} is not in the wheel"


def test_the_installed_copy_is_what_runs(answer: dict[str, Any], installed: Path) -> None:
    assert Path(answer["checks"]).is_relative_to(installed)
    assert Path(answer["main"]).is_relative_to(installed)


def test_every_command_kind_and_receiver_loads_from_it(answer: dict[str, Any]) -> None:
    assert answer["callable"]


def test_init_writes_from_it_the_file_and_the_schema(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    call(sys.executable, "-P", "-m", "daemon", "init", cwd=tmp_path, environment=environment)

    for name in ("checks.yaml", "checks.schema.json"):
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()


def test_version_and_licence_are_told(answer: dict[str, Any], installed: Path) -> None:
    (described,) = installed.glob("watchkeeper-*.dist-info")
    metadata = Distribution.at(described).metadata

    assert answer["version"] == metadata["Version"] == __version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert (described / "licenses" / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
