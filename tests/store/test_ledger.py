import pytest

from probes.result import Outcome
from store import history, ledger, reader
from store.file import Store
from store.hours import HOUR
from store.ledger import Columns, Count
from store.rows import Pack, Prune, Row
from store.transaction import write
from tests.store.samples import NOW, bad, good

BEGIN = NOW // HOUR * HOUR
TOLD = [
    good(BEGIN, phases={"tls": 0.125}),
    good(BEGIN + 1, site="lab"),
    bad(BEGIN + HOUR, extra=True),
    bad(BEGIN + HOUR + 1, took=0.000_002),
    good(BEGIN + 3 * HOUR),
]


@pytest.fixture(params=[0, 2, 9])
def filled(request: pytest.FixtureRequest, store: Store) -> Store:
    """A store of which nothing, some hours, or all are packed."""
    others: list[Row] = [good(BEGIN + 2, "mail"), good(BEGIN + 3 * HOUR + 7, "mail")]
    write(store.connection, [*TOLD, *others])
    write(store.connection, [Pack(2**62, request.param)])
    return store


def offsets(rows: object) -> list[tuple[str, int]]:
    return [(row.check, row.at - BEGIN) for row in rows]  # type: ignore[attr-defined]


def test_results_of_a_check_come_in_order_of_time_from_all_its_sites(filled: Store) -> None:
    rows = ledger.results_of(filled.connection, "sso", 0, 2**62, learned=False)
    assert list(rows) == [good(BEGIN), *TOLD[1:]]
    rows = ledger.results_of(filled.connection, "sso", BEGIN + 1, BEGIN + 3 * HOUR, learned=False)
    assert list(rows) == TOLD[1:4]


def test_what_was_learned_is_given_when_asked_for(filled: Store) -> None:
    (row,) = ledger.results_of(filled.connection, "sso", BEGIN, BEGIN + 1, learned=True)
    assert row.phases == pytest.approx({"tls": 0.125}, rel=0.02)


def test_the_last_results_come_first_when_asked_for(filled: Store) -> None:
    rows = ledger.results_of(filled.connection, "sso", 0, 2**62, learned=False, newest_first=True, limit=4)
    assert list(rows) == TOLD[:0:-1]


def test_each_check_is_read_from_its_own_instant(filled: Store) -> None:
    after = {"sso": BEGIN + HOUR}
    rows = list(ledger.results_from(filled.connection, after, BEGIN + 3))
    assert offsets(rows) == [("sso", HOUR + 1), ("sso", 3 * HOUR), ("mail", 3 * HOUR + 7)]
    rows = list(ledger.results_from(filled.connection, after, None))
    assert offsets(rows) == [("sso", HOUR + 1), ("sso", 3 * HOUR)]


def test_results_are_read_up_to_an_instant(filled: Store) -> None:
    rows = reader.results_since(filled.connection, BEGIN + 1, until=BEGIN + HOUR)
    assert offsets(rows) == [("sso", 1), ("mail", 2)]


def test_hours_of_many_sources_are_read_in_parts(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.past.TOGETHER", 1)
    assert offsets(reader.results_since(filled.connection, 0)) == [
        ("sso", 0),
        ("sso", 1),
        ("mail", 2),
        ("sso", HOUR),
        ("sso", HOUR + 1),
        ("sso", 3 * HOUR),
        ("mail", 3 * HOUR + 7),
    ]


def test_grid_attempts_are_columns(filled: Store) -> None:
    columns = list(ledger.grid_columns(filled.connection, "sso", BEGIN, BEGIN + 3 * HOUR))
    assert sorted(columns, key=lambda one: one.at[0]) == [
        Columns([BEGIN], [Outcome.GOOD], [250_000]),
        Columns([BEGIN + 1], [Outcome.GOOD], [250_000]),
        Columns([BEGIN + HOUR + 1], [Outcome.BAD], [2]),
    ]
    assert list(ledger.grid_columns(filled.connection, "sso", BEGIN + HOUR, BEGIN + HOUR + 1)) == []


def test_the_last_good_attempt_is_found_in_packed_hours(filled: Store) -> None:
    found = [history.last_good_at(filled.connection, "sso", BEGIN + at) for at in (0, 1, 3 * HOUR, 4 * HOUR)]
    assert found == [None, BEGIN, BEGIN + 1, BEGIN + 3 * HOUR]


def test_counts_beyond_the_results_are_of_all_sites(filled: Store) -> None:
    write(filled.connection, [Prune(BEGIN + 2 * HOUR, 0, 2**40, {"sso": (100, 250)})])
    assert ledger.counts_of(filled.connection, "sso") == [
        Count(BEGIN, 2, 0, 0, {100: 0, 250: 2}),
        Count(BEGIN + HOUR, 0, 1, 0, {100: 0, 250: 0}),
    ]
    assert ledger.counts_of(filled.connection, "mail") == [Count(BEGIN, 1, 0, 0, {})]
