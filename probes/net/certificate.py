"""What can be learned of the certificates that were presented, whether or not they were believed."""

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from probes.tools import Fact, Tools

EXPIRY = Fact(
    "ssl_earliest_cert_expiry",
    "seconds",
    "When the first certificate of the presented chain expires, in Unix time.",
    "probe_ssl_earliest_cert_expiry",
)
LIFETIME = Fact(
    "ssl_earliest_cert_lifetime",
    "seconds",
    "For how long the certificate that expires first is valid, from its first to its last second.",
    "probe_ssl_earliest_cert_lifetime_seconds",
)
CERTIFICATE_FACTS = (EXPIRY, LIFETIME)
KEPT = 1024  # certificates that are remembered: reading one takes as long as half a handshake's cryptography
NAME = 100  # characters of somebody's name that are told
DER = 2  # _ssl.ENCODING_DER


@dataclass(frozen=True, slots=True)
class Presented:
    """One certificate: its bytes, empty where Python does not show them, and how `getpeercert` gives it."""

    der: bytes
    said: Mapping[str, Any]
    begins: int
    ends: int


_known: dict[bytes, Presented] = {}


def learn(tools: Tools, session: ssl.SSLObject) -> None:
    """Keep the earliest expiry of the chain as a fact, and the server's own certificate as evidence."""
    chain = presented(session)
    if not chain:
        return
    first = min(chain, key=lambda one: one.ends)
    tools.fact(EXPIRY.name, first.ends)
    tools.fact(LIFETIME.name, first.ends - first.begins)
    tools.learned.evidence["certificate"] = describe(chain[0].said)


def presented(session: ssl.SSLObject) -> list[Presented]:
    """Give the chain as the server sent it, its own certificate first.

    Python's public interface shows no certificate that was refused, and before 3.13 no chain. The object
    under it does, within the same handshake; where that is ever missing, only an accepted one is seen.
    """
    chain = getattr(getattr(session, "_sslobj", None), "get_unverified_chain", None)
    if chain is None:
        return _accepted(session)
    return [_read(one) for one in chain() or ()]


def _read(certificate: Any) -> Presented:
    der = certificate.public_bytes(DER)
    if der not in _known:
        if len(_known) >= KEPT:
            _known.clear()
        _known[der] = _made(der, certificate.get_info())
    return _known[der]


def _made(der: bytes, said: Mapping[str, Any]) -> Presented:
    begins, ends = (ssl.cert_time_to_seconds(said[name]) for name in ("notBefore", "notAfter"))
    return Presented(der, said, begins, ends)


def _accepted(session: ssl.SSLObject) -> list[Presented]:
    try:
        accepted = session.getpeercert()
    except ValueError:  # no handshake came about
        return []
    return [_made(session.getpeercert(True) or b"", accepted)] if accepted else []


def describe(certificate: Mapping[str, Any]) -> dict[str, Any]:
    """Say whose it is, who says so, and from when to when."""
    return {
        "subject": _name(certificate.get("subject", ())),
        "issuer": _name(certificate.get("issuer", ())),
        "names": [value for _, value in certificate.get("subjectAltName", ())],
        "not_before": certificate["notBefore"],
        "not_after": certificate["notAfter"],
    }


def unknown_issuer(session: ssl.SSLObject) -> str:
    """Say how much was sent, and by whom the last was issued: so it shows whether something is missing."""
    chain = presented(session)
    if not chain:
        return ""
    sent = "1 certificate was sent," if len(chain) == 1 else f"{len(chain)} certificates were sent, the last"
    return f"; {sent} issued by {_called(chain[-1].said.get('issuer', ()))}"


def _called(parts: Iterable[Iterable[tuple[str, str]]]) -> str:
    """Name somebody in one word of his name: what he is commonly called, else the organization, else all."""
    named = {key: value for part in parts for key, value in part}
    name = named.get("commonName") or named.get("organizationName") or _name(parts)
    return repr(name[:NAME])


def _name(parts: Iterable[Iterable[tuple[str, str]]]) -> str:
    return ", ".join(f"{key}={value}" for part in parts for key, value in part)
