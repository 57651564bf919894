"""A real BIND on free ports of loopback: zones signed well, badly and not at all, by every transport."""

import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dns.message
import dns.query

from tests.servers.nginx import await_listener, free_port

CONFIG = """
options {{
  directory "{folder}"; pid-file "{folder}/named.pid"; session-keyfile "{folder}/session.key";
  listen-on port {port} {{ 127.0.0.1; }};
  listen-on port {tls} tls own {{ 127.0.0.1; }};
  listen-on port {https} tls own http default {{ 127.0.0.1; }};
  listen-on-v6 {{ none; }};
  recursion no; dnssec-validation no; minimal-responses yes; notify no;
}};
tls own {{ cert-file "{certificate}"; key-file "{key}"; }};
controls {{ }};
logging {{ category default {{ null; }}; }};
"""
ZONE = """$TTL 300
@ SOA ns1 hostmaster {serial} 3600 600 86400 300
@ NS ns1
@ NS ns2
ns1 A 127.0.0.1
ns2 A 127.0.0.3
"""
RECORDS = """www A 192.0.2.1
www A 192.0.2.2
alias CNAME www
text TXT "v=spf1 -all"
text TXT "other words"
old DNAME new
www.new A 192.0.2.1
mail MX 10 mx.example.com.
v6 AAAA 2001:db8::1
big TXT {long}
"""
LONG = " ".join(f'"{"x" * 200}{number}"' for number in range(15))
CHILD = "www A 192.0.2.9\n"
DAY = 86_400
SIGNED = ("good.test", "child.good.test", "expired.test", "tampered.test")


@dataclass(frozen=True)
class Bind:
    """Where it listens, and whom to believe of each zone: DS records."""

    port: int
    tls: int
    https: int
    anchors: Mapping[str, str]


@contextmanager
def bind(folder: Path, certificate: Path, key: Path, port: int = 0) -> Iterator[Bind]:
    """Run named until the end of the block; it listens when the block begins."""
    ports = {"port": port or free_port(), "tls": free_port(), "https": free_port()}
    anchors = _zones(folder)
    config = folder / "named.conf"
    text = CONFIG.format(folder=folder, certificate=certificate, key=key, **ports)
    for zone in folder.glob("*.zone"):
        text += f'zone "{zone.stem}" {{ type primary; file "{zone}"; }};\n'
    config.write_text(text)
    command = [_program("named"), "-g", "-c", str(config)]
    with (
        (folder / "named.log").open("w") as log,
        subprocess.Popen(command, stderr=log, stdout=log) as process,
    ):
        try:
            await_listener(ports["https"], process)
            _await_zones(ports["port"])
            yield Bind(**ports, anchors=anchors)
        finally:
            process.kill()


def _await_zones(port: int) -> None:
    """Wait until it answers for its zones: it listens before it has read them."""
    asked = dns.message.make_query("www.plain.test", "A")
    while dns.query.tcp(asked, "127.0.0.1", port=port, timeout=5).rcode():
        time.sleep(0.01)


def _zones(folder: Path) -> dict[str, str]:
    """Write the zones, and give the DS records of those that are signed."""
    for zone, serial in (("even.test", 7), ("odd.test", 7), ("plain.test", 7)):
        (folder / f"{zone}.zone").write_text(ZONE.format(serial=serial) + RECORDS.format(long=LONG))
    _sign(folder, "child.good.test", CHILD)
    digest = (folder / "dsset-child.good.test.").read_text()
    below = "child NS ns1\nbare NS ns1\n" + digest
    _sign(folder, "good.test", RECORDS.format(long=LONG) + below)
    _sign(folder, "expired.test", RECORDS.format(long=LONG), "-s", f"now-{20 * DAY}", "-e", f"now-{5 * DAY}")
    _sign(folder, "tampered.test", RECORDS.format(long=LONG))
    (folder / "bare.good.test.zone").write_text(ZONE.format(serial=7) + CHILD)
    tampered = folder / "tampered.test.zone"
    tampered.write_text(tampered.read_text().replace("192.0.2.1\n", "203.0.113.66\n"))
    return {zone: _anchor(folder / f"dsset-{zone}.") for zone in SIGNED}


def _sign(folder: Path, zone: str, records: str, *times: str) -> None:
    plain = folder / f"{zone}.plain"
    plain.write_text(ZONE.format(serial=7) + records)
    for flags in ((), ("-f", "KSK")):
        _run(folder, "dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", *flags, zone)
    signed = ["-S", "-q", "-P", "-o", zone, "-f", f"{zone}.zone", *times, str(plain)]
    _run(folder, "dnssec-signzone", "-K", str(folder), *signed)


def _anchor(file: Path) -> str:
    zone, *_, digest = file.read_text().partition("\n")[0].partition("IN DS")
    return f"{zone.split()[0]} {' '.join(digest.split())}"


def _run(folder: Path, program: str, *arguments: str) -> None:
    subprocess.run([_program(program), *arguments], cwd=folder, check=True, capture_output=True)


def _program(name: str) -> str:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin") or name
