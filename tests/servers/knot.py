"""A real knot on a free port of 127.0.0.3: a zone that it signs itself, and BIND's zones once more."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.bind import RECORDS, ZONE
from tests.servers.nginx import await_listener

CONFIG = """
server:
  rundir: "{folder}"
  listen: 127.0.0.3@{port}
database:
  storage: "{folder}"
policy:
  - id: own
    algorithm: ecdsap256sha256
    rrsig-lifetime: 10d
    rrsig-refresh: 3d
template:
  - id: default
    storage: "{folder}"
    file: "%s.zone"
    zonefile-sync: -1
zone:
  - domain: signed.test
    dnssec-signing: on
    dnssec-policy: own
  - domain: even.test
  - domain: odd.test
"""


@contextmanager
def knot(folder: Path, port: int) -> Iterator[int]:
    """Run knotd until the end of the block, with an older serial of odd.test; it listens in the block."""
    for zone, serial in (("signed.test", 1), ("even.test", 7), ("odd.test", 6)):
        (folder / f"{zone}.zone").write_text(ZONE.format(serial=serial) + RECORDS.format(long='"x"'))
    config = folder / "knot.conf"
    config.write_text(CONFIG.format(folder=folder, port=port))
    program = shutil.which("knotd") or "/usr/sbin/knotd"
    with (
        (folder / "knot.log").open("w") as log,
        subprocess.Popen([program, "-c", str(config)], stderr=log, stdout=log) as process,
    ):
        try:
            await_listener(port, process, "127.0.0.3")
            yield port
        finally:
            process.kill()
