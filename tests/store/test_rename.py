from store import reader
from store.file import Store
from store.rows import Renamed
from store.writer import Writer
from tests.store.samples import NOW, bad, good

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
