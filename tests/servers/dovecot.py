"""A real Dovecot for IMAP and POP3 on free ports of loopback. Needs root, as it changes its user."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.nginx import await_listener, free_port

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
ssl = {ssl}
ssl_cert = <{certificate}
ssl_key = <{certificate}
disable_plaintext_auth = yes
mail_location = maildir:{folder}/mail/%n
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """Where it listens."""

    imap: int
    imaps: int
    pop3: int
    pop3s: int


@contextmanager
def dovecot(folder: Path, certificate: Path, *, ssl: str = "yes") -> Iterator[Dovecot]:
    """Run Dovecot until the end of the block; `certificate` (PEM) holds its key too. `no` is no TLS at all.

    Whoever it runs as must be able to get into `folder`.
    """
    server = Dovecot(free_port(), free_port(), free_port(), free_port())
    config = folder / "dovecot.conf"
    config.write_text(CONFIG.format(folder=folder, certificate=certificate, ssl=ssl, **vars(server)))
    program = shutil.which("dovecot") or "/usr/sbin/dovecot"
    with subprocess.Popen([program, "-F", "-c", str(config)], stderr=subprocess.DEVNULL) as process:
        try:
            for port in (server.imap, server.pop3):
                await_listener(port, process)
            yield server
        finally:
            process.terminate()
