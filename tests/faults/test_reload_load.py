"""Two hundred reloads of the real process under load: nothing of them is left."""

import asyncio
import resource
from dataclasses import dataclass
from pathlib import Path

from driver.keeper import EVERY
from tests.faults.company import OTHER_KEY, Company
from tests.faults.process import Running

CHECKS = 60
RELOADS = 200
WARM = 40  # reloads after which caches, threads and the allocator have what they need
LOOKS = 40
GROWTH = 0.05  # of the memory, which is noise: two hundred configurations would be several times that
MiB = 1 << 20


@dataclass(frozen=True)
class Held:
    """What a process holds: its descriptors by kind, its threads, its memory (bytes)."""

    sockets: int
    files: int
    threads: int
    memory: int


def held(daemon: Running) -> Held:
    process = Path(f"/proc/{daemon.pid}")
    targets = [link(each) for each in (process / "fd").iterdir()]
    pages = int((process / "statm").read_text().split()[1])
    return Held(
        sockets=sum(target.startswith("socket:") for target in targets),
        files=sum(not target.startswith("socket:") for target in targets),
        threads=len(list((process / "task").iterdir())),
        memory=pages * resource.getpagesize(),
    )


def link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:  # closed meanwhile
        return ""


def written(company: Company, turn: int) -> str:
    """A configuration that differs from the one before in checks, services, receivers and self-checks."""
    begin, rest = company.daemon.config.with_name("first.yaml").read_text().split("receivers:\n")
    receivers, rest = rest.split("self_checks:\n")
    checks = "".join(check(company, number, turn) for number in range(CHECKS))
    if turn % 2:
        receivers = receivers.replace(f"{1:032d}", OTHER_KEY)
    odd = f"  - {{tcp: '127.0.0.1:{company.service.port}', network: internal}}\n" if turn % 3 else ""
    return f"{begin}{checks}receivers:\n{receivers}self_checks:\n{odd}{rest}"


def check(company: Company, number: int, turn: int) -> str:
    """A check that is new every few turns, or asks otherwise; every fifth hangs."""
    name = f"load-{number}-{turn // 2 if number % 4 == 0 else 0}"
    path = "slow" if number % 5 == 0 else f"?{turn if number % 3 == 0 else 0}"
    url = f"http://127.0.0.1:{company.service.port}/{path}"
    return f'  {name}: {{service: sso, kind: http, url: "{url}", interval: 1s, timeout: 1s, sli: false}}\n'


async def reloaded(company: Company, turns: range) -> None:
    for turn in turns:
        company.daemon.config.write_text(written(company, turn))
        status, answer = await company.daemon.reload()
        assert (status, answer) == (200, "reloaded\n")
        await asyncio.sleep(0.02)


async def settled(company: Company, looks: int = LOOKS) -> Held:
    """Give the least it holds in so many looks: attempts under way come and go, what leaks stays."""
    seen = []
    for _ in range(looks):
        seen.append(held(company.daemon))
        await asyncio.sleep(0.1)
    least = [min(getattr(each, name) for each in seen) for name in ("sockets", "files", "threads", "memory")]
    return Held(*least)


async def test_two_hundred_reloads_under_load_leave_nothing_behind(company: Company) -> None:
    first = company.daemon.config.with_name("first.yaml")
    first.write_text(company.daemon.config.read_text())
    await company.opened()
    company.service.works = False
    await company.settled(fails=True)
    await reloaded(company, range(WARM))
    await asyncio.sleep(EVERY + 2)  # the keeper too has its connection and its thread by then
    before = await settled(company)
    await reloaded(company, range(WARM, WARM + RELOADS))
    after = await settled(company, 4 * LOOKS)  # longer: a busy machine has more under way at any moment

    print(before, after, sep="\n")
    assert after.sockets <= before.sockets + 2
    assert after.files <= before.files
    assert after.threads <= before.threads
    assert after.memory <= before.memory * (1 + GROWTH)
    company.service.works = True
    await company.settled(fails=False)
    assert company.account.open_incidents() == []
    assert "Traceback" not in company.daemon.log.read_text()
