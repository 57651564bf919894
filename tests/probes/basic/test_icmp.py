import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from probes import KINDS
from probes.basic.icmp import Icmp
from probes.net.echo import Heard, echo
from probes.net.resolve import Address
from probes.result import NETWORK, Outcome, Reason, Result
from probes.wire.icmp import ECHO, checksum
from tests.probes.asking import ask, sockets, tools
from tests.servers.netns import Network, line

OPTIONS = TypeAdapter(Icmp)
SHORT = {"spacing": "10ms", "wait": "300ms"}
EVERYBODY, NOBODY = "0 2147483647", "1 0"
OWN_FIREWALL = (
    "add table inet own; add chain inet own out { type filter hook output priority 0; }; "
    "add rule inet own out meta l4proto icmp drop"
)
FAMILIES = pytest.mark.parametrize("family", ["far4", "far6"])


def icmp(host: str, **options: str) -> Icmp:
    """Make the probe as the file's reader does, from texts."""
    return OPTIONS.validate_python({"host": host, **SHORT, **options})


@pytest.fixture(scope="module")
def running() -> Iterator[Network]:
    with line() as network:
        yield network


@pytest.fixture
def network(running: Network) -> Iterator[Network]:
    """Give a network without faults, whose users may ping."""
    running.sysctl("near", "net.ipv4.ping_group_range", EVERYBODY)
    yield running
    running.open()
    running.narrow(1500)


def ping(network: Network, host: str, user: str | None = "nobody", **options: Any) -> Result:
    return network.run(partial(ask, icmp(host, **options)), user=user)


# --- what is good


@pytest.mark.netns
@FAMILIES
def test_a_host_that_answers_is_good_and_everything_is_measured(network: Network, family: str) -> None:
    result = ping(network, getattr(network, family), count="4")

    assert result.outcome is Outcome.GOOD, result
    assert (result.facts["sent"], result.facts["received"], result.facts["loss"]) == (4, 4, 0)
    assert 0 < result.facts["rtt_min"] <= result.facts["rtt_avg"] <= result.facts["rtt_max"] < 0.3
    assert result.facts["rtt_stddev"] <= result.facts["rtt_max"]
    assert result.facts["reply_ttl"] == 62  # two routers between us
    assert set(result.phases) == {"resolve", "echo"}
    assert set(result.facts) == {fact.name for fact in Icmp.facts}


@pytest.mark.netns
@FAMILIES
def test_a_raw_socket_does_where_the_group_may_not_ping(network: Network, family: str) -> None:
    network.sysctl("near", "net.ipv4.ping_group_range", NOBODY)

    result = ping(network, getattr(network, family), user=None)

    assert result.outcome is Outcome.GOOD, result


@pytest.mark.netns
def test_who_pings_without_the_right_to_learns_what_to_do(network: Network) -> None:
    network.sysctl("near", "net.ipv4.ping_group_range", NOBODY)

    result = ping(network, network.far4)

    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.MISSING_CAPABILITY)
    assert 'sysctl -w net.ipv4.ping_group_range="65534 65534"' in result.detail
    assert "CAP_NET_RAW" in result.detail


@pytest.mark.netns
def test_large_echoes_come_back_whole(network: Network) -> None:
    result = ping(network, network.far4, size="65507B")

    assert result.outcome is Outcome.GOOD, result


# --- what is lost


@pytest.mark.netns
@FAMILIES
def test_a_loss_of_a_third_is_measured_as_about_that_and_is_good(network: Network, family: str) -> None:
    network.lose(0.3)

    result = ping(network, getattr(network, family), count="200")

    assert result.outcome is Outcome.GOOD, result
    assert 0.1 < result.facts["loss"] < 0.5
    assert result.facts["loss"] == pytest.approx(1 - result.facts["received"] / 200)


@pytest.mark.netns
def test_a_loss_above_max_loss_is_bad_for_a_reason_that_our_own_network_explains_as_well(
    network: Network,
) -> None:
    network.lose(0.3)

    result = ping(network, network.far4, count="100", max_loss="2%")

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.RESPONSE_TIMEOUT)
    assert f"{100 - result.facts['received']:g} of 100 echoes lost" in result.detail
    assert result.reason in NETWORK


@pytest.mark.netns
@FAMILIES
def test_a_black_hole_is_a_response_timeout(network: Network, family: str) -> None:
    network.drop()

    result = ping(network, getattr(network, family))

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.RESPONSE_TIMEOUT)
    assert (result.facts["received"], result.facts["loss"]) == (0, 1)
    assert "3 of 3 echoes lost" in result.detail


