"""A store that an older version wrote goes on in this one, with all that is in it."""

import sqlite3
from pathlib import Path

import pytest

from store import file, history, ledger, reader
from store.errors import StoreError
from store.file import Store
from store.rows import Memory, Pack, Renamed, Row, Tried
from store.transaction import write
from tests.store.samples import NOW, bad, good, incident, intent

RESULTS = [
    good(NOW, phases={"tls": 1 / 3}, facts={"status_code": 200}),
    bad(NOW + 1, detail="“no”"),
    good(NOW + 2, extra=True),
]
# What schema 1 could hold, as its own statements wrote it.
FIRST = """
    INSERT INTO sources VALUES (1, 'sso', 'hq');
    INSERT INTO results VALUES
        (1, {0}, 0.25, 'good', NULL, NULL, '{{"tls":0.3333333333333333}}', '{{"status_code":200}}', 0),
        (1, {1}, 0.25, 'bad', 'reset', '“no”', NULL, NULL, 0),
        (1, {2}, 0.25, 'good', NULL, NULL, NULL, NULL, 1);
    INSERT INTO evidence VALUES (1, 0, {1}, '{{"n":1}}');
    INSERT INTO incidents VALUES ('hq/service/sso', 1, 'service', 'sso', {1}, NULL, '{{}}');
    INSERT INTO intents (id, receiver, key, episode, action, urgency, created_at, document, tried_at)
        VALUES ('1', 'oncall', 'hq/service/sso', 1, 'open', 'page', {0}, '{{"summary":"sso down"}}', {1});
    INSERT INTO memory VALUES ('name', 'value');
""".format(NOW, NOW + 1, NOW + 2)
SECOND = f"INSERT INTO operations VALUES (1, {NOW}, 'ada', 'silence.add', 's1', '{{}}');"


THIRD = f"INSERT INTO blips VALUES ('sso', {NOW});"


@pytest.fixture(params=[1, 2, 3])
def version(request: pytest.FixtureRequest, place: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Make a store of that schema."""
    version: int = request.param
    scripts = file._scripts()[:version]
    with monkeypatch.context() as patch:
        patch.setattr(file, "_scripts", lambda: scripts)
        with file.open(place, "a test", NOW) as opened:
            opened.connection.executescript("BEGIN;" + "".join([FIRST, SECOND, THIRD][:version]) + "COMMIT;")
    return version


def results(store: Store) -> list[object]:
    return list(reader.results_since(store.connection, 0))


def test_all_that_was_stored_is_there(place: Path, version: int) -> None:
    with file.open(place, "a test", NOW) as store:
        connection = store.connection
        assert connection.execute("PRAGMA user_version").fetchone() == (file.latest_version(),)
        assert results(store) == RESULTS
        assert reader.last_evidence(connection, "sso", "hq", good=False) == {"n": 1}
        assert list(reader.open_incidents(connection)) == [incident()]
        assert list(reader.unsettled_intents(connection)) == [intent()]
        assert reader.tried_ids(connection) == {"1"}
        assert reader.memory(connection) == {"name": "value"}
        assert len(list(reader.operations(connection))) == min(version - 1, 1)
        assert len(ledger.judged(connection)) == (version == 3)
        assert history.traces(connection, ["sso"], 0, 2**62) == []


def test_it_can_be_written_and_packed(place: Path, version: int) -> None:
    with file.open(place, "a test", NOW) as store:
        rows: list[Row] = [
            good(NOW + 3),
            Memory("name", "other"),
            Tried("1", NOW),
            Renamed("sso", "login", "hq"),
        ]
        said = write(store.connection, [*rows, Pack(2**62, 99)])
        assert (said.added, said.refused, said.packed) == (1, [], 1)
        assert len(results(store)) == 4


def test_a_reader_asks_for_the_daemon_to_bring_it_up_to_date(place: Path, version: int) -> None:
    with pytest.raises(StoreError, match=f"schema {version}, this one reads"):
        reader.open_reader(place)


def test_a_migration_cut_short_is_made_again(
    place: Path, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [*file._scripts()[:-1], f"{file._scripts()[-1]} CREATE TABLE sources (x);"]
    with monkeypatch.context() as patch:
        patch.setattr(file, "_scripts", lambda: broken)
        with pytest.raises(StoreError):
            file.open(place, "a test", NOW)
    with sqlite3.connect(f"{place.as_uri()}?mode=ro", uri=True) as old:
        assert old.execute("PRAGMA user_version").fetchone() == (file.latest_version() - 1,)
    old.close()
    with file.open(place, "a test", NOW) as store:
        assert results(store) == RESULTS
