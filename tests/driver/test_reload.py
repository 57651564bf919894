"""Reloads, whatever is read: accepted, refused, or not to be read at all; one at a time."""

import asyncio
import logging
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from checks.model import Check, Configuration, Receiver
from checks.source import Problem
from driver.reload import Hands, Mistakes, Reloader, Unacceptable, in_words


def said(*names: str, **fields: Any) -> Configuration:
    checks = {name: Check(name=name, kind="http", probe=None) for name in names}
    return Configuration(checks=checks, **fields)


class Desk:
    """What a reload is handed: gives what it is told to read, and keeps what came of it."""

    def __init__(self, *read: Configuration | Exception) -> None:
        self.watched = said("a")
        self.refused: list[Mistakes] = []
        self.reads = 0
        self.begun = Event()
        self.gate = Event()
        self.gate.set()
        self._read = list(read)
        self.reloader = Reloader(
            Hands(read=self.read, now=lambda: self.watched, swap=self.swap, refuse=self.refused.append)
        )

    def read(self) -> Configuration:
        self.reads += 1
        self.begun.set()
        self.gate.wait(10)
        found = self._read.pop(0) if len(self._read) > 1 else self._read[0]
        if isinstance(found, Exception):
            raise found
        return found

    async def reading(self) -> None:
        """Wait until somebody reads."""
        assert await asyncio.to_thread(self.begun.wait, 10)

    def swap(self, configuration: Configuration) -> None:
        self.watched = configuration


async def test_what_is_accepted_is_watched() -> None:
    desk = Desk(said("b"))

    assert await desk.reloader.reload() == ()
    assert (desk.watched, desk.refused) == (said("b"), [])


async def test_what_is_refused_changes_nothing_and_is_told() -> None:
    desk = Desk(Unacceptable(["checks.yaml:1:1: one", "checks.yaml:2:1: two"]))

    mistakes = await desk.reloader.reload()

    assert mistakes == ("checks.yaml:1:1: one", "checks.yaml:2:1: two")
    assert (desk.watched, desk.refused) == (said("a"), [mistakes])


async def test_what_needs_a_restart_is_refused_whole() -> None:
    desk = Desk(said("b", site="branch"))

    assert await desk.reloader.reload() == ("site: changing it needs a restart; put it back, or restart",)
    assert desk.watched == said("a")


async def test_a_bug_of_ours_refuses_and_its_words_are_not_told(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(KeyError("canary"))

    assert await desk.reloader.reload() == ("it cannot be read, by a bug of ours: KeyError",)
    assert "please report this" in caplog.text


async def test_after_a_refusal_the_next_one_may_be_accepted() -> None:
    desk = Desk(Unacceptable(["no"]), said("b"))

    await desk.reloader.reload()
    assert await desk.reloader.reload() == ()
    assert desk.watched == said("b")


async def test_who_asks_while_one_is_read_gets_a_reading_of_its_own() -> None:
    desk = Desk(said("b"), said("c"))
    desk.gate.clear()
    first = asyncio.create_task(desk.reloader.reload())
    await desk.reading()
    later = [asyncio.create_task(desk.reloader.reload()) for _ in range(10)]
    await asyncio.sleep(0)
    desk.gate.set()
    await asyncio.gather(first, *later)

    assert (desk.reads, desk.watched) == (2, said("c"))


async def test_who_gives_up_waiting_stops_no_reload() -> None:
    desk = Desk(said("b"))
    desk.gate.clear()
    asked = [asyncio.create_task(desk.reloader.reload()) for _ in range(2)]
    await desk.reading()
    asked[0].cancel()
    desk.gate.set()

    assert await asked[1] == ()
    assert desk.watched == said("b")


async def test_a_reload_under_way_at_the_end_swaps_nothing() -> None:
    desk = Desk(said("b"))
    desk.gate.clear()
    asked = asyncio.create_task(desk.reloader.reload())
    await desk.reading()
    await desk.reloader.close()
    desk.gate.set()

    with pytest.raises(asyncio.CancelledError):
        await asked
    assert desk.watched == said("a")


async def test_the_log_says_what_is_different(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    note = Problem("checks.yaml", 3, 1, "checks.b", "worth saying")
    desk = Desk(said("b", "c", notes=(note,)), said("b", "c", notes=(note,)))

    await desk.reloader.reload()
    await desk.reloader.reload()

    assert caplog.messages == [
        "reloaded; checks: 2 added, 1 removed",
        "checks.yaml:3:1: checks.b: worth saying",
        "reloaded; checks: as before",
    ]


def test_a_refusal_is_one_sentence() -> None:
    begin = "the changed configuration is refused, the one before it is watched on: checks.yaml:1:1: one"

    assert in_words(("checks.yaml:1:1: one",)) == begin
    assert in_words(("checks.yaml:1:1: one", "two", "three")) == f"{begin} (and 2 more)"


def receivers(off: str = "") -> dict[str, Receiver]:
    return {"oncall": Receiver(name="oncall", kind="fake", target=None, off=off)}


async def test_a_receiver_whose_key_has_vanished_is_no_wish_to_switch_it_off() -> None:
    desk = Desk(said("a", receivers=receivers("routing_key is not set")))
    desk.watched = said("a", receivers=receivers())

    assert await desk.reloader.reload() == (
        "receivers.oncall: routing_key is not set, and it was: put it back, or take the receiver out",
    )


async def test_a_receiver_that_is_taken_out_or_was_off_before_is_no_mistake() -> None:
    desk = Desk(said("a"), said("a", receivers=receivers("routing_key is not set")))
    desk.watched = said("a", receivers=receivers())

    assert await desk.reloader.reload() == ()
    assert await desk.reloader.reload() == ()


async def test_the_log_says_which_sections_are_other_ones_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    desk = Desk(said("a", timezone="Europe/Amsterdam", receivers=receivers()))
    await desk.reloader.reload()

    assert caplog.messages == ["reloaded; checks: as before; changed too: timezone, receivers"]


async def test_a_rename_without_was_is_asked_about(caplog: pytest.LogCaptureFixture) -> None:
    await Desk(said("b")).reloader.reload()

    assert caplog.messages == ["b is new and a is gone: if that is a rename, say `was: a`"]


async def test_a_bug_in_the_swap_is_told_too() -> None:
    desk = Desk(said("b"))

    def swap(_: Configuration) -> None:
        raise RecursionError

    desk.reloader = Reloader(replace(desk.reloader.hands, swap=swap))

    assert await desk.reloader.reload() == (
        "it was taken over in part only, by a bug of ours: RecursionError; restart",
    )
    assert len(desk.refused) == 1
