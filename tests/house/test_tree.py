"""The tree holds together: what is added has its tests, and every folder is shipped, typed and explained."""

import re
from pathlib import PurePosixPath

import pytest

from alerting.receivers import RECEIVERS
from probes import KINDS
from tests.house.tree import ORDER, ROOT, code, code_of_tests, project

# Folders in which every file is one kind of a thing, and has a test file of its own.
COLLECTIONS = (
    "alerting/receivers",
    "probes/access",
    "probes/basic",
    "probes/mail",
    "probes/signon",
    "probes/vendors",
)


def places(file: str) -> set[str]:
    """Name the files in which the tests of a file may be, the plainest last."""
    path = PurePosixPath(file)
    top, *inner = path.parts[:-1]
    return {
        f"tests/{top}/test_{'_'.join([*inner, path.stem])}.py",
        f"tests/{path.parent}/test_{path.stem}.py",
    }


def test_every_kind_and_every_receiver_has_its_tests() -> None:
    there = set(code_of_tests())
    members = [file for file in code() if file.startswith(COLLECTIONS) and not file.endswith("__init__.py")]
    missing = [
        f"{file}: write one of {', '.join(sorted(places(file)))}"
        for file in members
        if not places(file) & there
    ]

    assert members
    assert not missing, "\n".join(missing)


def test_every_kind_and_every_receiver_stands_in_its_folder() -> None:
    files = [place.partition(":")[0].replace(".", "/") for place in (*KINDS.values(), *RECEIVERS.values())]

    assert [file for file in files if not file.startswith(COLLECTIONS)] == []


def test_every_folder_of_the_program_says_what_it_is() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for folder in ORDER
        for path in (ROOT / folder).rglob("__init__.py")
        if not path.read_text().startswith('"""')
    ]

    assert not silent, f"write one sentence of docstring into {', '.join(silent)}"


@pytest.mark.parametrize("folder", [name for name in ORDER if (ROOT / name).is_dir()])
def test_every_folder_of_the_program_is_shipped_and_typed(folder: str) -> None:
    tool = project()["tool"]

    assert folder in tool["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert folder in tool["mypy"]["files"]


def test_the_changelog_has_a_place_for_what_comes() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert headings[:1] == ["Unreleased"], "CHANGELOG.md begins with a section `## [Unreleased]`"


def test_every_package_of_a_test_server_says_why_it_is_there() -> None:
    lines = (ROOT / "tests/servers/packages.txt").read_text().splitlines()
    for line in lines:
        if not line.startswith("#"):
            name, why, tests = (part.strip() for part in line.split("|"))
            assert re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name), line
            assert why, line
            assert all((ROOT / one).exists() for one in tests.split(",")), f"no such tests: {line}"
