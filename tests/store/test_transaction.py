import logging

import pytest

from probes.result import Outcome, Reason, Result
from store import reader
from store.file import Store
from store.rows import Memory, Reclassified, Row
from store.writer import Writer
from tests.store.samples import NOW, bad, good, intent


def results(store: Store) -> list[Result]:
    return list(reader.results_since(store.connection, 0))


def evidence(store: Store, *, is_good: bool) -> list[int]:
    found = store.connection.execute("SELECT at FROM evidence WHERE good = ? ORDER BY at", (is_good,))
    return [at for (at,) in found]


def test_a_result_comes_back_as_it_was(store: Store) -> None:
    told: list[Result] = [
        good(NOW, took=0.1 + 0.2, phases={"tls": 1 / 3}, facts={"status": 200, "expiry": 1.5e9}, extra=True),
        bad(NOW + 1, detail="the server said “no” – twice"),
    ]
    Writer(store).put(told, urgent=True)
    assert results(store) == told


def test_the_first_recorded_result_stays_and_a_differing_one_is_told(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    writer = Writer(store)
    writer.put([good(NOW)], urgent=True)
    writer.put([bad(NOW, detail="secret words"), good(NOW + 1)], urgent=True)
    assert results(store) == [good(NOW), good(NOW + 1)]
    assert writer.duplicates == 1
    assert caplog.messages == ["1 results differ from those recorded first, which stay; one of sso"]


def test_the_same_result_twice_is_no_duplicate(store: Store) -> None:
    writer = Writer(store)
    for _ in range(2):
        writer.put([bad(NOW, phases={"tls": 0.1})], urgent=True)
    assert writer.duplicates == 0
    assert results(store) == [bad(NOW, phases={"tls": 0.1})]


def test_the_same_instant_at_two_sites_is_two_results(store: Store) -> None:
    Writer(store).put([good(NOW), good(NOW, site="lab")], urgent=True)
    assert len(results(store)) == 2


def test_a_reclassified_result_means_something_else(store: Store) -> None:
    blind = Reclassified("sso", "hq", NOW, Outcome.UNKNOWN, Reason.BLIND)
    Writer(store).put([bad(NOW), bad(NOW + 1), blind], urgent=True)
    assert results(store) == [bad(NOW, outcome=Outcome.UNKNOWN, reason=Reason.BLIND), bad(NOW + 1)]


def test_evidence_is_kept_of_each_bad_and_the_last_good_attempt(store: Store) -> None:
    writer = Writer(store)
    writer.put([good(2, evidence={"n": 2}), bad(3, evidence={"n": 3}), bad(4, evidence={"n": 4})])
    writer.put([good(5, evidence={"n": 5}), good(1, evidence={"n": 1})], urgent=True)
    writer.put([good(0, evidence={"n": 0}), good(6)], urgent=True)
    assert evidence(store, is_good=True) == [5]
    assert evidence(store, is_good=False) == [3, 4]
    assert reader.last_evidence(store.connection, "sso", "hq", good=False) == {"n": 4}


def test_a_differing_duplicate_leaves_no_evidence(store: Store) -> None:
    writer = Writer(store)
    writer.put([good(NOW)], urgent=True)
    writer.put([bad(NOW, evidence={"n": 1})], urgent=True)
    assert evidence(store, is_good=False) == []


def test_evidence_that_is_too_large_says_so(store: Store) -> None:
    Writer(store).put([bad(NOW, evidence={"page": "x" * 16384})], urgent=True)
    assert reader.last_evidence(store.connection, "sso", "hq", good=False) == {"too_large": 16395}


def test_evidence_that_is_no_json_does_not_cost_the_result(store: Store) -> None:
    Writer(store).put([bad(NOW, evidence={(1, 2): "x"}), bad(NOW + 1, evidence={"of": {3}})], urgent=True)
    assert len(results(store)) == 2
    assert reader.last_evidence(store.connection, "sso", "hq", good=False) == {"of": [3]}


def test_half_a_surrogate_pair_does_not_cost_the_result(store: Store) -> None:
    Writer(store).put([bad(NOW, detail="broken \udc80 text")], urgent=True)
    assert results(store) == [bad(NOW, detail="broken ? text")]


def test_a_refused_row_leaves_no_part_of_itself(store: Store) -> None:
    Writer(store).put([good(NOW), good(2**63, "never-stored")], urgent=True)
    assert store.connection.execute("SELECT check_name FROM sources").fetchall() == [("sso",)]


def test_a_row_that_no_table_takes_does_not_stop_the_others(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    writer, told = Writer(store), []
    rows: list[Row] = [good(NOW), good(2**63), intent(), Memory("token", None), Memory("b", "2")]  # type: ignore[arg-type] # the bug
    writer.put(rows, urgent=True, then=lambda: told.append("then"))
    assert results(store) == [good(NOW)]
    assert list(reader.unsettled_intents(store.connection)) == [intent()]
    assert reader.memory(store.connection) == {"b": "2"}
    assert (writer.refused, writer.waiting, told) == (2, 0, ["then"])
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert ["Result" in errors[0], "Memory" in errors[1]] == [True, True]
    assert "token" not in caplog.text
