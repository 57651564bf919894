import json
from contextlib import closing
from typing import Any

import jsonschema
import pytest

from alerting.outbox_orders import document_of
from store import file, history
from store.reader import open_reader, operations
from store.rows import Operation
from tests.commands.incidents import CONFIGURATION, DAY, incident, intent, keep, over, settled, tried
from tests.commands.shapes import TIME, TIME_OR_NOT, WORD, rows, shape
from tests.commands.shell import Answer, Shell

WHEN = "a daemon that runs does it within a second, otherwise the next one does at its start\n"
INTEGER: dict[str, Any] = {"type": "integer"}
LISTED = shape(
    **dict.fromkeys(("id", "receiver", "key", "action", "urgency", "why"), WORD),
    **dict.fromkeys(("number", "episode"), INTEGER),
    created_at=TIME,
    **dict.fromkeys(("tried_at", "dead_at"), TIME_OR_NOT),
    ordered={"enum": ["drop", "retry", None]},
)
OPEN = incident()
OVER = over("vpn")
DEAD, WAITING = intent(OPEN), intent(OPEN, receiver="chat")
RESOLVE = intent(OVER, "resolve", after=1_200_000)


@pytest.fixture(autouse=True)
def company(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a dead letter, an open that waits and a resolve that waits be numbers 1 to 3."""
    monkeypatch.setenv("LOGNAME", "jo")
    shell.write(CONFIGURATION)
    keep(
        shell,
        *(OPEN.row(), OVER.row(), DEAD.row(), WAITING.row(), RESOLVE.row()),
        *(tried(DEAD), settled(DEAD, "dead", detail="400 invalid event")),
    )


def outbox(shell: Shell, *words: str) -> Answer:
    return shell.type("outbox", *words)


def listed(shell: Shell) -> list[dict[str, Any]]:
    answer = outbox(shell, "--json")
    assert (answer.status, answer.err) == (0, "")
    said: list[dict[str, Any]] = json.loads(answer.out)
    jsonschema.validate(said, rows(LISTED))
    return said


def written() -> list[Operation]:
    with closing(open_reader("watchkeeper.db")) as store:
        return list(operations(store))


def ordered() -> list[tuple[str, str]]:
    return [(each.what, each.subject) for each in written()]


def shown_how(id: str) -> str:
    with closing(open_reader("watchkeeper.db")) as store:
        found = history.letter(store, id)
    return found.how if found else ""


# --- list


def test_what_waits_and_what_was_refused_for_good_is_listed(shell: Shell) -> None:
    said = listed(shell)

    assert [(each["number"], each["receiver"], each["action"]) for each in said] == [
        (1, "oncall", "open"),
        (2, "chat", "open"),
        (3, "oncall", "resolve"),
    ]
    assert [each["why"] for each in said] == [
        "refused for good: 400 invalid event",
        "it waits for its turn",
        "it waits for its turn",
    ]


def test_people_read_the_same_and_list_need_not_be_typed(shell: Shell) -> None:
    keep(shell, tried(WAITING))

    lines = outbox(shell).out.splitlines()

    assert lines == outbox(shell, "list").out.splitlines()
    assert lines[0].split() == [
        *("id", "receiver", "incident", "action", "urgency", "since", "tried", "why"),
    ]
    assert "hq/service/sso#1  open" in lines[1]
    assert lines[2].endswith("not accepted yet")
    assert lines[3].split()[-6:] == ["never", "it", "waits", "for", "its", "turn"]


def test_dead_letters_are_listed_for_a_week(shell: Shell) -> None:
    old = intent(OPEN, receiver="old")
    keep(shell, old.row(), settled(old, "dead", after=-8 * DAY))

    assert "old" not in [each["receiver"] for each in listed(shell)]


def test_an_empty_outbox_says_so(shell: Shell) -> None:
    (shell.folder / "watchkeeper.db").unlink()
    keep(shell)

    assert outbox(shell).out == "nothing waits to be sent, and nothing was refused for good in 7 d\n"
    assert outbox(shell, "retry", "--all").out == "nothing waits: nothing is ordered\n"
    assert written() == []


def test_without_a_store_nothing_can_be_said(shell: Shell) -> None:
    (shell.folder / "watchkeeper.db").unlink()

    assert outbox(shell).status == outbox(shell, "drop", "1").status == 4


# --- retry


def test_what_waits_is_to_be_tried_now(shell: Shell) -> None:
    answer = outbox(shell, "retry", "2", "--author", "anna")

    assert answer.out == f"2, the open of hq/service/sso#1 for chat, is to be tried now\n{WHEN}"
    (operation,) = written()
    assert (operation.what, operation.subject, operation.author) == ("outbox.retry", WAITING.id, "anna")
    assert operation.document == "{}"


def test_a_dead_letter_is_to_be_given_again_whole_and_once(shell: Shell) -> None:
    answer = outbox(shell, "retry", DEAD.id)

    assert answer.out == f"1, the open of hq/service/sso#1 for oncall, is to be given again\n{WHEN}"
    (operation,) = written()
    assert json.loads(operation.document) == document_of(DEAD.row())
    assert listed(shell)[0]["ordered"] == "retry"
    again = outbox(shell, "retry", "1")
    assert again.status == 2
    assert "it has been ordered to be given again before" in again.err


def test_once_it_was_given_again_the_dead_letter_is_listed_no_more(shell: Shell) -> None:
    outbox(shell, "retry", "1")
    with closing(file.open(shell.folder / "watchkeeper.db", "test", 0)) as kept:
        kept.connection.execute(
            "INSERT INTO intents SELECT 9, id || '!1', receiver, key, episode, action, urgency, created_at,"
            " document, NULL, NULL, NULL, NULL FROM intents WHERE serial = 1"
        )

    assert [each["number"] for each in listed(shell)] == [2, 3, 9]


def test_all_is_everything_that_is_still_true(shell: Shell) -> None:
    dead = intent(OVER)
    keep(shell, dead.row(), settled(dead, "dead", detail="400"))

    lines = outbox(shell, "retry", "--all").out.splitlines()

    assert lines[3] == ("4, the open of hq/service/vpn#1 for oncall, is left: its episode is resolved")
    assert ordered() == [("outbox.retry", each.id) for each in (DEAD, WAITING, RESOLVE)]


def test_where_all_is_left_nothing_is_ordered(shell: Shell) -> None:
    outbox(shell, "retry", "1")
    outbox(shell, "drop", "2")
    outbox(shell, "drop", "3")

    lines = outbox(shell, "retry", "--all").out.splitlines()

    assert [line.rpartition(" is left: ")[2] for line in lines] == [
        "it has been ordered to be given again before",
        "it is to be dropped",
        "it is to be dropped",
        "nothing is ordered",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["retry", "4"],
            "4, the open of hq/service/vpn#1 for oncall, cannot be sent: its episode is resolved",
        ),
        (["retry", "5"], "cannot be sent: it is over: sent"),
        (["retry", "99"], "there is no message 99: `outbox list` lists those there are"),
        (["retry", "9" * 30], "there is no message 999"),
        (["retry"], "one of the arguments ID --all is required"),
        (["retry", "1", "--all"], "not allowed with"),
        (["drop", "5"], "does not wait: it was accepted"),
        (["drop", "--receiver", "onclal"], 'no receiver is called onclal: did you mean "oncall"?'),
        (["drop"], "one of the arguments ID --receiver is required"),
    ],
)
def test_wrong_use_is_refused_with_the_remedy_and_nothing_is_written(
    shell: Shell, words: list[str], told: str
) -> None:
    dead, sent = intent(OVER), intent(OVER, "update", after=5)
    keep(shell, dead.row(), sent.row(), settled(dead, "dead", detail="400"), settled(sent))

    answer = outbox(shell, *words)

    assert (answer.status, answer.out) == (2, "")
    assert told in answer.err
    assert written() == []


# --- drop


def test_what_is_to_be_dropped_says_what_that_means(shell: Shell) -> None:
    answer = outbox(shell, "drop", "2")

    assert answer.out == (
        "2, the open of hq/service/sso#1 for chat, is to be dropped: chat is not told of it, unless there is "
        f"news or a daemon starts before it is over\n{WHEN}"
    )
    assert ordered() == [("outbox.drop", WAITING.id)]
    assert listed(shell)[1]["ordered"] == "drop"
    assert outbox(shell).out.splitlines()[2].endswith("it waits for its turn; to be dropped")


def test_the_end_of_what_was_announced_is_not_dropped_silently(shell: Shell) -> None:
    open_ = intent(OVER)
    keep(shell, open_.row(), tried(open_), settled(open_))

    answer = outbox(shell, "drop", "3")

    assert "oncall IS NOT TOLD THAT IT IS OVER, it stays open there: close it there by hand" in answer.out


def test_the_end_of_what_was_never_announced_is_missed_by_nobody(shell: Shell) -> None:
    open_ = intent(OVER)
    keep(shell, open_.row(), settled(open_, "replaced"))

    assert "oncall was never told of it" in outbox(shell, "drop", "3").out


def test_where_the_beginning_is_not_known_the_end_is_taken_for_needed(shell: Shell) -> None:
    assert "IS NOT TOLD THAT IT IS OVER" in outbox(shell, "drop", "3").out


def test_an_open_that_was_tried_may_have_arrived(shell: Shell) -> None:
    keep(shell, tried(WAITING))

    assert "it may have arrived already, and its end will be told" in outbox(shell, "drop", "2").out


def test_all_that_waits_for_a_receiver_is_dropped(shell: Shell) -> None:
    more = intent(OPEN, "update", receiver="chat", after=5)
    keep(shell, more.row())

    answer = outbox(shell, "drop", "--receiver", "chat")

    assert ordered() == [("outbox.drop", WAITING.id), ("outbox.drop", more.id)]
    assert "what comes after it is told" in answer.out


def test_a_dead_letter_that_is_dropped_is_off_the_list(shell: Shell) -> None:
    answer = outbox(shell, "drop", "1")

    assert answer.out == (
        "1, the open of hq/service/sso#1 for oncall, is off the list: "
        "it was refused for good (400 invalid event)\n"
    )
    assert ordered() == [("outbox.drop", DEAD.id)]
    assert [each["number"] for each in listed(shell)] == [2, 3]
    assert shown_how(DEAD.id) == "dead"
    again = outbox(shell, "drop", "1")
    assert (again.status, "is off the list already" in again.err) == (2, True)


def test_a_dead_letter_that_is_given_again_is_not_dropped(shell: Shell) -> None:
    outbox(shell, "retry", "1")

    answer = outbox(shell, "drop", "1")

    assert answer.status == 2
    assert "has been ordered to be given again before: drop what was given" in answer.err


def test_a_dead_letter_that_was_dropped_may_still_be_given_again(shell: Shell) -> None:
    outbox(shell, "drop", "1")

    assert outbox(shell, "retry", "1").status == 0
    assert "outbox.retry" in [what for what, _ in ordered()]


def test_the_end_that_was_refused_is_to_be_told_by_hand(shell: Shell) -> None:
    keep(shell, settled(RESOLVE, "dead", detail="403"))

    assert "is off the list: oncall IS NOT TOLD THAT IT IS OVER" in outbox(shell, "drop", "3").out


def test_a_receiver_for_which_nothing_waits_is_no_mistake(shell: Shell) -> None:
    outbox(shell, "drop", "3")
    keep(shell, settled(RESOLVE, "replaced"))

    answer = outbox(shell, "drop", "--receiver", "oncall")

    assert (answer.status, answer.out) == (0, "nothing waits: nothing is ordered\n")
