"""The real daemon in a network of its own, whose other end falls silent."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from store import history
from store.errors import StoreError
from store.reader import open_reader
from store.rows import Trace
from tests.faults.process import DAEMON, LOOK
from tests.servers.netns import Network, line

CHECKS = """\
version: 1
services: {{vpn: {{title: VPN}}}}
defaults: {{interval: 2s, timeout: 1s, confirm: 2, confirm_interval: 1s}}
checks:
  gateway: {{service: vpn, kind: icmp, host: {host}, count: 1, wait: 300ms}}
  portal: {{service: vpn, kind: tcp, host: {host}, port: 443}}
self_checks: []
web: {{listen: "127.0.0.1:9090"}}
"""


def words(config: Path, *command: str) -> list[str]:
    return [sys.executable, str(DAEMON), *command, "--config", str(config)]


@contextmanager
def running(network: Network, config: Path) -> Iterator[None]:
    """Run a daemon inside `near`."""
    with config.with_name("daemon.log").open("ab") as log:
        process = subprocess.Popen(network.command("near", *words(config, "run")), stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        status = process.wait(30)
        print(config.with_name("daemon.log").read_text())
    assert status == 0


def awaited(config: Path, count: int) -> Sequence[Trace]:
    """Wait until the store has ways of so many outages."""
    while True:
        try:
            with closing(open_reader(config.with_name("watchkeeper.db"))) as store:
                if len(found := history.traces(store, ["gateway", "portal"], 0, 1 << 62)) >= count:
                    return found
        except StoreError:
            pass  # it is not there yet
        time.sleep(LOOK)


async def incidents() -> list[Any]:
    """Ask the daemon, from inside."""
    async with ClientSession() as session, session.get("http://127.0.0.1:9090/api/v1/incidents") as answer:
        return list((await answer.json())["incidents"])


@pytest.mark.netns
def test_a_black_hole_is_shown_with_the_way_to_it(tmp_path: Path) -> None:
    config = tmp_path / "checks.yaml"
    with line() as network:
        network.drop()
        config.write_text(CHECKS.format(host=network.far4))
        with running(network, config):
            traces = awaited(config, 2)
            (incident,) = network.run(incidents)
    shown = subprocess.run(
        words(config, "incidents", "show", "vpn"), capture_output=True, text=True, check=True
    ).stdout
    told = json.loads(
        subprocess.run(
            words(config, "incidents", "show", "vpn", "--json"), capture_output=True, text=True, check=True
        ).stdout
    )

    assert len({trace.document for trace in traces}) == 1, "both checks are of one host"
    assert f"the way to {network.far4}, as gateway, portal went down: nobody answers after hop 2" in shown
    assert [hop["address"] for hop in told["evidence"][0]["hops"]] == ["10.77.0.2", "10.77.1.2"]
    assert told["evidence"] == incident["evidence"]
    assert {each["outage"] for each in told["evidence"]} == {each["since"] for each in told["causes"]}
