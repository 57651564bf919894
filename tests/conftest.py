"""Tests of real servers say so: `@pytest.mark.server("nginx")` needs a program of that name."""

import os
import shutil

import pytest

ABSENT = "{name} is not installed here; `make servers` brings it"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a server that is absent, or fail it where servers are required (in CI)."""
    for mark in item.iter_markers("server"):
        (name,) = mark.args
        if installed(name):
            continue
        if os.environ.get("WATCHKEEPER_SERVERS") == "required":
            pytest.fail(ABSENT.format(name=name), pytrace=False)
        pytest.skip(ABSENT.format(name=name))


def installed(name: str) -> str | None:
    """Give the path of a program; Debian's servers are not on everybody's path."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
