import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from pydantic import TypeAdapter, ValidationError

from probes.net.options import Addressed, Trusting
from probes.result import Reason
from probes.tools import Failed

ADDRESSED, TRUSTING = TypeAdapter(Addressed), TypeAdapter(Trusting)


@pytest.mark.parametrize(
    ("options", "family"),
    [
        ({}, socket.AF_UNSPEC),
        ({"ip_protocol": "ipv4"}, socket.AF_INET),
        ({"ip_protocol": "ipv6"}, socket.AF_INET6),
    ],
)
def test_a_protocol_is_a_family_of_addresses(options: dict[str, str], family: int) -> None:
    assert ADDRESSED.validate_python(options).family == family


@pytest.mark.parametrize(
    "options", [{"min_tls": "1.1"}, {"min_tls": 1.2}, {"key_file": "k.pem"}, {"verify": "no"}]
)
def test_what_cannot_be_is_refused_when_it_is_read(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TRUSTING.validate_python(options)


def test_files_lie_beside_the_file_that_names_them() -> None:
    read = TRUSTING.validate_python(
        {"ca_file": "ca.pem", "cert_file": "/a/b.pem"}, context="/etc/w/checks.yaml"
    )

    assert (read.ca_file, read.cert_file) == ("/etc/w/ca.pem", "/a/b.pem")


def test_options_make_the_context(authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    authority.issue_cert("client").private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    made = Trusting(ca_file=ca_file, cert_file=str(tmp_path / "client.pem"), min_tls="1.3").trust(["h2"])

    assert made.minimum_version is ssl.TLSVersion.TLSv1_3
    assert made.verify_mode is ssl.CERT_REQUIRED


def test_a_file_that_cannot_be_used_is_our_own_fault_and_named(
    authority: trustme.CA, ca_file: str, tmp_path: Path
) -> None:
    own, other = authority.issue_cert("a"), authority.issue_cert("b")
    own.cert_chain_pems[0].write_to_path(tmp_path / "a.pem")
    other.private_key_pem.write_to_path(tmp_path / "b.key")
    for options, told in (
        ({"cert_file": "a.pem", "key_file": "b.key"}, "cert_file {}/a.pem: key values mismatch"),
        ({"cert_file": "a.pem", "key_file": "c.key"}, "key_file {}/c.key: No such file or directory"),
        ({"cert_file": "a.pem"}, "cert_file {}/a.pem: "),
    ):
        files = {name: str(tmp_path / file) for name, file in options.items()}
        with pytest.raises(Failed) as failed:
            TRUSTING.validate_python({"ca_file": ca_file, **files}).trust()

        assert failed.value.reason is Reason.MISSING_CAPABILITY
        assert failed.value.detail.startswith(told.format(tmp_path))


def test_an_encrypted_key_is_never_asked_for_on_a_terminal(ca_file: str, tmp_path: Path) -> None:

    key = ec.generate_private_key(ec.SECP256R1())
    encrypted = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))
    (tmp_path / "key.pem").write_bytes(encrypted)
    with pytest.raises(Failed) as failed:
        Trusting(ca_file=ca_file, cert_file=ca_file, key_file=str(tmp_path / "key.pem")).trust()

    assert failed.value.reason is Reason.MISSING_CAPABILITY
