import json
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from alerting.orders import Orders, Silence
from checks.model import Maintenance
from slo.maintenance import windows
from store.rows import Operation, What

HOUR = 3_600_000
DAY = 24 * HOUR
START = 1_767_222_000_000  # 2026-01-01T00:00 in Amsterdam
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAILY = {"services": ["sso"], "start": "2026-01-01T00:00", "duration": 7200, "recurrence": "FREQ=DAILY"}
ONCE = {"services": ["sso", "vpn"], "start": "2026-01-01T00:00:00+01:00", "duration": 7200}


NEWER = cast(What, "silence.extend")  # what this version does not know


def operation(what: What, subject: str, at: int, document: object = None, serial: int = 1) -> Operation:
    text = document if isinstance(document, str) else json.dumps(document or {})
    return Operation(serial, at, "anna", what, subject, text)


def folded(*operations: Operation) -> Orders:
    orders = Orders(AMSTERDAM)
    for each in operations:
        orders.take(each)
    return orders


def covered(orders: Orders, until: int = START + 10 * DAY) -> list[tuple[int, int]]:
    """Give all windows, in hours after the start."""
    found = [
        ((begin - START) // HOUR, (end - START) // HOUR)
        for each in orders.maintenance.values()
        for begin, end in windows(each, AMSTERDAM, START - DAY, until)
    ]
    return sorted(found)


def added_and_removed(document: dict[str, Any], at: int) -> Orders:
    return folded(
        operation("maintenance.add", "m", START - DAY, document), operation("maintenance.remove", "m", at)
    )


def silence(match: object, at: int = START, **more: object) -> Operation:
    document = {"match": match, "start": at, "end": at + HOUR, "reason": "noise", **more}
    return operation("silence.add", "s", at, document)


def test_a_maintenance_is_what_its_document_says() -> None:
    more = {"effect": "label", "dependents": False, "reason": "upgrade"}
    orders = folded(operation("maintenance.add", "m", START, ONCE | more, serial=7))

    declared = orders.maintenance["m"]
    assert declared == Maintenance(
        name="m",
        services=("sso", "vpn"),
        start=declared.start,
        duration=7200.0,
        effect="label",
        dependents=False,
        reason="upgrade",
        author="anna",
    )
    assert declared.start.astimezone(UTC) == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert (orders.ids, orders.last, orders.unreadable) == ({"m"}, 7, [])


@pytest.mark.parametrize(
    ("document", "at", "left"),
    [
        (ONCE, START - 1, []),
        (ONCE, START, []),
        (ONCE, START + HOUR, [(0, 1)]),
        (ONCE, START + 2 * HOUR, [(0, 2)]),
        (ONCE, START + DAY, [(0, 2)]),
        (DAILY, START - HOUR, []),
        (DAILY, START, []),
        (DAILY, START + HOUR, [(0, 1)]),
        (DAILY, START + 5 * HOUR, [(0, 2)]),
        (DAILY, START + 2 * DAY + HOUR, [(0, 2), (24, 26), (48, 49)]),
        (DAILY, START + 2 * DAY, [(0, 2), (24, 26)]),
        (DAILY, START + DAY + 2 * HOUR, [(0, 2), (24, 26)]),
        (DAILY | {"recurrence": "FREQ=DAILY;COUNT=3"}, START + DAY + 5 * HOUR, [(0, 2), (24, 26)]),
        (DAILY | {"recurrence": "FREQ=DAILY;COUNT=2"}, START + 5 * DAY, [(0, 2), (24, 26)]),
        (DAILY | {"recurrence": "FREQ=DAILY;UNTIL=20260105T000000Z"}, START + 5 * HOUR, [(0, 2)]),
    ],
)
def test_what_is_taken_back_keeps_what_it_has_covered(
    document: dict[str, Any], at: int, left: list[tuple[int, int]]
) -> None:
    orders = added_and_removed(document, at)

    assert covered(orders) == left
    assert orders.removed == {"m"}
    assert orders.unreadable == []


def test_a_recurrence_is_taken_back_by_the_clock_of_the_configuration() -> None:
    summer = DAILY | {"start": "2026-03-28T02:30", "duration": 3600}
    night = 1_774_747_800_000  # 2026-03-29T01:30Z: 02:30 does not exist there, and is 03:30
    orders = added_and_removed(summer, night + HOUR // 2)

    found = [
        window
        for each in orders.maintenance.values()
        for window in windows(each, AMSTERDAM, START, night + 5 * DAY)
    ]

    assert sorted(found) == [(night - DAY, night - DAY + HOUR), (night, night + HOUR // 2)]


def test_the_place_in_the_list_is_kept() -> None:
    orders = folded(
        operation("maintenance.add", "a", START, ONCE),
        operation("maintenance.add", "b", START, ONCE),
        operation("maintenance.remove", "a", START + HOUR),
    )

    assert list(orders.maintenance) == ["a", "b"]


def test_a_silence_is_what_its_document_says() -> None:
    match = {"tier": 1, "labels": {"region": "eu"}, "name": "sso"}

    orders = folded(silence(match))

    assert orders.silences == {
        "s": Silence(id="s", match=match, start=START, end=START + HOUR, reason="noise", author="anna")
    }


@pytest.mark.parametrize(("after", "lasted"), [(-5, 0), (1000, 1000), (2 * HOUR, HOUR)])
def test_a_silence_that_is_removed_ends_then_and_not_later_than_it_would(after: int, lasted: int) -> None:
    orders = folded(silence({"service": "sso"}), operation("silence.remove", "s", START + after))

    assert orders.silences["s"].end - orders.silences["s"].start == lasted


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            operation("maintenance.add", "m", START, "{"),
            "maintenance.add m (serial 1): its document is no JSON",
        ),
        (operation("maintenance.add", "m", START, "[1]"), "its document has another shape"),
        (operation("maintenance.add", "m", START, ONCE | {"duration": -1}), "duration: "),
        (operation("maintenance.add", "m", START, ONCE | {"effects": "label"}), "effects: "),
        (silence({"colour": "red"}), "silence.add s (serial 1): match.colour: "),
        (silence({"tier": 9}), "match.tier: "),
        (operation("silence.remove", "s", START), "nothing of this id was added"),
        (operation("maintenance.remove", "m", START), "nothing of this id was added"),
        (operation(NEWER, "s", START), "a newer version wrote it"),
    ],
)
def test_what_cannot_be_understood_is_left_out_and_named(wrong: Operation, told: str) -> None:
    orders = folded(wrong, operation("maintenance.add", "other", START, ONCE, serial=2))

    assert list(orders.maintenance) == ["other"]
    assert orders.silences == {}
    assert len(orders.unreadable) == 1
    assert told in orders.unreadable[0]


def test_other_operations_are_passed_over() -> None:
    orders = folded(operation("incident.note", "hq/service/sso", START, {"text": "known"}, serial=4))

    assert (orders.last, orders.ids, orders.unreadable) == (4, set(), [])
