import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from alerting.incident import Cause, Heard, Incident
from alerting.intent import Intent, Urgency
from commands.holds import time_of_day
from probes.net.trace import Hop, Way
from store import file
from store.reader import open_reader, operations
from store.rows import Operation, Trace
from tests.commands.incidents import (
    CONFIGURATION,
    DAY,
    HOUR,
    MINUTE,
    bad,
    good,
    incident,
    intent,
    keep,
    over,
    settled,
    tried,
)
from tests.commands.shapes import INCIDENT, MAYBE, NUMBER, NUMBER_OR_NOT, TIME, TIME_OR_NOT, WORD, rows, shape
from tests.commands.shell import Answer, Shell

ACKNOWLEDGED = Heard("acknowledged", 1, by_person=True, acknowledged=True)
NOTE = shape(at=TIME, author=WORD, text=WORD)
VERDICT = shape(at=TIME, author=WORD, cause=WORD, note=WORD, verdict={"enum": ["true", "false", "no-action"]})
MORE: dict[str, Any] = {
    "id": WORD,
    "urgency": {"enum": ["page", "ticket", "info"]},
    **dict.fromkeys(("accepted_at", "announced_at", "restored_at"), TIME_OR_NOT),
    "ended": MAYBE,
    **dict.fromkeys(("told", "swallowed"), rows(WORD)),
    "flapping": {"type": "boolean"},
    "verdict": {"anyOf": [VERDICT, {"type": "null"}]},
    "notes": rows(NOTE),
}
LISTED = shape(**INCIDENT["properties"], **MORE)
DELIVERY = shape(
    **dict.fromkeys(("id", "receiver", "action", "urgency", "detail"), WORD),
    number={"type": "integer"},
    created_at=TIME,
    **dict.fromkeys(("tried_at", "settled_at"), TIME_OR_NOT),
    how={"enum": ["sent", "dead", "replaced", None]},
)
HOP = shape(ttl={"type": "integer"}, address=WORD, seconds=NUMBER_OR_NOT)
EVIDENCE = shape(
    **dict.fromkeys(("kind", "check", "host", "address", "ended", "mtu_note"), WORD),
    **dict.fromkeys(("at", "outage"), TIME),
    hops=rows(HOP),
    reached={"type": "boolean"},
    mtu={"type": ["integer", "null"]},
)
SHOWN = shape(
    **LISTED["properties"],
    times=shape(detect=NUMBER, **dict.fromkeys(("detect_at_most", "acknowledge", "restore"), NUMBER_OR_NOT)),
    story=rows(shape(at=TIME, what=WORD)),
    deliveries=rows(DELIVERY),
    evidence=rows(EVIDENCE),
)


@pytest.fixture(autouse=True)
def company(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "jo")
    shell.write(CONFIGURATION)


def incidents(shell: Shell, *words: str) -> Answer:
    return shell.type("incidents", *words)


def ids(shell: Shell, *words: str) -> list[str]:
    answer = incidents(shell, *words, "--json")
    assert (answer.status, answer.err) == (0, "")
    listed = json.loads(answer.out)
    jsonschema.validate(listed, rows(LISTED))
    return [each["id"] for each in listed]


def shown(shell: Shell, id: str) -> dict[str, Any]:
    answer = incidents(shell, "show", id, "--json")
    assert (answer.status, answer.err) == (0, "")
    told: dict[str, Any] = json.loads(answer.out)
    jsonschema.validate(told, SHOWN)
    return told


def written() -> list[Operation]:
    with closing(open_reader("watchkeeper.db")) as store:
        return list(operations(store))


# --- list


