"""Kind `domain` against a registry that answers as RFC 9083 shows, and others that do not."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
import trustme
from pydantic import TypeAdapter, ValidationError

from probes.basic.domain import Domain
from probes.result import Outcome, Reason, Result
from tests.fakes.badhttp import Behaviour, head, serving, silence
from tests.probes.asking import ask
from tests.probes.conftest import shows
from tests.servers.nginx import free_port

OPTIONS = TypeAdapter(Domain)
EXPIRES = 1811009600
# The parts that we read of the example in RFC 9083, section 5.3, and some that we pass over.
ANSWER: dict[str, Any] = {
    "objectClassName": "domain",
    "handle": "XXXX",
    "ldhName": "EXAMPLE.com",
    "status": ["client transfer prohibited"],
    "events": [
        {"eventAction": "registration", "eventDate": "1997-06-03T00:00:00Z"},
        {"eventAction": "last changed", "eventDate": "2020-07-09T13:18:21-04:00", "eventActor": "joe"},
        {"eventAction": "expiration", "eventDate": "2027-05-22T18:13:20Z"},
    ],
    "secureDNS": {"delegationSigned": True},
}


def answers(pages: Mapping[str, Any], status: str = "200 OK") -> Behaviour:
    """Serve JSON documents by their paths; what is not there is 404."""

    async def behave(reader: Any, writer: Any) -> None:
        path = (await head(reader)).split()[1].decode()
        found = pages.get(path)
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        said = status if found is not None else "404 Not Found"
        writer.write(f"HTTP/1.1 {said}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()

    return behave


@asynccontextmanager
async def registry(authority: trustme.CA, behaviour: Behaviour) -> AsyncIterator[str]:
    async with serving(behaviour, shows(authority.issue_cert("127.0.0.1"))) as port:
        yield f"https://127.0.0.1:{port}/"


async def told(authority: trustme.CA, ca_file: str, answer: Any, **more: Any) -> Result:
    """Ask about example.com; the answer is a document, or bytes."""
    behaviour = answers({"/rdap/domain/example.com": answer}, **more)
    async with registry(authority, behaviour) as url:
        return await ask(
            OPTIONS.validate_python({"domain": "example.com", "url": f"{url}rdap", "ca_file": ca_file})
        )


async def test_a_domain_is_good_until_it_expires(authority: trustme.CA, ca_file: str) -> None:
    result = await told(authority, ca_file, ANSWER)

    assert result.outcome is Outcome.GOOD, result
    assert result.facts["expiry"] == EXPIRES
    assert result.evidence["registry"] == {"domain": "example.com", "status": ["client transfer prohibited"]}


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("redemption period", "it has expired"),
        ("Pending Delete", "about to be deleted"),
        ("server hold", "out of the DNS"),
    ],
)
async def test_a_domain_that_is_being_lost_is_bad(
    authority: trustme.CA, ca_file: str, status: str, why: str
) -> None:
    result = await told(authority, ca_file, {**ANSWER, "status": ["ok", status]})

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.DECLARED)
    assert why in result.detail
    assert result.facts["expiry"] == EXPIRES


async def test_a_domain_that_nobody_has_registered_is_bad(authority: trustme.CA, ca_file: str) -> None:
    result = await told(authority, ca_file, None)

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.DECLARED)
    assert result.detail == "the registry knows no domain example.com"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"<html>", "the answer is not JSON"),
        (b"[" * 100_000, "the answer is not JSON"),
        ([], "the answer is not a JSON object"),
        ({"objectClassName": "entity"}, "the answer is not about a domain"),
        (
            {**ANSWER, "events": [{"eventAction": "expiration", "eventDate": "soon"}]},
            "a date in the answer is none",
        ),
        ({**ANSWER, "events": []}, "the registry does not say until when the domain is registered"),
        ({**ANSWER, "ldhName": "other.com"}, "the registry answers about other.com, not example.com"),
    ],
)
async def test_what_cannot_be_read_is_unknown(
    authority: trustme.CA, ca_file: str, answer: Any, why: str
) -> None:
    result = await told(authority, ca_file, answer)

    assert (result.outcome, result.reason, result.detail) == (Outcome.UNKNOWN, Reason.UNREADABLE, why)


@pytest.mark.parametrize(
    ("status", "reason"),
    [("429 Too Many Requests", Reason.RATE_LIMITED), ("503 Service Unavailable", Reason.UNREADABLE)],
)
async def test_a_registry_that_does_not_answer_says_nothing_of_the_domain(
    authority: trustme.CA, ca_file: str, status: str, reason: Reason
) -> None:
    result = await told(authority, ca_file, ANSWER, status=status)

    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, reason)


async def test_nor_does_one_that_nobody_can_reach_or_trust(authority: trustme.CA, ca_file: str) -> None:
    options = {"domain": "example.com", "url": f"https://127.0.0.1:{free_port()}"}
    gone = await ask(OPTIONS.validate_python(options))
    async with registry(authority, answers({"/domain/example.com": ANSWER})) as url:
        stranger = await ask(OPTIONS.validate_python({"domain": "example.com", "url": url}))

    assert gone.reason is stranger.reason is Reason.UNREADABLE
    assert gone.detail.startswith("could not be asked (connect_refused): ")
    assert stranger.detail.startswith("could not be asked (tls_untrusted): ")


async def test_nor_does_one_that_is_silent(authority: trustme.CA, ca_file: str) -> None:
    async with registry(authority, silence) as url:
        probe = OPTIONS.validate_python({"domain": "example.com", "url": url, "ca_file": ca_file})
        result = await ask(probe, timeout=0.3)

    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)


async def test_who_answers_is_found_by_the_longest_ending(authority: trustme.CA, ca_file: str) -> None:
    async with registry(
        authority, answers({"/uk/domain/example.co.uk": {**ANSWER, "ldhName": "example.co.uk"}})
    ) as to:
        listed = {
            "version": "1.0",
            "services": [[["uk"], [f"{to}none/"]], [["com", "CO.uk"], ["http://a", f"{to}uk/"]]],
        }
        async with registry(authority, answers({"/dns.json": listed})) as where:
            options = {"domain": "Example.co.uk.", "bootstrap": f"{where}dns.json", "ca_file": ca_file}
            result = await ask(OPTIONS.validate_python(options))

    assert result.outcome is Outcome.GOOD, result


async def test_an_ending_that_nobody_answers_for_is_unknown(authority: trustme.CA, ca_file: str) -> None:
    async with registry(
        authority, answers({"/dns.json": {"services": [[["com"], ["https://a/"]], "?", [[], 1]]}})
    ) as where:
        options = {"domain": "example.test", "bootstrap": f"{where}dns.json", "ca_file": ca_file}
        result = await ask(OPTIONS.validate_python(options))

    assert (result.reason, result.detail) == (Reason.UNREADABLE, "no registry with RDAP is known for .test")


def test_an_international_name_is_asked_in_its_ascii_form() -> None:
    assert OPTIONS.validate_python({"domain": "Bücher.example"}).domain == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"domain": "com"},
        {"domain": "a b.com"},
        {"domain": "-a.com"},
        {"domain": "https://example.com"},
        {"domain": "192.0.2.1/"},
        {"domain": "example.com", "url": "http://rdap.example.com"},
    ],
)
def test_what_cannot_be_asked_is_refused_when_it_is_read(options: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        OPTIONS.validate_python(options)
