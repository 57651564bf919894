"""The real daemon in a process of its own: started, asked, ended in every way there is."""

import asyncio
import resource
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientError, ClientSession

DAEMON = Path(__file__).resolve().parents[2] / "daemon.py"
PATIENCE = 10.0  # seconds between SIGTERM and SIGKILL
TYPED_WITHIN = 60.0  # seconds
LOOK = 0.01  # seconds between two looks at what tells nobody when it changes


@dataclass
class Running:
    """A daemon on one configuration, over all its lives. What it said is in `log`."""

    config: Path
    port: int
    process: Process | None = None
    more: tuple[str, ...] = ()

    @property
    def log(self) -> Path:
        return self.config.with_name("daemon.log")

    @property
    def pid(self) -> int:
        assert self.process, "it has not been started"
        return self.process.pid

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def start(self) -> None:
        """Begin a life; does not wait until it is ready."""
        assert not self.lives, "it runs already"
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command(self.config, *self.more), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        """End it as the kernel does: at once, wherever it is."""
        assert self.process, "it has not been started"
        self.process.kill()
        assert await self.process.wait() == -signal.SIGKILL, "it had ended before"

    async def terminate(self) -> int:
        """End it as an operator does, and give its exit status."""
        assert self.process, "it has not been started"
        if self.lives:
            self.process.terminate()
        try:
            return await asyncio.wait_for(self.process.wait(), PATIENCE)
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()

    async def end(self) -> None:
        """Leave nothing behind, however the test went. pytest shows the log where it failed."""
        if self.process:
            await self.terminate()
            print(f"--- {self.log}\n{self.log.read_text()}")

    async def ready(self) -> None:
        """Wait until it says that it is."""
        while await self.asked("/-/ready") is None:
            assert self.lives, f"the daemon ended: {self.log.read_text()}"
            await asyncio.sleep(LOOK)

    async def says(self, words: str) -> None:
        """Wait until its log says this from now on."""
        before = len(self.log.read_text())
        while words not in self.log.read_text()[before:]:
            assert self.lives, f"the daemon ended: {self.log.read_text()}"
            await asyncio.sleep(LOOK)

    async def asked(self, path: str) -> bytes | None:
        """Give what it answers; None while nobody listens, or where the answer is not 200."""
        try:
            async with ClientSession() as session, session.get(self.url(path)) as answer:
                return await answer.read() if answer.status == 200 else None
        except ClientError:
            return None

    async def reload(self) -> tuple[int, str]:
        """Ask it to reload, and give status and answer."""
        async with ClientSession() as session, session.post(self.url("/-/reload")) as answer:
            return answer.status, await answer.text()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def may_write(self, size: int) -> None:
        """Let none of its files grow beyond a size from now on: what a full disk does."""
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def command(config: Path, *more: str) -> list[str]:
    return [sys.executable, str(DAEMON), "run", "--config", str(config), *more]


async def refused(config: Path, *more: str) -> tuple[int, str]:
    """Start one that is expected to end by itself; give its exit status and what it said."""
    process = await asyncio.create_subprocess_exec(
        *command(config, *more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), 3 * PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, said.decode()


async def typed(config: Path, *words: str) -> str:
    """Type a command beside the daemon, in the folder of its configuration, and give what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(DAEMON), *words, "--config", str(config)),
        cwd=config.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), TYPED_WITHIN)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def complaints_of_promtool(metrics: bytes) -> str:
    """Give what `promtool check metrics` says of them."""
    process = await asyncio.create_subprocess_exec(
        *("promtool", "check", "metrics"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    said, _ = await process.communicate(metrics)
    return said.decode()
