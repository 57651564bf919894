import json
import math
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.result import Outcome, Reason
from store import packing
from store.errors import DamagedHour
from store.packing import Row

HOUR = 497_000 * 3_600_000

numbers = st.integers() | st.floats()
facts = st.none() | st.dictionaries(st.text(max_size=3), numbers, max_size=3)
phases = st.none() | st.dictionaries(
    st.sampled_from(["resolve", "connect", "tls"]), st.floats(0, 1e12) | st.integers(0, 3), max_size=3
)
kinds = st.tuples(
    st.sampled_from([each.value for each in Outcome]),
    st.none() | st.sampled_from([each.value for each in Reason]),
    st.none() | st.text(max_size=5),
)
took = st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 10**8).map(lambda us: us / 1e6)
rows = st.tuples(took, kinds, phases, facts, st.booleans())


def compact(numbers: dict[str, float] | None) -> str | None:
    return json.dumps(numbers, separators=(",", ":")) if numbers else None


def http(second: float, seed: int = 7, **learned: float) -> Row:
    scatter = random.Random(seed + second)
    parts = {name: scatter.lognormvariate(math.log(0.01), 0.2) for name in ("connect", "tls", "processing")}
    said = {"status_code": 200, "content_length": 1256, **learned}
    at = HOUR + round(second * 1000) + scatter.randrange(3)
    return at, round(sum(parts.values()), 6), "good", None, None, compact(parts), compact(said), 0


def without_phases(row: Row) -> Row:
    return (*row[:5], None, *row[6:])


def are_near(told: str | None, kept: str | None) -> bool:
    before: dict[str, float] = json.loads(told or "{}")
    after: dict[str, float] = json.loads(kept or "{}")
    if not before:
        return before == after
    near = [math.isclose(after[name], value, rel_tol=0.02) for name, value in before.items()]
    return list(before) == list(after) and False not in near


@given(st.lists(st.tuples(st.integers(-(10**20), 10**20) | st.integers(0, 9999), rows), max_size=30))
def test_any_rows_come_back_and_their_phases_nearly(drawn: list[tuple[int, tuple]]) -> None:  # type: ignore[type-arg]
    told: list[Row] = [
        (HOUR + at, seconds, outcome, reason, detail, compact(spent), compact(said), int(extra))
        for at, (seconds, (outcome, reason, detail), spent, said, extra) in sorted(
            drawn, key=lambda one: one[0]
        )
    ]
    packed = packing.pack(HOUR, told)
    read = packing.unpack(HOUR, packed)
    assert list(map(without_phases, read)) == list(map(without_phases, told))
    assert all(are_near(one[5], other[5]) for one, other in zip(told, read, strict=True))
    assert packing.unpack_judged(HOUR, packed) == [(*row[:5], None, None, row[7]) for row in told]
    columns = packing.unpack_columns(HOUR, packed)
    assert columns.at == [row[0] for row in told]
    assert columns.took == [packing.microseconds(row[1]) for row in told]
    assert (columns.outcome, columns.extra) == ([row[2] for row in told], [row[7] for row in told])


def test_an_hour_of_a_regular_check_is_a_few_bytes_a_result() -> None:
    told = [http(second) for second in range(0, 3600, 10)]
    assert len(packing.pack(HOUR, told)) < 4.5 * len(told)


def test_an_interval_is_found_beside_extra_attempts_and_gaps() -> None:
    grid = [second for second in range(7, 3600, 30) if not 1000 < second < 1400]
    told = [http(second) for second in sorted([*grid, 1500.2, 1510.4])]
    assert packing.unpack_judged(HOUR, packing.pack(HOUR, told)) == [
        (*row[:5], None, None, row[7]) for row in told
    ]
    assert len(packing.pack(HOUR, told)) < 6 * len(told)


def test_a_number_that_changes_with_each_attempt_costs_little_more_than_itself() -> None:
    scatter = random.Random(1)
    told = [http(second, content_length=scatter.randrange(256)) for second in range(0, 3600, 10)]
    assert packing.unpack(HOUR, packing.pack(HOUR, told))[9][6] == told[9][6]
    assert len(packing.pack(HOUR, told)) < 5.7 * len(told)


def test_what_is_packed_again_and_again_keeps_its_phases() -> None:
    read = once = packing.unpack(HOUR, packing.pack(HOUR, [http(second) for second in range(0, 3600, 30)]))
    for _ in range(5):
        read = packing.unpack(HOUR, packing.pack(HOUR, read))
    assert all(are_near(one[5], other[5]) for one, other in zip(once, read, strict=True))


@given(st.data())
def test_damaged_bytes_are_told_as_such(data: st.DataObject) -> None:
    packed = packing.pack(HOUR, [http(second) for second in range(0, 3600, 600)])
    place = data.draw(st.integers(0, len(packed) - 1))
    damaged = bytearray(packed)
    damaged[place] ^= data.draw(st.integers(1, 255))
    for read in (packing.unpack, packing.unpack_judged, packing.unpack_columns):
        with pytest.raises(DamagedHour, match="a packed hour of results cannot be read"):
            read(HOUR, bytes(damaged))
        with pytest.raises(DamagedHour):
            read(HOUR, packed[:place])


@given(st.binary(max_size=60))
def test_bytes_with_a_right_checksum_that_make_no_sense_are_told_as_such(body: bytes) -> None:
    packed = bytes([packing.VERSION]) + zlib.crc32(body).to_bytes(4) + body
    for read in (packing.unpack, packing.unpack_judged, packing.unpack_columns):
        try:
            read(HOUR, packed)
        except DamagedHour:
            continue


def test_another_version_is_told_by_its_number() -> None:
    with pytest.raises(DamagedHour, match="its format is 9, and 1 is known"):
        packing.unpack(HOUR, bytes([9, 0, 0, 0, 0]))
