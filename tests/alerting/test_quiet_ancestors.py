"""One outage, one page, where ancestors are quiet, flap, or come out of a hold; driven by hand."""

from checks.model import Configuration, Service
from probes.result import Reason
from tests.alerting.hand import Hand, alerting, check, company

BAD = Reason.HTTP_STATUS


def estate(*services: Service) -> Hand:
    """Services with a check of the same name each, and a pager that takes no information; all work."""
    made: Configuration = company(
        *(check(each.name, each.name) for each in services),
        services={each.name: each for each in services},
        alerting=alerting(storm_limit=1000),
    )
    hand = Hand(made).start()
    for each in services:
        hand.works(each.name)
    return hand


def service(name: str, tier: int, *depends_on: str) -> Service:
    return Service(name=name, tier=tier, depends_on=depends_on)


def opens(hand: Hand) -> list[str]:
    return [key.removeprefix("service/") for action, key in hand.told() if action == "open"]


def test_one_that_nobody_hears_of_covers_another_of_which_nobody_would_hear() -> None:
    hand = estate(
        service("sso", 3), service("mail", 3, "sso"), service("wiki", 1, "mail"), service("vpn", 1, "sso")
    )
    hand.attempt("mail", BAD).fails("sso").attempt("mail", BAD)
    assert hand.engine.book.open["hq/service/mail"].suppressed_by == "sso"

    assert opens(hand.fails("wiki").fails("vpn").passes(60)) == ["sso"]


def test_one_that_comes_back_with_its_ancestor_does_not_raise_another() -> None:
    hand = estate(service("sso", 1), service("mail", 3, "sso"), service("wiki", 1, "mail"))
    hand.fails("mail").attempt("sso").passes(1)
    hand.fails("sso").fails("wiki")
    assert opens(hand) == ["sso"]

    assert opens(hand.works("sso").works("wiki").passes(60)) == ["sso"]


def test_a_quiet_ancestor_is_not_raised_before_there_is_word_of_the_others() -> None:
    hand = estate(service("mail", 3), service("vpn", 1), service("wiki", 1, "mail", "vpn"))
    hand.fails("mail").attempt("vpn", BAD).fails("wiki")
    assert opens(hand) == []

    assert opens(hand.attempt("vpn", BAD).passes(60)) == ["vpn"]
    assert hand.engine.book.open["hq/service/wiki"].suppressed_by == "vpn"


def test_what_is_loud_already_covers_before_anything_is_raised() -> None:
    hand = estate(service("mail", 3), service("vpn", 1), service("wiki", 1, "mail", "vpn"))
    hand.fails("mail").fails("vpn").fails("wiki").passes(60)

    assert opens(hand) == ["vpn"]


def kept_open() -> Hand:
    """Mail is up, and its incident is open, as it flaps; what it was told with is over."""
    hand = estate(service("sso", 1), service("mail", 1, "sso"))
    hand.fails("mail").attempt("sso").passes(1).works("mail")
    hand.fails("sso").fails("mail").works("sso").works("mail").passes(60)
    assert hand.open() == ["service/mail"]
    assert opens(hand) == ["mail", "sso"]
    return hand


def test_one_that_was_kept_open_as_it_flaps_pages_where_it_fails_alone() -> None:
    hand = kept_open().fails("mail", times=4).attempt("sso").passes(60)

    assert opens(hand) == ["mail", "sso", "mail"]


def test_one_that_was_kept_open_as_it_flaps_is_listed_with_its_ancestor() -> None:
    hand = kept_open().fails("sso").fails("mail").passes(60)

    assert opens(hand) == ["mail", "sso", "sso"]
    assert hand.engine.book.open["hq/service/sso"].swallowed == ("mail",)


def test_one_that_was_kept_open_through_a_maintenance_pages_where_it_fails_later() -> None:
    hand = estate(service("mail", 1)).fails("mail").works("mail")
    hand.silenced(300, name="mail").fails("mail").works("mail")
    assert hand.engine.book.open["hq/service/mail"].held
    hand.passes(300)
    assert opens(hand) == ["mail"]

    assert opens(hand.fails("mail", times=4)) == ["mail", "mail"]


def test_after_a_maintenance_the_ancestor_is_told_and_not_what_was_seen_to_fail_first() -> None:
    hand = estate(service("base", 1), service("sso", 1, "base"), service("mail", 1, "sso"))
    hand.maintained("sso", seconds=300)
    hand.fails("mail").passes(61).fails("sso").passes(61)
    assert list(hand.engine.book.open) == ["hq/service/mail", "hq/service/sso"]
    hand.passes(300 - 140).passes(0)

    assert opens(hand.passes(20).fails("mail").fails("sso").passes(61)) == ["sso"]
