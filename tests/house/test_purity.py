"""Files decide, edges touch: a file is pure unless it is listed here with what it touches."""

import ast

import pytest

from tests.house.tree import ROOT, code, imports

EDGES = {
    "alerting/deliver.py": "tasks and time-outs: one try after another, several at once",
    "alerting/post.py": "HTTP to receivers",
    "alerting/relearn.py": "the store, read to judge it and written once it is judged",
    "alerting/release.py": "waits for the store to answer",
    "alerting/restore.py": "the store, read at start",
    "alerting/switch.py": "waits for the next call, and makes it",
    "checks/described.py": "the source of the classes of options",
    "checks/files.py": "files on disk, read within bounds",
    "commands/ask.py": "runs one attempt",
    "commands/backup.py": "the file it writes",
    "commands/configuration.py": "the configuration's file",
    "commands/export_results.py": "the file it writes, and stdout",
    "commands/heard.py": "the store, read to say what a daemon heard",
    "commands/import_results.py": "the file it reads, and stdin",
    "commands/init.py": "the file it writes",
    "commands/loading.py": "the store, written beside a daemon or by ourselves",
    "commands/logs.py": "the log",
    "commands/main.py": "arguments, environment, terminal and exit status",
    "commands/once.py": "runs one round of attempts",
    "commands/operating.py": "the log in the store, and who is logged in",
    "commands/reference.py": "stdout",
    "commands/round.py": "attempts, several at once",
    "commands/schema.py": "the file it writes",
    "commands/slo.py": "where the store is, and how wide the terminal is",
    "commands/spool.py": "a temporary file",
    "commands/status.py": "where the store is",
    "commands/test_alert.py": "sends to a receiver",
    "commands/validate.py": "runs the self-checks",
    "daemon.py": "the loop, signals, and everything that is wired together",
    "driver/examiner.py": "waits for its turn, and the log",
    "driver/heartbeats.py": "waits for the store to keep what was heard",
    "driver/keeper.py": "waits for the next round, and the log",
    "driver/loop.py": "tasks and timers, and the log of what is decided",
    "driver/operations.py": "the store, looked into every second in a thread",
    "driver/reload.py": "reads the configuration in a thread, and the log",
    "driver/watch.py": "files on disk, looked at every second",
    "probes/attempt.py": "time-outs, and the log for what nobody foresaw",
    "probes/net/nameservers.py": "resolv.conf",
    "probes/basic/dns.py": "waits for several servers at once, and draws identifiers",
    "probes/basic/resolving.py": "waits for several servers at once",
    "probes/clock.py": "the wall clock and the monotonic one",
    "probes/guard.py": "how late the loop comes back",
    "probes/net/certificate.py": "what the TLS library presents",
    "probes/net/connect.py": "sockets",
    "probes/net/datagram.py": "sockets",
    "probes/net/decoding.py": "which Python this is: its own library has zstd from 3.14 on",
    "probes/net/dial.py": "sockets, by way of its steps",
    "probes/net/dialogue.py": "keeps what came when an attempt is cancelled",
    "probes/net/echo.py": "sockets, and random data to know our own echoes by",
    "probes/net/http2.py": "lets others have their turn while it reads frames",
    "probes/net/lookup.py": "name servers",
    "probes/net/notices.py": "what the kernel keeps for a socket",
    "probes/net/options.py": "authorities and keys in files, by way of trust.py",
    "probes/net/readiness.py": "waits for sockets",
    "probes/net/resolve.py": "name servers, by way of lookup.py",
    "probes/net/starttls.py": "waits for half a second whether the other end refuses us",
    "probes/net/stream.py": "bytes on a socket",
    "probes/net/tls.py": "the handshake",
    "probes/net/trace.py": "sockets, and waiting for many of them",
    "probes/net/trust.py": "authorities of the system, or of a file",
    "store/backlog.py": "a lock between the loop and the writing thread",
    "store/backup.py": "the database, and the file that is its copy",
    "store/errors.py": "paths, to say where a damaged file is kept",
    "store/file.py": "the file: opened, checked, migrated",
    "store/history.py": "the database",
    "store/hours.py": "the database, and the log of damaged hours",
    "store/judgements.py": "the database",
    "store/ledger.py": "the database",
    "store/lock.py": "the lock file",
    "store/operations.py": "the database, written beside the daemon",
    "store/past.py": "the database",
    "store/pruning.py": "the database",
    "store/reader.py": "the database",
    "store/rename.py": "the database",
    "store/results.py": "the database",
    "store/transaction.py": "the database",
    "store/writer.py": "the thread that writes, and its clock",
    "web/answers.py": "gives way to the loop while it writes",
    "web/api.py": "HTTP that is asked of us, and the log",
    "web/past.py": "the store, read in threads",
    "web/server.py": "HTTP that is asked of us",
}

