"""Who is told with whom: services that depend on each other, driven by hand."""

from dataclasses import replace
from typing import Any

from alerting.events import Delivered, Swapped
from alerting.intent import Urgency
from checks.model import Configuration, Route, Service
from probes.result import Reason
from slo.state import State
from tests.alerting.hand import Hand, alerting, check, company, receiver, restarted

SSO = Service(name="sso", title="Single sign-on", owner="identity", tier=1)
MAIL = Service(name="mail", title="Mail", owner="messaging", tier=1, depends_on=("sso",))
WIKI = Service(name="wiki", tier=2, depends_on=("mail",))
LIST = "down with it, not told by themselves"
CHECKS = (check("login", "sso"), check("inbox", "mail"), check("page", "wiki"))


def chain(*services: Service, **said: Any) -> Configuration:
    given = {each.name: each for each in services or (SSO, MAIL, WIKI)}
    checks = [each for each in CHECKS if each.service in given]
    receivers = {"pager": receiver("pager", info=False), "chat": receiver("chat")}
    return company(*checks, services=given, receivers=receivers, **said)


def well(configuration: Configuration | None = None) -> Hand:
    """Everything has been seen to work."""
    hand = Hand(configuration or chain()).start()
    for name in hand.engine.judges:
        hand.works(name)
    return hand


def opens(hand: Hand, receiver: str = "pager") -> list[str]:
    return [key.removeprefix("service/") for action, key in hand.told(receiver) if action == "open"]


def test_a_child_waits_for_word_of_its_ancestor_and_asks_for_it_at_once() -> None:
    hand = well().fails("inbox")

    assert (opens(hand), list(hand.engine.dependencies.waiting)) == ([], ["mail"])
    confirmed_at = next(at for at, decision in reversed(hand.decisions) if decision.ask)
    assert ("login", confirmed_at) in hand.asked()


def test_it_opens_when_the_ancestor_was_seen_to_work_since() -> None:
    hand = well().fails("inbox").attempt("login")

    assert opens(hand) == ["mail"]


def test_it_opens_at_once_where_the_ancestor_was_asked_meanwhile() -> None:
    hand = well().attempt("inbox", Reason.HTTP_STATUS).attempt("login").attempt("inbox", Reason.HTTP_STATUS)

    assert opens(hand) == ["mail"]


def test_it_waits_for_a_suspect_ancestor_to_be_confirmed_or_cleared() -> None:
    hand = well().fails("inbox").attempt("login", Reason.HTTP_STATUS)
    assert opens(hand) == []

    assert opens(hand.attempt("login")) == ["mail"]


def test_it_waits_no_longer_than_it_is_told_to() -> None:
    hand = well().fails("inbox").passes(45)
    assert opens(hand) == []

    assert opens(hand.passes(20)) == ["mail"]


def test_an_ancestor_that_fails_too_is_the_one_page() -> None:
    hand = well().fails("inbox").fails("login")

    assert opens(hand) == ["sso"]
    swallowed = hand.engine.book.open["hq/service/mail"]
    assert (swallowed.suppressed_by, swallowed.urgency) == ("sso", Urgency.INFO)
    assert hand.engine.book.open["hq/service/sso"].swallowed == ("mail",)


def test_the_childs_people_are_informed_and_hear_its_end() -> None:
    hand = well().fails("inbox").fails("login").works("inbox")

    assert [each for each in hand.told("chat") if each[1] == "service/mail"] == [
        ("open", "service/mail"),
        ("resolve", "service/mail"),
    ]
    assert "Mail is down too" in hand.intent("open", "chat").message.summary


def test_the_list_of_who_is_down_too_follows_in_one_update() -> None:
    hand = well().fails("login")
    for name in ("inbox", "page") * 2:
        hand.attempt(name, Reason.HTTP_STATUS)
    hand.passes(10)

    assert [each for each in hand.told() if each[0] == "update"] == [("update", "service/sso")]
    update = hand.intent("update").message
    assert update.details[LIST] == ["mail (messaging)", "wiki"]
    assert update.summary.endswith("; down with it: mail, wiki")


def test_a_grandchild_is_swallowed_by_whoever_is_announced() -> None:
    hand = well().fails("login").fails("page").attempt("inbox")

    assert (opens(hand), hand.engine.book.open["hq/service/wiki"].suppressed_by) == (["sso"], "sso")


def test_a_child_that_is_down_when_its_ancestor_is_well_opens_on_bad_attempts_of_its_own() -> None:
    hand = well().fails("login").fails("inbox").works("login")
    assert opens(hand) == ["sso"]
    hand.attempt("inbox", Reason.HTTP_STATUS).attempt("login")
    assert opens(hand) == ["sso"]

    assert opens(hand.attempt("inbox", Reason.HTTP_STATUS)) == ["sso", "mail"]


def test_a_child_that_comes_back_with_its_ancestor_is_no_echo() -> None:
    hand = well().fails("login").fails("inbox").works("login").works("inbox").passes(300)

    assert (opens(hand), hand.open()) == (["sso"], [])


def test_an_ancestor_that_is_unknown_without_an_incident_holds_nobody() -> None:
    hand = well().attempt("login", Reason.BUG).fails("inbox").attempt("login", Reason.BUG)

    assert (hand.engine.services["sso"].state, opens(hand)) == (State.UNKNOWN, ["mail"])


def test_an_ancestor_that_became_unknown_while_it_is_announced_still_swallows() -> None:
    hand = well().fails("login").attempt("login", Reason.BUG).fails("inbox")

    assert opens(hand) == ["sso"]


