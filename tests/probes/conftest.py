"""Certificates, good and bad, and the servers that show them."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from tests.servers.nginx import Nginx, nginx

LONG_AGO, PAST, FUTURE, FAR = (datetime(year, 1, 1, tzinfo=UTC) for year in (2001, 2002, 2090, 2091))


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(file)
    return str(file)


@pytest.fixture(scope="session")
def web(authority: trustme.CA, ca_file: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    folder = tmp_path_factory.mktemp("nginx")
    certificate = authority.issue_cert("127.0.0.1", "localhost", not_after=FUTURE)
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    write_chain(certificate, folder / "certificate.pem")
    with nginx(folder, folder / "certificate.pem", folder / "key.pem", Path(ca_file)) as server:
        yield server


def write_chain(certificate: trustme.LeafCert, file: Path) -> None:
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(file, append=True)


def shows(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """Make the context of a server that shows this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
