"""Network namespaces in a line, to lose, refuse and shrink what passes: near – first – second – far.

    @pytest.mark.netns
    def test_nobody_answers() -> None:
        with line() as network:
            network.drop()                            # all that comes to `far` is lost: a black hole
            network.run(partial(ask, network.far4))   # a coroutine function, run inside `near`

`line(routers=0)` joins `near` and `far` directly, which is quicker. Addresses are `network.far4` and
`network.far6`. What passes to `far` meets the rules that are set by

    network.lose(0.3)          a share of the packets at random, of `what` only where that is said
    network.drop(what)         all of them: silence; `what` is a match of nft, such as "tcp dport 443"
    network.reset(what)        TCP segments are answered by a reset
    network.prohibit(what)     answered by ICMP, administratively prohibited
    network.open()             none of these any more

and `network.narrow(1300)` sets the MTU of the last link. `network.sysctl("near", "net.ipv4.x", "1")` sets
one of a namespace's own. `network.run(function, inside="far", user="nobody")` runs a coroutine function in a
thread of its own inside a namespace, as a user without any capability where that is said; sockets made there
belong to that namespace. A server is run so, or as a process by `network.command("far", "nginx", …)`, which
gives the words for `subprocess.Popen`. Everything is gone when the block ends.
"""

import asyncio
import ctypes
import os
import pwd
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, pairwise
from pathlib import Path
from typing import TypeVar

TABLE = "add table inet fault; add chain inet fault input { type filter hook input priority 0; }"
NETWORK = 0x40000000  # CLONE_NEWNET of setns(2)
SETRESUID = {"x86_64": 117, "aarch64": 147}  # by number: the C library would change all threads at once
SETRESGID = {"x86_64": 119, "aarch64": 149}
SETGROUPS = {"x86_64": 116, "aarch64": 159}

Given = TypeVar("Given")
_numbers = count()
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Network:
    """Namespaces in a line, `near` first and `far` last; `names` are what `ip netns` calls them."""

    names: dict[str, str]
    far4: str
    far6: str

    def run(
        self, function: Callable[[], Awaitable[Given]], inside: str = "near", user: str | None = None
    ) -> Given:
        """Run a coroutine function inside a namespace, in a thread and a loop of its own; give its answer."""

        def inside_of_it() -> Given:
            _enter(self.names[inside])
            if user:
                _become(user)
            return asyncio.run(_awaited(function))

        with ThreadPoolExecutor(max_workers=1) as threads:
            return threads.submit(inside_of_it).result()

    def command(self, inside: str, *words: str) -> list[str]:
        """Give the words of a command that runs inside a namespace."""
        return ["ip", "netns", "exec", self.names[inside], *words]

    def sysctl(self, inside: str, name: str, value: str) -> None:
        """Set a kernel's parameter of one namespace."""
        place = "/proc/sys/" + name.replace(".", "/")
        _run(self.command(inside, "sh", "-c", f'echo "{value}" > {place}'))

    def lose(self, share: float, what: str = "") -> None:
        """Lose this share of what comes to `far`."""
        self._rule(f"{what} numgen random mod 1000 < {round(share * 1000)} drop")

    def drop(self, what: str = "") -> None:
        """Lose all that comes to `far`."""
        self._rule(f"{what} drop")

    def reset(self, what: str = "") -> None:
        """Let `far` answer TCP by resets."""
        self._rule(f"meta l4proto tcp {what} reject with tcp reset")

    def prohibit(self, what: str = "") -> None:
        """Let `far` answer that it is administratively prohibited."""
        self._rule(f"{what} reject with icmpx type admin-prohibited")

    def open(self) -> None:
        """Take all rules away."""
        _run(self.command("far", "nft", "flush", "chain", "inet", "fault", "input"))

    def narrow(self, mtu: int) -> None:
        """Set the MTU of the last link, at both ends; what `near` knew of the way is forgotten."""
        before = list(self.names)[-2]
        _run(["ip", "-n", self.names[before], "link", "set", "right", "mtu", str(mtu)])
        _run(["ip", "-n", self.names["far"], "link", "set", "left", "mtu", str(mtu)])
        for version in ("-4", "-6"):
            _run(["ip", version, "-n", self.names["near"], "route", "flush", "cache"])

    def _rule(self, rule: str) -> None:
        # Neighbours are always found: what is lost is what is asked, not the way to the next host.
        spared = "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept"
        for each in (spared, rule):
            _run(self.command("far", "nft", "add", "rule", "inet", "fault", "input", each))


