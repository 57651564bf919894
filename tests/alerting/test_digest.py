"""What began and ended outside of the hours: one line for each receiver when they begin."""

from dataclasses import replace
from typing import Any

from alerting.events import Swapped
from alerting.intent import Action, Intent
from alerting.lane import Entry, Lane
from alerting.receiver import Abilities
from alerting.restore import restore
from checks.model import Configuration, Hours, Route, Service
from store import file
from store.rows import IncidentRow
from store.writer import Writer
from tests.alerting.hand import Hand, alerting, check, company, receiver, restarted

DAILY = {"office": Hours(name="office", days=tuple(range(7)), begin=480, end=1080)}
OF_PAGES = {"urgency": "page"}
HOUR = 3_600
KEY = "hq/digest/office"
DUTY = Route(match=OF_PAGES, receivers=("oncall", "team", "chat"), during="office", otherwise=("chat",))


def firm(*routes: Route, **said: Any) -> Configuration:
    """Two services of tier 2; a pager, the team and the chat, to which the night belongs."""
    people = (receiver("oncall", info=False), receiver("team"), receiver("chat"))
    return company(
        check("login"),
        check("inbox", "mail"),
        services={
            "sso": Service(name="sso", title="Sign-on", tier=2),
            "mail": Service(name="mail", title="Mail", tier=2),
        },
        receivers={each.name: each for each in people},
        alerting=alerting(*(routes or (DUTY,)), hours=DAILY),
        self_checks=(),
        **said,
    )


def night(*names: str, configuration: Configuration | None = None) -> Hand:
    """It is midnight; each of these fails and comes back, one after the other."""
    hand = Hand(configuration or firm()).start()
    for name in names:
        hand.works(name).fails(name).works(name)
    return hand


def notes(hand: Hand) -> list[tuple[float, Intent]]:
    """Give the digests, each with the hour of the day at which it was told."""
    begin = hand.decisions[0][0] // 86_400_000 * 86_400_000
    return [
        ((at - begin) / 3_600_000, each)
        for at, decision in hand.decisions
        for each in decision.intents
        if each.action is Action.NOTE
    ]


def test_what_began_and_ended_in_the_night_is_one_line_in_the_morning() -> None:
    hand = night("login", "inbox").passes(7 * HOUR)
    assert notes(hand) == []
    ((at, note),) = notes(hand.passes(3 * HOUR))

    assert (at, note.receiver, note.key, note.urgency.value) == (8, "team", KEY, "info")
    assert note.message.summary.startswith("2 began and ended outside of office: Sign-on is up again after 1")
    assert "; Mail is up again after 1" in note.message.summary
    assert len(note.message.details["lines"]) == 2
    assert note.message.severity == "info"


def test_a_pager_gets_no_digest_and_who_was_told_at_night_none_either() -> None:
    hand = night("login").passes(10 * HOUR)

    assert {note.receiver for _, note in notes(hand)} == {"team"}
    assert hand.told("oncall") == []


def test_each_is_told_of_what_would_have_been_told_to_it() -> None:
    routes = [
        Route(match={"service": name}, receivers=(who,), during="office")
        for name, who in (("sso", "team"), ("mail", "chat"))
    ]
    hand = night("login", "inbox", configuration=firm(*routes)).passes(10 * HOUR)
    told = {note.receiver: note.message.details["lines"] for _, note in notes(hand)}
    assert all(note.message.summary.startswith("1 began and ended") for _, note in notes(hand))

    assert [(who, len(lines), lines[0].split()[0]) for who, lines in sorted(told.items())] == [
        ("chat", 1, "Mail"),
        ("team", 1, "Sign-on"),
    ]


def test_what_is_still_true_in_the_morning_is_told_and_no_digest() -> None:
    hand = night().works("login").fails("login").passes(10 * HOUR)

    assert notes(hand) == []
    assert ("open", "service/sso") in hand.told("team")


def test_a_second_morning_says_nothing_of_the_first_night() -> None:
    hand = night("login").passes(24 * HOUR).fails("inbox").works("inbox").passes(24 * HOUR)
    told = [(note.episode, len(note.message.details["lines"])) for _, note in notes(hand)]

    assert told == [(1, 1), (2, 1)]


def test_it_is_on_record_as_over_and_is_never_open() -> None:
    hand = night("login").passes(10 * HOUR)
    (row,) = [each for each in hand.rows(IncidentRow) if each.scope == "digest"]

    assert row.opened_at == row.resolved_at
    assert "digest/office" not in hand.open()


def test_another_life_remembers_the_night() -> None:
    new = restarted(night("login"), after=HOUR).start().passes(9 * HOUR)

    assert [(at, note.receiver) for at, note in notes(new)] == [(8, "team")]


def test_the_store_keeps_the_night() -> None:
    old = night("login")
    with file.open(file.MEMORY, "a test", old.now) as store:
        writer = Writer(store)
        for _, decision in old.decisions:
            writer.put(decision.rows)
        writer.flush()
        new = Hand(firm())
        new.now = old.now + 10 * HOUR * 1000
        new.engine = restore(firm(), store.connection, new.now).engine

    assert [note.receiver for _, note in notes(new.start())] == ["team"]


def test_hours_that_began_while_nobody_lived_are_told_at_the_start() -> None:
    new = restarted(night("login"), after=10 * HOUR).start()

    assert [note.receiver for _, note in notes(new)] == ["team"]


def test_hours_that_a_reload_takes_away_are_told_at_once() -> None:
    hand = night("login")
    always = replace(hand.engine.configuration, alerting=alerting(Route(receivers=("team",))))
    hand.hear(Swapped(always))

    assert [note.receiver for _, note in notes(hand)] == ["team"]


def test_a_receiver_that_has_gone_meanwhile_is_told_nothing() -> None:
    hand = night("login")
    said = hand.engine.configuration
    without = {name: each for name, each in said.receivers.items() if name != "team"}
    route = replace(DUTY, receivers=("oncall", "chat"))
    hand.hear(Swapped(replace(said, receivers=without, alerting=alerting(route, hours=DAILY))))

    assert notes(hand.passes(10 * HOUR)) == []


def test_what_is_no_longer_watched_is_in_no_digest() -> None:
    hand = night().works("login").fails("login")
    said = hand.engine.configuration
    less = replace(said, services={"mail": said.services["mail"]}, checks={"inbox": said.checks["inbox"]})

    assert notes(hand.hear(Swapped(less)).passes(10 * HOUR)) == []


def test_a_pager_would_take_no_note_even_if_it_were_given_one() -> None:
    ((_, note),) = notes(night("login").passes(10 * HOUR))
    (over,) = Lane().add(Entry(note, Abilities(info=False), "team", 0, 0), 0)

    assert (over.how, over.detail) == ("replaced", "the receiver takes no information")
