from pathlib import Path

import pytest

from checks.source import ConfigError
from commands.configuration import Overrides, Unreadable, load, mistakes
from tests.commands.shell import configuration, http

ONE = configuration(http("front", "http://127.0.0.1:1/"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "checks.yaml"


def test_a_store_lies_beside_the_file(file: Path) -> None:
    file.write_text(ONE)

    assert load(str(file), {}).store == str(file.parent / "watchkeeper.db")


def test_the_command_line_is_laid_over_the_file(file: Path) -> None:
    file.write_text(ONE)

    said = Overrides(site="hague", listen="[::1]:80").over(str(file), "other.db", {})

    assert (said.site, said.alerting.prefix, said.store) == ("hague", "hague", "other.db")
    assert (said.web.host, said.web.port) == ("::1", 80)


def test_a_prefix_of_its_own_stays(file: Path) -> None:
    file.write_text(ONE + "alerting: {prefix: example-it}\n")

    assert Overrides(site="hague").over(str(file), None, {}).alerting.prefix == "example-it"


def test_a_byte_order_mark_is_no_mistake(file: Path) -> None:
    file.write_text("\ufeff" + ONE, encoding="utf-8")

    assert load(str(file), {}).site == "hq"


def test_what_is_no_text_is_a_mistake_at_its_line(file: Path) -> None:
    file.write_bytes(b"version: 1\nsite: \xff\n")

    with pytest.raises(ConfigError, match=r"checks\.yaml:2:1: must be text in UTF-8"):
        load(str(file), {})


def test_a_folder_and_a_missing_file_are_told_with_their_remedy(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="is a folder: name one file in it with --config"):
        load(str(tmp_path), {})
    with pytest.raises(Unreadable, match="watchkeeper init"):
        load(str(tmp_path / "none.yaml"), {})


@pytest.mark.parametrize("name", ["a\0b", "a" * 300])
def test_a_name_that_no_file_can_have_is_told(name: str) -> None:
    with pytest.raises(Unreadable):
        load(name, {})


def test_mistakes_are_a_line_each_and_counted(file: Path) -> None:
    file.write_text("version: 2\nchecks: {}\n")

    with pytest.raises(ConfigError) as refused:
        load(str(file), {})

    assert mistakes(refused.value).count("\n") == 2
    assert mistakes(refused.value).endswith("2 mistakes: the configuration is refused")
