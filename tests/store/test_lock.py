import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from store import file
from store.errors import Locked
from store.lock import acquire
from tests.store.samples import NOW

HOLD = """
import sys
from store import file
opened = file.open(sys.argv[1], "watchkeeper run", 1790000000000)
print("held", flush=True)
sys.stdin.read()
"""
Child = Callable[..., subprocess.Popen[str]]


def test_a_second_opener_is_refused_and_told_who_is_first(place: Path) -> None:
    with file.open(place, "watchkeeper run", NOW), pytest.raises(Locked) as refused:
        file.open(place, "watchkeeper import", NOW)
    said = str(refused.value)
    assert said.startswith(f"{place} is in use by watchkeeper run, pid {os.getpid()} on ")
    assert said.endswith("since 2026-09-21T14:13:20Z; stop it first or give --store another file")


def test_another_process_is_named_by_its_pid(place: Path, child: Child) -> None:
    holder = child(HOLD, place)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(Locked, match=f"pid {holder.pid} on"):
        file.open(place, "watchkeeper run", NOW)


def test_the_lock_of_a_killed_process_is_gone(place: Path, child: Child) -> None:
    holder = child(HOLD, place)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()
    with file.open(place, "watchkeeper run", NOW) as opened:
        assert opened.lock


def test_a_link_to_a_locked_store_is_locked_too(place: Path) -> None:
    link = place.with_name("link.db")
    link.symlink_to(place)
    with file.open(place, "watchkeeper run", NOW), pytest.raises(Locked):
        file.open(link, "watchkeeper run", NOW)


def test_a_released_lock_can_be_taken_again_and_names_nobody(place: Path) -> None:
    acquire(place, "first", "then").release()
    written = place.with_name("watchkeeper.db.lock")
    assert written.read_text() == ""
    second = acquire(place, "second", "now")
    assert json.loads(written.read_text())["command"] == "second"
    second.release()


def test_a_holder_that_has_not_signed_is_another_process(place: Path) -> None:
    first = acquire(place, "first", "then")
    os.ftruncate(first.descriptor, 0)
    with pytest.raises(Locked, match="in use by another process"):
        acquire(place, "second", "now")
    first.release()
