"""Certificates from outside: whatever comes has a fingerprint, and what else there is fits on a line."""

from dataclasses import astuple

from cryptography.hazmat.primitives.serialization import Encoding

from probes.wire.certificates import read
from tests.fakes.certificates import GOOD

SEEDS = (GOOD.signed().certificate.public_bytes(Encoding.DER), b"")


def one(data: bytes) -> None:
    """Read it as it is."""
    found = read(data)
    assert len(found.fingerprint) == 64
    assert all(str(part).isprintable() for part in astuple(found))