# What a pure file may not import, and what it does instead.
BANNED = {
    "pycares": "an edge under probes/net/ resolves",
    "aiohttp": "an edge talks to the network",
    "asyncio": "an edge waits; what it waited for is handed in",
    "concurrent": "an edge owns threads",
    "fcntl": "an edge locks",
    "inspect": "an edge reads the source of classes",
    "http": "an edge talks to the network",
    "logging": "give back what happened; an edge logs it",
    "multiprocessing": "an edge owns processes",
    "os": "take what you need of the environment as an argument",
    "pathlib": "take the text, or a function that reads it, as an argument",
    "queue": "an edge owns threads",
    "random": "take a Random as an argument (`from random import Random` for its type is fine)",
    "secrets": "take a Random, or the value, as an argument",
    "select": "an edge waits",
    "selectors": "an edge waits",
    "shutil": "an edge touches files",
    "signal": "an edge hears signals",
    "socket": "an edge under probes/net/ connects",
    "sqlite3": "an edge under store/ talks to the database",
    "ssl": "an edge under probes/net/ speaks TLS",
    "subprocess": "an edge runs programs",
    "sys": "an edge reads and writes the terminal",
    "tempfile": "an edge touches files",
    "threading": "an edge owns threads",
    "time": "take `now` as an argument (int, ms since the epoch)",
    "urllib.request": "an edge talks to the network",
}
BANNED_CALLS = {
    "open": "take the text, or a function that reads it, as an argument",
    "print": "give back what is to be said; a command prints it",
    "input": "take the answer as an argument",
}
TYPES_ONLY = {"random.Random", "pathlib.PurePath", "pathlib.PurePosixPath", "http.HTTPStatus"}
REMEDY = (
    "Either do what the line says, or, if touching the world is this file's subject, "
    "list it in EDGES of tests/house/test_purity.py with what it touches."
)


def touches(source: str) -> list[tuple[int, str, str]]:
    """Say where a file touches the world: line, what, what to do instead."""
    found = [
        (one.line, f"imports {banned}", instead)
        for one in imports(source)
        for banned, instead in BANNED.items()
        if f"{one.name}.".startswith(f"{banned}.") and one.name not in TYPES_ONLY
    ]
    found += [
        (node.lineno, f"calls {node.func.id}()", BANNED_CALLS[node.func.id])
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BANNED_CALLS
    ]
    return sorted(found)


def test_files_that_are_no_edges_touch_nothing() -> None:
    found = [
        f"{file}:{line}: {what}: {instead}"
        for file in code()
        if file not in EDGES
        for line, what, instead in touches((ROOT / file).read_text())
    ]

    assert not found, "\n".join([*found, REMEDY])


@pytest.mark.parametrize("edge", sorted(EDGES))
def test_an_edge_exists_and_still_touches_something(edge: str) -> None:
    assert (ROOT / edge).exists(), f"{edge} is gone: take it out of EDGES in tests/house/test_purity.py"
    assert touches((ROOT / edge).read_text()), (
        f"{edge} touches nothing any more, well done: take it out of EDGES in tests/house/test_purity.py"
    )


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "def now():\n    from time import monotonic",
        "import urllib.request",
        "from concurrent.futures import Future",
        "open('checks.yaml')",
    ],
)
def test_touching_the_world_is_seen(source: str) -> None:
    assert touches(source)


@pytest.mark.parametrize(
    "source", ["from random import Random", "import timeit_not_time", "import urllib.parse", "self.open()"]
)
def test_what_touches_nothing_is_left_alone(source: str) -> None:
    assert not touches(source)
