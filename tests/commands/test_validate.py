import json
from typing import Any

import pytest

from tests.commands.shell import Shell, Site, configuration, http

FRONT = http("front", "http://127.0.0.1:1/")
HOOK = "receivers: {hook: {kind: webhook, url: 'https://hook.example.com/'}}\n"
OFF = "receivers: {oncall: {kind: pagerduty, routing_key: ''}}\nalerting: {routes: [{receivers: [oncall]}]}\n"


def seen(site: Site) -> str:
    return f'{{tcp: "127.0.0.1:{site.port}"}}'


def test_a_configuration_that_is_right_is_summed_up_in_a_line(shell: Shell) -> None:
    shell.write(configuration(FRONT, rest=HOOK))

    answer = shell.type("validate")

    assert (answer.status, answer.err) == (0, "")
    *_, summary = answer.out.splitlines()
    assert summary == "checks.yaml: 1 check of 1 service, 0 objectives, 1 receiver: fine"


def test_checks_that_are_switched_off_are_counted(shell: Shell) -> None:
    shell.write(configuration(FRONT, http("back", "http://127.0.0.1:1/", ", enabled: false"), rest=HOOK))

    *_, summary = shell.type("validate").out.splitlines()

    assert summary.startswith("checks.yaml: 2 checks (1 switched off) of 1 service,")


def test_every_mistake_is_said_on_stderr_with_its_place_and_counted(shell: Shell) -> None:
    shell.write("version: 1\nsiet: hq\nchecks: {a: {kind: htpp}}\n")

    answer = shell.type("validate")

    assert (answer.status, answer.out) == (1, "")
    *problems, count = answer.err.splitlines()
    assert all(line.startswith("checks.yaml:") for line in problems)
    assert count == f"{len(problems)} mistakes: the configuration is refused"
    assert len(problems) >= 2


def test_notes_are_said_and_counted(shell: Shell) -> None:
    shell.write(configuration(FRONT, rest=OFF))

    answer = shell.type("validate")

    every, one, *_, summary = answer.out.splitlines()
    assert answer.status == 0
    assert every == "checks.yaml:8:1: receivers: all are off, so nobody is told of anything"
    assert "receivers.oncall: off" in one
    assert summary.endswith(": fine, 2 notes")


@pytest.mark.parametrize(
    ("rest", "counted"),
    [(OFF, "2 notes, which --strict takes for mistakes"), ("", "1 note, which --strict takes for a mistake")],
)
def test_notes_are_mistakes_when_strict(shell: Shell, rest: str, counted: str) -> None:
    shell.write(configuration(FRONT, rest=rest))

    answer = shell.type("validate", "--strict")

    assert answer.status == 1
    assert answer.out.endswith(f": {counted}\n")
    assert "fine" not in answer.out


def test_strictness_finds_nothing_where_there_is_nothing(shell: Shell) -> None:
    shell.write(configuration(FRONT, rest=HOOK))

    assert shell.type("validate", "--strict").status == 0


def test_self_checks_are_asked_online_only(shell: Shell, site: Site) -> None:
    shell.write(configuration(FRONT, self_checks=f"[{seen(site)}]"))

    assert "self-check" not in shell.type("validate").out
    answer = shell.type("validate", "--online")
    assert answer.status == 0
    assert f"self-check tcp:127.0.0.1:{site.port}: good" in answer.out


@pytest.mark.parametrize(("words", "status"), [(["--online"], 0), (["--online", "--strict"], 1)])
def test_one_self_check_that_fails_counts_when_strict(
    shell: Shell, site: Site, words: list[str], status: int
) -> None:
    shell.write(configuration(FRONT, self_checks=f'[{seen(site)}, {{tcp: "127.0.0.1:1"}}]'))

    answer = shell.type("validate", *words)

    assert answer.status == status
    assert "self-check tcp:127.0.0.1:1: bad" in answer.out


def test_without_any_network_nothing_can_be_said(shell: Shell) -> None:
    shell.write(configuration(FRONT, self_checks='[{tcp: "127.0.0.1:1"}]'))

    answer = shell.type("validate", "--online")

    assert answer.status == 3
    assert answer.out.endswith("\nwe are blind on the internal network\n")


