import pytest

from checks.model import Configuration
from checks.parse import parse
from checks.source import ConfigError
from tests.checks.kinds import KINDS, RECEIVERS

BASE = "version: 1\nservices: {web: {}}\nchecks:\n  page: {service: web, kind: page, url: http://h}\n"
MORE = "services: {mail: {depends_on: [web]}}\nchecks:\n  post: {service: mail, kind: page, url: http://m}\n"


def said(*texts: str) -> Configuration:
    """Read texts as files a.yaml, b.yaml, … of the folder conf."""
    files = {f"conf/{letter}.yaml": text for letter, text in zip("abcdef", texts, strict=False)}
    return parse(files, kinds=KINDS, receivers=RECEIVERS, environment={})


def problems(*texts: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        said(*texts)
    return [str(each).removeprefix("conf/") for each in refused.value.problems]


def test_entries_of_several_files_are_one_configuration() -> None:
    configuration = said(BASE, MORE)

    assert list(configuration.services) == ["web", "mail"]
    assert list(configuration.checks) == ["page", "post"]


def test_the_store_lies_in_the_folder() -> None:
    assert said(BASE, MORE).store == "conf/watchkeeper.db"
    assert said(BASE, "store: sqlite:///mine.db\n").store == "conf/mine.db"


def test_a_name_defined_twice_is_refused_at_the_second_naming_the_first() -> None:
    again = "services:\n  web: {}\n"

    assert problems(BASE, MORE, again) == [
        "c.yaml:2:3: services.web: defined twice; the first is at conf/a.yaml:2"
    ]


def test_lists_are_joined_in_the_order_of_the_files() -> None:
    one = "maintenance: [{name: %s, services: [web], start: 2026-12-05T22:00, duration: 1h}]\n"

    assert [each.name for each in said(BASE + one % "first", one % "second").maintenance] == [
        "first",
        "second",
    ]


def test_any_other_section_stands_in_one_file_only() -> None:
    assert problems(BASE + "alerting: {prefix: a}\n", "alerting: {prefix: b}\n") == [
        "b.yaml:1:1: alerting: may stand in one file only; the first is at conf/a.yaml:5"
    ]


def test_a_version_may_stand_in_each_file_and_must_be_right_in_each() -> None:
    assert said(BASE, "version: 1\n" + MORE).checks
    assert problems(BASE, "version: 2\n") == [
        "b.yaml:1:10: version: must be 1; this Watchkeeper reads no other version"
    ]


def test_what_is_missing_is_missed_at_the_top_of_the_first_file() -> None:
    assert problems("# nothing\n", "site: hq\n") == [
        "a.yaml:1:1: checks: at least one check is required",
        "a.yaml:1:1: version: is required",
    ]


def test_the_syntax_errors_of_all_files_are_reported_and_nothing_else() -> None:
    found = problems("siet: hq\n", "a: [\n", "b: }\n")

    assert [line.partition(":")[0] for line in found] == ["b.yaml", "c.yaml"]
    assert all("not YAML" in line for line in found)


def test_an_anchor_ends_with_its_file() -> None:
    assert problems(BASE + "defaults: {labels: &all {a: b}}\n", "vendors: *all\n") == [
        "b.yaml:1:10: vendors: no anchor of this name stands before it"
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_a_section_of_the_wrong_shape_is_refused_where_it_stands(order: int) -> None:
    found = problems(*[BASE, "services: [web]\n"][::order])

    assert [line.partition(".yaml:")[2] for line in found] == ["1:11: services: must be a mapping"]


def test_an_empty_section_adds_nothing() -> None:
    assert list(said("services:\n", BASE, "checks:\n").services) == ["web"]


def test_an_option_that_does_not_exist_is_refused_in_each_file() -> None:
    assert problems(BASE + "siet: a\n", "siet: b\n") == [
        'a.yaml:5:1: siet: no such option (did you mean "site"?)',
        'b.yaml:1:1: siet: no such option (did you mean "site"?)',
    ]


def test_files_that_are_given_are_left_as_they_are() -> None:
    assert said(BASE, MORE) == said(BASE, MORE)
