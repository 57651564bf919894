"""openssl s_server on a free port of loopback: TLS in every wrong way there is."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fakes.certificates import Held, pem
from tests.servers.nginx import await_listener, free_port


@contextmanager
def s_server(held: Held, folder: Path, *options: str) -> Iterator[int]:
    """Serve with a certificate, written into `folder`; give the port.

    What comes is read and dropped; `-www` answers HTTP. Options are those of `openssl s_server`. It takes
    certificates that it would not take by itself.
    """
    own, chain = str(held.write(folder / "own.pem")), folder / "chain.pem"
    chain.write_bytes(pem(*held.chain))
    port = free_port()
    program = shutil.which("openssl")
    assert program
    command = [program, "s_server", "-accept", f"127.0.0.1:{port}", "-quiet", "-naccept", "100"]
    command += ["-cert", own, "-key", own, "-cipher", "DEFAULT:@SECLEVEL=0", *options]
    command += ["-cert_chain", str(chain)] * bool(held.chain)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            await_listener(port, process)
            yield port
        finally:
            process.kill()
