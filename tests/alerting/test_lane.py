"""One lane by itself; what lanes do together is in test_outbox.py."""

from alerting.intent import Intent
from alerting.lane import Entry, Lane, Over
from alerting.receiver import Abilities
from tests.alerting.intents import NOW, intent


def entry(given: Intent, order: int = 0, tried: bool = False) -> Entry:
    return Entry(given, Abilities(), NOW, order, tried)


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
