import pytest

from checks.parse import parse
from checks.source import ConfigError
from tests.checks.kinds import RECEIVERS
from tests.checks.reading import read, refused

TWO = """version: 1
services: {web: {}, db: {}}
checks:
  one: {service: web, kind: page, url: https://one.example.com}
  two: {service: web, kind: page, url: https://two.example.com, OPTIONS}
"""


def two(options: str = "") -> str:
    return TWO.replace("OPTIONS", options)


def counted(service: str) -> str:
    return f"objectives: {{it: {{{service}, target: 99%, window: 30d, indicator: attempts}}}}\n"


@pytest.mark.parametrize("options", ["enabled: false", "sli: false"])
def test_a_service_with_one_indicator_may_stand_for_it(options: str) -> None:
    assert read(counted("service: web"), two(options)).objectives["it"].services == ("web",)


def test_attempts_of_several_checks_are_not_counted() -> None:
    assert refused(counted("service: web"), two()) == [
        "objectives.it.service: has 2 indicator checks; this indicator is about one: name it by check"
    ]


def test_attempts_of_no_check_are_not_counted() -> None:
    assert refused(counted("service: db"), two()) == [
        "objectives.it.service: has no indicator check; this indicator is about one: name it by check"
    ]


def test_attempts_of_several_services_are_not_counted() -> None:
    assert refused(counted("services: [web, db]"), two()) == [
        "objectives.it.services: only time has several; attempts are those of a check"
    ]


def test_a_service_that_does_not_exist_is_only_that() -> None:
    assert refused(counted("service: wab"), two()) == [
        'objectives.it.service: there is no such service (did you mean "web"?)'
    ]


@pytest.mark.parametrize(("options", "there"), [("", "are only 2"), ("sli: false", "is only 1")])
def test_more_members_than_there_are_cannot_be_up(options: str, there: str) -> None:
    least = two(options).replace("{web: {}", "{web: {up_when: {at_least: 3}}")

    assert refused("", least) == [f"services.web.up_when.at_least: there {there} to count"]


def test_more_services_than_are_named_cannot_be_combined() -> None:
    three = "objectives: {it: {services: [web, db], combine: {at_least: 3}, target: 99%, window: 30d}}\n"

    assert refused(three) == ["objectives.it.combine.at_least: there are only 2 to count"]
    assert read(three.replace("3", "2")).objectives["it"].combine == 2


def test_evidence_is_no_member() -> None:
    least = two("").replace("kind: page, url: https://two.example.com, ", "kind: status_page, vendor: okta")
    kinds = {"page": "tests.checks.kinds:Page", "status_page": "probes.vendors.status_page:StatusPage"}
    text = least.replace("{web: {}", "{web: {up_when: {at_least: 2}}")

    with pytest.raises(ConfigError, match="there is only 1 to count"):
        parse({"checks.yaml": text}, kinds=kinds, receivers=RECEIVERS, environment={})
