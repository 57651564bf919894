from alerting.intent import Intent
from alerting.lane import Over
from alerting.outbox import Outbox
from alerting.receiver import Abilities
from tests.alerting.intents import NOW, intent, message

ALL = Abilities()
TRIGGERS = Abilities(update_within=14_400)


def add(
    outbox: Outbox, given: Intent, can: Abilities = ALL, now: int = NOW, tried: bool = False
) -> list[Over]:
    return outbox.add(given, can, now, tried=tried)


def ids(over: list[Over]) -> list[str]:
    return [each.intent.id for each in over]


def send(outbox: Outbox, now: int = NOW) -> Intent:
    """Have the next intent accepted."""
    chosen = outbox.next("oncall", now)
    assert chosen
    outbox.began(chosen.id, now)
    outbox.ended(chosen.id, "sent", "", now)
    return chosen


def fail(outbox: Outbox, now: int = NOW, until: int = NOW) -> list[Over]:
    """Have the next intent tried without success."""
    chosen = outbox.next("oncall", now)
    assert chosen
    outbox.began(chosen.id, now)
    return outbox.rests(chosen.id, until, now)


def test_what_was_accepted_is_over_and_waits_no_more() -> None:
    outbox = Outbox()
    add(outbox, intent())
    outbox.began(intent().id, NOW)

    assert outbox.ended(intent().id, "sent", "", NOW) == [Over(intent(), "sent")]
    assert (len(outbox), outbox.places(), outbox.next("oncall", NOW)) == (0, [], None)


def test_the_same_intent_twice_is_one() -> None:
    outbox = Outbox()
    add(outbox, intent())

    assert add(outbox, intent()) == []
    assert outbox.pending("oncall") == 1


def test_the_first_try_is_known_as_the_first() -> None:
    outbox = Outbox()
    add(outbox, intent())

    assert outbox.began(intent().id, NOW)
    outbox.rests(intent().id, NOW, NOW)
    assert not outbox.began(intent().id, NOW)


def test_what_an_earlier_process_tried_is_not_tried_first() -> None:
    outbox = Outbox()
    add(outbox, intent(), tried=True)

    assert not outbox.began(intent().id, NOW)


def test_an_open_that_nobody_tried_and_its_resolve_are_both_needless() -> None:
    outbox = Outbox()
    add(outbox, intent())

    over = add(outbox, intent("resolve"))

    assert ids(over) == [intent().id, intent("resolve").id]
    assert {each.how for each in over} == {"replaced"}
    assert len(outbox) == 0


def test_an_open_that_may_have_arrived_is_not_sent_again_once_resolved() -> None:
    outbox = Outbox()
    add(outbox, intent())
    fail(outbox)

    assert ids(add(outbox, intent("resolve"))) == [intent().id]
    assert send(outbox) == intent("resolve")


def test_an_open_on_its_way_is_followed_by_its_resolve() -> None:
    outbox = Outbox()
    add(outbox, intent())
    outbox.began(intent().id, NOW)

    assert add(outbox, intent("resolve")) == []
    assert outbox.next("oncall", NOW) is None
    outbox.ended(intent().id, "sent", "", NOW)
    assert outbox.next("oncall", NOW) == intent("resolve")


def test_an_open_on_its_way_that_fails_gives_way_to_its_resolve() -> None:
    outbox = Outbox()
    add(outbox, intent())
    outbox.began(intent().id, NOW)
    add(outbox, intent("resolve"))

    assert ids(outbox.rests(intent().id, NOW, NOW)) == [intent().id]
    assert outbox.next("oncall", NOW) == intent("resolve")


def test_a_refused_open_is_resolved_all_the_same() -> None:
    outbox = Outbox()
    add(outbox, intent())
    outbox.began(intent().id, NOW)
    outbox.ended(intent().id, "dead", "400", NOW)

    add(outbox, intent("resolve"))

    assert outbox.next("oncall", NOW) == intent("resolve")


def test_a_resolve_alone_belongs_to_an_open_of_an_earlier_process() -> None:
    outbox = Outbox()
    add(outbox, intent("resolve"))

    assert outbox.next("oncall", NOW) == intent("resolve")


def test_an_open_repeated_after_a_start_is_resolved_even_if_nobody_tried_it_yet() -> None:
    outbox = Outbox()
    add(outbox, intent(created_at=NOW + 60_000))

    assert ids(add(outbox, intent("resolve"))) == [intent().id]
    assert outbox.next("oncall", NOW) == intent("resolve")


