"""What was found out about outages: kept once, as long as the outage, under the name that the check has."""

import sqlite3
from pathlib import Path

from store import file, history
from store.file import Store
from store.rows import Judged, Prune, Renamed, Row, StoredOutage, Trace
from store.transaction import write
from tests.store.samples import NOW, good

ENOUGH, EVER = 2**40, 2**62
DAY = 86_400_000


def trace(check: str = "sso", outage: int = NOW, at: int = NOW + 9, document: str = "{}") -> Trace:
    return Trace(check, outage, at, document)


def found(connection: sqlite3.Connection, *checks: str, since: int = 0, until: int = EVER) -> list[Trace]:
    return history.traces(connection, checks, since, until)


def test_it_is_there_after_a_restart(place: Path) -> None:
    with file.open(place, "a test", NOW) as store:
        write(store.connection, [trace(document='{"ended": "“no”"}')])
    with file.open(place, "a test", NOW) as store:
        assert found(store.connection, "sso") == [trace(document='{"ended": "“no”"}')]


def test_the_first_of_an_outage_stays(store: Store) -> None:
    write(store.connection, [trace(), trace(at=NOW + 99, document="[]")])

    assert found(store.connection, "sso") == [trace()]


def test_it_is_found_by_checks_and_by_when_the_outage_began(store: Store) -> None:
    rows = [trace("sso", at) for at in (1, 2, 3)] + [trace("vpn", 2), trace("mail", 2)]
    write(store.connection, rows)

    assert found(store.connection, "sso", "vpn", since=2, until=2) == [rows[1], rows[3]]
    assert found(store.connection) == []


def test_it_goes_with_the_history_but_not_before_its_outage(store: Store) -> None:
    lasting = StoredOutage(2, None, 5, None, None)
    rows: list[Row] = [trace(outage=1), trace(outage=2), trace("gone", 1), trace(outage=DAY)]
    write(store.connection, [good(NOW), Judged("sso", 0, 9, (), (lasting,), (), "{}"), *rows])

    write(store.connection, [Prune(0, DAY, ENOUGH)])

    assert found(store.connection, "sso", "gone") == [trace(outage=2), trace(outage=DAY)]


def test_it_goes_along_where_a_check_is_called_otherwise(store: Store) -> None:
    write(store.connection, [good(NOW, "login"), trace("login"), Renamed("login", "sso", "hq")])

    assert found(store.connection, "login", "sso") == [trace("sso")]


def test_it_stays_where_another_site_goes_on_by_the_old_name(store: Store) -> None:
    both: list[Row] = [good(NOW, "login"), good(NOW, "login", site="lab")]
    write(store.connection, [*both, trace("login"), Renamed("login", "sso", "hq")])

    assert found(store.connection, "login", "sso") == [trace("login")]
