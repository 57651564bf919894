import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from alerting.events import Downed
from checks.model import Check
from driver.examiner import AT_ONCE, MOST_WAITING, PATIENCE, Examiner, end_of
from probes.basic.fetching import ProxyOptions
from probes.basic.http import Http
from probes.net.trace import Hop, Way
from probes.result import Reason
from store.rows import Trace
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import Kind, World, clock, company

GONE = Reason.CONNECT_TIMEOUT


@dataclass(frozen=True)
class At(Kind):
    """A probe of a host."""

    place: str = "a.example.com"

    def host(self) -> str:
        return self.place


def check(name: str, host: str = "a.example.com") -> Check:
    return Check(name=name, kind="simulated", probe=At(host))


@dataclass
class Ways:
    """Follows ways: each takes so many seconds. `asked` are the hosts, with when (s)."""

    takes: float = 5.0
    asked: list[tuple[str, float]] = field(default_factory=list)
    at_once: int = 0
    most: int = 0

    async def follow(self, check: Check) -> Way:
        host = check.probe.host()  # type: ignore[attr-defined]
        self.asked.append((host, clock().time()))
        begun = clock().now()
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(self.takes)
        self.at_once -= 1
        return Way(begun, host, "192.0.2.1", [Hop(1, "10.0.0.1", 0.01)], ended="nobody answers")


@dataclass
class Kept:
    """What an examiner does to its surroundings."""

    rows: list[Trace] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def put(self, rows: Sequence[Trace]) -> None:
        self.rows += rows

    def spawn(self, work: Any) -> None:
        self.tasks.append(asyncio.get_running_loop().create_task(work))


def examined(ways: Ways, downed: Iterable[Downed], checks: Iterable[Check]) -> list[Trace]:
    """Let an examiner take all of these at once, and wait for its end."""
    kept = Kept()

    async def scene() -> None:
        Examiner(ways.follow, kept.put, kept.spawn).take(downed, {each.name: each for each in checks})
        await asyncio.gather(*kept.tasks)

    run(scene())
    return kept.rows


# --- by itself


@dataclass(frozen=True)
class Proxied(At):
    """A probe that connects to somebody else."""

    connects_to: str = "proxy.example.com"


def test_the_way_leads_to_whom_a_check_connects_to() -> None:
    proxied = [replace(check(name), probe=Proxied(f"{name}.example.com")) for name in ("a", "b")]
    plain = Http(url="https://www.example.com/")
    through = Http(url="https://www.example.com/", proxy=ProxyOptions(url="http://Proxy.example.com:3128"))

    assert [end_of(each) for each in (check("c"), *proxied)] == ["a.example.com", *["proxy.example.com"] * 2]
    assert [end_of(replace(check("d"), probe=each)) for each in (plain, through)] == [
        "www.example.com",
        "proxy.example.com",
    ]
    rows = examined(Ways(), [Downed("a", 1, GONE), Downed("b", 2, GONE)], proxied)
    assert len({row.document for row in rows}) == 1  # one proxy, one way


def test_all_checks_of_a_host_share_one_way() -> None:
    ways, checks = Ways(), [check("web"), check("ssh"), check("other", "b.example.com")]

    rows = examined(ways, [Downed(each.name, 1000 + at, GONE) for at, each in enumerate(checks)], checks)

    assert [host for host, _ in ways.asked] == ["a.example.com", "b.example.com"]
    assert [(row.check, row.outage) for row in rows] == [("web", 1000), ("ssh", 1001), ("other", 1002)]
    assert rows[0].document == rows[1].document


def test_only_reasons_that_the_way_may_explain_are_looked_into() -> None:
    looked_into = [
        reason for reason in Reason if examined(Ways(), [Downed("web", 0, reason)], [check("web")])
    ]

    assert looked_into == [
        Reason.CONNECT_UNREACHABLE,
        Reason.CONNECT_TIMEOUT,
        Reason.RESET,
        Reason.TLS_HANDSHAKE,
        Reason.RESPONSE_TIMEOUT,
    ]


def test_a_check_of_no_host_is_left_alone() -> None:
    ways = Ways()

    assert examined(ways, [Downed("beat", 0, GONE)], [check("beat", "")]) == []
    assert ways.asked == []


def many(count: int) -> tuple[list[Downed], list[Check]]:
    checks = [check(f"c{at}", f"h{at}.example.com") for at in range(count)]
    return [Downed(each.name, 0, GONE) for each in checks], checks


def test_few_ways_are_followed_at_once_and_none_that_would_come_too_late() -> None:
    ways = Ways(takes=10)

    rows = examined(ways, *many(60))

    assert ways.most == AT_ONCE
    assert max(at for _, at in ways.asked) - ways.asked[0][1] <= PATIENCE
    assert len(rows) == len(ways.asked) == AT_ONCE * (PATIENCE / 10)


def test_an_outage_of_everything_is_not_looked_into_beyond_a_bound() -> None:
    ways = Ways(takes=0.01)

    assert len(examined(ways, *many(10 * MOST_WAITING))) == MOST_WAITING


# --- in the daemon


def staged(ways: Ways, **options: Any) -> Stage:
    configuration = company({"sso": 1}, receivers={"oncall": oncall()}, **options)
    checks = {name: replace(each, probe=At()) for name, each in configuration.checks.items()}
    return Stage(replace(configuration, checks=checks), World(), examine=ways.follow)


def test_an_outage_is_looked_into_once_and_delays_no_page() -> None:
    ways = Ways(takes=9)
    stage = staged(ways)

    async def scene() -> None:
        async with stage.life():
            await passes(60)
            stage.world.down["sso-check"] = GONE
            await passes(600)

    run(scene())

    (row,) = stage.rows("traces")
    assert len(ways.asked) == 1
    assert row[0] == "sso-check"
    assert json.loads(row[3])["hops"] == [{"ttl": 1, "address": "10.0.0.1", "seconds": 0.01}]
    assert stage.incident("service/sso").began_at < row[2] + 9_000, "the page was out before its end"


def test_a_restart_in_an_outage_looks_into_it_no_more_and_another_outage_is_another() -> None:
    ways = Ways()
    stage = staged(ways)

    async def scene() -> None:
        async with stage.life():
            await passes(60)
            stage.world.down["sso-check"] = GONE
            await passes(300)
        async with stage.life():
            await passes(300)
            stage.world.down.clear()
            await passes(300)
            assert len(ways.asked) == 1
            stage.world.down["sso-check"] = GONE
            await passes(300)

    run(scene())

    assert len(ways.asked) == 2
    assert len(stage.rows("traces")) == 2


def test_a_suspicion_that_passes_is_not_looked_into() -> None:
    ways = Ways()
    stage = staged(ways)

    async def scene() -> None:
        async with stage.life():
            await passes(60)
            stage.world.down["sso-check"] = GONE
            await passes(31)
            stage.world.down.clear()
            await passes(300)

    run(scene())

    assert ways.asked == []


def test_blindness_is_not_looked_into() -> None:
    ways = Ways()
    stage = staged(ways)

    async def scene() -> None:
        async with stage.life():
            await passes(60)
            stage.world.network = False
            await passes(600)

    run(scene())

    assert ways.asked == []


def test_the_end_of_the_daemon_waits_for_no_way() -> None:
    ways = Ways(takes=3600)
    stage = staged(ways)

    async def scene() -> None:
        before = asyncio.all_tasks()
        async with stage.life():
            stage.world.down["sso-check"] = GONE
            await passes(600)
        assert asyncio.all_tasks() == before

    run(scene())

    assert len(ways.asked) == 1
    assert stage.rows("traces") == []