def test_nothing_of_an_episode_follows_its_resolve() -> None:
    outbox = Outbox()
    add(outbox, intent())
    send(outbox)
    add(outbox, intent("resolve"))

    assert ids(add(outbox, intent("open", n=1))) == [intent("open", n=1).id]
    send(outbox)
    assert ids(add(outbox, intent("update"))) == [intent("update").id]


def test_nothing_of_an_earlier_episode_follows_a_later_one() -> None:
    outbox = Outbox()
    add(outbox, intent(episode=2))

    assert ids(add(outbox, intent("resolve", episode=1))) == [intent("resolve", episode=1).id]


def test_episodes_go_in_order() -> None:
    outbox = Outbox()
    add(outbox, intent())
    send(outbox)
    add(outbox, intent("resolve"))
    add(outbox, intent(episode=2))

    assert [send(outbox).action, send(outbox).action] == ["resolve", "open"]


def test_an_open_that_nobody_tried_says_the_latest_news_itself() -> None:
    outbox = Outbox()
    add(outbox, intent())

    assert ids(add(outbox, intent("update", message=message(summary="worse")))) == [intent("update").id]
    chosen = outbox.next("oncall", NOW)
    assert chosen
    assert (chosen.id, chosen.action, chosen.message.summary) == (intent().id, "open", "worse")


def test_an_open_that_may_have_arrived_is_repeated_as_it_was_and_the_news_follow() -> None:
    outbox = Outbox()
    add(outbox, intent())
    fail(outbox)

    assert add(outbox, intent("update", message=message(summary="worse"))) == []
    assert [send(outbox).message.summary, send(outbox).message.summary] == [message().summary, "worse"]


def test_a_later_update_takes_the_place_of_an_earlier_one() -> None:
    outbox = Outbox()
    add(outbox, intent())
    send(outbox)
    add(outbox, intent("update", n=1))

    assert ids(add(outbox, intent("update", n=2))) == [intent("update", n=1).id]


def test_an_open_said_again_while_the_first_waits_is_one() -> None:
    outbox = Outbox()
    add(outbox, intent(), tried=True)

    assert ids(add(outbox, intent(n=1))) == [intent(n=1).id]
    assert outbox.next("oncall", NOW) == intent()


def test_an_accepted_open_may_be_said_again() -> None:
    outbox = Outbox()
    add(outbox, intent())
    send(outbox)

    add(outbox, intent(n=1))

    assert outbox.next("oncall", NOW) == intent(n=1)


def test_an_update_is_dropped_when_it_would_be_a_new_incident() -> None:
    outbox = Outbox()
    add(outbox, intent(), TRIGGERS)
    send(outbox)
    in_time, late = NOW + 14_399_999, NOW + 14_400_000
    add(outbox, intent("update"), TRIGGERS, in_time)

    assert outbox.tidy(in_time) == []
    assert ids(outbox.tidy(late)) == [intent("update").id]


def test_an_accepted_update_counts_from_its_own_time() -> None:
    outbox = Outbox()
    add(outbox, intent(), TRIGGERS)
    send(outbox)
    add(outbox, intent("update", n=1), TRIGGERS)
    send(outbox, NOW + 10_000_000)

    assert add(outbox, intent("update", n=2), TRIGGERS, NOW + 20_000_000) == []


def test_an_update_of_what_was_never_accepted_is_dropped_where_it_would_be_a_new_incident() -> None:
    outbox = Outbox()
    add(outbox, intent(), TRIGGERS)
    fail(outbox)
    add(outbox, intent("update"), TRIGGERS)
    outbox.began(intent().id, NOW)

    assert ids(outbox.ended(intent().id, "dead", "400", NOW)) == [intent().id, intent("update").id]


def test_a_receiver_without_updates_and_resolves_gets_opens_only() -> None:
    outbox, can = Outbox(), Abilities(updates=False, resolves=False)
    add(outbox, intent(), can)
    send(outbox)

    assert ids(add(outbox, intent("update"), can)) == [intent("update").id]
    assert ids(add(outbox, intent("resolve"), can)) == [intent("resolve").id]


def test_a_receiver_without_resolves_is_not_told_of_what_is_over() -> None:
    outbox, can = Outbox(), Abilities(resolves=False)
    add(outbox, intent(), can)

    assert ids(add(outbox, intent("resolve"), can)) == [intent().id, intent("resolve").id]


