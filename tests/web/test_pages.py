"""What a person reads on the first page."""

import re
from dataclasses import replace
from fractions import Fraction
from html import unescape

import pytest

from checks.model import Objective, Receiver, Service
from exporter.view import View
from probes.result import Reason
from slo.state import State
from tests.exporter.views import START, Pager, Told, check, company
from web.pages import headline, overview


def words(view: View) -> str:
    """Give the page as it is read: without markup, in single spaces."""
    page = re.sub(r"<head>.*</head>", "", overview(view), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def broken() -> Told:
    told = Told().attempt("inbox", 0).attempt("login", 0)
    return told.attempt("login", 30, Reason.CONNECT_REFUSED, detail="connect to 192.0.2.1:443 was refused")


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        ((None, None), (State.UP, "Everything is up")),
        ((Reason.RESET, None), (State.DOWN, "1 service down")),
        ((Reason.RESET, Reason.RESET), (State.DOWN, "2 services down")),
        ((Reason.RESET, Reason.BUG), (State.DOWN, "1 service down, 1 service unknown")),
        ((Reason.BUG, None), (State.UNKNOWN, "1 service unknown")),
    ],
)
def test_the_headline_says_how_things_stand(
    reasons: tuple[Reason | None, Reason | None], expected: tuple[State, str]
) -> None:
    told = Told().attempt("login", 0, reasons[0]).attempt("inbox", 0, reasons[1])

    assert headline(told.view(1)) == expected


def test_no_services_are_not_everything_being_up() -> None:
    view = Told(company([check("spare", "", sli=False)], services={}, objectives={})).view(0)

    assert headline(view) == (State.UNKNOWN, "No services are configured")
    assert "Checks of no service" in words(view)


def test_an_incident_says_what_since_when_why_and_who_was_told() -> None:
    said = words(broken().view(90))

    assert "Single sign-on is down since 2026-01-01 00:00:30 UTC (1 min )" in said.replace("min)", "min )")
    assert "login – it refuses connections (connect to 192.0.2.1:443 was refused)" in said
    assert "Told: oncall , not accepted yet" in said


def test_an_incident_says_when_its_receiver_accepted_it() -> None:
    told = broken()
    told.sent("hq/service/sso", 32)

    assert "Told: oncall , accepted 2026-01-01 00:00:32 UTC" in words(told.view(90))


def test_an_incident_of_which_nobody_was_told_says_so() -> None:
    off = Receiver(name="oncall", kind="fake", target=Pager(), off="its routing key is unset")
    told = Told(company(receivers={"oncall": off})).attempt("login", 0, Reason.RESET)
    said = words(told.view(1))

    assert "Nobody has been told:" in said
    assert "oncall hears nothing: its routing key is unset" in said


def test_a_receiver_that_is_on_is_not_called_off() -> None:
    assert "hears nothing" not in words(Told().view(0))


def test_blindness_is_told_at_the_top() -> None:
    told = Told()
    assert "We cannot see" not in words(told.view(0))

    told.look("internet", 1, Reason.CONNECT_TIMEOUT)
    assert "We cannot see the internet network" in words(told.view(4))


def test_a_service_says_state_tier_owner_and_what_it_depends_on() -> None:
    said = words(broken().view(90))

    assert (
        "Email up since 2026-01-01 00:00:00 UTC (1 min 30 s) Tier 2 Owner messaging Depends on Single sign-on"
        in said
    )


def test_what_is_down_comes_first() -> None:
    told = Told().attempt("login", 0).attempt("inbox", 1, Reason.RESET)
    page = overview(told.view(2))

    assert page.index('id="service-email"') < page.index('id="service-sso"')


def test_a_check_says_its_last_outcome_latency_and_age() -> None:
    said = words(Told().attempt("login", 0, took=0.25).view(42))

    assert "login http good 250 ms 42 s" in said
    assert "inbox http not asked yet" in said


def test_a_slow_check_and_one_in_doubt_say_so() -> None:
    told = Told(company([check("login", slow_after=1.0), check("inbox", "email", confirm=3)]))
    told.attempt("login", 0, took=1.5).attempt("inbox", 1, Reason.HTTP_STATUS, detail="answered 503")
    said = words(told.view(2))

    assert "good slow 1.50 s" in said
    assert "bad being confirmed – it answers with an error status (answered 503)" in said


def test_a_budget_says_promise_verdict_what_is_left_and_how_much_was_measured() -> None:
    said = words(broken().view(90))

    assert "90 % of the time up, over 1 hour able cannot be told yet" in said
    assert "5 min of 6 min left 33.333 % good 2.5 % measured 58 min 30 s not measured" in said


