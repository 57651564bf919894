import json
import shlex
from contextlib import closing

import jsonschema
import pytest

from alerting.form import instant
from probes.clock import Clock
from store import file
from store.reader import open_reader, operations
from store.rows import Operation
from tests.commands.shapes import TIME, WORD, rows, shape
from tests.commands.shell import Answer, Shell

HOUR = 3_600_000
CONFIGURATION = """
version: 1
site: hq
timezone: Europe/Amsterdam
services:
  sso: {tier: 1, owner: identity-team, labels: {region: eu}}
  vpn: {tier: 3, owner: network-team}
checks: {front: {service: sso, kind: http, url: "http://127.0.0.1:1/"}}
receivers: {chat: {kind: webhook, url: "http://127.0.0.1:1/"}}
"""
LISTED = shape(
    **dict.fromkeys(("id", "reason", "author"), WORD),
    match={"type": "object"},
    start=TIME,
    end=TIME,
    now={"type": "boolean"},
)


@pytest.fixture(autouse=True)
def company(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "jo")
    shell.write(CONFIGURATION)
    file.open(shell.folder / "watchkeeper.db", "test", Clock().now()).close()


def add(shell: Shell, *words: str) -> Answer:
    return shell.type("silence", "add", "--reason", "noise", *words)


def listed(shell: Shell, *words: str) -> list[dict[str, object]]:
    return list(json.loads(shell.type("silence", "list", "--json", *words).out))


def written() -> list[Operation]:
    with closing(open_reader("watchkeeper.db")) as store:
        return list(operations(store))


def test_a_service_is_silenced_until_an_end(shell: Shell) -> None:
    before = Clock().now()

    answer = add(shell, "--service", "sso", "--for", "2h")

    (told,) = listed(shell)
    jsonschema.validate([told], rows(LISTED))
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.startswith("silence-1 holds service=sso until 2")
    assert (told["id"], told["match"], told["author"], told["now"]) == (
        *("silence-1", {"service": "sso"}, "jo", True),
    )
    assert instant(before + 2 * HOUR) <= str(told["end"]) <= instant(Clock().now() + 2 * HOUR)


def test_every_word_of_a_match_and_the_name_can_be_asked(shell: Shell) -> None:
    pairs = ["urgency=page", "tier=1", "service=sso", "owner=identity-team", "scope=service"]
    pairs += ["severity=critical", "labels.region=eu", "name=sso"]

    answer = add(shell, *(word for pair in pairs for word in ("--match", pair)), "--for", "1h")

    assert (answer.status, answer.err) == (0, "")
    assert listed(shell)[0]["match"] == {
        "urgency": "page",
        "tier": 1,
        "service": "sso",
        "owner": "identity-team",
        "scope": "service",
        "severity": "critical",
        "labels": {"region": "eu"},
        "name": "sso",
    }


@pytest.mark.parametrize(
    "pair",
    [
        "name=receiver/chat",
        "name=blind/internet",
        "scope=monitor",
        "name=unmeasured/sso",
        "name=reload",
        "name=front",
    ],
)
def test_what_is_told_of_ourselves_can_be_silenced_too(shell: Shell, pair: str) -> None:
    answer = add(shell, "--match", pair, "--for", "1h")

    assert (answer.status, answer.err) == (0, "")


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (["owner=identty-team"], 'owner: no service has this owner (did you mean "identity-team"?)'),
        (["tier=2"], "tier: no service is of this tier; there is 1, 3"),
        (["labels.region=us"], "region: no service has this label with this value; there is eu"),
        (["name=receiver/pager"], "name: nothing is called receiver/pager"),
        (["tier=1", "owner=network-team"], "no incident has all of it"),
        (["severity=error", "service=sso"], "no incident has all of it"),
        (["name=sso", "service=vpn", "scope=service"], "no incident has all of it"),
    ],
)
def test_a_silence_that_matches_nothing_is_warned_of_and_kept(
    shell: Shell, pairs: list[str], told: str
) -> None:
    answer = add(shell, *(word for pair in pairs for word in ("--match", pair)), "--for", "1h")

    assert answer.status == 0
    assert answer.err == f"it matches nothing that is configured: {told}\n"
    assert len(listed(shell)) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--service", "sso"], "one of the arguments --for --until is required"),
        (["--service", "sso", "--for", "31d"], "30 d at most, so that none is forgotten: say --for 30d"),
        (["--service", "sso", "--until", "2998-01-01T00:00"], "30 d at most"),
        (["--service", "sso", "--until", "2020-01-01T00:00"], "must end later than now"),
        (["--service", "sso", "--for", "0s"], "must end later than now"),
        (["--service", "sos", "--for", "1h"], 'no service is called sos: did you mean "sso"?'),
        (["--match", "service=sos", "--for", "1h"], 'no service is called sos: did you mean "sso"?'),
        (["--for", "1h"], "what is silenced? Say --service NAME, or --match WORD=VALUE"),
        (["--match", "teir=1", "--for", "1h"], '--match teir=1: no such word: did you mean "tier"?'),
        (["--match", "tier", "--for", "1h"], "--match tier: must be WORD=VALUE"),
        (["--match", "tier=", "--for", "1h"], "--match tier=: must be WORD=VALUE"),
        (["--match", "labels=eu", "--for", "1h"], "--match labels=eu: must be labels.NAME=VALUE"),
        (["--match", "labels.=eu", "--for", "1h"], "--match labels.=eu: must be labels.NAME=VALUE"),
        (["--match", "tier=7", "--for", "1h"], "--match tier: must be at most 3"),
        (["--match", "scope=all", "--for", "1h"], "--match scope: must be"),
        (["--match", "tier=1", "--match", "tier=3", "--for", "1h"], "tier is said twice"),
        (["--service", "sso", "--match", "service=vpn", "--for", "1h"], "service is said twice"),
        (["--service", "sso", "--service", "sso", "--for", "1h"], "service is said twice"),
        (
            ["--match", "labels.region=eu", "--match", "labels.region=us", "--for", "1h"],
            "there is one silence per value of labels.region (or a match by owner, tier, labels)",
        ),
        (["--service", "sso", "--for", "1h", "--reason", " "], "--reason must say why"),
    ],
)
def test_wrong_use_is_refused_with_the_remedy_and_nothing_is_written(
    shell: Shell, words: list[str], told: str
) -> None:
    answer = add(shell, *words)

    assert (answer.status, answer.out) == (2, "")
    assert told in answer.err
    assert written() == []


