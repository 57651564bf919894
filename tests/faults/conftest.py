"""A company with a real daemon, whose processes end with the test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.company import Company, founded


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    async with founded(tmp_path) as company:
        yield company
