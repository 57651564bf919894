"""What a certificate says, read from its bytes (DER; RFC 5280). Nothing in here is believed, only told."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEYS: tuple[tuple[type, str], ...] = (
    (rsa.RSAPublicKey, "RSA"),
    (ec.EllipticCurvePublicKey, "EC"),
    (dsa.DSAPublicKey, "DSA"),
    (ed25519.Ed25519PublicKey, "Ed25519"),
    (ed448.Ed448PublicKey, "Ed448"),
)
EDWARDS = {"Ed25519": 256, "Ed448": 456}  # bits of a key (RFC 8032)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is not in Python's own words for a certificate; empty or 0 where it cannot be read.

    `key_pin` is the SHA-256 of its public key in Base64, as `openssl` and RFC 7469 have it.
    """

    fingerprint: str
    serial: str = ""
    signature: str = ""
    key: str = ""
    key_size: int = 0
    key_pin: str = ""


@lru_cache(maxsize=1024)
def read(der: bytes) -> Certificate:
    """Read a certificate. What is strange in it is left out."""
    fingerprint = hashlib.sha256(der).hexdigest()
    try:
        return _made(fingerprint, x509.load_der_x509_certificate(der))
    except Exception:  # noqa: BLE001 - a foreign parser's word for strange bytes, whatever that is
        return Certificate(fingerprint)


def _made(fingerprint: str, certificate: x509.Certificate) -> Certificate:
    public = certificate.public_key()
    key = next((name for sort, name in KEYS if isinstance(public, sort)), "")
    return Certificate(
        fingerprint=fingerprint,
        serial=f"{certificate.serial_number:x}",
        signature=_signature(certificate),
        key=key,
        key_size=EDWARDS[key] if key in EDWARDS else getattr(public, "key_size", 0),
        key_pin=_pin(public),
    )


def _signature(certificate: x509.Certificate) -> str:
    """Name the algorithm as OpenSSL does, such as sha256WithRSAEncryption, or by its number."""
    algorithm = certificate.signature_algorithm_oid
    return str(getattr(algorithm, "_name", "")) or algorithm.dotted_string


def _pin(key: Any) -> str:
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    return b64encode(digest).decode()


def covers(names: Iterable[str], wanted: str) -> bool:
    """Say whether one of a certificate's names stands for a host, by the rules of RFC 9525, section 6.3.

    Both are in lower case or not. `*` stands for the whole first label, and for no part of an address.
    """
    held = {_same(name) for name in names}
    asked = _same(wanted)
    first, _, rest = asked.partition(".")
    return asked in held or bool(first and rest and not _is_address(asked) and f"*.{rest}" in held)


def _same(name: str) -> str:
    try:
        return str(ip_address(name))
    except ValueError:
        return name.rstrip(".").lower()


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