@pytest.mark.netns
def test_time_that_runs_out_before_the_echoes_do_says_how_far_it_came(network: Network) -> None:
    asked = icmp(network.far4, count="50", spacing="100ms")

    result = network.run(partial(ask, asked, timeout=0.25))

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.RESPONSE_TIMEOUT)
    assert "of 50 echoes were sent" in result.detail


@pytest.mark.netns
def test_an_attempt_that_is_cut_short_leaves_no_socket(network: Network) -> None:
    network.drop()

    async def cut_short() -> int:
        await ask(icmp(network.far4), timeout=0.05)  # the first one leaves what waits for sockets
        before = sockets()
        await ask(icmp(network.far4), timeout=0.05)
        return sockets() - before

    assert network.run(cut_short) == 0


@pytest.mark.netns
def test_the_first_address_that_there_is_a_way_to_is_pinged(network: Network) -> None:
    addresses = [Address(socket.AF_INET6, "2001:db8::1", 0), Address(socket.AF_INET, network.far4, 0)]

    async def pinged() -> Heard:
        return await echo(tools(), addresses, icmp(network.far4).plan)

    heard = network.run(pinged, user="nobody")

    assert (heard.address, len(heard.times)) == (network.far4, 3)


class Flooded(socket.socket):
    """A socket at which there is always one more answer, to somebody else."""

    def recvmsg(self, *rest: int) -> Any:
        if rest[2:]:  # of the error queue, which is empty
            raise BlockingIOError
        return b"\0" * 64, [], 0, None


@pytest.mark.netns
@pytest.mark.parametrize("count", ["1", "9"])
def test_a_flood_of_answers_does_not_keep_time_from_running_out(
    network: Network, monkeypatch: pytest.MonkeyPatch, count: str
) -> None:
    monkeypatch.setattr("probes.net.echo.socket.socket", Flooded)

    result = network.run(partial(ask, icmp(network.far4, count=count), timeout=0.05))

    assert result.reason is Reason.RESPONSE_TIMEOUT
    assert f"of {count} echoes were sent, 0 answered" in result.detail


# --- what somebody says


@pytest.mark.netns
@FAMILIES
@pytest.mark.parametrize("group", [EVERYBODY, NOBODY])
def test_a_prohibition_is_told_with_who_says_so(network: Network, family: str, group: str) -> None:
    host = getattr(network, family)
    network.sysctl("near", "net.ipv4.ping_group_range", group)
    network.prohibit()

    result = ping(network, host, user=None)

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.CONNECT_UNREACHABLE)
    assert f"administratively prohibited, says {host}" in result.detail


@pytest.mark.netns
@pytest.mark.parametrize(("family", "router"), [("far4", "10.77.0.2"), ("far6", "fd77::2")])
@pytest.mark.parametrize("group", [EVERYBODY, NOBODY])
def test_a_router_at_which_the_ttl_runs_out_is_told(
    network: Network, family: str, router: str, group: str
) -> None:
    network.sysctl("near", "net.ipv4.ping_group_range", group)

    result = ping(network, getattr(network, family), user=None, ttl="1")

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.CONNECT_UNREACHABLE)
    assert f"ran out, says {router}" in result.detail
    assert len(result.evidence["echoes"]["said"]) == 1


@pytest.mark.netns
@FAMILIES
def test_an_echo_too_large_for_the_way_is_refused_where_it_may_not_be_cut(
    network: Network, family: str
) -> None:
    network.narrow(1300)
    host = getattr(network, family)

    cut = ping(network, host, size="1400B", count="5")
    refused = [ping(network, host, size="1400B", dont_fragment="true") for _ in range(2)]
    small = ping(network, host, size="1000B", dont_fragment="true")

    assert (cut.outcome, small.outcome) == (Outcome.GOOD, Outcome.GOOD)
    for result in refused:  # the second time too: what our kernel has learned does not stand in for asking
        assert result.reason is Reason.CONNECT_UNREACHABLE, result
        assert "the next link takes 1300 bytes" in result.detail


@pytest.mark.netns
def test_an_echo_too_large_for_our_own_link_says_so(network: Network) -> None:
    result = ping(network, network.far4, size="1600B", dont_fragment="true")

    assert result.reason is Reason.CONNECT_UNREACHABLE
    assert "an echo of 1628 bytes, where the way takes 1500" in result.detail