def test_opens_and_resolves_go_ahead_of_updates() -> None:
    outbox = Outbox()
    add(outbox, intent("update", key="a"))
    add(outbox, intent("resolve", key="b"))
    add(outbox, intent(key="c"))

    assert [send(outbox).key for _ in range(3)] == ["b", "c", "a"]


def test_what_was_never_tried_goes_ahead_of_what_failed() -> None:
    outbox = Outbox()
    add(outbox, intent(key="a"))
    fail(outbox)
    add(outbox, intent(key="b"))

    assert [send(outbox).key, send(outbox).key] == ["b", "a"]


def test_what_rests_is_not_chosen_before_its_time() -> None:
    outbox = Outbox()
    add(outbox, intent())
    fail(outbox, until=NOW + 5_000)

    assert outbox.next("oncall", NOW + 4_999) is None
    assert outbox.due_at("oncall", NOW) == NOW + 5_000
    assert outbox.next("oncall", NOW + 5_000) == intent()


def test_one_key_on_its_way_holds_up_no_other() -> None:
    outbox = Outbox()
    add(outbox, intent(key="a"))
    add(outbox, intent(key="b"))
    outbox.began(intent(key="a").id, NOW)

    assert outbox.next("oncall", NOW) == intent(key="b")


def test_no_more_are_on_their_way_than_the_receiver_is_to_have_at_once() -> None:
    outbox, can = Outbox(), Abilities(at_once=2)
    for key in "abc":
        add(outbox, intent(key=key), can)
    outbox.began(intent(key="a").id, NOW)
    outbox.began(intent(key="b").id, NOW)

    assert outbox.next("oncall", NOW) is None
    assert outbox.due_at("oncall", NOW) is None
    outbox.ended(intent(key="a").id, "sent", "", NOW)
    assert outbox.next("oncall", NOW) == intent(key="c")


def test_the_rate_is_kept() -> None:
    outbox, can = Outbox(), Abilities(per_minute=2)
    for key in "abc":
        add(outbox, intent(key=key), can)
    send(outbox)
    send(outbox)

    assert outbox.next("oncall", NOW) is None
    assert outbox.due_at("oncall", NOW) == NOW + 61_000
    assert outbox.next("oncall", NOW + 61_000) == intent(key="c")


def test_receivers_that_share_a_bucket_share_its_rate() -> None:
    outbox, can = Outbox(), Abilities(per_minute=1, bucket="one routing key")
    add(outbox, intent(), can)
    add(outbox, intent(receiver="lead"), can)
    send(outbox)

    assert outbox.due_at("lead", NOW) == NOW + 61_000


def test_receivers_without_a_common_bucket_do_not_wait_for_each_other() -> None:
    outbox, can = Outbox(), Abilities(per_minute=1)
    add(outbox, intent(), can)
    add(outbox, intent(receiver="lead"), can)
    send(outbox)

    assert outbox.next("lead", NOW) == intent(receiver="lead")


def test_updates_leave_a_part_of_the_rate_to_pages() -> None:
    outbox, can = Outbox(), Abilities(per_minute=4)
    for n in range(4):
        add(outbox, intent("update", key=f"u{n}"), can)
    for _ in range(3):
        send(outbox)
    assert outbox.next("oncall", NOW) is None

    add(outbox, intent(), can)

    assert outbox.next("oncall", NOW) == intent()


def test_undelivered_pages_are_opens_that_wake_somebody_oldest_first() -> None:
    outbox = Outbox()
    add(outbox, intent(key="b"), now=NOW + 1)
    add(outbox, intent(key="ticket", urgency="ticket"))
    add(outbox, intent("resolve", key="c"))
    outbox.add(intent(key="a"), ALL, NOW + 2, since=NOW)

    assert outbox.undelivered_pages() == [(NOW, intent(key="a")), (NOW + 1, intent(key="b"))]
    assert (outbox.oldest_since("oncall"), outbox.pending("oncall")) == (NOW, 4)


# --- a receiver that becomes somebody else


def test_what_waits_for_the_former_one_goes_on_at_a_place_of_its_own() -> None:
    outbox = Outbox()
    add(outbox, intent())
    place = outbox.leave("oncall", [])

    assert (outbox.next("oncall", NOW), outbox.next(place, NOW)) == (None, intent())
    assert outbox.pending("oncall") == 1


