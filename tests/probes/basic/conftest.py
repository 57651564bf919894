"""An authority whose certificates can be wrong in every way, and servers of mail that show a good one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.certificates import AUTHORITY, GOOD, Held
from tests.servers.folder import open_folder
from tests.servers.postfix import Postfix, postfix

OWN = "own.pem"


@pytest.fixture(scope="session")
def signer() -> Held:
    return AUTHORITY.signed()


@pytest.fixture(scope="session")
def folder(signer: Held) -> Iterator[Path]:
    """A folder that servers can get into, with a certificate for them."""
    with open_folder() as folder:
        GOOD.signed(signer).write(folder / OWN)
        yield folder


@pytest.fixture(scope="session")
def trusted(signer: Held, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(signer.write(tmp_path_factory.mktemp("trusted") / "ca.pem"))


@pytest.fixture(scope="session")
def smtp(folder: Path) -> Iterator[Postfix]:
    (folder / "postfix").mkdir()
    with postfix(folder / "postfix", folder / OWN) as server:
        yield server
