"""Random outages in random graphs: each of them is one page, whoever fails first."""

import pytest

from tests.simulation.graphs import Outage, series

ALLOWED = 1.05  # pages per outage


def counted(outages: list[Outage]) -> tuple[int, int]:
    """Count the pages there should be, and those there were."""
    return sum(each.due for each in outages), sum(len(each.pages) for each in outages)


def unpaged(outages: list[Outage]) -> list[Outage]:
    return [each for each in outages if len(each.pages) < each.due]


@pytest.mark.parametrize("seed", range(6))
def test_an_outage_of_a_few_services_is_one_page(seed: int) -> None:
    outages = series(seed, services=40, outages=15).outages

    assert unpaged(outages) == []
    due, pages = counted(outages)
    assert pages <= ALLOWED * due


@pytest.mark.slow
def test_a_thousand_outages_of_two_hundred_services_are_a_thousand_pages() -> None:
    outages = [each for seed in range(10) for each in series(seed, services=200, outages=100).outages]

    assert unpaged(outages) == []
    due, pages = counted(outages)
    assert pages <= ALLOWED * due
    assert len(outages) == 1000