def test_what_is_open_comes_first_by_urgency_and_then_what_was_resolved_lately(shell: Shell) -> None:
    keep(
        shell,
        over("sso", 1, ago=9 * DAY).row(),
        over("sso", 2, ago=5 * HOUR).row(),
        over("sso", 3, ago=3 * HOUR).row(),
        incident("info", urgency=Urgency.INFO).row(),
        incident("ticket", urgency=Urgency.TICKET).row(),
        incident("page").row(),
    )
    open_ = [f"hq/service/{name}#1" for name in ("page", "ticket", "info")]
    lately = ["hq/service/sso#3", "hq/service/sso#2"]

    assert ids(shell) == ids(shell, "list") == [*open_, *lately]
    assert ids(shell, "--all") == ids(shell, "list", "--all") == [*open_, *lately, "hq/service/sso#1"]
    assert ids(shell, "--since", "4h") == ids(shell, "list", "--since", "4h") == [*open_, lately[0]]
    assert ids(shell, "--since", "10d", "list") == ids(shell, "--all")


def test_people_see_state_times_and_what_it_is(shell: Shell) -> None:
    keep(
        shell,
        over().row(),
        incident("vpn", ago=HOUR // 2, suppressed_by="sso", told=(), announced_at=None).row(),
        incident(
            "mail", acknowledged_at=1, heard={"oncall": ACKNOWLEDGED}, flapping=True, silenced_by="silence-1"
        ).row(),
    )

    lines = incidents(shell).out.splitlines()

    assert lines[0].split() == ["id", "severity", "state", "since", "for", "verdict", "what"]
    assert "open, acknowledged, flapping, held by silence-1" in lines[1]
    assert "open, told with sso" in lines[2]
    assert "resolved" in lines[3]
    assert "20 min  –        Single sign-on is up again after 20 min" in lines[3]


def test_an_acknowledgement_is_told_of_while_it_stands(shell: Shell) -> None:
    taken_back = Heard("unacknowledged", 2, by_person=True)
    keep(
        shell,
        incident("sso", acknowledged_at=1, heard={"oncall": ACKNOWLEDGED}).row(),
        incident("vpn", acknowledged_at=1, heard={"oncall": taken_back}).row(),
    )

    assert "open, acknowledged" in incidents(shell, "show", "sso").out
    assert "page, critical, open\n" in incidents(shell, "show", "vpn").out
    assert ["open, acknowledged" in line for line in incidents(shell).out.splitlines()[1:]] == [True, False]


def test_an_empty_list_says_how_to_see_more(shell: Shell) -> None:
    keep(shell, over(ago=9 * DAY).row())

    assert incidents(shell).out == (
        "no incident is open, and none was resolved in 7 d; --all lists what was before\n"
    )


def test_without_a_store_there_is_nothing_to_tell(shell: Shell) -> None:
    answer = incidents(shell)

    assert (answer.status, answer.out) == (4, "")
    assert "has `watchkeeper run` been started with it?" in answer.err
    assert not Path("watchkeeper.db").exists()


def test_it_reads_while_a_daemon_holds_the_store(shell: Shell) -> None:
    keep(shell, incident().row())

    with closing(file.open(shell.folder / "watchkeeper.db", "run", 0)):
        assert ids(shell) == ["hq/service/sso#1"]
        assert incidents(shell, "note", "sso", "seen").status == 0


# --- show


def test_the_story_is_told_in_order_from_the_fault_to_the_verdict(shell: Shell) -> None:
    one = over(ago=2 * HOUR, swallowed=("vpn",))
    one = replace(one, acknowledged_at=one.opened_at + 2 * MINUTE)
    open_, chat = intent(one), intent(one, receiver="chat")
    resolve = intent(one, "resolve", after=20 * MINUTE)
    keep(
        shell,
        *(one.row(), good(one), bad(one)),
        *(open_.row(), chat.row(), tried(open_), settled(open_, after=4_000)),
        *(tried(chat), settled(chat, "dead", 9_000, "404 no such channel")),
        *(resolve.row(), tried(resolve), settled(resolve)),
    )
    incidents(shell, "note", "sso", "the disk was full")
    incidents(shell, "verdict", "sso", "true", "--cause", "disk")

    told = shown(shell, "sso")

    assert [moment["what"] for moment in told["story"]] == [
        "first bad attempt of login (last seen: it does not answer in time: not done within 10 s)",
        "confirmed, and opened as page, severity critical",
        "open for oncall, chat: Single sign-on is down",
        "oncall accepted the open, 4 s after the first try",
        "chat refused the open for good: 404 no such channel",
        "acknowledged by a person",
        "restored: the outage ends",
        "resolved",
        "resolve for oncall: Single sign-on is down",
        "oncall accepted the resolve",
        "note by jo: the disk was full",
        "verdict by jo: true, cause: disk",
    ]
    assert told["times"] == {
        "detect": 10.0,
        "detect_at_most": 40.0,
        "acknowledge": 120.0,
        "restore": 1200.0,
    }
    assert [each["how"] for each in told["deliveries"]] == ["sent", "dead", "sent"]


def test_people_read_the_same(shell: Shell) -> None:
    one = over(swallowed=("vpn",))
    keep(shell, one.row(), good(one), bad(one))

    said = incidents(shell, "show", "sso#1").out

    assert said.startswith("hq/service/sso#1: Single sign-on is up again after 20 min\n")
    assert "because of login: it does not answer in time: not done within 10 s\n" in said
    assert "down with it, and told with it: vpn\n" in said
    assert "time to detect: 10 s, at most 40 s since the last good attempt\n" in said
    assert "time to restore: 20 min\n" in said
    assert "time to acknowledge" not in said
    assert "CET  restored: the outage ends\n" in said or "CEST  restored: the outage ends\n" in said


def way(about: Incident, check: str = "login", host: str = "login.example.com", **said: Any) -> Trace:
    """Give a way that was followed nine seconds after an outage began."""
    hops = [Hop(1, "10.0.0.1", 0.00042), Hop(2), Hop(3, "10.0.9.1", 0.0123)]
    at = about.fault_at + 9_000
    found = Way(at, host, "192.0.2.1", hops, ended="nobody answers after hop 3", **said)
    return Trace(check, about.fault_at, at, json.dumps(found.document()))


def test_the_way_to_a_host_is_part_of_it_for_programs(shell: Shell) -> None:
    one = over()
    keep(shell, one.row(), way(one, mtu=1300, mtu_note="says 10.0.9.1"), way(over(ago=DAY)))

    (found,) = shown(shell, "sso")["evidence"]

    assert (found["kind"], found["check"], found["mtu"]) == ("way", "login", 1300)
    assert found["outage"] == shown(shell, "sso")["fault_at"]
    assert [hop["address"] for hop in found["hops"]] == ["10.0.0.1", "", "10.0.9.1"]


def test_people_read_a_way_once_however_many_checks_are_at_its_end(shell: Shell) -> None:
    one = incident(causes=(Cause("login", 1), Cause("token", 1)))
    found: dict[str, Any] = {"mtu": 1300, "mtu_note": "says 10.0.9.1"}
    keep(shell, one.row(), *(way(one, name, **found) for name in ("login", "token", "other")))

    said = incidents(shell, "show", "sso").out.splitlines()

    (head,) = [at for at, line in enumerate(said) if "the way to" in line]
    assert said[head].endswith(
        "the way to login.example.com (192.0.2.1), as login, token went down: nobody answers after hop 3"
    )
    assert [line.split() for line in said[head + 1 : head + 5]] == [
        ["hop", "who", "answers", "after"],
        ["1", "10.0.0.1", "0.42", "ms"],
        ["2", "no", "answer"],
        ["3", "10.0.9.1", "12.3", "ms"],
    ]
    assert said[head + 5] == "packets of 1300 bytes get through: says 10.0.9.1"


def test_what_was_never_good_has_no_upper_bound(shell: Shell) -> None:
    one = incident()
    keep(shell, one.row(), bad(one))

    told = shown(shell, "sso")

    assert told["times"] == {"detect": 10.0, "detect_at_most": None, "acknowledge": None, "restore": None}
    assert "at most" not in incidents(shell, "show", "sso").out


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"silenced_by": "silence-1"}, "; held by silence-1"),
        ({"in_maintenance": "patchday"}, "; held by maintenance patchday"),
        ({"in_maintenance": "maintenance-6"}, "; held by maintenance-6"),
        ({"suppressed_by": "sso"}, "; told with the incident of sso"),
        ({"put_off": True}, "; outside of its route's hours: told to nobody until they begin"),
    ],
)
def test_what_keeps_an_announcement_back_is_part_of_the_story(
    shell: Shell, said: dict[str, Any], told: str
) -> None:
    keep(shell, incident(announced_at=None, told=(), **said).row())

    story = [moment["what"] for moment in shown(shell, "sso")["story"]]

    assert f"confirmed, and opened as page, severity critical{told}" in story