@contextmanager
def line(routers: int = 2) -> Iterator[Network]:
    """Give namespaces in a line with so many routers between its ends (0 to 2), taken down in the end."""
    places = ["near", *["first", "second"][:routers], "far"]
    mark = f"wk{os.getpid()}x{next(_numbers)}"
    names = {place: f"{mark}-{place}" for place in places}
    network = Network(names, far4=f"10.77.{routers}.2", far6=f"fd77:{routers}::2")
    try:
        _ip(*(f"netns add {name}" for name in names.values()))
        for place in places:  # an address is there at once, and no neighbour is waited for first
            network.sysctl(place, "net.ipv6.conf.default.accept_dad", "0")
        _join(list(names.values()))
        for place in places[1:-1]:
            network.sysctl(place, "net.ipv4.ip_forward", "1")
            network.sysctl(place, "net.ipv6.conf.all.forwarding", "1")
        _run(network.command("far", "nft", TABLE))
        for name in names.values():
            _await_links(name)
        yield network
    finally:
        for name in names.values():
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)


def _join(names: list[str]) -> None:
    """Join neighbours by a veth each, number them, and route: link n is 10.77.n.0/24 and fd77:n::/64."""
    links = list(enumerate(pairwise(names)))
    for number, (left, right) in links:
        _ip(f"link add right netns {left} type veth peer name left netns {right}")
        for name, device, host in ((left, "right", 1), (right, "left", 2)):
            _ip(
                f"-n {name} address add 10.77.{number}.{host}/24 dev {device}",
                f"-n {name} address add fd77:{number}::{host}/64 dev {device} nodad",
                f"-n {name} link set {device} up",
                f"-n {name} link set lo up",
            )
    for number, (left, right) in links:
        for other, _ in links:
            if other > number:  # what is further to the right is reached through the right neighbour
                _ip(f"-n {left} route add 10.77.{other}.0/24 via 10.77.{number}.2")
                _ip(f"-n {left} -6 route add fd77:{other}::/64 via fd77:{number}::2")
            if other < number:
                _ip(f"-n {right} route add 10.77.{other}.0/24 via 10.77.{number}.1")
                _ip(f"-n {right} -6 route add fd77:{other}::/64 via fd77:{number}::1")


def _await_links(name: str) -> None:
    """Wait until the links of a namespace count as up, which takes up to a second: IPv6 is silent before."""
    while "NO-CARRIER" in _run(["ip", "-n", name, "link", "show"]):
        time.sleep(0.02)


def _ip(*commands: str) -> None:
    for command in commands:
        _run(["ip", *command.split()])


def _run(words: list[str]) -> str:
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def _enter(name: str) -> None:
    with (Path("/var/run/netns") / name).open() as file:
        if _libc.setns(file.fileno(), NETWORK):
            raise OSError(ctypes.get_errno(), f"cannot enter {name}")


def _become(user: str) -> None:
    """Let this thread alone be somebody else, without capabilities: they go with user 0."""
    known, machine = pwd.getpwnam(user), os.uname().machine
    number, group = known.pw_uid, known.pw_gid
    for call in (
        (SETGROUPS[machine], 0, None),
        (SETRESGID[machine], group, group, group),
        (SETRESUID[machine], number, number, number),
    ):
        if _libc.syscall(*call):
            raise OSError(ctypes.get_errno(), f"cannot become {user}")


async def _awaited(function: Callable[[], Awaitable[Given]]) -> Given:
    return await function()
