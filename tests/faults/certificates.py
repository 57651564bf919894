"""Faults of TLS: certificates, versions, and what is demanded of us."""

from collections.abc import Iterator

from probes.result import Reason
from tests.faults.ground import shown, under_tls
from tests.faults.row import ABOVE_TLS, Row, each

CERTIFICATES = (
    ("expired", "its last day is past", Reason.TLS_EXPIRED, "certificate has expired"),
    ("not yet valid", "its first day is to come", Reason.TLS_NOT_YET_VALID, "certificate is not yet valid"),
    ("self-signed", "it signs itself", Reason.TLS_UNTRUSTED, "self-signed certificate"),
    (
        "unknown authority",
        "nobody who is trusted signed it",
        Reason.TLS_UNTRUSTED,
        "unable to get local issuer certificate; 1 certificate was sent, issued by 'Another CA'",
    ),
    (
        "wrong name",
        "it is for another host",
        Reason.TLS_NAME,
        "IP address mismatch, certificate is not valid for 'ADDRESS'.",
    ),
    ("short key", "its key is RSA of 1024 bits", Reason.TLS_UNTRUSTED, "EE certificate key too weak"),
    (
        "weak signature",
        "it is signed by SHA-1",
        Reason.TLS_UNTRUSTED,
        "CA signature digest algorithm too weak",
    ),
    (
        "missing chain",
        "the certificate between it and the authority is not sent",
        Reason.TLS_UNTRUSTED,
        "unable to get local issuer certificate; 1 certificate was sent, issued by 'Example Issuing CA'",
    ),
)


HANDSHAKES = (
    ("weak TLS", "the server speaks TLS 1.0 only", "-tls1", "tlsv1 alert protocol version"),
    (
        "client certificate demanded",
        "the server wants one, and says so after the handshake (TLS 1.3)",
        "-Verify 1",
        "tlsv13 alert certificate required",
    ),
    (
        "client certificate demanded",
        "the server wants one, and says so in the handshake (TLS 1.2)",
        "-Verify 1 -tls1_2",
        "sslv3 alert handshake failure",
    ),
)


def certificates() -> Iterator[Row]:
    for fault, how, reason, detail in CERTIFICATES:
        said = f"certificate refused: {detail}"
        yield from each(fault, how, **{kind: (shown(kind, fault), reason, said) for kind in ABOVE_TLS})
    for fault, how, options, detail in HANDSHAKES:
        said = f"TLS failed: {detail}"
        made = {kind: under_tls(kind, *options.split()) for kind in ABOVE_TLS}
        yield from each(fault, how, **{kind: (made[kind], Reason.TLS_HANDSHAKE, said) for kind in ABOVE_TLS})
