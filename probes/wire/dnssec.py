"""Signatures of DNS records, verified (RFC 4035, section 5). No sockets, and no clock."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import dns.dnssec
import dns.exception
import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset

# The keys of the root zone, as IANA publishes them: of 2017 and of 2024.
ROOT = (
    ". 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
)


class Bogus(Exception):
    """A signature that is missing, out of date or wrong (RFC 4035, section 4.3); the text says which."""


def read_anchor(text: str) -> tuple[dns.name.Name, Any]:
    """Read `zone key-tag algorithm digest-type digest`: whom to believe. Raises ValueError."""
    zone, _, digest = text.strip().partition(" ")
    try:
        return dns.name.from_text(zone), dns.rdata.from_text("IN", "DS", digest)
    except (dns.exception.DNSException, ValueError, IndexError, UnicodeError):
        raise ValueError("must be a zone with a DS record, such as . 20326 8 2 E06D44B8…") from None


def keys_of(
    zone: dns.name.Name, answer: Sequence[dns.rrset.RRset], trusted: Iterable[Any], now: float
) -> Any:
    """Give the keys of a zone, once one that is trusted has signed them. Raises Bogus."""
    keys = found(answer, zone, dns.rdatatype.DNSKEY)
    if keys is None:
        raise Bogus(f"{shown(zone)} has no keys")
    believed = [key for key in keys if any(_is_digest(zone, key, digest) for digest in trusted)]
    if not believed:
        raise Bogus(f"no key of {shown(zone)} is the one that is trusted")
    own = dns.rrset.from_rdata_list(zone, keys.ttl, believed)
    verify(keys, answer, {zone: own}, now)
    return keys


def _is_digest(zone: dns.name.Name, key: Any, digest: Any) -> bool:
    try:
        made = dns.dnssec.make_ds(zone, key, digest.digest_type, validating=True)
    except (dns.exception.DNSException, ValueError):
        return False
    return bool(made == digest)


def verify(
    rrset: dns.rrset.RRset, answer: Sequence[dns.rrset.RRset], keys: dict[dns.name.Name, Any], now: float
) -> float:
    """Verify a set of records by one of the signatures beside it; give when that ends, in Unix time.

    Raises Bogus with what is wrong with the last one.
    """
    signatures = found(answer, rrset.name, dns.rdatatype.RRSIG, rrset.rdtype)
    wrong = f"{_what(rrset)} has no signature"
    for signature in signatures or ():
        try:
            _check_times(rrset, signature, now)
            dns.dnssec.validate_rrsig(rrset, signature, keys, now=now)
        except Bogus as error:
            wrong = str(error)
        except (dns.exception.DNSException, ValueError, KeyError):
            wrong = f"the signature of {_what(rrset)} by {shown(signature.signer)} is wrong"
        else:
            return float(signature.expiration)
    raise Bogus(wrong)


def _check_times(rrset: dns.rrset.RRset, signature: Any, now: float) -> None:
    if signature.expiration < now:
        raise Bogus(f"the signature of {_what(rrset)} ended {_time(signature.expiration)}")
    if signature.inception > now:
        raise Bogus(f"the signature of {_what(rrset)} begins {_time(signature.inception)}")


def signer_of(rrset: dns.rrset.RRset, answer: Sequence[dns.rrset.RRset]) -> dns.name.Name:
    """Say which zone has signed a set of records. Raises Bogus where none has."""
    signatures = found(answer, rrset.name, dns.rdatatype.RRSIG, rrset.rdtype)
    if not signatures:
        raise Bogus(f"{_what(rrset)} has no signature")
    signer: dns.name.Name = signatures[0].signer
    if not rrset.name.is_subdomain(signer):
        raise Bogus(f"{_what(rrset)} is signed by {shown(signer)}, which has no say in it")
    return signer


def found(answer: Sequence[dns.rrset.RRset], name: dns.name.Name, kind: int, covers: int = 0) -> Any:
    """Give one set of records, or None."""
    for rrset in answer:
        if rrset.name == name and rrset.rdtype == kind and rrset.covers == covers:
            return rrset
    return None


def between(zone: dns.name.Name, signer: dns.name.Name) -> list[dns.name.Name]:
    """Give the names below one zone down to another: each may be a zone of its own."""
    labels = len(signer.labels)
    return [
        dns.name.Name(signer.labels[labels - depth :]) for depth in range(len(zone.labels) + 1, labels + 1)
    ]


def shown(name: dns.name.Name) -> str:
    """Write a name as people do."""
    return name.to_text(omit_final_dot=True) if name != dns.name.root else "the root zone"


def _what(rrset: dns.rrset.RRset) -> str:
    return f"{shown(rrset.name)} {dns.rdatatype.to_text(rrset.rdtype)}"


def _time(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