def test_what_was_held_and_announced_later_says_both(shell: Shell) -> None:
    one = incident()
    keep(shell, replace(one, announced_at=one.opened_at + MINUTE).row())

    story = [moment["what"] for moment in shown(shell, "sso")["story"]]

    assert story[1].endswith("; not announced yet")
    assert story[2] == "announced: nothing holds it any more"


def test_what_a_receiver_reports_and_what_still_waits_is_told(shell: Shell) -> None:
    one = incident()
    heard = {"oncall": Heard("resolved", one.opened_at + MINUTE, by_person=True)}
    open_, never = intent(one), intent(one, receiver="chat", after=1_000)
    keep(shell, replace(one, heard=heard).row(), open_.row(), tried(open_, 2_000), never.row())

    story = [moment["what"] for moment in shown(shell, "sso")["story"]]

    assert "oncall reports: resolved by a person" in story
    assert "oncall is tried with the open, not accepted yet" in story


def test_who_acknowledged_is_told_with_the_receiver_that_reported_it(shell: Shell) -> None:
    one = incident()
    at, later = one.opened_at + MINUTE, one.opened_at + 2 * MINUTE
    stands = Heard("acknowledged", at, by_person=True, acknowledged=True)
    back = Heard("unacknowledged", later, by_person=True)
    keep(
        shell,
        replace(one, acknowledged_at=at, heard={"oncall": stands}).row(),
        replace(one, episode=2, acknowledged_at=at, heard={"oncall": back}).row(),
        replace(one, episode=3, acknowledged_at=at, heard={"oncall": back, "chat": back}).row(),
    )

    stories = [[each["what"] for each in shown(shell, f"sso#{number}")["story"][2:]] for number in (1, 2, 3)]

    assert stories == [
        ["acknowledged by a person, as oncall reports"],
        [
            "acknowledged by a person, as oncall reports",
            "the acknowledgement was taken back, as oncall reports",
        ],
        [
            "acknowledged by a person",
            "the acknowledgement was taken back, as oncall reports",
            "the acknowledgement was taken back, as chat reports",
        ],
    ]


