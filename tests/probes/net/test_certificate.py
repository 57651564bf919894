import ssl
from typing import Any, cast

import pytest

from probes.net.certificate import CERTIFICATE_FACTS, EXPIRY, describe, learn, presented, unknown_issuer
from tests.probes.asking import tools

CERTIFICATE = {
    "subject": ((("organizationName", "Example"),), (("commonName", "www"),)),
    "issuer": ((("commonName", "An authority"),),),
    "notBefore": "Jan  1 00:00:00 2026 GMT",
    "notAfter": "Jan  1 00:00:00 2027 GMT",
    "subjectAltName": (("DNS", "www.example.com"), ("IP Address", "192.0.2.1")),
}


class Accepted:
    """A session of a Python that shows no more than it promises."""

    def __init__(self, certificate: Any) -> None:
        self._certificate = certificate

    def getpeercert(self, binary: bool = False) -> Any:
        if self._certificate is None:
            raise ValueError("handshake not done yet")
        return b"der" if binary else self._certificate


def test_a_certificate_is_described_in_plain_words() -> None:
    assert describe(CERTIFICATE) == {
        "subject": "organizationName=Example, commonName=www",
        "issuer": "commonName=An authority",
        "names": ["www.example.com", "192.0.2.1"],
        "not_before": "Jan  1 00:00:00 2026 GMT",
        "not_after": "Jan  1 00:00:00 2027 GMT",
    }


def test_before_a_handshake_there_is_nothing_to_learn() -> None:
    session = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="a")
    hands = tools()
    learn(hands, session)

    assert (hands.learned.facts, hands.learned.evidence) == ({}, {})


@pytest.mark.parametrize(("shown", "chain"), [(CERTIFICATE, [CERTIFICATE]), ({}, []), (None, [])])
def test_without_the_chain_the_accepted_certificate_is_what_there_is(shown: Any, chain: list[Any]) -> None:
    session: Any = Accepted(shown)

    assert [one.said for one in presented(session)] == chain


def test_the_certificate_that_ends_first_gives_both_facts() -> None:
    hands = tools()
    learn(hands, cast(Any, Accepted(CERTIFICATE)))

    assert hands.learned.facts == {
        "ssl_earliest_cert_expiry": 1798761600,
        "ssl_earliest_cert_lifetime": 365 * 86400,
    }


def test_this_python_shows_the_chain() -> None:
    session: Any = ssl.create_default_context().wrap_bio(
        ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="a"
    )

    assert hasattr(session._sslobj, "get_unverified_chain"), "certificates that are refused would be lost"


def test_the_expiry_is_called_as_it_is_elsewhere() -> None:
    assert EXPIRY.metric == "probe_ssl_earliest_cert_expiry"
    assert [fact.metric for fact in CERTIFICATE_FACTS][1] == "probe_ssl_earliest_cert_lifetime_seconds"


@pytest.mark.parametrize(
    ("issuer", "called"),
    [
        (((("organizationName", "Org"),), (("commonName", "An authority"),)), "'An authority'"),
        (((("organizationName", "Org"),),), "'Org'"),
        (((("countryName", "NL"),),), "'countryName=NL'"),
        (((("commonName", "x" * 500 + "\n"),),), f"'{'x' * 100}'"),
        (((("commonName", "a\nb"),),), r"'a\nb'"),
    ],
)
def test_an_issuer_nobody_knows_is_called_by_its_shortest_name(issuer: Any, called: str) -> None:
    session: Any = Accepted({**CERTIFICATE, "issuer": issuer})

    assert unknown_issuer(session) == f"; 1 certificate was sent, issued by {called}"


def test_of_a_chain_that_leads_nowhere_the_last_issuer_is_told() -> None:
    class Several:
        class _sslobj:  # noqa: N801 - as Python calls it
            @staticmethod
            def get_unverified_chain() -> list[Any]:
                return [One(b"own", "Between"), One(b"between", "Root")]

    class One:
        def __init__(self, der: bytes, issuer: str) -> None:
            self._der, self._issuer = der, issuer

        def public_bytes(self, _: int) -> bytes:
            return self._der

        def get_info(self) -> dict[str, Any]:
            return {**CERTIFICATE, "issuer": ((("commonName", self._issuer),),)}

    told = unknown_issuer(cast(Any, Several()))

    assert told == "; 2 certificates were sent, the last issued by 'Root'"


def test_of_a_session_that_shows_nothing_nothing_is_told() -> None:
    assert unknown_issuer(cast(Any, Accepted(None))) == ""