@pytest.mark.netns
def test_no_way_there_is_unreachable(network: Network) -> None:
    assert ping(network, "192.0.2.1").reason is Reason.CONNECT_UNREACHABLE


@pytest.mark.netns
def test_our_own_firewall_is_our_own_fault(network: Network) -> None:
    nft = partial(subprocess.run, check=True)
    nft(network.command("near", "nft", OWN_FIREWALL))
    try:
        result = ping(network, network.far4)
    finally:
        nft(network.command("near", "nft", "delete table inet own"))

    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.MISSING_CAPABILITY)
    assert "firewall" in result.detail


# --- slow, and others' echoes


@pytest.mark.netns
def test_a_mean_above_max_rtt_is_an_assertion(network: Network) -> None:
    result = ping(network, network.far4, max_rtt="0.001ms")

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.ASSERTION)
    assert "in the mean" in result.detail


def _replies(asked: bytes) -> Iterator[bytes]:
    _, _, _, identifier, sequence = ECHO.unpack_from(asked)
    right = asked[ECHO.size :]
    for data in (bytes(len(right)), right, right):
        whole = ECHO.pack(0, 0, 0, identifier, sequence) + data
        yield ECHO.pack(0, 0, checksum(whole), identifier, sequence) + data


@contextmanager
def answering_by_hand(network: Network, *, one_late: bool = False) -> Iterator[None]:
    """Let `far` answer each echo by one with other data, then twice by the right one.

    `one_late` lets it answer each only when the next has come.
    """

    async def opened() -> socket.socket:
        return socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)

    def answer() -> None:
        held: list[bytes] = []
        while True:
            packet, client = sock.recvfrom(2048)
            asked = packet[20:]
            if asked[0] == 3:
                return
            if asked[0] == 8:
                held.append(asked)
                while len(held) > one_late:
                    for reply in _replies(held.pop(0)):
                        sock.sendto(reply, client)

    network.sysctl("far", "net.ipv4.icmp_echo_ignore_all", "1")
    with network.run(opened, inside="far") as sock:
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield
        finally:
            sock.sendto(b"\3\0\0\0\0\0\0\0", ("127.0.0.1", 0))
            thread.join()
    network.sysctl("far", "net.ipv4.icmp_echo_ignore_all", "0")


@pytest.mark.netns
@pytest.mark.parametrize("group", [EVERYBODY, NOBODY])
def test_only_our_own_data_counts_and_each_echo_once(network: Network, group: str) -> None:
    network.sysctl("near", "net.ipv4.ping_group_range", group)
    with answering_by_hand(network):
        result = ping(network, network.far4, user=None, count="4", spacing="50ms")

    echoes = result.evidence["echoes"]
    assert result.facts["received"] == 4
    assert echoes["passed_over"] >= 3
    assert echoes["duplicates"] >= 3  # those of the last may still be on their way


@pytest.mark.netns
def test_an_answer_that_comes_late_counts_as_lost(network: Network) -> None:
    with answering_by_hand(network, one_late=True):
        result = ping(network, network.far4, user=None, count="3", spacing="200ms", wait="50ms")

    assert result.reason is Reason.RESPONSE_TIMEOUT
    assert result.facts["received"] == 0


# --- the file


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"host": "not a host"}, "host"),
        ({"count": "0"}, "greater than or equal to 1"),
        ({"count": "1001"}, "less than or equal to 1000"),
        ({"spacing": "1ms"}, "must be from 10ms to 10s"),
        ({"size": "7B"}, "must be from 8B to 65507B"),
        ({"size": "64KiB"}, "must be from 8B to 65507B"),
        ({"ttl": "256"}, "less than or equal to 255"),
        ({"max_loss": "101%"}, "from 0% to 100%"),
        ({"ip_protocol": "ipv5"}, "'any', 'ipv4' or 'ipv6'"),
    ],
)
def test_options_are_refused_by_their_rule(options: dict[str, str], rule: str) -> None:
    with pytest.raises(ValidationError) as refused:
        OPTIONS.validate_python({"host": "a.example.com", **options})

    assert rule in str(refused.value)


def test_the_kind_is_on_offer() -> None:
    assert KINDS[Icmp.kind] == "probes.basic.icmp:Icmp"
    assert icmp("GATEWAY.example.com").host() == "gateway.example.com"
