"""Random outages in random graphs: each is as many pages as it is due, whoever fails first and however."""

import pytest

from tests.simulation.manners import MANNERS, series
from tests.simulation.outages import Series
from tests.simulation.storm import storm

ALLOWED = 1.05  # pages for each that is due
ROUND = len(MANNERS)


def told_as_due(made: Series, request: pytest.FixtureRequest) -> None:
    """Fail with what was wrong in which outage, and with how to see it again."""
    again = f"again: .venv/bin/pytest -m 'slow or not slow' '{request.node.nodeid}'"
    assert made.troubles() == [], "\n".join([*made.troubles(), again])
    due = sum(each.due.most for each in made.outages)
    pages = sum(len(each.pages) for each in made.outages)
    surplus = sum(each.surplus for each in made.outages)
    said = "\n".join([*made.extras(), again])
    assert pages <= ALLOWED * due, said
    assert surplus <= (ALLOWED - 1) * len(made.outages), said


@pytest.mark.parametrize("seed", range(10))
def test_an_outage_of_a_few_services_is_as_many_pages_as_it_is_due(
    seed: int, request: pytest.FixtureRequest
) -> None:
    made = series(seed, services=40, outages=ROUND)

    told_as_due(made, request)
    assert {each.manner for each in made.outages} == set(MANNERS)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(100, 110))
def test_each_of_a_thousand_outages_of_two_hundred_services_is_as_many_pages_as_it_is_due(
    seed: int, request: pytest.FixtureRequest
) -> None:
    made = series(seed, services=200, outages=100)

    told_as_due(made, request)
    assert len(made.outages) == 100


@pytest.mark.parametrize(("tier", "singly"), [(1, 10), (2, 5)])
def test_of_what_fails_with_a_silenced_root_so_many_page_singly_in_a_minute(tier: int, singly: int) -> None:
    seen = storm(seed=tier, children=60, tier=tier)

    assert seen.most_in_a_minute == singly
    assert seen.told_twice == []
    assert seen.told_never == []
    assert seen.left_open == []
    assert len({each.dedup_key for each in seen.singly}) == len(seen.singly)
    assert len(seen.together) == 1
