from dataclasses import replace

import pytest

from store import ledger, reader
from store.file import Store
from store.hours import HOUR
from store.ledger import Count
from store.rows import Judged, Pack, Prune, Renamed, Row, StoredOutage
from store.transaction import write
from store.writer import Writer
from tests.store.samples import NOW, bad, good

ALL = Pack(2**62, 10**6)
RENAMED = Renamed("login", "sso", "hq")


def results(store: Store) -> list[tuple[str, str, int]]:
    return [(row.check, row.site, row.at) for row in reader.results_since(store.connection, 0)]


def evidence(store: Store, check: str) -> object:
    return reader.last_evidence(store.connection, check, "hq", good=False)


def test_the_past_goes_on_under_the_new_name(store: Store) -> None:
    Writer(store).put([good(NOW, "login"), RENAMED, good(NOW + 1)], urgent=True)

    assert results(store) == [("sso", "hq", NOW), ("sso", "hq", NOW + 1)]


def test_two_pasts_become_one_and_the_new_ones_results_stay(store: Store) -> None:
    mine = good(NOW + 1, took=0.5)
    Writer(store).put([good(NOW, "login"), good(NOW + 1, "login"), mine, RENAMED], urgent=True)

    assert results(store) == [("sso", "hq", NOW), ("sso", "hq", NOW + 1)]
    assert list(reader.results_since(store.connection, NOW + 1)) == [mine]


def test_evidence_goes_along(store: Store) -> None:
    told = {"status": 503}
    Writer(store).put([bad(NOW, "login", evidence=told), good(NOW + 1), RENAMED], urgent=True)

    assert evidence(store, "sso") == told
    assert evidence(store, "login") == {}


def test_another_sites_check_keeps_its_name(store: Store) -> None:
    Writer(store).put([good(NOW, "login", site="lab"), RENAMED], urgent=True)

    assert results(store) == [("login", "lab", NOW)]


def test_saying_it_twice_or_of_nothing_changes_nothing(store: Store) -> None:
    writer = Writer(store)
    writer.put([RENAMED, good(NOW, "login"), RENAMED, RENAMED], urgent=True)

    assert (results(store), writer.refused) == ([("sso", "hq", NOW)], 0)


def together(store: Store) -> list[object]:
    return list(reader.results_since(store.connection, 0))


HOURS = [NOW + n * HOUR for n in range(3)]


@pytest.mark.parametrize("first", [[], [ALL]])
@pytest.mark.parametrize("last", [[], [ALL]])
def test_packed_hours_go_along_and_become_one_with_what_stands(
    store: Store, first: list[Row], last: list[Row]
) -> None:
    theirs = [good(at, "login") for hour in HOURS[:2] for at in (hour, hour + 2)]
    mine = [good(hour + n, took=0.5) for hour in HOURS[1:] for n in (1, 2)]
    write(store.connection, [*theirs, *first, *mine, *last, RENAMED, RENAMED])

    expected = {row.at: replace(row, check="sso") for row in theirs} | {row.at: row for row in mine}
    assert together(store) == [expected[at] for at in sorted(expected)]
    both = "SELECT count(*) FROM hours JOIN results USING (source) WHERE at BETWEEN hour AND hour + 3599999"
    assert store.connection.execute(both).fetchone() == (0,)
    assert store.connection.execute("SELECT check_name FROM sources").fetchall() == [("sso",)]


def test_an_old_names_rows_go_into_the_new_ones_packed_hour(store: Store) -> None:
    write(store.connection, [good(NOW), ALL, good(NOW + 1, "login"), good(NOW, "login"), RENAMED])

    assert results(store) == [("sso", "hq", NOW), ("sso", "hq", NOW + 1)]


def judged(check: str) -> Judged:
    outage = StoredOutage(3, 5, 4, None, 5)
    return Judged(check, 0, 9, ((0, 9, "up"),), (outage,), (7,), "{}")


def test_what_was_judged_goes_along_with_the_only_past(store: Store) -> None:
    write(store.connection, [good(NOW, "login"), judged("login")])
    before = ledger.judged(store.connection)["login"]
    write(store.connection, [RENAMED, RENAMED])

    assert ledger.judged(store.connection) == {"sso": before}


@pytest.mark.parametrize("site", ["hq", "lab"])
def test_what_was_judged_of_either_of_two_pasts_holds_no_longer(store: Store, site: str) -> None:
    write(
        store.connection, [good(NOW, "login"), good(NOW, site=site), judged("login"), judged("sso"), RENAMED]
    )

    assert ledger.judged(store.connection) == {}


def test_what_was_judged_of_a_check_that_is_renamed_at_one_site_of_two_holds_no_longer(store: Store) -> None:
    write(store.connection, [good(NOW, "login"), good(NOW, "login", site="lab"), judged("login"), RENAMED])

    assert ledger.judged(store.connection) == {}


def test_counts_of_two_pasts_are_added(store: Store) -> None:
    limits = {"login": (300,), "sso": (300,)}
    write(
        store.connection,
        [good(NOW, "login"), good(NOW), bad(NOW + 1), Prune(NOW + 2 * HOUR, 0, 2**40, limits)],
    )
    write(store.connection, [RENAMED])

    assert ledger.counts_of(store.connection, "sso") == [Count(NOW // HOUR * HOUR, 2, 1, 0, {300: 2})]
