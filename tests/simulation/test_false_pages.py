"""Noise alone: the daemon pages as often as the arithmetic of its rules says (bench/false_pages.py: more)."""

from functools import cache
from itertools import product
from math import isclose

import pytest

from tests.simulation.chances import CONFIRM, RECOVER, bad_rows, poisson_interval
from tests.simulation.noisy import Seen, live

CHECKS, SLOTS = 50, 280
LEVEL = 0.999
LOUD = 0.12  # not so loud that a check flaps: what opens again within minutes may be one incident
ROWS = (1, 2, 3)


@cache
def seen(noise: float) -> Seen:
    return live(noise, CHECKS, SLOTS, f"test:{noise}")


def possible(noise: float, row: int) -> range:
    least, most = bad_rows(noise, SLOTS, CHECKS, row).interval(LEVEL)
    return range(least, most + 1)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("noise", [0.05, LOUD])
def test_so_many_are_bad_once_twice_and_paged_as_the_rules_say(noise: float, row: int) -> None:
    assert seen(noise).rows[row - 1] in possible(noise, row)


def test_so_many_pages_are_neither_those_of_two_in_a_row_nor_those_of_four() -> None:
    pages = seen(LOUD).rows[CONFIRM - 1]
    four_in_a_row = bad_rows(LOUD**4, SLOTS, CHECKS, 1)

    assert pages < possible(LOUD, 2).start
    assert pages > four_in_a_row.interval(LEVEL)[1]


def test_noise_makes_no_grid_time_be_missed_and_tells_nobody_of_ourselves() -> None:
    assert seen(LOUD).grid == CHECKS * SLOTS
    assert seen(LOUD).others == 0


def test_without_noise_nobody_is_paged() -> None:
    calm = live(0.0, 5, 20, "calm")

    assert (calm.grid, calm.extra, calm.rows) == (100, 0, (0, 0, 0))


def test_a_seed_gives_the_same_counts() -> None:
    one, two = (live(LOUD, 5, 40, "seed") for _ in range(2))

    assert (one.extra, one.rows) == (two.extra, two.rows)
    assert one.rows != live(LOUD, 5, 40, "another").rows


def enumerated(noise: float, slots: int, row: int) -> dict[int, float]:
    """Play every possible course of one check, attempt by attempt, and add up what is counted in each."""
    counts: dict[int, float] = {}
    for course in product((False, True), repeat=CONFIRM * slots):
        up, counted = True, 0
        for slot in range(slots):
            bad = course[CONFIRM * slot : CONFIRM * (slot + 1)]
            counted += up and all(bad[:row])
            up = not all(bad) if up else not any(bad[:RECOVER])
        share = noise ** sum(course) * (1 - noise) ** (len(course) - sum(course))
        counts[counted] = counts.get(counted, 0.0) + share
    return counts


@pytest.mark.parametrize("row", ROWS)
def test_the_distribution_is_that_of_every_possible_course(row: int) -> None:
    played = enumerated(0.3, 4, row)
    found = bad_rows(0.3, 4, 1, row)

    assert played.keys() == set(range(found.least, found.least + len(found.shares)))
    assert all(isclose(share, played[count]) for count, share in enumerate(found.shares, found.least))


def test_two_checks_are_two_independent_ones() -> None:
    one, two = (bad_rows(0.3, 4, checks, 2) for checks in (1, 2))

    assert isclose(two.shares[0], one.shares[0] ** 2)
    assert isclose(two.mean, 2 * one.mean)
    assert isclose(sum(two.shares), 1)


@pytest.mark.parametrize(
    ("count", "least", "most"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904)]
)
def test_what_a_count_leaves_possible_is_what_the_tables_say(count: int, least: float, most: float) -> None:
    assert poisson_interval(count, 0.95) == pytest.approx((least, most), abs=1e-4)
