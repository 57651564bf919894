"""Files that change in every way files do, and those that watch them."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from driver.watch import fingerprints, watch

SOON = 0.01


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "checks.yaml"
    file.write_text("one")
    return file


def rewritten(file: Path) -> None:
    file.write_text("other")


def replaced(file: Path) -> None:
    new = file.with_name("new")
    new.write_text("two")
    new.replace(file)


def touched(file: Path) -> None:
    os.utime(file, ns=(1, 1))


@pytest.mark.parametrize("change", [rewritten, replaced, touched, Path.unlink])
def test_a_changed_file_has_another_print(file: Path, change: Callable[[Path], None]) -> None:
    before = fingerprints([str(file)])
    change(file)

    assert fingerprints([str(file)]) != before


def test_a_file_left_alone_has_the_same_print(file: Path) -> None:
    assert fingerprints([str(file)]) == fingerprints([str(file)])


def test_a_mounted_secret_changes_with_the_folder_behind_its_links(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "secret").write_text(name)
    data, secret = tmp_path / "..data", tmp_path / "secret"
    data.symlink_to("first")
    secret.symlink_to("..data/secret")
    before = fingerprints([str(secret)])
    (tmp_path / "..new").symlink_to("second")
    (tmp_path / "..new").replace(data)

    assert fingerprints([str(secret)]) != before


def test_a_folder_changes_with_the_configuration_files_in_it_and_not_with_others(file: Path) -> None:
    folder = str(file.parent)
    before = fingerprints([folder])
    (file.parent / "watchkeeper.db-wal").write_text("ours")
    assert fingerprints([folder]) == before
    (file.parent / "more.yml").write_text("")

    assert fingerprints([folder]) != before


def test_what_cannot_be_looked_at_is_no_trouble() -> None:
    assert fingerprints(["/nowhere/at/all", "\0"]) == {
        "/nowhere/at/all": ("FileNotFoundError",),
        "\0": ("ValueError",),
    }


class Followed:
    """Counts how often it was told, and lets one wait for that."""

    def __init__(self) -> None:
        self.times = 0
        self.news = asyncio.Event()

    async def __call__(self) -> None:
        self.times += 1
        self.news.set()

    async def again(self) -> None:
        async with asyncio.timeout(10):
            await self.news.wait()
        self.news.clear()


@asynccontextmanager
async def watching(*files: Path) -> AsyncIterator[Followed]:
    told = Followed()
    task = asyncio.create_task(watch(lambda: [str(each) for each in files], told, every=SOON))
    await asyncio.sleep(5 * SOON)
    try:
        yield told
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_every_change_is_told_once(file: Path) -> None:
    async with watching(file) as told:
        rewritten(file)
        await told.again()
        replaced(file)
        await told.again()
        await asyncio.sleep(10 * SOON)

    assert told.times == 2


async def test_nothing_is_told_where_nothing_changes(file: Path) -> None:
    async with watching(file) as told:
        await asyncio.sleep(10 * SOON)

    assert told.times == 0


async def test_what_changes_while_it_is_read_is_told_again(file: Path) -> None:
    told: list[int] = []
    done = asyncio.Event()

    async def read() -> None:
        told.append(len(told))
        if len(told) == 1:
            rewritten(file)
        else:
            done.set()

    task = asyncio.create_task(watch(lambda: [str(file)], read, every=SOON))
    await asyncio.sleep(5 * SOON)
    replaced(file)
    async with asyncio.timeout(10):
        await done.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert told == [0, 1]
