"""Answers of name servers, and their signatures."""

from contextlib import suppress

import dns.message
import dns.rrset

from probes.wire.dns import answers, question, read, truncated
from probes.wire.dnssec import Bogus, found, keys_of, signer_of, synthesized, verify

ASKED = question("www.example.com", "A", dnssec=True)


def _answer(*records: str) -> bytes:
    message = dns.message.make_response(dns.message.from_wire(ASKED.wire))
    for record in records:
        name, kind, *text = record.split()
        message.answer.append(dns.rrset.from_text(name, 60, "IN", kind, " ".join(text)))
    return message.to_wire()


SIGNED = "RRSIG A 13 3 60 20300101000000 20200101000000 1 example.com. AAAA"
SEEDS = (
    _answer("www.example.com. A 192.0.2.1", f"www.example.com. {SIGNED}"),
    _answer("example.com. DNSKEY 257 3 13 AAAA", "example.com. SOA a. b. 1 1 1 1 1"),
    _answer("www.example.com. CNAME a.example.com.", 'a.example.com. TXT "x"'),
)


def one(data: bytes) -> None:
    """Read it, and look for what signs it."""
    assert answers(ASKED, 0, data) in (True, False)
    assert truncated(data) in (True, False)
    with suppress(ValueError):
        answer = read(data, "ANY")
        assert isinstance(answer.rcode, str)
        assert all(isinstance(text, str) for text, _ in answer.records)
        sets = answer.rrsets()
        for rrset in sets:
            with suppress(Bogus):
                signer = signer_of(rrset, sets)
                keys, _ = keys_of(signer, sets, [], 0.0)
                verify(rrset, sets, {signer: keys}, 0.0)
            assert synthesized(rrset, sets) in (True, False)
            found(sets, rrset.name, rrset.rdtype)
