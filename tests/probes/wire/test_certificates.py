from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from probes.wire.certificates import Certificate, covers, read
from tests.fakes.certificates import GOOD, rsa_1024

HELD = GOOD.signed()
DER = HELD.certificate.public_bytes(Encoding.DER)


def test_what_python_does_not_say_is_read_from_the_bytes() -> None:
    found = read(DER)

    assert (found.key, found.key_size, found.signature) == ("EC", 256, "ecdsa-with-SHA256")
    assert len(bytes.fromhex(found.fingerprint)) == 32
    assert len(found.key_pin) == 44
    assert int(found.serial, 16) == HELD.certificate.serial_number


def test_keys_are_told_with_their_length() -> None:
    found = read(replace(GOOD, key=rsa_1024).signed().certificate.public_bytes(Encoding.DER))

    assert (found.key, found.key_size) == ("RSA", 1024)


def test_one_key_has_one_pin_in_two_certificates() -> None:
    key = rsa_1024()
    first, second = (replace(GOOD, key=lambda: key).signed() for _ in range(2))
    both = [read(each.certificate.public_bytes(Encoding.DER)) for each in (first, second)]

    assert both[0].key_pin == both[1].key_pin
    assert both[0].fingerprint != both[1].fingerprint


@given(st.binary(max_size=60) | st.integers(0, len(DER) - 1).map(lambda cut: DER[:cut]))
def test_what_is_no_certificate_has_a_fingerprint_all_the_same(data: bytes) -> None:
    found = read(data)

    assert found == Certificate(found.fingerprint)


@given(st.integers(0, len(DER) - 1), st.integers(0, 255))
def test_a_certificate_with_a_wrong_byte_is_read_or_not(place: int, byte: int) -> None:
    changed = DER[:place] + bytes([byte]) + DER[place + 1 :]

    assert len(read(changed).fingerprint) == 64


@pytest.mark.parametrize(
    ("names", "wanted", "held"),
    [
        (["www.example.com"], "WWW.example.com", True),
        (["*.Example.com"], "www.example.com", True),
        (["*.example.com"], "a.www.example.com", False),
        (["*.example.com"], "example.com", False),
        (["*.2.0.1"], "192.2.0.1", False),
        (["192.0.2.1"], "192.0.2.1", True),
        (["2001:DB8:0:0:0:0:0:1"], "2001:db8::1", True),
        (["www.example.com."], "www.example.com", True),
        ([], "www.example.com", False),
        (["*"], "localhost", False),
    ],
)
def test_a_name_is_held_as_a_browser_would_have_it(names: list[str], wanted: str, held: bool) -> None:
    assert covers(names, wanted) is held
