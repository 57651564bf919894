"""A real unbound on a free port of loopback: a resolver that verifies signatures."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.bind import Bind
from tests.servers.nginx import await_listener, free_port

CONFIG = """
server:
  interface: 127.0.0.1@{port}
  do-daemonize: no
  chroot: ""
  username: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  logfile: "{folder}/unbound.log"
  do-not-query-localhost: no
  module-config: "validator iterator"
  local-zone: "test." nodefault
  do-ip6: no
"""


@contextmanager
def unbound(folder: Path, upstream: Bind) -> Iterator[int]:
    """Run unbound until the end of the block, before BIND's zones; it listens when the block begins."""
    port, config = free_port(), folder / "unbound.conf"
    text = CONFIG.format(folder=folder, port=port)
    for anchor in upstream.anchors.values():
        zone, digest = anchor.split(" ", 1)
        if zone != "child.good.test.":
            text += f'  trust-anchor: "{zone} DS {digest}"\n'
    for zone in ("good.test", "expired.test", "tampered.test", "plain.test"):
        text += f'forward-zone:\n  name: "{zone}"\n  forward-addr: 127.0.0.1@{upstream.port}\n'
    config.write_text(text)
    program = shutil.which("unbound") or "/usr/sbin/unbound"
    with subprocess.Popen([program, "-d", "-c", str(config)]) as process:
        try:
            await_listener(port, process)
            yield port
        finally:
            process.kill()
