"""A real Postfix on free ports of loopback, which delivers nothing. Needs root, as it changes its user."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.nginx import await_listener, free_port

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.test
mydestination =
default_transport = error:nothing leaves this test
relay_transport = error:nothing leaves this test
smtpd_tls_chain_files = {certificate}
smtpd_tls_security_level = may
disable_dns_lookups = yes
alias_maps =
alias_database =
"""
MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{plain} inet n - n - - smtpd -o smtpd_tls_security_level=none
127.0.0.1:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
error unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """Where it listens: with STARTTLS, without, and with TLS from the first byte."""

    smtp: int
    plain: int
    smtps: int


@contextmanager
def postfix(folder: Path, certificate: Path) -> Iterator[Postfix]:
    """Run Postfix until the end of the block; `certificate` (PEM) holds its key too, before it.

    Its user must be able to get into `folder`.
    """
    server = Postfix(free_port(), free_port(), free_port())
    for name in ("queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    (folder / "main.cf").write_text(MAIN.format(folder=folder, certificate=certificate))
    (folder / "master.cf").write_text(MASTER.format(**vars(server)))
    program = [shutil.which("postfix") or "/usr/sbin/postfix", "-c", str(folder)]
    subprocess.run([*program, "check"], check=True, capture_output=True)
    with subprocess.Popen([*program, "start-fg"], stdout=-3, stderr=-3) as process:
        try:
            await_listener(server.smtps, process)
            yield server
        finally:  # ending its first process leaves the others
            subprocess.run([*program, "stop"], check=True, capture_output=True)
