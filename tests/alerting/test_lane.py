"""One lane by itself; what lanes do together is in test_outbox.py."""

import pytest

from alerting.intent import Intent
from alerting.lane import Entry, Lane, Over
from alerting.receiver import Abilities
from tests.alerting.intents import NOW, intent

ALL = Abilities(acknowledges=True)


def entry(given: Intent, order: int = 0, tried: bool = False) -> Entry:
    return Entry(given, ALL, "oncall", NOW, order, tried)


def lane(*given: Intent) -> Lane:
    made = Lane()
    for order, each in enumerate(given):
        made.add(entry(each, order), NOW)
    return made


def test_only_the_first_is_ever_on_its_way() -> None:
    episodes = lane(intent("resolve"), intent(episode=2))
    episodes.take_off()

    assert episodes.head is None
    assert [each.flying for each in episodes.waiting] == [True, False]


def test_what_came_back_rests_until_its_time() -> None:
    one = lane(intent())
    one.take_off()

    assert one.land(NOW + 5, NOW) == []
    assert one.head
    assert (one.head.rests_until, one.head.tries, one.head.tried) == (NOW + 5, 1, True)


def test_what_is_on_its_way_is_never_dropped_from_under_it() -> None:
    one = lane(intent())
    one.take_off()

    assert one.add(entry(intent("resolve")), NOW) == []
    assert [each.intent.action for each in one.waiting] == ["open", "resolve"]


def test_what_ended_is_given_with_what_lost_its_sense_by_it() -> None:
    one = lane(intent())
    one.take_off()
    one.add(entry(intent("update")), NOW)
    one.add(entry(intent("resolve")), NOW)

    assert one.end("dead", "400", NOW) == [Over(intent(), "dead", "400")]
    assert [each.intent.action for each in one.waiting] == ["resolve"]


def test_episodes_that_have_nothing_more_to_say_are_forgotten() -> None:
    one = Lane()
    for episode in range(1, 100):
        for action in ("open", "resolve"):
            one.add(entry(intent(action, episode=episode)), NOW)
            if one.head:
                one.take_off()
                one.end("sent", "", NOW)

    assert list(one.stories) == [99]


def actions(of: Lane) -> list[str]:
    return [each.intent.action.value for each in of.waiting]


def announced() -> Lane:
    """A lane whose first open has been accepted."""
    one = lane(intent())
    one.take_off()
    one.end("sent", "", NOW)
    return one


def test_an_open_said_again_goes_out_and_its_acknowledgement_after_it() -> None:
    one = announced()
    for order, each in enumerate([intent(n=1, created_at=NOW + 1), intent("acknowledge", n=1)]):
        assert one.add(entry(each, order), NOW) == []

    assert actions(one) == ["open", "acknowledge"]


def test_an_acknowledgement_takes_no_later_open_with_it() -> None:
    one = lane(intent(), intent("acknowledge"), intent(n=1), intent("acknowledge", n=1))

    assert actions(one) == ["open", "acknowledge", "open", "acknowledge"]


def test_two_acknowledgements_in_a_row_are_one() -> None:
    one = announced()
    one.add(entry(intent("acknowledge"), 1), NOW)
    again = intent("acknowledge", n=1)

    assert [over.intent for over in one.add(entry(again, 2), NOW)] == [again]


def test_our_resolve_takes_the_place_of_what_was_to_be_said_again() -> None:
    one = announced()
    for order, each in enumerate([intent(n=1), intent("acknowledge"), intent("resolve")]):
        one.add(entry(each, order), NOW)

    assert actions(one) == ["resolve"]


@pytest.mark.parametrize("late", ["open", "acknowledge"])
def test_nothing_is_said_again_after_our_resolve(late: str) -> None:
    one = announced()
    one.add(entry(intent("resolve"), 1), NOW)
    one.take_off()
    one.end("sent", "", NOW)
    given = intent(late, n=2, created_at=NOW + 1)

    assert one.add(entry(given, 2), NOW) == [Over(given, "replaced", "the episode is resolved")]


def test_whoever_takes_no_acknowledgements_gets_none() -> None:
    one, given = announced(), intent("acknowledge")

    assert one.add(Entry(given, Abilities(), "oncall", NOW, 1), NOW) == [
        Over(given, "replaced", "the receiver takes no acknowledgements")
    ]


def test_an_acknowledgement_keeps_nothing_open_there() -> None:
    one, later = announced(), NOW + 3_600_000
    one.add(entry(intent("acknowledge"), 1), later)
    one.take_off()
    one.end("sent", "", later)

    assert one.stories[1].accepted_at == NOW


def test_what_rests_is_hurried() -> None:
    one = lane(intent())
    one.take_off()
    one.land(NOW + 60_000, NOW)

    one.hurry()

    assert one.head
    assert one.head.rests_until == 0


def test_what_is_dropped_by_hand_is_over_and_its_end_is_then_told_to_nobody() -> None:
    one = lane(intent())

    assert one.drop(intent().id, NOW) == [Over(intent(), "replaced", "dropped by hand")]
    assert one.add(entry(intent("resolve"), 1), NOW) == [
        Over(intent("resolve"), "replaced", "never announced: nothing to resolve")
    ]


def test_what_is_dropped_while_it_is_on_its_way_goes_when_it_comes_back() -> None:
    one = lane(intent())
    one.take_off()

    assert one.drop(intent().id, NOW) == []
    assert one.land(NOW + 5, NOW) == [Over(intent(), "replaced", "dropped by hand")]
    assert one.add(entry(intent("resolve"), 1), NOW) == []  # it may have arrived


def test_what_is_dropped_takes_nothing_with_it_that_was_said_later() -> None:
    one = lane(intent())
    one.take_off()
    one.drop(intent().id, NOW)
    one.add(entry(intent(n=1, created_at=NOW + 1), 1), NOW)

    assert one.land(NOW, NOW) == [Over(intent(), "replaced", "dropped by hand")]
    assert [each.intent for each in one.waiting] == [intent(n=1, created_at=NOW + 1)]


def test_dropping_what_is_not_there_drops_nothing() -> None:
    one = lane(intent())

    assert one.drop("another", NOW) == []
    assert actions(one) == ["open"]
