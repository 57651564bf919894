"""Tests of real servers say so: `@pytest.mark.server("nginx")` needs a program of that name.

`@pytest.mark.netns` needs network namespaces of its own, which takes root, `ip` and `nft` on Linux.
"""

import os
import shutil
from collections.abc import Iterator

import pytest

ABSENT = "{name} is not installed here; `make servers` brings it"
NO_NAMESPACES = "network namespaces need root"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a server that is absent, or fail it where servers are required (in CI)."""
    for lacking in _lacking(item):
        if os.environ.get("WATCHKEEPER_SERVERS") == "required":
            pytest.fail(lacking, pytrace=False)
        pytest.skip(lacking)


def _lacking(item: pytest.Item) -> Iterator[str]:
    names = [mark.args[0] for mark in item.iter_markers("server")]
    if item.get_closest_marker("netns"):
        names += ["ip", "nft"]
        if os.geteuid() != 0:
            yield NO_NAMESPACES
    yield from (ABSENT.format(name=name) for name in names if not installed(name))


def installed(name: str) -> str | None:
    """Give the path of a program; Debian's servers are not on everybody's path."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
