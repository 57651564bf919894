from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.expiry import DAY, YEAR, Expiry, Stage, expiries_in, expiry_of
from probes.basic.domain import EXPIRY as REGISTERED
from probes.result import Reason, Result
from tests.alerting.hand import START, check, made

HOUR = 3_600_000
LIVES = st.none() | st.integers(0, 30 * YEAR)
ENDS = START + 90 * DAY
SHOWN = {
    "subject": "commonName=mail.example.com",
    "issuer": "organizationName=Example CA",
    "names": ["mail.example.com", "smtp.example.com", "imap.example.com"],
    "not_after": "Apr  1 00:00:00 2026 GMT",
}


def seen(reason: Reason | None = None, **facts: float) -> Result:
    return made("login", START, reason, facts=facts, evidence={"certificate": SHOWN})


def certificate(reason: Reason | None = None, life: int = 90 * DAY) -> Result:
    return seen(reason, ssl_earliest_cert_expiry=ENDS / 1000, ssl_earliest_cert_lifetime=life / 1000)


@pytest.mark.parametrize(
    ("lifetime", "warned", "pressing"),
    [
        (365 * DAY, 14 * DAY, 3 * DAY),
        (90 * DAY, 14 * DAY, 3 * DAY),
        (30 * DAY, 10 * DAY, 3 * DAY),
        (6 * DAY, 2 * DAY, 14 * HOUR + 24 * 60_000),
        (DAY, 8 * HOUR, 2 * HOUR + 24 * 60_000),
        (None, 14 * DAY, 3 * DAY),
    ],
)
def test_it_is_said_with_a_third_and_a_tenth_left_and_at_most_14_and_3_days(
    lifetime: int | None, warned: int, pressing: int
) -> None:
    expiry = Expiry(ENDS, lifetime)

    assert [ENDS - expiry.begins(stage) for stage in Stage if stage] == [warned, pressing, 0]
    assert expiry.stage(ENDS - warned - 1) is Stage.CALM
    assert expiry.stage(ENDS - warned) is Stage.WARNED
    assert expiry.stage(ENDS - pressing) is Stage.PRESSING
    assert expiry.stage(ENDS) is Stage.ENDED


@given(st.integers(0, 10**14), LIVES, st.integers(0, 10**14))
def test_it_grows_more_pressing_at_known_instants_and_at_no_other(ends: int, lifetime: int, now: int) -> None:
    expiry = Expiry(ends, lifetime)
    following = expiry.next(now)

    if following is None:
        assert expiry.stage(now) is Stage.ENDED
    else:
        assert expiry.stage(now) == expiry.stage(following - 1) < expiry.stage(following)


@given(st.builds(Expiry, st.integers(0, 10**14), LIVES, st.text(), st.text(), st.text()))
def test_what_is_written_can_be_read(expiry: Expiry) -> None:
    assert expiry_of(expiry.text()) == expiry


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", "5", '{"ends": 1, "begins": 2}', "nonsense"])
def test_what_is_not_ours_is_nothing(text: str) -> None:
    assert expiry_of(text) is None


def test_a_result_tells_whose_certificate_ends_and_who_issued_it() -> None:
    told = dict(expiries_in(check("login"), certificate()))

    whose = "mail.example.com, smtp.example.com and 1 more"
    assert told == {"certificate": Expiry(ENDS, 90 * DAY, whose, "organizationName=Example CA", "sso")}


def test_another_of_the_chain_that_ends_first_is_not_the_servers_own() -> None:
    result = seen(ssl_earliest_cert_expiry=ENDS / 1000 - 5, ssl_earliest_cert_lifetime=100)

    expiry = dict(expiries_in(check("login"), result))["certificate"]

    assert (expiry.whose, expiry.issuer) == ("the chain of mail.example.com, smtp.example.com and 1 more", "")


@pytest.mark.parametrize("reason", [Reason.TLS_EXPIRED, Reason.HTTP_STATUS, Reason.RESPONSE_TIMEOUT])
def test_a_bad_result_tells_it_too(reason: Reason) -> None:
    assert [*expiries_in(check("login"), certificate(reason))]


@pytest.mark.parametrize("reason", [Reason.TLS_UNTRUSTED, Reason.TLS_NAME, Reason.BLIND, Reason.BUG])
def test_what_may_have_been_presented_by_another_tells_nothing(reason: Reason) -> None:
    assert not [*expiries_in(check("login"), certificate(reason))]


def test_a_registration_is_told_of_by_its_kind_alone() -> None:
    result = made("our-domain", START, facts={REGISTERED.name: ENDS / 1000})
    result = replace(result, evidence={"registry": {"domain": "example.com"}})

    assert not [*expiries_in(check("our-domain"), result)]
    told = dict(expiries_in(check("our-domain", "", kind="domain"), result))
    assert told == {"domain": Expiry(ENDS, YEAR, "example.com")}


def test_the_certificate_of_a_registry_is_not_ours_to_renew() -> None:
    assert [scope for scope, _ in expiries_in(check("login"), certificate())] == ["certificate"]
    assert not [*expiries_in(check("login", "", kind="domain"), certificate())]


@pytest.mark.parametrize("ends", [float("inf"), float("nan"), -1e300, 1e12])
def test_an_instant_that_cannot_be_written_tells_nothing(ends: float) -> None:
    assert not [*expiries_in(check("login"), seen(ssl_earliest_cert_expiry=ends))]


@given(st.dictionaries(st.sampled_from(sorted(SHOWN)), st.none() | st.text() | st.lists(st.integers())))
def test_no_evidence_is_too_strange(shown: dict[str, object]) -> None:
    result = made("login", START, facts={"ssl_earliest_cert_expiry": ENDS / 1000})

    for evidence in ({"certificate": shown}, {"certificate": [shown]}, {}):
        assert [*expiries_in(check("login"), replace(result, evidence=evidence))]
