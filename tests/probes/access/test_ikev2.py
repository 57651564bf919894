import pytest

from probes.result import Outcome, Reason
from tests.probes.asking import ask, tools
from tests.probes.planned import read, reason, refused

VPN = {"service": "vpn", "kind": "ikev2", "host": "VPN.example.com"}


def test_the_gateway_is_the_host_and_500_its_port() -> None:
    check = read(VPN)

    assert (check.host, check.probe.port) == ("vpn.example.com", 500)


@pytest.mark.parametrize("port", [0, 65536, "ike"])
def test_a_port_that_is_none_is_refused(port: object) -> None:
    (mistake,) = refused(VPN | {"port": port})

    assert mistake.startswith("checks.it.port: must be")


def test_a_host_has_no_port() -> None:
    mistakes = refused(VPN | {"host": "vpn.example.com:500"})

    assert mistakes == ["checks.it.host: must be a host name or an IP address, without a port"]


async def test_it_is_not_asked_yet() -> None:
    assert await reason(read(VPN), tools()) is Reason.MISSING_CAPABILITY


async def test_an_attempt_is_unknown_for_want_of_a_capability() -> None:
    result = await ask(read(VPN).probe)

    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.MISSING_CAPABILITY)
    assert result.detail == "this version reads the options of ikev2, but does not ask it yet"
