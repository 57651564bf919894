import json

import jsonschema

from checks.model import Configuration, SelfCheck
from commands.once import blindness, summary
from commands.round import Asked
from probes.result import Outcome, Result
from tests.commands.shapes import RESULT, rows
from tests.commands.shell import Shell, Site, configuration, http


def test_every_check_is_asked_once_and_listed_by_name(shell: Shell, site: Site) -> None:
    shell.write(configuration(http("b", site.url("/200?b")), http("a", site.url("/201?a"))))

    answer = shell.type("once")

    assert (answer.status, answer.err) == (0, "")
    assert [line.split()[:4] for line in answer.out.splitlines()[1:3]] == [
        ["a", "web", "good", "–"],
        ["b", "web", "good", "–"],
    ]
    assert answer.out.endswith("\n\n2 checks: 2 good\n")
    assert sorted(site.asked) == ["/200?b", "/201?a"]


def test_a_bad_check_outweighs_an_unknown_one(shell: Shell, site: Site) -> None:
    ours = http("ours", "https://127.0.0.1:1/", ", ca_file: /nowhere/ca.pem")
    shell.write(configuration(http("fine", site.url("/200")), ours))
    assert shell.type("once").status == 3

    shell.write(configuration(http("broken", site.url("/503")), ours))
    answer = shell.type("once")
    assert answer.status == 1
    assert answer.out.endswith("2 checks: 1 bad, 1 unknown\n")


def test_json_is_a_list_of_what_ask_gives(shell: Shell, site: Site) -> None:
    shell.write(configuration(http("b", site.url("/200")), http("a", site.url("/503"))))

    answer = shell.type("once", "--json")

    said = json.loads(answer.out)
    jsonschema.validate(said, rows(RESULT))
    assert [(each["check"], each["outcome"]) for each in said] == [("a", "bad"), ("b", "good")]


def test_checks_that_are_switched_off_are_left_out(shell: Shell, site: Site) -> None:
    shell.write(configuration(http("a", site.url("/200")), http("off", site.url("/503"), ", enabled: false")))

    answer = shell.type("once")

    assert answer.status == 0
    assert "off" not in answer.out


def test_where_all_are_switched_off_nothing_can_be_said(shell: Shell, site: Site) -> None:
    shell.write(configuration(http("off", site.url("/503"), ", enabled: false")))

    assert shell.type("once").status == 3
    assert site.asked == []


def test_our_blindness_is_said_on_stderr_and_is_not_the_services_fault(shell: Shell, site: Site) -> None:
    eyes = '[{tcp: "127.0.0.1:1"}, {tcp: "127.0.0.1:2"}]'
    shell.write(configuration(http("front", site.url("/never")), self_checks=eyes))

    answer = shell.type("once")

    assert answer.status == 3
    assert "unknown  blind" in answer.out
    assert answer.err.startswith("we are blind on the internal network")
    assert answer.err.count("tcp:127.0.0.1:") == 2


def test_what_proves_an_answer_is_bad_also_when_we_are_blind(shell: Shell) -> None:
    shell.write(configuration(http("front", "http://127.0.0.1:1/"), self_checks='[{tcp: "127.0.0.1:1"}]'))

    answer = shell.type("once")

    assert answer.status == 1
    assert "connect_refused" in answer.out
    assert answer.err.startswith("we are blind")


def test_one_self_check_that_succeeds_proves_our_sight(shell: Shell, site: Site) -> None:
    eyes = f'[{{tcp: "127.0.0.1:1"}}, {{tcp: "127.0.0.1:{site.port}"}}]'
    shell.write(configuration(http("front", site.url("/never")), self_checks=eyes))

    answer = shell.type("once")

    assert (answer.status, answer.err) == (1, "")
    assert "response_timeout" in answer.out


def test_a_good_answer_is_good_also_where_every_self_check_fails(shell: Shell, site: Site) -> None:
    checks = (http("front", site.url("/never")), http("other", site.url("/200")))
    shell.write(configuration(*checks, self_checks='[{tcp: "127.0.0.1:1"}]'))

    answer = shell.type("once")

    assert answer.status == 3
    assert [line.split()[2] for line in answer.out.splitlines()[1:3]] == ["unknown", "good"]
    assert answer.err.startswith("we are blind")


def test_blindness_for_names_alone_is_said_as_such() -> None:
    name = SelfCheck(name="resolve:a", action="resolve", target="a")
    address = SelfCheck(name="tcp:b", action="tcp", target="b:1")
    looks = {
        name.name: Result("self/a", "hq", 0, 0.1, Outcome.BAD, detail="a: there is no such name"),
        address.name: Result("self/b", "hq", 0, 0.1, Outcome.GOOD),
    }
    asked = Asked({}, looks, ("internet",))

    assert list(blindness(Configuration(self_checks=(name, address)), asked)) == [
        "we are blind for names on the internet network, as these self-checks fail:",
        "  resolve:a: a: there is no such name",
    ]


def test_a_summary_counts_by_outcome() -> None:
    results = [Result("c", "hq", 0, 0.1, outcome) for outcome in (Outcome.BAD, Outcome.GOOD, Outcome.BAD)]

    assert summary(results) == "3 checks: 1 good, 2 bad"
    assert summary([]) == "no check is switched on"