def test_the_former_ones_end_is_told_as_such() -> None:
    outbox = Outbox()
    add(outbox, intent())
    outbox.leave("oncall", [])
    outbox.began(intent().id, NOW)

    assert outbox.ended(intent().id, "dead", "410", NOW) == [Over(intent(), "dead", "410", former=True)]


def test_a_page_that_waits_for_the_former_one_is_no_longer_a_page_that_waits() -> None:
    outbox = Outbox()
    add(outbox, intent())
    outbox.leave("oncall", [])

    assert outbox.undelivered_pages() == []


def left(goodbye: Intent) -> tuple[Outbox, str]:
    """An outbox whose receiver has been told of an incident, and was then somebody else."""
    outbox = Outbox()
    add(outbox, intent())
    send(outbox)
    place = outbox.leave("oncall", [goodbye.id])
    outbox.add(goodbye, ALL, NOW, place=place)
    return outbox, place


def test_an_open_waits_until_the_former_one_has_the_resolve() -> None:
    outbox, place = left(intent("resolve", farewell=True))
    add(outbox, intent(n=2))

    assert outbox.next("oncall", NOW) is None
    assert outbox.next(place, NOW) == intent("resolve", farewell=True)
    outbox.began(intent("resolve").id, NOW)
    outbox.ended(intent("resolve").id, "sent", "", NOW)
    assert outbox.next("oncall", NOW) == intent(n=2)


def test_an_open_does_not_wait_longer_than_fifteen_seconds() -> None:
    outbox, _ = left(intent("resolve", farewell=True))
    add(outbox, intent(n=2))

    assert outbox.due_at("oncall", NOW) == NOW + 15_000
    assert outbox.next("oncall", NOW + 15_000) == intent(n=2)


def test_another_incident_does_not_wait_at_all() -> None:
    outbox, _ = left(intent("resolve", farewell=True))
    add(outbox, intent(key="hq/service/vpn"))

    assert outbox.next("oncall", NOW) == intent(key="hq/service/vpn")


def test_what_the_former_one_never_heard_of_needs_no_goodbye() -> None:
    outbox, goodbye = Outbox(), intent("resolve", farewell=True)
    add(outbox, intent())
    place = outbox.leave("oncall", [goodbye.id])

    assert len(outbox.add(goodbye, ALL, NOW, place=place)) == 2
    assert (len(outbox), outbox.places()) == (0, [])


def test_nothing_is_remembered_of_former_ones_that_have_all_they_were_to_get() -> None:
    outbox = Outbox()
    for n in range(100):
        add(outbox, intent(n=n, episode=n))
        send(outbox)
        goodbye = intent("resolve", n=n, episode=n, farewell=True)
        place = outbox.leave("oncall", [goodbye.id])
        outbox.add(goodbye, ALL, NOW, place=place)
        outbox.began(goodbye.id, NOW)
        outbox.ended(goodbye.id, "sent", "", NOW)

    assert vars(outbox)["_lanes"].keys() <= {"oncall"}
    assert vars(outbox)["_former"] == {"oncall": []}
    assert vars(outbox)["_expected"] == {}


def test_what_is_hurried_may_go_at_once() -> None:
    outbox = Outbox()
    add(outbox, intent())
    fail(outbox, until=NOW + 60_000)

    assert outbox.next("oncall", NOW) is None
    assert outbox.hurry(intent().id)
    assert outbox.next("oncall", NOW) == intent()


def test_what_is_on_its_way_or_over_is_not_hurried() -> None:
    outbox = Outbox()
    add(outbox, intent())
    outbox.began(intent().id, NOW)

    assert not outbox.hurry(intent().id)
    assert not outbox.hurry("another")


def test_what_is_hurried_behind_another_lets_that_go_first() -> None:
    outbox = Outbox()
    add(outbox, intent("resolve"), tried=True)
    fail(outbox, until=NOW + 60_000)
    add(outbox, intent(episode=2))

    assert outbox.hurry(intent(episode=2).id)
    assert outbox.next("oncall", NOW) == intent("resolve")


def test_what_is_dropped_waits_no_more_and_is_known_no_more() -> None:
    outbox = Outbox()
    add(outbox, intent())

    assert outbox.drop(intent().id, NOW) == [Over(intent(), "replaced", "dropped by hand")]
    assert (len(outbox), outbox.places()) == (0, [])
    assert outbox.drop(intent().id, NOW) == []