def test_an_escalation_says_why_others_are_told(shell: Shell) -> None:
    one = incident()
    keep(
        shell,
        one.row(),
        *(escalated(one, "nobody has acknowledged it for 20 s").row(), intent(one).row()),
        *(escalated(one, "acknowledged at noon, and still open", episode=2).row(),),
        replace(one, episode=2).row(),
    )

    assert told_at_last(shell, "sso#1") == "escalated to lead: nobody had acknowledged for 20 s"
    assert told_at_last(shell, "sso#2") == "escalated to lead: acknowledged at noon, and still open"


def escalated(one: Incident, note: str, episode: int = 1) -> Intent:
    said = intent(one, receiver="lead", after=20_000)
    message = replace(said.message, details={"note": note})
    return replace(said, id=f"{said.id}-{episode}", episode=episode, anew=True, message=message)


def told_at_last(shell: Shell, id: str) -> str:
    return str(shown(shell, id)["story"][-1]["what"])


def test_people_see_what_came_of_the_open_at_each_receiver(shell: Shell) -> None:
    one = incident(told=("oncall", "chat", "lead", "old"), stormed=("wall",))
    again = intent(one, after=60_000)
    chat, lead, drop = (intent(one, receiver=name) for name in ("chat", "lead", "drop"))
    keep(
        shell,
        *(one.row(), intent(one).row(), settled(intent(one), after=2_000)),
        *(again.row(), settled(again, "dead"), chat.row(), settled(chat, "dead", detail="400")),
        *(lead.row(), drop.row(), settled(drop, "replaced", detail="dropped by hand")),
    )

    lines = incidents(shell, "show", "sso").out.splitlines()

    accepted = time_of_day(one.opened_at + 2_000, ZoneInfo("Europe/Amsterdam"), one.opened_at, seconds=True)
    begin = lines.index(f"oncall: accepted {accepted}")
    assert lines[begin + 1 : begin + 6] == [
        "chat: refused (400)",
        "lead: not accepted yet",
        "drop: not told (dropped by hand)",
        "old: nothing is known of its open",
        "wall: told together with others",
    ]