def test_a_budget_that_is_overspent_says_by_how_much() -> None:
    told = Told()
    for after in range(0, 400, 30):
        told.attempt("login", after, Reason.RESET)
    said = words(told.view(400))

    assert "able broken overspent by 40 s of 6 min 0 % good" in said


def test_a_budget_without_a_measurement_says_so() -> None:
    assert "Nothing has been measured yet." in words(Told().view(0))


def test_objectives_stand_with_their_service_or_in_a_place_of_their_own() -> None:
    named = {"services": ("sso",)}, {"services": ("sso", "email")}, {"check": "spare"}
    objectives = {
        name: Objective(name=name, target=Fraction(1, 2), window="1d", **said)  # type: ignore[arg-type]
        for name, said in zip(("alone", "together", "aside"), named, strict=True)
    }
    checks = [check("login"), check("inbox", "email"), check("spare", "")]
    page = overview(Told(company(checks, objectives=objectives)).view(0))
    places = [
        page.index(place)
        for place in ('id="service-sso"', 'id="service-email"', 'id="objectives"', 'id="others"')
    ]
    found = [page.index(f"<code>{name}</code>") for name in ("alone", "together", "aside")]

    assert places[0] < found[0] < places[1]
    assert places[2] < found[1] < places[3] < found[2]


def test_a_bar_shows_what_is_certain_apart_from_what_is_in_doubt() -> None:
    told = Told()
    for after in range(0, 3600 - 120, 30):
        told.attempt("login", after)
    page = overview(told.view(3600 - 90))

    assert 'class="left doubtful" width="100%"' in page
    assert 'class="left" width="75%"' in page


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"])
def test_nothing_that_was_said_becomes_markup(text: str) -> None:
    configuration = company(services={"sso": Service(name="sso", title=text, owner=text, runbook=text)})
    told = Told(configuration).attempt("login", 0, Reason.HTTP_STATUS, detail=text)
    page = overview(told.view(1))

    assert "<script" not in page
    assert "<img" not in page
    assert page.count(text) == (page.count("{{ 7*7 }}") if text == "{{ 7*7 }}" else 0)
    assert unescape(page).count(text) >= 3


def test_a_runbook_is_a_link_only_if_it_is_one() -> None:
    def page(runbook: str) -> str:
        services = {"sso": Service(name="sso", runbook=runbook)}
        return overview(Told(company(services=services)).view(0))

    assert 'href="https://wiki.example.com/sso"' in page("https://wiki.example.com/sso")
    assert 'href="javascript' not in page("javascript:alert(1)")


def test_times_are_for_machines_too() -> None:
    assert '<time datetime="2026-01-01T00:00:30Z">2026-01-01 00:00:30 UTC</time>' in overview(
        broken().view(90)
    )


def test_the_page_renews_itself_and_says_what_runs() -> None:
    view = Told().view(0)

    assert '<meta http-equiv="refresh" content="30">' in overview(view)
    assert "Watchkeeper 1.2.3" in words(replace(view))


def test_a_refused_configuration_is_told_at_the_top_with_its_mistakes() -> None:
    told = Told()
    assert "is refused" not in words(told.view(0))

    told.viewer.refused(["checks.yaml:7:5: checks.sso.isuer: no such option"], START + 5_000)
    said = words(told.view(6))
    assert "The configuration on disk is refused Since 2026-01-01 00:00:05 UTC" in said
    assert "checks.yaml:7:5: checks.sso.isuer: no such option" in said


def test_of_many_mistakes_the_first_are_told() -> None:
    told = Told()
    told.viewer.refused([f"mistake {number}" for number in range(23)], START)
    said = words(told.view(1))

    assert "mistake 19" in said
    assert "mistake 20" not in said
    assert "And 3 more" in said


def test_what_is_written_in_a_mistake_is_no_markup() -> None:
    told = Told()
    told.viewer.refused(["<script>alert(1)</script>"], START)

    assert "<script>" not in overview(told.view(1))


def test_who_is_down_with_whom_is_said_on_both() -> None:
    told = Told().attempt("login", 0).attempt("inbox", 0).attempt("login", 1, Reason.RESET)
    told.attempt("inbox", 2, Reason.RESET)
    said = words(told.view(3))

    assert "Down with it, and not told by themselves: Email" in said
    assert "Told with Single sign-on , which it depends on." in said
