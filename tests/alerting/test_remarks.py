import json
from typing import Any

from alerting.remarks import Note, Remarks, Verdict
from store.rows import Operation, What
from tests.alerting.intents import NOW

ID = "hq/service/sso#1"


def said(what: What, serial: int = 1, **document: Any) -> Operation:
    return Operation(serial, NOW + serial, "jo", what, ID, json.dumps(document))


def test_the_last_verdict_counts_and_none_is_forgotten() -> None:
    remarks = Remarks.of(
        [
            said("incident.verdict", 1, verdict="false"),
            said("incident.verdict", 2, verdict="true", cause="a full disk", note="again"),
        ]
    )

    assert remarks.verdict(ID) == Verdict(NOW + 2, "jo", "true", "a full disk", "again")
    assert [each.worth for each in remarks.verdicts[ID]] == ["false", "true"]


def test_notes_are_kept_in_order() -> None:
    remarks = Remarks.of([said("incident.note", n, text=text) for n, text in enumerate(("a", "b"))])

    assert remarks.notes[ID] == [Note(NOW, "jo", "a"), Note(NOW + 1, "jo", "b")]


def test_what_nobody_has_judged_has_no_verdict() -> None:
    remarks = Remarks.of([said("silence.add")])

    assert remarks.verdict(ID) is None
    assert remarks.verdicts == {}


def test_what_cannot_be_understood_is_named_and_the_rest_is_read() -> None:
    remarks = Remarks.of(
        [said("incident.verdict", 3, verdict="perhaps"), said("incident.note", 4, text="sure")]
    )

    assert remarks.unreadable == ["incident.verdict hq/service/sso#1 (serial 3)"]
    assert [note.text for note in remarks.notes[ID]] == ["sure"]
