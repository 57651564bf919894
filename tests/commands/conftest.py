"""A shell to type in, and a site to ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.shell import Shell, Site, site


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    for name in ("WATCHKEEPER_CONFIG", "http_proxy", "HTTP_PROXY", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return Shell(tmp_path, capsys)


@pytest.fixture(name="site")
def a_site() -> Iterator[Site]:
    with site() as told:
        yield told
