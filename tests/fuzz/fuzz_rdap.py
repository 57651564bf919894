"""Answers of registries, and the file that says which there are."""

import json
from contextlib import suppress

from probes.wire.rdap import read_domain, registry_of

SEEDS = (
    json.dumps(
        {
            "objectClassName": "domain",
            "ldhName": "example.com",
            "status": ["redemption period"],
            "events": [{"eventAction": "expiration", "eventDate": "2027-05-22T18:13:20Z"}],
        }
    ).encode(),
    b'{"services": [[["com"], ["https://a/"]]]}',
)


def one(data: bytes) -> None:
    """Read it either way."""
    with suppress(ValueError):
        found = read_domain(data)
        assert isinstance(found.name, str)
        assert isinstance(found.lost(), str)
    with suppress(ValueError):
        assert registry_of("www.example.com", data).startswith("https://")