def test_a_note_outweighs_a_missing_network_when_strict(shell: Shell) -> None:
    shell.write(configuration(FRONT, self_checks='[{tcp: "127.0.0.1:1"}]', rest=OFF))

    assert shell.type("validate", "--online", "--strict").status == 1


def test_the_worst_time_to_a_page_of_each_service_stands_after_the_notes(shell: Shell) -> None:
    shell.write(configuration(FRONT, http("back", "http://127.0.0.1:1/", ", interval: 2m"), rest=HOOK))

    title, *table, _ = shell.type("validate").out.splitlines()

    assert title.startswith("worst time to a page: ")
    # 120 s until it is asked; twice 0.4 + 5 s and the spacing of 1 s until it is asked again; 0.4 s; 2 s
    assert table == ["service  at worst  slowest check", "web      2m 16s    back"]


def test_a_service_of_which_nobody_is_told_has_no_worst_time(shell: Shell) -> None:
    shell.write(configuration(FRONT))

    *_, row, _ = shell.type("validate").out.splitlines()

    assert row == "web      nobody is told  front"


def test_of_many_services_only_tier_1_is_shown_and_that_is_said(shell: Shell) -> None:
    names = [f"s{number}" for number in range(41)]
    checks = [http(name, "http://127.0.0.1:1/").replace("web", name) for name in names]
    text = configuration(*checks, rest=HOOK).replace(
        "web: {title: The web}", ", ".join(f"{name}: {{}}" for name in names)
    )
    shell.write(text.replace("s7: {}", "s7: {tier: 1}"))

    title, _, row, _ = shell.type("validate").out.splitlines()

    assert title.endswith("(1 of 41 services: those of tier 1; --json has all)")
    assert row.startswith("s7 ")


def test_a_page_that_can_come_too_late_is_noted_at_what_was_wanted(shell: Shell) -> None:
    shell.write(configuration(FRONT, rest=HOOK).replace("title: The web", "detect_within: 40s"))

    note, *_ = shell.type("validate").out.splitlines()

    assert note == (
        "checks.yaml:3:18: services.web.detect_within: a page can take 46s (check front, every 30s), longer"
        " than detect_within 40s: shorten its interval, timeout or confirm_interval, or allow more time"
    )


def told(shell: Shell, *words: str) -> dict[str, Any]:
    answer = shell.type("validate", "--json", *words)
    assert answer.err == ""
    document: dict[str, Any] = json.loads(answer.out)
    return document


def test_programs_get_what_is_noted_and_promised(shell: Shell) -> None:
    shell.write(configuration(FRONT, rest=OFF))

    document = told(shell)

    *_, note = document["notes"]
    assert (note["file"], note["line"], note["path"]) == ("checks.yaml", 8, "receivers.oncall")
    assert document["services"] == {"web": {"worst_seconds": 45.2, "check": "front", "receivers": []}}
    assert (document["accepted"], document["mistakes"], document["self_checks"]) == (True, [], None)


def test_programs_get_every_mistake_with_its_place(shell: Shell) -> None:
    shell.write(configuration(FRONT) + "siet: hq\n")

    assert told(shell) == {
        "accepted": False,
        "mistakes": [
            {
                "file": "checks.yaml",
                "line": 8,
                "column": 1,
                "path": "siet",
                "message": 'no such option (did you mean "site"?)',
            }
        ],
        "notes": [],
        "services": {},
        "self_checks": None,
    }


def test_programs_get_how_each_self_check_ended(shell: Shell, site: Site) -> None:
    shell.write(configuration(FRONT, self_checks=f"[{seen(site)}]"))

    document = told(shell, "--online")

    assert document["self_checks"][f"tcp:127.0.0.1:{site.port}"]["outcome"] == "good"


@pytest.mark.parametrize(("text", "status"), [("version: 1\n", 1), (configuration(FRONT, rest=OFF), 0)])
def test_the_exit_status_is_the_same_for_programs(shell: Shell, text: str, status: int) -> None:
    shell.write(text)

    assert shell.type("validate", "--json").status == status
