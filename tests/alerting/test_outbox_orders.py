import json
from typing import Any

import pytest

from alerting.book import Book
from alerting.intent import Intent
from alerting.outbox_orders import again, document_of, order_of, unfinished, why_not
from store.rows import IntentRow, Memory, Operation, Settled, What
from tests.alerting.incidents import incident
from tests.alerting.intents import NOW, intent

LATER = NOW + 3_600_000


def order(what: What = "outbox.retry", letter: Intent | None = None, **said: Any) -> Operation:
    document = json.dumps(document_of(letter.row() if letter else None))
    given: dict[str, Any] = {"subject": intent().id, "document": document, "serial": 7} | said
    return Operation(at=NOW, author="jo", what=what, **given)


def book(*episodes: int) -> Book:
    """A book whose latest episode is open, if there are any."""
    return Book([incident(episode=each) for each in episodes], {"hq/service/sso": max(episodes, default=0)})


def test_what_is_about_something_else_orders_nothing() -> None:
    assert order_of(order("silence.add"), book(), LATER) is None


def test_what_waits_is_hurried_and_the_order_remembered() -> None:
    given = order_of(order(), book(), LATER)

    assert given
    assert (given.id, given.what) == (intent().id, "hurry")
    assert given.decision.rows == [Memory("outbox.orders", "7")]
    assert given.decision.intents == []


def test_what_is_dropped_says_so_itself_so_that_an_old_drop_forgets_no_later_order() -> None:
    given = order_of(order("outbox.drop", serial=1), book(), LATER)

    assert given
    assert (given.id, given.what) == (intent().id, "drop")
    assert given.decision.rows == []


def test_a_dead_letter_is_given_again_as_it_was_under_a_name_of_its_own() -> None:
    given = order_of(order(letter=intent()), book(1), LATER)

    assert given
    (said,) = given.decision.intents
    assert given.what == "give"
    assert (said.id, said.created_at) == (f"{intent().id}!7", LATER)
    assert (said.message, said.action, said.urgency) == (intent().message, intent().action, intent().urgency)
    assert [type(row) for row in given.decision.rows] == [Memory, IntentRow]


def test_the_same_order_twice_gives_the_same_letter() -> None:
    assert again(intent(), 7, LATER).id == again(intent(), 7, LATER + 1).id


def test_an_open_is_never_given_again_after_its_episode_and_the_store_says_why() -> None:
    over = Book([], {"hq/service/sso": 1})

    given = order_of(order(letter=intent()), over, LATER)

    assert given
    assert (given.what, given.decision.intents) == ("nothing", [])
    assert given.decision.rows[-1] == Settled(
        f"{intent().id}!7", LATER, "replaced", "its episode is resolved"
    )
    assert given.answer == "not given again: its episode is resolved"


@pytest.mark.parametrize(
    ("said", "latest", "is_open", "why"),
    [
        (intent(), 1, True, ""),
        (intent(), 1, False, "its episode is resolved"),
        (intent(), 2, True, "a later episode has begun"),
        (intent("update"), 1, False, "its episode is resolved"),
        (intent("acknowledge"), 1, True, ""),
        (intent("resolve"), 1, False, ""),
        (intent("resolve"), 1, True, "its episode is open"),
        (intent("resolve"), 2, True, "a later episode has begun"),
        (intent("resolve"), 2, False, "a later episode has begun"),
        (intent("resolve", farewell=True), 1, False, "it was for the receiver as it was before a reload"),
    ],
)
def test_what_is_no_longer_true_says_why(said: Intent, latest: int, is_open: bool, why: str) -> None:
    found = why_not(said, latest, is_open=is_open)

    assert found.startswith(why)
    assert bool(found) == bool(why)


@pytest.mark.parametrize(
    "document",
    ["?", "[]", '{"letter": 7}', '{"letter": {"id": "x"}}', '{"letter": null}'],
)
def test_an_order_that_cannot_be_understood_is_passed_over_and_not_read_again(document: str) -> None:
    given = order_of(order(document=document), book(1), LATER)

    assert given
    assert given.decision.rows == [Memory("outbox.orders", "7")]
    assert given.what in {"nothing", "hurry"}
    assert given.decision.intents == []


def test_a_letter_whose_message_is_none_is_passed_over() -> None:
    letter = json.loads(order(letter=intent()).document)
    letter["letter"]["document"] = '{"summary": 7}'

    given = order_of(order(document=json.dumps(letter)), book(1), LATER)

    assert given
    assert given.answer == "not given again: the order cannot be understood"


def test_what_no_daemon_has_carried_out_is_left() -> None:
    orders = [order(serial=number) for number in (6, 7, 8)] + [order("silence.add", serial=9)]

    left = list(unfinished(orders, {"outbox.orders": "7"}, ()))

    assert [each.serial for each in left] == [8]
    assert [each.serial for each in unfinished(orders, {}, ())] == [6, 7, 8]


def test_a_drop_is_left_for_as_long_as_its_message_waits() -> None:
    drops = [order("outbox.drop", serial=1), order("outbox.drop", serial=2, subject="over")]

    left = list(unfinished(drops, {"outbox.orders": "7"}, {intent().id}))

    assert [each.serial for each in left] == [1]
