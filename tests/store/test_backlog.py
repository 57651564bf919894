from store.backlog import Backlog, Put
from tests.store.samples import good, incident, intent


def test_puts_come_out_in_order() -> None:
    backlog = Backlog(10)
    puts = [Put((good(n),)) for n in range(3)]
    for put in puts:
        backlog.add(put)
    assert backlog.take() == puts
    assert len(backlog) == 0


def test_a_put_is_never_torn_apart() -> None:
    backlog = Backlog(10)
    pair, single = Put((good(1), good(2))), Put((good(3),))
    backlog.add(pair)
    backlog.add(single)
    assert backlog.take(1) == [pair]
    assert backlog.take(1) == [single]


def test_what_is_given_back_is_first_again() -> None:
    backlog = Backlog(10)
    first, second = Put((good(1),)), Put((good(2),))
    backlog.add(first)
    taken = backlog.take()
    backlog.add(second)
    backlog.give_back(taken)
    assert backlog.take() == [first, second]


def test_the_oldest_results_are_dropped_and_counted() -> None:
    backlog = Backlog(2)
    for n in range(5):
        backlog.add(Put((good(n),)))
    assert [put.rows for put in backlog.take()] == [(good(3),), (good(4),)]
    assert backlog.dropped == 3


def test_incidents_intents_and_callbacks_are_never_dropped() -> None:
    backlog = Backlog(1)
    backlog.add(Put((good(1), incident(), intent()), then=print))
    backlog.add(Put((good(2),)))
    backlog.add(Put((good(3),)))
    assert backlog.take() == [Put((incident(), intent()), print), Put((good(3),))]


def test_giving_back_too_many_drops_the_oldest() -> None:
    backlog = Backlog(2)
    backlog.add(Put((good(1),)))
    backlog.add(Put((good(2),)))
    taken = backlog.take()
    backlog.add(Put((good(3),)))
    backlog.give_back(taken)
    assert [put.rows for put in backlog.take()] == [(good(2),), (good(3),)]
    assert (backlog.dropped, backlog.rows()) == (1, 0)
