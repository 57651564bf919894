"""Warnings of certificates and registrations, from an engine that is driven by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.events import Swapped
from alerting.expiry import DAY, Stage
from alerting.incident import Incident
from checks.model import Configuration, Route
from probes.basic.http import Http
from probes.basic.script import Script, Step
from probes.result import Reason
from tests.alerting.hand import START, Hand, alerting, check, company, receiver, restarted

KEY, DOMAIN = "certificate/login", "domain/ours"
LIFE = 90 * DAY
MINUTE, HOUR = 60.0, 3600.0


def sees(hand: Hand, ends: int, reason: Reason | None = None, name: str = "login", life: int = LIFE) -> Hand:
    """Let a check be asked, and a certificate be presented that ends then."""
    facts = {"ssl_earliest_cert_expiry": ends / 1000, "ssl_earliest_cert_lifetime": life / 1000}
    written = f"{datetime.fromtimestamp(ends // 1000, UTC):%b %d %H:%M:%S %Y GMT}"
    shown = {"names": ["sso.example.com"], "issuer": "Example CA", "not_after": written}
    return hand.attempt(name, reason, facts=facts, evidence={"certificate": shown})


def days(hand: Hand, number: float) -> Hand:
    return hand.passes(number * 86400)


def said(**more: Any) -> Configuration:
    return company(check("login", interval=HOUR), **({"self_checks": ()} | more))


def begun(left: float = 90, **more: Any) -> Hand:
    """A daemon that has seen a certificate with so many days left."""
    hand = Hand(said(**more)).start()
    return sees(hand, START + round(left * DAY))


def test_it_is_told_at_the_very_instant_and_told_again_and_resolved_when_renewed() -> None:
    hand = days(begun(90), 75.9)
    assert hand.heard(key=KEY) == []

    days(hand, 20)
    assert hand.heard(key=KEY) == [
        ("open", 76 * 86400.0),
        ("open", 87 * 86400.0),
        ("update", 90 * 86400.0 + 10),
    ], "at 14 days, at 3 days, and that it has ended"
    sees(hand, START + 200 * DAY)
    assert hand.heard(key=KEY)[3:] == [("resolve", (hand.now - START) / 1000)]
    assert hand.open() == []


def test_the_words_say_what_ends_and_when_and_what_became_of_it() -> None:
    hand = days(begun(13), 10)
    sees(hand, START + 300 * DAY)

    first, again, over = hand.intents
    assert first.message.summary == (
        "the certificate of sso.example.com expires at 2026-01-14 00:00:00 UTC, in less than 13 d"
    )
    assert again.message.summary.endswith("in less than 3 d")
    assert over.message.summary == (
        "the certificate of sso.example.com is renewed, and expires at 2026-10-28 00:00:00 UTC"
    )
    assert (first.urgency.value, first.message.severity) == ("ticket", "warning")
    assert first.message.details["issued by"] == "Example CA"
    assert first.message.details["lifetime"] == "90 d"


def test_it_changes_nothing_about_the_service() -> None:
    hand = begun(1)

    assert hand.open() == [KEY]
    assert hand.engine.services["sso"].state.value == "up"


def test_one_that_is_seen_late_is_told_once_and_as_pressing() -> None:
    hand = begun(2)

    assert [action for action, _ in hand.heard(key=KEY)] == ["open"]
    assert hand.incident(KEY).stage == Stage.PRESSING


def test_that_nothing_is_seen_resolves_nothing_and_time_goes_on() -> None:
    hand = begun(10)
    hand.fails("login", Reason.CONNECT_REFUSED)
    days(hand, 8)

    assert [action for action, _ in hand.heard(key=KEY)] == ["open", "open"]


def test_an_expired_one_that_fails_its_check_tells_of_both() -> None:
    hand = begun(0.01)
    sees(hand.passes(HOUR), START + round(0.01 * DAY), Reason.TLS_EXPIRED)
    sees(hand.passes(5), START + round(0.01 * DAY), Reason.TLS_EXPIRED)

    assert hand.open() == [KEY, "service/sso"]
    assert "expired at" in hand.incident(KEY).text


def test_one_of_several_servers_that_was_not_renewed_keeps_it_open() -> None:
    hand = Hand(company(check("login", interval=30.0))).start()
    old, new = START + 10 * DAY, START + 90 * DAY
    for number in range(100):
        sees(hand, old if number % 3 else new).passes(30)
    assert [action for action, _ in hand.heard(key=KEY)] == ["open"]

    for _ in range(25):
        sees(hand, new).passes(30)
    assert [action for action, _ in hand.heard(key=KEY)] == ["open", "resolve"]


SCRIPT = Script(steps=tuple(Step(name=name, url=f"https://{name}.example.com/") for name in "ab"))
REDIRECTED = Http(url="https://a.example.com/", redirects=1)


@pytest.mark.parametrize("probe", [SCRIPT, REDIRECTED])
def test_an_attempt_that_ends_before_its_last_certificate_renews_nothing(probe: object) -> None:
    hand = Hand(company(replace(check("login", interval=HOUR), probe=probe), self_checks=())).start()
    sees(hand, START + 10 * DAY)
    for _ in range(5):
        sees(hand.passes(HOUR), START + 80 * DAY, Reason.HTTP_STATUS)
    assert [action for action, _ in hand.heard(key=KEY)] == ["open"]

    sees(hand.passes(HOUR), START + 80 * DAY)
    assert [action for action, _ in hand.heard(key=KEY)] == ["open", "resolve"]


def test_a_failing_service_that_shows_a_renewed_one_ends_it() -> None:
    hand = begun(10)
    sees(hand.passes(HOUR), START + 80 * DAY, Reason.HTTP_STATUS)

    assert [action for action, _ in hand.heard(key=KEY)] == ["open", "resolve"]


def test_one_renewed_for_a_short_while_is_news_and_no_end() -> None:
    hand = begun(5)
    sees(hand, START + 8 * DAY)
    hand.passes(15)

    assert [action for action, _ in hand.heard(key=KEY)] == ["open", "update"]
    assert "2026-01-09" in hand.incident(KEY).text


@pytest.mark.parametrize("left", [13.0, 2.0])
def test_a_restart_says_nothing_new(left: float) -> None:
    hand = begun(left)
    again = restarted(hand).start()
    sees(again.passes(5), START + round(left * DAY))
    again.passes(HOUR)

    assert again.open() == [KEY]
    assert again.incident(KEY).episode == 1
    assert again.told() == [("open", KEY)], "as everything that is open is said again after a start"


def test_a_restart_knows_what_is_to_come_also_where_nothing_is_seen_any_more() -> None:
    hand = begun(20)
    again = restarted(hand).start()
    again.passes(5).fails("login", Reason.CONNECT_REFUSED)
    days(again, 7)

    assert (("open", 6 * 86400.0)) in again.heard(key=KEY)


def test_what_ended_while_we_were_away_is_told_after_everybody_was_asked() -> None:
    hand = begun(20)
    renewed = restarted(hand, after=10 * 86400).start()
    sees(renewed.passes(5), START + 100 * DAY).passes(HOUR)
    assert renewed.heard(key=KEY) == []

    silent = restarted(hand, after=10 * 86400).start()
    silent.passes(HOUR)
    assert silent.heard(key=KEY) == [("open", (hand.now - START) / 1000 + 10 * 86400 + 60)]


def test_what_was_renewed_while_we_were_away_is_resolved() -> None:
    hand = begun(5)
    again = restarted(hand, after=86400).start()
    sees(again.passes(5), START + 100 * DAY)

    assert again.open() == []
    assert again.heard(key=KEY)[-1][0] == "resolve"


def swapped(hand: Hand, *checks: Any, **more: Any) -> Hand:
    return hand.hear(Swapped(company(*checks, **({"self_checks": ()} | more))))


def test_it_ends_with_its_check() -> None:
    hand = swapped(begun(5), check("other"))

    assert hand.heard(key=KEY)[-1][0] == "resolve"
    assert hand.intents[-1].message.summary.endswith("is no longer watched")
    swapped(hand, check("login", interval=HOUR))
    days(hand, 1)
    assert KEY not in hand.open(), "what was seen of the one before is forgotten"


def test_it_goes_along_with_a_new_name_under_its_key() -> None:
    hand = swapped(begun(13), check("front", was="login", interval=HOUR))
    assert (hand.open(), hand.incident(KEY).name) == ([KEY], "front")

    again = restarted(hand).start()
    sees(again.passes(1), START + 100 * DAY, name="front")
    sees(again.passes(2 * HOUR), START + 100 * DAY, name="front")
    assert again.heard(key=KEY)[-1][0] == "resolve"


def test_a_check_that_asks_somebody_else_keeps_it_until_that_one_was_seen() -> None:
    hand = swapped(begun(5), check("login", host="other.example.com", interval=HOUR))
    hand.fails("login", Reason.CONNECT_REFUSED, times=1)
    assert hand.open() == [KEY]

    sees(hand, START + 50 * DAY)
    assert hand.open() == []


def test_a_check_that_sees_no_certificate_any_more_lets_it_go() -> None:
    hand = swapped(begun(5), check("login", host="other.example.com", interval=HOUR))

    hand.works(times=1)

    assert hand.open() == []
    assert hand.intents[-1].message.summary.endswith("is no longer watched")


def test_another_prefix_ends_it_under_the_old_one() -> None:
    hand = begun(5)
    other = replace(said(), alerting=replace(alerting(), prefix="else"))

    again = restarted(hand, other).start()
    sees(again.passes(1), START + 5 * DAY)

    assert sorted(again.engine.book.open) == ["else/certificate/login"]


def test_its_owner_hears_by_the_route_of_tickets() -> None:
    routes = (
        Route(match={"scope": "certificate", "service": "sso"}, receivers=("tickets",)),
        Route(receivers=("pager",)),
    )
    receivers = {name: receiver(name) for name in ("pager", "tickets")}
    hand = begun(5, alerting=alerting(*routes), receivers=receivers)

    assert [intent.receiver for intent in hand.intents] == ["tickets"]


def test_maintenance_of_its_service_does_not_hold_it() -> None:
    hand = Hand(said()).start().maintained("sso", seconds=9000)
    sees(hand, START + 5 * DAY)

    assert [action for action, _ in hand.heard(key=KEY)] == ["open"]


def test_a_silence_holds_it_and_what_grew_pressing_meanwhile_is_told_then() -> None:
    hand = Hand(said(self_checks=())).start().silenced(9 * 86400, scope="certificate", name="login")
    sees(hand, START + 11 * DAY)
    days(hand, 8.5)
    assert hand.heard(key=KEY) == []

    days(hand, 1)
    assert hand.heard(key=KEY) == [("open", 9 * 86400.0)]
    assert hand.incident(KEY).stage == Stage.PRESSING


def test_one_that_was_told_before_a_silence_is_news_after_it() -> None:
    hand = begun(5).silenced(4 * 86400, scope="certificate")
    days(hand, 5.1)

    heard = hand.heard(key=KEY)
    assert [action for action, _ in heard] == ["open", "update", "update"]
    assert heard[1][1] >= 4 * 86400


def test_what_a_person_has_closed_is_believed_until_it_is_pressing() -> None:
    hand = begun(10)
    hand.reported("resolved", key=KEY)
    days(hand, 6.9)
    assert len(hand.heard(key=KEY)) == 1

    days(hand, 0.2)
    assert [action for action, _ in hand.heard(key=KEY)] == ["open", "open"]
    assert not hand.incident(KEY).closed_by


def test_a_registration_is_told_of_in_the_same_way() -> None:
    ours = check("ours", "", kind="domain", sli=False, interval=43_200.0)
    hand = Hand(company(check("login"), ours)).start()
    facts, evidence = {"expiry": START / 1000 + 10 * 86400}, {"registry": {"domain": "example.com"}}
    hand.attempt("ours", facts=facts, evidence=evidence)

    assert hand.open() == [DOMAIN]
    assert hand.incident(DOMAIN).text.startswith("the domain example.com expires at 2026-01-11")
    hand.attempt("ours", facts={"expiry": START / 1000 + 375 * 86400}, evidence=evidence)
    assert hand.open() == []


def test_an_incident_is_kept_whole() -> None:
    incident = begun(5).incident(KEY)

    assert Incident.of(incident.row()) == incident
    assert incident.service == "sso"


def test_many_at_once_are_told_together_and_pressing_too() -> None:
    names = [f"site{number}" for number in range(9)]
    checks = [check(name, interval=HOUR) for name in names]
    hand = Hand(company(*checks, self_checks=())).start()
    for name in names:
        sees(hand, START + 10 * DAY, name=name)
    singly = [key for action, key in hand.told() if key.startswith("certificate/")]
    assert (len(singly), len(hand.open())) == (5, 10)

    days(hand, 7.1)
    assert hand.told().count(("open", "certificate/site0")) == 2
    assert ("update", "storm/pager") in hand.told()


# --- whatever happens

STEPS = st.one_of(
    st.tuples(st.just("days"), st.floats(0.01, 40)),
    st.tuples(st.just("seen"), st.floats(-20, 120)),
    st.tuples(st.just("unseen"), st.sampled_from([None, Reason.CONNECT_REFUSED, Reason.TLS_UNTRUSTED])),
    st.tuples(st.just("restart"), st.floats(1, 40 * 86400)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=15))
def test_what_is_open_is_what_was_last_seen_to_end_soon(steps: list[tuple[str, Any]]) -> None:
    """Against a model that knows no engine: the last certificate that was seen, and the time."""
    hand, ends, openings = Hand(said()).start(), None, 0
    for what, how in steps:
        if what == "days":
            days(hand, how)
        elif what == "seen":
            ends = hand.now + round(how * DAY)
            sees(hand, ends)
        elif what == "unseen":
            hand.attempt("login", how)
        else:
            openings += sum(intent.first for intent in hand.intents if intent.key == f"hq/{KEY}")
            hand = restarted(hand, after=how).start().passes(61)
        soon = ends is not None and hand.now >= ends - 14 * DAY
        assert (KEY in hand.open()) is soon, (what, how)
        if soon:
            known = hand.incident(KEY)
            assert known.stage == known.expiry.stage(hand.now)  # type: ignore[union-attr]
    openings += sum(intent.first for intent in hand.intents if intent.key == f"hq/{KEY}")
    assert openings == hand.engine.book.episodes.get(f"hq/{KEY}", 0), "each episode is announced once"
