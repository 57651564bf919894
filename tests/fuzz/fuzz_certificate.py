"""Certificates from outside: whatever comes has a fingerprint, and what else there is fits on a line.

The parser under ours is not led by coverage, so a certificate is changed here and there instead of made up.
"""

from dataclasses import astuple

from cryptography.hazmat.primitives.serialization import Encoding

from probes.wire.certificates import read
from tests.fakes.certificates import GOOD

DER = GOOD.signed().certificate.public_bytes(Encoding.DER)
SEEDS = (b"\x00\x20\x01\x00\x80\xff", b"")


def one(data: bytes) -> None:
    """Put each third byte where the two before it say."""
    changed = bytearray(DER)
    for high, low, byte in zip(data[::3], data[1::3], data[2::3], strict=False):
        changed[(high << 8 | low) % len(changed)] = byte
    found = read(bytes(changed))
    assert len(found.fingerprint) == 64
    assert all(str(part).isprintable() for part in astuple(found))