def test_where_nobody_was_to_be_told_that_is_said(shell: Shell) -> None:
    keep(shell, incident(told=()).row())

    assert "told: nobody\n" in incidents(shell, "show", "sso").out


def test_what_is_about_ourselves_has_no_check_that_failed(shell: Shell) -> None:
    keep(shell, incident("reload", key="hq/monitor/reload", scope="monitor", causes=(), text="odd").row())

    assert shown(shell, "reload")["story"][0]["what"] == "begun: odd"


# --- verdict and note


def test_a_verdict_is_written_down_with_its_author_and_the_last_counts(shell: Shell) -> None:
    keep(shell, over().row())

    first = incidents(shell, "verdict", "service/sso", "false", "--author", "anna")
    second = incidents(shell, "verdict", "sso#1", "no-action", "--note", "it went by itself")

    assert first.out == "hq/service/sso#1 is judged false\n"
    assert second.out == "hq/service/sso#1 is judged no-action; it was false\n"
    assert [(each.what, each.subject, each.author) for each in written()] == [
        ("incident.verdict", "hq/service/sso#1", "anna"),
        ("incident.verdict", "hq/service/sso#1", "jo"),
    ]
    told = shown(shell, "sso")
    assert told["verdict"]["verdict"] == "no-action"
    assert [moment["what"] for moment in told["story"]][-2:] == [
        "verdict by anna: false",
        "verdict by jo: no-action (it went by itself)",
    ]
    assert "no-action" in incidents(shell).out


def test_notes_are_listed_and_told(shell: Shell) -> None:
    keep(shell, incident().row())

    assert incidents(shell, "note", "sso", "ask the vendor").out == "hq/service/sso#1: noted\n"

    assert shown(shell, "sso")["notes"][0]["text"] == "ask the vendor"
    assert "note: ask the vendor\n" in incidents(shell, "show", "sso").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["verdict", "vpn", "true"], "there is no incident vpn"),
        (["verdict", "sso#2", "true"], "hq/service/sso has no episode 2: did you mean hq/service/sso#1?"),
        (["verdict", "sso", "perhaps"], "invalid choice: 'perhaps'"),
        (["note", "ssso", "seen"], "there is no incident ssso: did you mean hq/service/sso#1?"),
        (["note", "sso", "  "], "TEXT must say something"),
        (["show", "vpn"], "there is no incident vpn"),
        (["--since", "soon"], "--since: must be a duration such as"),
    ],
)
def test_wrong_use_is_refused_with_the_remedy_and_nothing_is_written(
    shell: Shell, words: list[str], told: str
) -> None:
    keep(shell, over().row())

    answer = incidents(shell, *words)

    assert (answer.status, answer.out) == (2, "")
    assert told in answer.err
    assert written() == []


def test_what_cannot_be_understood_is_named(shell: Shell) -> None:
    keep(shell, over().row())
    with closing(file.open(shell.folder / "watchkeeper.db", "test", 0)) as kept:
        kept.connection.execute(
            "INSERT INTO operations VALUES (7, 0, NULL, 'incident.note', 'hq/service/sso#1', '?')"
        )

    answer = incidents(shell)

    assert answer.err == (
        "left out, because it cannot be understood: incident.note hq/service/sso#1 (serial 7)\n"
    )
    assert "hq/service/sso#1" in answer.out
