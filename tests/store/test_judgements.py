from store import ledger
from store.file import Store
from store.ledger import StoredJudgement
from store.rows import Judged, StoredOutage, Unjudged
from store.transaction import write

OVER = StoredOutage(30, 40, 38, 29, 40)
LASTING = StoredOutage(60, None, 60, 59, None)


def judged(store: Store, check: str = "sso") -> StoredJudgement:
    return ledger.judged(store.connection)[check]


def told(since: int, until: int, *stretches: tuple[int, int, str], **more: tuple) -> Judged:  # type: ignore[type-arg]
    said = {"outages": (), "blips": ()} | more
    return Judged("sso", since, until, stretches, said["outages"], said["blips"], f"at {until}")


def test_what_was_judged_comes_back(store: Store) -> None:
    row = told(0, 70, (0, 30, "up"), (30, 40, "down"), outages=(OVER, LASTING), blips=(7, 9))
    for _ in range(2):
        write(store.connection, [row])
        assert judged(store) == StoredJudgement(
            70, "at 70", ((0, 30, "up"), (30, 40, "down")), (OVER, LASTING), (7, 9)
        )


def test_a_stretch_that_goes_on_grows(store: Store) -> None:
    write(store.connection, [told(0, 10, (0, 10, "up")), told(10, 20, (10, 20, "up"))])
    write(store.connection, [told(20, 40, (20, 30, "up"), (30, 40, "down"))])
    assert judged(store).stretches == ((0, 30, "up"), (30, 40, "down"))


def test_another_state_or_a_gap_begins_another_stretch(store: Store) -> None:
    write(store.connection, [told(0, 10, (0, 10, "up")), told(10, 20, (10, 20, "down"))])
    write(store.connection, [told(20, 40, (25, 40, "down"))])
    assert judged(store).stretches == ((0, 10, "up"), (10, 20, "down"), (25, 40, "down"))


def test_what_is_judged_anew_takes_the_place_of_what_was_judged_from_then_on(store: Store) -> None:
    write(
        store.connection,
        [told(0, 70, (0, 30, "up"), (30, 70, "down"), outages=(OVER, LASTING), blips=(7, 9))],
    )
    again = StoredOutage(30, 35, 34, 29, 35)
    write(store.connection, [told(8, 50, (8, 50, "up"), outages=(again,), blips=(8,))])
    assert judged(store) == StoredJudgement(50, "at 50", ((0, 50, "up"),), (again,), (7, 8))


def test_a_straddling_stretch_is_cut(store: Store) -> None:
    write(store.connection, [told(0, 70, (0, 70, "up")), told(40, 50, (40, 50, "down"))])
    assert judged(store).stretches == ((0, 40, "up"), (40, 50, "down"))


def test_an_outage_that_began_before_is_told_its_end(store: Store) -> None:
    write(store.connection, [told(0, 70, outages=(LASTING,))])
    ended = StoredOutage(60, 80, 79, 59, 80)
    write(store.connection, [told(70, 90, outages=(ended,))])
    assert judged(store).outages == (ended,)


def test_without_its_checkpoint_a_checks_history_stays(store: Store) -> None:
    write(store.connection, [told(0, 10, (0, 10, "up"), blips=(3,)), Unjudged("sso"), Unjudged("mail")])
    assert judged(store) == StoredJudgement(None, None, ((0, 10, "up"),), (), (3,))
    assert set(ledger.judged(store.connection)) == {"sso"}


def test_each_check_has_its_own(store: Store) -> None:
    write(store.connection, [told(0, 10, (0, 10, "up")), Judged("mail", 0, 5, ((0, 5, "up"),), (), (), "{}")])
    assert (judged(store).at, judged(store, "mail").stretches) == (10, ((0, 5, "up"),))
