import pytest

from tests.commands.shell import Shell, Site, configuration, http

FRONT = http("front", "http://127.0.0.1:1/")
OFF = "receivers: {oncall: {kind: pagerduty, routing_key: ''}}\nalerting: {routes: [{receivers: [oncall]}]}\n"


def seen(site: Site) -> str:
    return f'{{tcp: "127.0.0.1:{site.port}"}}'


def test_a_configuration_that_is_right_is_summed_up_in_a_line(shell: Shell) -> None:
    shell.write(configuration(FRONT))

    answer = shell.type("validate")

    assert (answer.status, answer.err) == (0, "")
    assert answer.out == "checks.yaml: 1 check of 1 service, 0 objectives, 0 receivers: fine\n"


def test_every_mistake_is_said_on_stderr_with_its_place_and_counted(shell: Shell) -> None:
    shell.write("version: 1\nsiet: hq\nchecks: {a: {kind: htpp}}\n")

    answer = shell.type("validate")

    assert (answer.status, answer.out) == (1, "")
    *problems, count = answer.err.splitlines()
    assert all(line.startswith("checks.yaml:") for line in problems)
    assert count == f"{len(problems)} mistakes: the configuration is refused"
    assert len(problems) >= 2


@pytest.mark.parametrize(("words", "status"), [([], 0), (["--strict"], 1)])
def test_notes_are_said_and_count_when_strict(shell: Shell, words: list[str], status: int) -> None:
    shell.write(configuration(FRONT, rest=OFF))

    answer = shell.type("validate", *words)

    note, summary = answer.out.splitlines()
    assert answer.status == status
    assert "receivers.oncall: off" in note
    assert summary.endswith("fine, 1 note")


def test_strictness_finds_nothing_where_there_is_nothing(shell: Shell) -> None:
    shell.write(configuration(FRONT))

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

    assert shell.type("validate", "--online").status == 3


def test_a_note_outweighs_a_missing_network_when_strict(shell: Shell) -> None:
    shell.write(configuration(FRONT, self_checks='[{tcp: "127.0.0.1:1"}]', rest=OFF))

    assert shell.type("validate", "--online", "--strict").status == 1
