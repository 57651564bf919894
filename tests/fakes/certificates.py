"""Certificates, right and wrong in every way, and the files that servers and clients read them from."""

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

LONG_AGO, PAST, FUTURE, FAR = (datetime(year, 1, 1, tzinfo=UTC) for year in (2001, 2002, 2090, 2091))
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def elliptic() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def rsa_1024() -> Key:
    return rsa.generate_private_key(65537, 1024)


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


@dataclass(frozen=True)
class Held:
    """A certificate with its key, and what is sent with it."""

    certificate: x509.Certificate
    key: Any
    chain: tuple[x509.Certificate, ...] = ()

    def write(self, file: Path) -> Path:
        """Write key, certificate and chain into one file."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(key + pem(self.certificate, *self.chain))
        return file


@dataclass(frozen=True)
class Request:
    """What a certificate is to be like. Without an issuer it signs itself."""

    names: Sequence[str] = ("127.0.0.1", "localhost")
    begins: datetime = PAST
    ends: datetime = FUTURE
    key: Callable[[], Key] = elliptic
    ca: bool = False
    called: str = "server"

    def signed(self, issuer: Held | None = None) -> Held:
        key, name = self.key(), _name(self.called)
        signer = issuer.certificate.subject if issuer else name
        names = x509.SubjectAlternativeName([_alternative(each) for each in self.names])
        builder = (
            x509.CertificateBuilder(signer, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(self.begins)
            .not_valid_after(self.ends)
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(self.ca, None), critical=True)
        )
        return Held(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


AUTHORITY = Request(ca=True, called="Example CA")
GOOD = Request()


def intermediate(authority: Held, *, sent: bool) -> Held:
    """Sign by way of another authority, whose certificate is sent or forgotten."""
    between = replace(AUTHORITY, called="Example Issuing CA").signed(authority)
    held = GOOD.signed(between)
    return replace(held, chain=(between.certificate,)) if sent else held


def weakly_signed(authority: Held) -> Held:
    """Sign by SHA-1, which only a program will still do."""
    with TemporaryDirectory() as folder:
        ca, own = authority.write(Path(folder) / "ca.pem"), GOOD.signed().write(Path(folder) / "own.pem")
        command = f"openssl x509 -in {own} -CA {ca} -CAkey {ca} -sha1 -days 36500 -set_serial 7"
        done = subprocess.run(command.split(), check=True, capture_output=True)
        return Held(x509.load_pem_x509_certificate(done.stdout), load_pem_private_key(own.read_bytes(), None))


# By the name of what is wrong. Each is signed by a trusted authority, but for those that say otherwise.
WRONG: dict[str, Callable[[Held], Held]] = {
    "expired": replace(GOOD, begins=LONG_AGO, ends=PAST).signed,
    "not yet valid": replace(GOOD, begins=FUTURE, ends=FAR).signed,
    "wrong name": replace(GOOD, names=("localhost", "127.0.0.2")).signed,
    "self-signed": lambda _: GOOD.signed(),
    "unknown authority": lambda _: GOOD.signed(replace(AUTHORITY, called="Another CA").signed()),
    "missing chain": lambda authority: intermediate(authority, sent=False),
    "short key": replace(GOOD, key=rsa_1024).signed,
    "weak signature": weakly_signed,
}
