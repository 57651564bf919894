"""A real slapd on free ports of loopback, with an empty directory."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.nginx import await_listener, free_port

CONFIG = """
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
{tls}
modulepath /usr/lib/ldap
moduleload back_monitor
database monitor
"""
TLS = """
TLSCertificateFile {certificate}
TLSCertificateKeyFile {certificate}
TLSProtocolMin 3.3
"""


@dataclass(frozen=True)
class Slapd:
    """Where it listens: with StartTLS, and with TLS from the first byte (where it has a certificate)."""

    ldap: int
    ldaps: int


@contextmanager
def slapd(folder: Path, certificate: Path | None) -> Iterator[Slapd]:
    """Run slapd until the end of the block; without a certificate (PEM, with its key) it has no TLS."""
    server = Slapd(free_port(), free_port())
    tls = TLS.format(certificate=certificate) if certificate else ""
    (folder / "slapd.conf").write_text(CONFIG.format(folder=folder, tls=tls))
    urls = f"ldap://127.0.0.1:{server.ldap}" + (f" ldaps://127.0.0.1:{server.ldaps}" if certificate else "")
    program = shutil.which("slapd") or "/usr/sbin/slapd"
    command = [program, "-d", "0", "-f", str(folder / "slapd.conf"), "-h", urls]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            await_listener(server.ldap, process)
            yield server
        finally:
            process.terminate()
