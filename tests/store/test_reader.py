import sqlite3
from pathlib import Path

import pytest

from store import file, reader
from store.errors import NewerStore, StoreError
from store.file import Store
from store.rows import Memory, Settled, Tried
from store.writer import Writer
from tests.store.samples import NOW, good, incident, intent

HOUR = 3_600_000


def test_results_of_all_checks_come_in_order_of_time_across_slices_and_gaps(store: Store) -> None:
    times = [0, 1, 5 * HOUR, 6 * HOUR - 1, 6 * HOUR, 6 * HOUR + 1, 7 * HOUR, 900 * HOUR]
    told = [good(at, check) for at in times for check in ("sso", "mail")]
    Writer(store).put(told, urgent=True)
    read = [row.at for row in reader.results_since(store.connection, 1)]
    assert read == [at for at in times[1:] for _ in range(2)]


def test_an_empty_store_has_no_results(store: Store) -> None:
    assert list(reader.results_since(store.connection, 0)) == []
    assert reader.last_result_at(store.connection) is None
    assert reader.last_evidence(store.connection, "sso", "hq", good=True) == {}


def test_incidents_are_open_until_resolved(store: Store) -> None:
    writer = Writer(store)
    writer.put([incident(episode=1), incident("hq/service/vpn", 2)], urgent=True)
    writer.put([incident(episode=1, resolved_at=NOW + 9)], urgent=True)
    assert list(reader.open_incidents(store.connection)) == [incident("hq/service/vpn", 2)]


def test_the_latest_episode_of_each_key_is_given(store: Store) -> None:
    rows = [incident(episode=n, resolved_at=NOW + n) for n in (9, 10)]
    Writer(store).put([*rows, incident("hq/service/vpn", 3)], urgent=True)
    assert reader.latest_episodes(store.connection) == {
        "hq/service/sso": reader.Episode(10, NOW + 10),
        "hq/service/vpn": reader.Episode(3, None),
    }


def test_recent_incidents_are_the_last_to_open(store: Store) -> None:
    Writer(store).put([incident(episode=n) for n in range(5)], urgent=True)
    assert [row.episode for row in reader.recent_incidents(store.connection, 2)] == [4, 3]


def test_unsettled_intents_come_in_the_order_of_their_decision(store: Store) -> None:
    rows = [intent("z"), intent("a"), intent("m", NOW - 5), intent("done")]
    Writer(store).put([*rows, Settled("done", NOW, "sent")], urgent=True)
    assert list(reader.unsettled_intents(store.connection)) == rows[:3]


def test_tried_intents_are_known_until_they_are_settled(store: Store) -> None:
    writer = Writer(store)
    writer.put([intent("1"), intent("2"), intent("3"), Tried("1", NOW), Tried("3", NOW)], urgent=True)
    writer.put([Settled("3", NOW, "dead", "400")], urgent=True)
    assert reader.tried_ids(store.connection) == {"1"}


def test_an_intent_is_settled_once(store: Store) -> None:
    Writer(store).put([intent("1"), Settled("1", NOW, "sent"), Settled("1", NOW + 1, "dead")], urgent=True)
    assert store.connection.execute("SELECT settled_at, how FROM intents").fetchone() == (NOW, "sent")


def test_memory_is_replaced_whole(store: Store) -> None:
    Writer(store).put([Memory("a", "1"), Memory("b", "2"), Memory("a", "3")], urgent=True)
    assert reader.memory(store.connection) == {"a": "3", "b": "2"}


def test_a_reader_sees_commits_while_the_writer_is_at_work(place: Path, store: Store) -> None:
    connection = reader.open_reader(place)
    Writer(store).put([good(NOW)], urgent=True)
    assert reader.last_result_at(connection) == NOW
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM results")
    connection.close()


def test_a_stopped_store_can_be_read_under_any_name(tmp_path: Path) -> None:
    place = tmp_path / "what? 100% #1.db"
    with file.open(place, "a test", NOW) as opened:
        Writer(opened).put([good(NOW)], urgent=True)
    connection = reader.open_reader(place)
    assert reader.last_result_at(connection) == NOW
    connection.close()


def test_a_missing_store_is_not_made_by_a_reader(place: Path) -> None:
    with pytest.raises(StoreError, match="there is no store at"):
        reader.open_reader(place)
    assert not place.exists()


def test_a_reader_refuses_what_is_no_store(place: Path) -> None:
    place.write_text("no database, but long enough to be one" * 100)
    with pytest.raises(StoreError, match="cannot be read"):
        reader.open_reader(place)


@pytest.mark.parametrize(("version", "error"), [(7, NewerStore), (0, StoreError)])
def test_a_reader_refuses_another_schema(store: Store, place: Path, version: int, error: type) -> None:
    store.connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(error, match=f"schema {version}, this one"):
        reader.open_reader(place)


def test_who_only_judges_can_leave_phases_and_facts_out(store: Store) -> None:
    told = good(1, phases={"connect": 0.1}, facts={"status_code": 200.0})
    Writer(store).put([told], urgent=True)

    assert list(reader.results_since(store.connection, 0, learned=False)) == [good(1)]
    assert list(reader.results_since(store.connection, 0)) == [told]
