"""Signatures of DNS records, verified (RFC 4035, section 5). No sockets, and no clock."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import dns.dnssec
import dns.exception
import dns.name
import dns.rdata
import dns.rdatatype
import dns.rrset

from checks.values import RuleError

# The keys of the root zone, as IANA publishes them: of 2017 and of 2024.
ROOT = (
    ". 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
)

MOST_KEYS, MOST_ALIKE = 32, 4  # keys of a zone; such of one tag
RSA = frozenset({5, 7, 8, 10})  # the algorithms, as IANA numbers them
LONGEST_EXPONENT = 8  # bytes; all that are in use have three or fewer
MOST_SIGNATURES = 8  # of one set of records that are tried


class Bogus(Exception):
    """A signature that is missing, out of date or wrong (RFC 4035, section 4.3); the text says which."""


class BeyondUs(Bogus):
    """What we cannot verify, for want of an algorithm: it may be right."""


def read_anchor(text: str) -> tuple[dns.name.Name, Any]:
    """Read `zone key-tag algorithm digest-type digest`: whom to believe. Raises ValueError."""
    zone, _, digest = text.strip().partition(" ")
    try:
        return dns.name.from_text(zone), dns.rdata.from_text("IN", "DS", digest)
    except (dns.exception.DNSException, ValueError, IndexError, UnicodeError):
        raise RuleError("must be a zone with a DS record, such as . 20326 8 2 E06D44B8…") from None


def keys_of(
    zone: dns.name.Name, answer: Sequence[dns.rrset.RRset], trusted: Iterable[Any], now: float
) -> tuple[Any, float]:
    """Give the keys of a zone, once one that is trusted has signed them, and when that ends. Raises Bogus."""
    keys = found(answer, zone, dns.rdatatype.DNSKEY)
    if keys is None:
        raise Bogus(f"{shown(zone)} has no keys")
    tags = _tags(zone, keys)
    by_tag = defaultdict[int, list[Any]](list)
    for digest in trusted:
        by_tag[digest.key_tag].append(digest)
    believed = [
        key
        for key, tag in zip(keys, tags, strict=True)
        if any(_is_digest(zone, key, digest) for digest in by_tag[tag])
    ]
    if not believed:
        raise Bogus(f"no key of {shown(zone)} is the one that is trusted")
    own = dns.rrset.from_rdata_list(zone, keys.ttl, believed)
    return keys, verify(keys, answer, {zone: own}, now)


def _tags(zone: dns.name.Name, keys: Any) -> list[int]:
    """Give the tag of each key. Raises Bogus for so many, or so many alike, that only an attacker has them.

    Each signature is tried with every key of its tag (CVE-2023-50387).
    """
    if len(keys) > MOST_KEYS:
        raise Bogus(f"{shown(zone)} has {len(keys)} keys, more than are looked at")
    if any(_is_slow(key) for key in keys):
        raise Bogus(f"{shown(zone)} has a key with an exponent of over {LONGEST_EXPONENT} bytes")
    tags = [dns.dnssec.key_id(key) for key in keys]
    if max(Counter(tags).values()) > MOST_ALIKE:
        raise Bogus(f"{shown(zone)} has more than {MOST_ALIKE} keys of the same tag")
    return tags


def _is_slow(key: Any) -> bool:
    """Say whether verifying by it takes as long as somebody pleases: RSA with a long exponent (RFC 3110)."""
    if key.algorithm not in RSA:
        return False
    return not 0 < key.key[0] <= LONGEST_EXPONENT if key.key else True


def _is_digest(zone: dns.name.Name, key: Any, digest: Any) -> bool:
    try:
        made = dns.dnssec.make_ds(zone, key, digest.digest_type, validating=True)
    except (dns.exception.DNSException, ValueError):
        return False
    return bool(made == digest)


def verify(
    rrset: dns.rrset.RRset, answer: Sequence[dns.rrset.RRset], keys: dict[dns.name.Name, Any], now: float
) -> float:
    """Verify a set of records by the signatures beside it; give when the last good one ends, in Unix time.

    Raises Bogus with what is wrong with the one that would last longest; of many, a few are tried.
    """
    signatures = found(answer, rrset.name, dns.rdatatype.RRSIG, rrset.rdtype) or ()
    latest_first = sorted(signatures, key=lambda signature: -signature.expiration)
    wrong: Bogus | None = None
    for signature in latest_first[:MOST_SIGNATURES]:
        try:
            _check_times(rrset, signature, now)
            dns.dnssec.validate_rrsig(rrset, signature, keys, now=now)
        except Bogus as error:
            wrong = wrong or error
        except dns.exception.UnsupportedAlgorithm:
            told = f"the signature of {_what(rrset)} is of an algorithm that we do not know"
            wrong = wrong or BeyondUs(told)
        except (dns.exception.DNSException, ValueError, KeyError, IndexError):
            told = f"the signature of {_what(rrset)} by {shown(signature.signer)} is wrong"
            wrong = wrong or Bogus(told)
        else:
            return float(signature.expiration)
    raise wrong or Bogus(f"{_what(rrset)} has no signature")


def _check_times(rrset: dns.rrset.RRset, signature: Any, now: float) -> None:
    if signature.expiration < now:
        raise Bogus(f"the signature of {_what(rrset)} ended {_time(signature.expiration)}")
    if signature.inception > now:
        raise Bogus(f"the signature of {_what(rrset)} begins {_time(signature.inception)}")


def signer_of(rrset: dns.rrset.RRset, answer: Sequence[dns.rrset.RRset]) -> dns.name.Name:
    """Say which zone has signed a set of records: the nearest above it. Raises Bogus where none has."""
    signatures = found(answer, rrset.name, dns.rdatatype.RRSIG, rrset.rdtype)
    if not signatures:
        raise Bogus(f"{_what(rrset)} has no signature")
    signers: list[dns.name.Name] = [signature.signer for signature in signatures]
    above = [signer for signer in signers if rrset.name.is_subdomain(signer)]
    if not above:
        raise Bogus(f"{_what(rrset)} is signed by {shown(signers[0])}, which has no say in it")
    return max(above, key=len)


def found(answer: Sequence[dns.rrset.RRset], name: dns.name.Name, kind: int, covers: int = 0) -> Any:
    """Give one set of records, or None."""
    for rrset in answer:
        if rrset.name == name and rrset.rdtype == kind and rrset.covers == covers:
            return rrset
    return None


def synthesized(rrset: dns.rrset.RRset, answer: Sequence[dns.rrset.RRset]) -> bool:
    """Say whether an alias follows from a DNAME beside it, which is signed in its place (RFC 6672, 5.3.1)."""
    if rrset.rdtype != dns.rdatatype.CNAME:
        return False
    above = [
        each
        for each in answer
        if each.rdtype == dns.rdatatype.DNAME
        and rrset.name != each.name
        and rrset.name.is_subdomain(each.name)
    ]
    return any(rrset[0].target == _renamed(rrset.name, each) for each in above)


def _renamed(name: dns.name.Name, dname: dns.rrset.RRset) -> dns.name.Name | None:
    try:
        return name.relativize(dname.name).concatenate(dname[0].target)
    except dns.exception.DNSException:  # it is too long then
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
