"""A real squid on free ports of loopback: an HTTP proxy that wants a password, and one that does not."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.folder import open_folder
from tests.servers.nginx import await_listener, free_port

CONFIG = """
http_port 127.0.0.1:{open} name=open
http_port 127.0.0.1:{guarded} name=guarded
auth_param basic program /usr/lib/squid/basic_ncsa_auth {folder}/passwords
acl at_open myportname open
acl known proxy_auth REQUIRED
acl barred dstdomain barred.localhost
http_access deny barred
http_access allow at_open
http_access allow known
http_access deny all
pid_filename none
cache_log {folder}/cache.log
access_log stdio:{folder}/access.log
cache deny all
cache_mem 0
coredump_dir {folder}
shutdown_lifetime 0 seconds
visible_hostname proxy.example.com
pinger_enable off
"""


@dataclass(frozen=True)
class Squid:
    """Where it listens: `guarded` knows `staff`, whose password is `word`."""

    open: str
    guarded: str
    access_log: Path


@contextmanager
def squid() -> Iterator[Squid]:
    """Run squid until the end of the block; it listens when the block begins."""
    with open_folder() as folder:
        folder.chmod(0o777)
        ports = {"open": free_port(), "guarded": free_port()}
        (folder / "passwords").write_text("staff:$apr1$wk$0AI4YmcejX0byVbdEglh6/\n")
        (folder / "squid.conf").write_text(CONFIG.format(folder=folder, **ports))
        command = ["squid", "-N", "-f", str(folder / "squid.conf")]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                await_listener(ports["guarded"], process)
                urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
                yield Squid(**urls, access_log=folder / "access.log")
            finally:
                process.kill()