def test_for_two_services_the_two_commands_to_type_are_told_and_they_work(shell: Shell) -> None:
    two = ["--service", "sso", "--service", "vpn", "--match", "tier=1", "--for", "90m", "--author", "o'me"]

    answer = add(shell, *two)

    assert (answer.status, answer.out) == (2, "")
    assert answer.err.splitlines() == [
        "watchkeeper: service is said twice: there is one silence per service "
        "(or a match by owner, tier, labels). Type:",
        *(
            f"  watchkeeper silence add --service {name} --match tier=1 --for 90m --reason noise "
            """--author 'o'"'"'me'"""
            for name in ("sso", "vpn")
        ),
    ]
    for line in answer.err.splitlines()[1:]:
        assert shell.type(*shlex.split(line)[1:]).status == 0
    assert [each["match"] for each in listed(shell)] == [
        {"tier": 1, "service": "sso"},
        {"tier": 1, "service": "vpn"},
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--for", "2d"], "--for 2d"),
        (["--for", "1.5s"], "--for 1.5s"),
        (["--for", "1000000s"], "--for 1000000s"),
        (["--until", "2026-12-06T08:00"], "--until 2026-12-06T08:00:00"),
        (["--until", "2026-12-06T08:00Z"], "--until 2026-12-06T08:00:00+00:00"),
    ],
)
def test_the_commands_to_type_last_as_long_as_what_was_typed(
    shell: Shell, words: list[str], told: str
) -> None:
    answer = add(shell, "--match", "tier=1", "--match", "tier=3", *words)

    assert f"--match tier=3 {told} --reason noise" in answer.err


def test_thirty_days_are_not_too_long(shell: Shell) -> None:
    assert add(shell, "--service", "sso", "--for", "30d").status == 0


def test_a_silence_that_is_removed_ends_and_stays_in_the_history(shell: Shell) -> None:
    add(shell, "--service", "sso", "--for", "1h")

    answer = shell.type("silence", "remove", "silence-1", "--author", "me")

    assert answer.out == "silence-1 ends now: what still fails is announced\n"
    assert listed(shell) == []
    assert [each["now"] for each in listed(shell, "--all")] == [False]
    assert [(each.what, each.author) for each in written()] == [
        ("silence.add", "jo"),
        ("silence.remove", "me"),
    ]


def test_what_cannot_be_removed_says_why(shell: Shell) -> None:
    add(shell, "--service", "sso", "--for", "1h")

    wrong = shell.type("silence", "remove", "silense-1")
    shell.type("silence", "remove", "silence-1")
    again = shell.type("silence", "remove", "silence-1")

    assert (wrong.status, again.status) == (2, 2)
    assert 'no silence is called silense-1: did you mean "silence-1"?' in wrong.err
    assert "silence-1 is over already" in again.err


def test_people_see_what_is_silenced_and_for_how_long(shell: Shell) -> None:
    assert shell.type("silence", "list").out == "nothing is silenced; --all shows what is over\n"
    add(shell, "--match", "labels.region=eu", "--match", "tier=1", "--for", "90m")

    head, row = shell.type("silence", "list").out.splitlines()

    assert head.split() == ["id", "match", "now", "until", "reason", "author"]
    assert row.startswith("silence-1  tier=1 labels.region=eu  now  ")
    assert "1 h 29 min left" in row or "1 h 30 min left" in row
