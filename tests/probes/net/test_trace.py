from collections.abc import Iterator

import pytest

from probes.net import trace as module
from probes.net.trace import Hop, Way, trace
from tests.probes.asking import sockets, tools
from tests.servers.netns import Network, line

FAMILIES = pytest.mark.parametrize(
    ("family", "routers"), [("far4", ["10.77.0.2", "10.77.1.2"]), ("far6", ["fd77::2", "fd77:1::2"])]
)


@pytest.fixture(scope="module")
def running() -> Iterator[Network]:
    with line() as network:
        yield network


@pytest.fixture
def network(running: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """Give a network without faults, whose far end answers whenever it is asked and is waited for briefly."""
    monkeypatch.setattr(module, "WAIT", 0.3)
    for name in ("net.ipv4.icmp_ratelimit", "net.ipv6.icmp.ratelimit"):
        running.sysctl("far", name, "0")
    yield running
    running.open()
    running.narrow(1500)


def followed(network: Network, host: str) -> Way:
    """Follow a way as somebody without any privilege."""

    async def follow() -> Way:
        before = sockets()
        way = await trace(tools(), host)
        assert sockets() == before
        return way

    return network.run(follow, user="nobody")


def addresses(way: Way) -> list[str]:
    return [hop.address for hop in way.hops]


@pytest.mark.netns
@FAMILIES
def test_three_hops_and_the_largest_packet_are_found(
    network: Network, family: str, routers: list[str]
) -> None:
    host = getattr(network, family)

    way = followed(network, host)

    assert addresses(way) == [*routers, host]
    assert [hop.ttl for hop in way.hops] == [1, 2, 3]
    assert all(hop.seconds is not None and 0 < hop.seconds < 1 for hop in way.hops)
    assert (way.reached, way.ended) == (True, "the host answers")
    assert (way.mtu, way.mtu_note) == (1500, "a packet of 1500 bytes was answered")


@pytest.mark.netns
@FAMILIES
def test_a_narrow_link_is_found(network: Network, family: str, routers: list[str]) -> None:
    network.narrow(1300)

    ways = [followed(network, getattr(network, family)) for _ in range(2)]

    assert [way.mtu for way in ways] == [1300, 1300]


@pytest.mark.netns
@FAMILIES
def test_a_black_hole_is_seen_to_begin_behind_the_last_router(
    network: Network, family: str, routers: list[str]
) -> None:
    network.drop()

    way = followed(network, getattr(network, family))

    assert addresses(way) == routers
    assert (way.reached, way.ended, way.mtu) == (False, "nobody answers after hop 2", None)


@pytest.mark.netns
@FAMILIES
def test_who_prohibits_it_is_named(network: Network, family: str, routers: list[str]) -> None:
    host = getattr(network, family)
    network.prohibit()

    way = followed(network, host)

    assert addresses(way) == [*routers, host]
    assert way.ended == f"administratively prohibited, says {host} (ICMP)"


@pytest.mark.netns
def test_a_host_that_seldom_says_that_nobody_listens_is_found_all_the_same(running: Network) -> None:
    running.sysctl("far", "net.ipv4.icmp_ratelimit", "1000")

    way = followed(running, running.far4)

    assert (addresses(way)[-1], way.reached, way.mtu) == (running.far4, True, 1500)


@pytest.mark.netns
def test_a_black_hole_for_large_packets_alone_is_seen(network: Network) -> None:
    network.drop("meta length > 1000")

    way = followed(network, network.far4)

    assert way.reached
    assert way.mtu is None
    assert way.mtu_note == "packets of 1500 bytes are not answered, small ones are"


@pytest.mark.netns
def test_a_neighbour_that_is_gone_is_told_by_our_own_host(running: Network) -> None:
    way = followed(running, "10.77.0.9")  # which our own kernel says after three seconds

    assert (way.hops, way.reached) == ([], False)
    assert way.ended == "no way to the host, says 10.77.0.1 (ICMP)"


@pytest.mark.netns
def test_no_route_is_told_too(network: Network) -> None:
    way = followed(network, "192.0.2.1")

    assert (way.hops, way.reached, way.ended) == ([], False, "Network is unreachable")


async def test_a_name_that_cannot_be_looked_up_is_part_of_the_answer() -> None:
    way = await trace(tools(), "a..b")

    assert (way.address, way.hops, way.reached) == ("", [], False)
    assert way.ended.startswith("a..b")


async def test_loopback_is_one_hop_and_harmless() -> None:
    before = sockets()

    way = await trace(tools(), "127.0.0.1")

    assert addresses(way) == ["127.0.0.1"]
    assert way.reached
    assert sockets() <= before + 1  # the one that waits for sockets


def test_it_is_kept_as_plain_values() -> None:
    way = Way(1, "a.example.com", "192.0.2.1", [Hop(1, "10.0.0.1", 0.5), Hop(2)], ended="nobody answers")

    assert way.document() == {
        "at": 1,
        "host": "a.example.com",
        "address": "192.0.2.1",
        "hops": [
            {"ttl": 1, "address": "10.0.0.1", "seconds": 0.5},
            {"ttl": 2, "address": "", "seconds": None},
        ],
        "reached": False,
        "ended": "nobody answers",
        "mtu": None,
        "mtu_note": "",
    }
