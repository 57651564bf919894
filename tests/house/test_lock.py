"""The lock files satisfy pyproject.toml, with hashes, and hold nothing of the machine that wrote them."""

import re
from itertools import takewhile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT, project

RUN, DEV = "requirements.lock", "requirements-dev.lock"
REMEDY = "Run `make lock` and commit both lock files."
FOREIGN = {
    "an address": re.compile(r"://"),
    "an option of an index": re.compile(r"^\s*-(?!-hash=)"),
    "a path of a machine": re.compile(r"(?:^|[\s=@'\"])/\w"),
}


def pins(lock: str) -> dict[str, str]:
    """Read name → version of a lock file."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def foreign(line: str) -> list[str]:
    """Say what a line holds that does not belong into a lock file."""
    return [what for what, pattern in FOREIGN.items() if pattern.search(line)]


def wanted(lock: str) -> list[Requirement]:
    """Give what pyproject.toml asks of a lock file."""
    settings = project()
    asked: list[str] = list(settings["project"]["dependencies"])
    if lock == DEV:
        asked += settings["dependency-groups"]["dev"]
        asked += [
            one for extra in settings["project"].get("optional-dependencies", {}).values() for one in extra
        ]
    return [Requirement(one) for one in asked]


@pytest.mark.parametrize("lock", [RUN, DEV])
def test_nothing_of_a_machine_is_locked(lock: str) -> None:
    lines = enumerate((ROOT / lock).read_text().splitlines(), 1)
    found = [f"{lock}:{number}: {what}" for number, line in lines for what in foreign(line)]

    assert not found, "\n".join([*found, REMEDY])


@pytest.mark.parametrize("lock", [RUN, DEV])
def test_every_requirement_of_the_project_is_locked(lock: str) -> None:
    locked = pins(lock)
    found = [
        f"{lock} has {locked.get(canonicalize_name(one.name), 'nothing')} for {one}"
        for one in wanted(lock)
        if not one.specifier.contains(locked.get(canonicalize_name(one.name), "0"), prereleases=True)
        or canonicalize_name(one.name) not in locked
    ]

    assert not found, "\n".join([*found, REMEDY])


@pytest.mark.parametrize("lock", [RUN, DEV])
def test_every_pin_has_a_hash(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    bare = [
        line
        for number, line in enumerate(lines)
        if "==" in line and not line.lstrip().startswith("#")
        if not any("--hash=sha256:" in after for after in _entry(lines, number))
    ]

    assert pins(lock)
    assert not bare, "\n".join([*bare, REMEDY])


def _entry(lines: list[str], start: int) -> list[str]:
    return list(takewhile(lambda line: line.startswith("    --hash"), lines[start + 1 :]))


def test_developers_run_what_users_run() -> None:
    run, dev = pins(RUN), pins(DEV)
    differing = [
        f"{name}: {version}, {dev.get(name)}" for name, version in run.items() if dev.get(name) != version
    ]

    assert not differing, "\n".join([*differing, REMEDY])


@pytest.mark.parametrize(
    "line",
    [
        "--index-url simple",
        "-f wheels",
        "# from http://example.com",
        "    # via -r /srv/project/requirements.in",
        "x @ file:///srv/x.whl",
    ],
)
def test_what_does_not_belong_is_seen(line: str) -> None:
    assert foreign(line)


def test_a_hash_and_a_comment_belong() -> None:
    assert not foreign("    --hash=sha256:00ff \\")
    assert not foreign("    #   -c requirements.lock")
