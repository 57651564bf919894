"""A few verbs for tests of commands: what was typed, what came of it, and somebody to ask on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from checks.model import Configuration
from commands.context import RunOptions
from commands.main import main


@dataclass(frozen=True)
class Answer:
    status: int
    out: str
    err: str


@dataclass
class Shell:
    """Types commands in a folder of its own. What `run` would have served is kept in `served`."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    served: list[tuple[Configuration, RunOptions]] = field(default_factory=list)

    def write(self, text: str, name: str = "checks.yaml") -> None:
        (self.folder / name).write_text(text)

    def type(self, *words: str) -> Answer:
        status = main(words, serve=self._serve)
        said = self.capture.readouterr()
        return Answer(status, said.out, said.err)

    def _serve(self, configuration: Configuration, options: RunOptions) -> int:
        self.served.append((configuration, options))
        return 0


@dataclass
class Site:
    """Answers `/200`, `/503` and the like with that status; `/never` not at all. Keeps what it was sent."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def site() -> Iterator[Site]:
    told = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            told.came.set()
            told.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            if self.path == "/never":
                told.over.wait(30)
                return
            self.send_response(int(self.path[1:4]))
            self.send_header("Content-Length", "11")
            self.end_headers()
            self.wfile.write(b"\x1b[31mhello!")

        do_POST = do_GET  # noqa: N815 - as the library calls it

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield told
        finally:
            told.over.set()
            server.shutdown()
            thread.join()


def configuration(*checks: str, self_checks: str = "[]", rest: str = "") -> str:
    """Write a checks.yaml of one service whose checks are given as flow mappings."""
    lines = "\n".join(f"  {check}" for check in checks)
    return (
        "version: 1\nsite: hq\nservices: {web: {title: The web}}\n"
        f"defaults: {{timeout: 400ms, interval: 30s}}\nchecks:\n{lines}\nself_checks: {self_checks}\n{rest}"
    )


def http(name: str, url: str, more: str = "") -> str:
    return f'{name}: {{service: web, kind: http, url: "{url}"{more}}}'