def test_one_that_is_up_again_before_its_ancestor_is_said_to_be() -> None:
    hand = well().fails("login").fails("inbox").passes(20).works("inbox").passes(20)
    update = hand.intent("update").message
    assert update.details[LIST] == ["mail (messaging), up again"]
    assert "down with it" not in update.summary

    assert hand.works("login").intent("resolve").message.details[LIST] == ["mail (messaging)"]


def test_what_flaps_is_said_to_go_up_and_down_also_where_it_is_up() -> None:
    hand = well().fails("login").works("login").fails("login").works("login").passes(20)
    told = hand.intent("update").message

    assert "Single sign-on goes up and down since" in told.summary
    assert told.details["what"] == "Single sign-on goes up and down"
    assert hand.passes(3600).intent("resolve").message.details["what"] == "Single sign-on was down"


def test_an_ancestor_whose_page_is_not_taken_swallows_nobody() -> None:
    hand = well().fails("login").fails("inbox")
    page, chat = (
        next(each for each in hand.intents if (each.receiver, each.key) == (name, "hq/service/sso"))
        for name in ("pager", "chat")
    )
    hand.hear(Delivered(page, "fallback_due", "503"))
    assert "mail" not in opens(hand)
    hand.hear(Delivered(chat, "dead", "404"))

    assert "mail" in opens(hand)
    (opened,) = [each for each in hand.intents if each.key == "hq/service/mail" and each.receiver == "pager"]
    assert opened.message.details["depends on, also down"] == ["sso"]


def test_an_ancestor_whose_page_another_receiver_has_taken_swallows_on() -> None:
    hand = well().fails("login").fails("inbox")
    page, chat = (
        next(each for each in hand.intents if (each.receiver, each.key) == (name, "hq/service/sso"))
        for name in ("pager", "chat")
    )
    hand.delivered(page).hear(Delivered(chat, "fallback_due", "503"))

    assert "mail" not in opens(hand)


def test_an_ancestor_that_wakes_nobody_by_itself_does_for_the_child_it_takes_along() -> None:
    quiet = Service(name="sso", title="Single sign-on", tier=3)
    hand = well(chain(quiet, MAIL)).fails("login")
    assert opens(hand) == []
    hand.fails("inbox")

    assert (opens(hand), hand.engine.book.open["hq/service/sso"].urgency) == (["sso"], Urgency.PAGE)
    said = [each for each in hand.told("chat") if each[1] == "service/sso"]
    assert said[:3] == [
        ("open", "service/sso"),
        ("resolve", "service/sso"),
        ("open", "service/sso"),
    ]


def test_an_ancestor_that_nobody_hears_of_swallows_nobody() -> None:
    only_mail = Route(receivers=("pager",), match={"service": "mail"})
    hand = well(chain(alerting=alerting(only_mail))).fails("login").fails("inbox")
    hand.attempt("login", Reason.HTTP_STATUS)

    assert opens(hand) == ["mail"]


def test_what_an_ancestor_has_swallowed_is_known_in_the_next_life() -> None:
    hand = restarted(well().fails("login").fails("inbox")).start()
    assert opens(hand) == ["sso"], "said again, as every page that is still true"
    hand.works("login").works("inbox")

    assert hand.open() == []


def test_a_child_that_lost_its_check_while_it_waited_takes_no_page_along() -> None:
    hand = well(chain(SSO, MAIL)).fails("inbox")
    off = chain(SSO, MAIL)
    checks = {**off.checks, "inbox": replace(off.checks["inbox"], enabled=False)}
    hand.hear(Swapped(replace(off, checks=checks))).fails("login")

    assert (opens(hand), list(hand.engine.dependencies.waiting)) == (["sso"], [])


def test_a_pager_hears_of_the_ancestor_where_only_that_of_the_child_would_wake_somebody() -> None:
    routes = (Route(receivers=("pager",), match={"tier": 1}), Route(receivers=("chat",)))
    quiet = replace(SSO, tier=2)
    hand = well(chain(quiet, MAIL, alerting=alerting(*routes))).fails("login")
    assert opens(hand) == []
    hand.fails("inbox")

    assert opens(hand) == ["sso"]


def test_what_is_raised_is_as_loud_as_for_the_child() -> None:
    hand = well(chain(replace(SSO, tier=3), MAIL)).fails("login").fails("inbox")

    assert hand.engine.book.open["hq/service/sso"].severity == "critical"


def test_a_tier_that_rises_in_an_outage_pages() -> None:
    hand = well(chain(replace(SSO, tier=3))).fails("login")
    assert opens(hand) == []
    hand.hear(Swapped(chain(SSO)))

    assert opens(hand) == ["sso"]


def test_a_swallowed_childs_tier_that_rises_raises_its_ancestor() -> None:
    quiet = replace(SSO, tier=3)
    hand = well(chain(quiet, replace(MAIL, tier=3))).fails("login").fails("inbox")
    assert opens(hand) == []
    hand.hear(Swapped(chain(quiet, MAIL)))

    assert opens(hand) == ["sso"]


def test_a_swallowed_child_that_nobody_sees_after_its_ancestor_is_well_is_told_of() -> None:
    hand = well(chain(SSO, MAIL)).fails("login").fails("inbox").works("login")
    for _ in range(40):
        hand.attempt("inbox", Reason.BUG, 0).passes(20)

    assert "monitor/unmeasured/mail" in hand.open()
