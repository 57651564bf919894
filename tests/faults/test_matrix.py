"""Every fault gets the reason that it must, and the page says so."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from probes import KINDS
from probes.result import Outcome
from tests.fakes.certificates import AUTHORITY
from tests.faults.far import Far, OnTheWay
from tests.faults.ground import Ground
from tests.faults.matrix import SOON, page, rows, told
from tests.faults.row import Row
from tests.house.tree import ROOT
from tests.probes.asking import ask

MATRIX = list(rows())
# The faults that Watchkeeper promises to name, in the words of docs/faults.md.
PROMISED = (
    "refused", "reset", "black hole", "slow drip", "half close", "silent after accept", "garbage",
    "wrong protocol", "endless headers", "endless body", "compressed bomb", "redirect loop",
    "redirect to a foreign host", "expired", "not yet valid", "self-signed", "wrong name", "short key",
    "weak signature", "missing chain", "name that does not exist", "SERVFAIL", "truncated DNS",
    "lying DNS id", "loss of 30 %",
)  # fmt: skip


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder: Path = tmp_path_factory.mktemp("faults")
    signer = AUTHORITY.signed()
    return Ground(signer, str(signer.write(folder / "ca.pem")), folder)


def _parameter(row: Row) -> Any:
    marks = [pytest.mark.netns] if isinstance(row.made, OnTheWay) else []
    return pytest.param(row, id=f"{row.kind}: {row.fault}", marks=marks)


@pytest.mark.server("openssl")
@pytest.mark.parametrize("row", [_parameter(row) for row in MATRIX])
async def test_a_fault_gets_its_reason(row: Row, ground: Ground) -> None:
    timeout = SOON if row.detail.startswith("not done") else 10
    async with row.made(ground) as probe:
        result = await (probe.asked(timeout) if isinstance(probe, Far) else ask(probe, timeout=timeout))

    assert (result.outcome, result.reason) == (Outcome.BAD, row.reason), result
    assert told(result.detail) == row.detail


def test_the_page_is_the_matrix() -> None:
    assert (ROOT / "docs/faults.md").read_text() == page(), (
        "the matrix has changed: .venv/bin/python -m tests.faults.matrix > docs/faults.md"
    )


@pytest.mark.parametrize("fault", PROMISED)
def test_no_promised_fault_is_missing(fault: str) -> None:
    assert fault in {row.fault for row in MATRIX}


def test_each_fault_is_made_once_for_a_kind() -> None:
    twice = [
        where
        for where, count in Counter((row.fault, row.kind, row.how) for row in MATRIX).items()
        if count > 1
    ]

    assert twice == []
    assert {row.kind for row in MATRIX} <= KINDS.keys()
