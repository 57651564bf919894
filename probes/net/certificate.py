"""What can be learned of the certificates that were presented, whether or not they were believed."""

import ssl
from collections.abc import Iterable, Mapping
from typing import Any

from probes.tools import Fact, Tools

EXPIRY = Fact(
    "ssl_earliest_cert_expiry",
    "seconds",
    "When the first certificate of the presented chain expires, in Unix time.",
    "probe_ssl_earliest_cert_expiry",
)


def learn(tools: Tools, session: ssl.SSLObject) -> None:
    """Keep the earliest expiry of the chain as a fact, and the server's own certificate as evidence."""
    chain = presented(session)
    if not chain:
        return
    tools.fact(EXPIRY.name, min(ssl.cert_time_to_seconds(one["notAfter"]) for one in chain))
    tools.learned.evidence["certificate"] = describe(chain[0])


def presented(session: ssl.SSLObject) -> list[Mapping[str, Any]]:
    """Give the chain as the server sent it, its own certificate first, each as `getpeercert` gives it.

    Python's public interface shows no certificate that was refused, and before 3.13 no chain. The object
    under it does, within the same handshake; where that is ever missing, only an accepted one is seen.
    """
    chain = getattr(getattr(session, "_sslobj", None), "get_unverified_chain", None)
    if chain is None:
        return _accepted(session)
    return [one.get_info() for one in chain() or ()]


def _accepted(session: ssl.SSLObject) -> list[Mapping[str, Any]]:
    try:
        accepted = session.getpeercert()
    except ValueError:  # no handshake came about
        return []
    return [accepted] if accepted else []


def describe(certificate: Mapping[str, Any]) -> dict[str, Any]:
    """Say whose it is, who says so, and from when to when."""
    return {
        "subject": _name(certificate.get("subject", ())),
        "issuer": _name(certificate.get("issuer", ())),
        "names": [value for _, value in certificate.get("subjectAltName", ())],
        "not_before": certificate["notBefore"],
        "not_after": certificate["notAfter"],
    }


def _name(parts: Iterable[Iterable[tuple[str, str]]]) -> str:
    return ", ".join(f"{key}={value}" for part in parts for key, value in part)
