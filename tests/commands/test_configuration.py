import os
from pathlib import Path

import pytest

from checks.source import ConfigError
from commands.configuration import LARGEST, Overrides, Unreadable, Watched, load, mistakes
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


def test_an_empty_folder_and_a_missing_file_are_told_with_their_remedy(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"without a file that ends in .yaml or .yml: `watchkeeper init"):
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


def test_a_folder_is_its_files_by_name_without_hidden_ones_and_folders(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text("site: hague\n")
    (tmp_path / "a.yaml").write_text(ONE.replace("site: hq\n", ""))
    (tmp_path / ".c.yaml").write_text("not: [yaml\n")
    (tmp_path / "d.yaml").mkdir()
    (tmp_path / "e.txt").write_text("not: [yaml\n")
    watched = Watched()

    assert load(str(tmp_path), {}, watched).site == "hague"
    assert watched.paths == {str(tmp_path), str(tmp_path / "a.yaml"), str(tmp_path / "b.yml")}


def test_a_mounted_folder_of_links_is_read_through_them(tmp_path: Path) -> None:
    (tmp_path / "..data").mkdir()
    (tmp_path / "..data" / "a.yaml").write_text(ONE)
    (tmp_path / "a.yaml").symlink_to("..data/a.yaml")

    assert load(str(tmp_path), {}).site == "hq"


def test_what_was_read_is_told_also_when_it_was_refused(file: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    file.write_text(
        ONE + f"receivers: {{a: {{kind: pagerduty, routing_key: '${{file:{secret}}}'}}}}\nsiet: x\n"
    )
    watched = Watched({"/of/before"})

    with pytest.raises(ConfigError):
        load(str(file), {}, watched)

    assert watched.paths == {str(file), str(secret)}


@pytest.mark.parametrize("name", ["checks.yaml", "secret"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    (tmp_path / "other.yaml").write_text(f"version: 1\nsite: '${{file:{tmp_path}/secret}}'\n")

    with pytest.raises((Unreadable, ConfigError), match=r"cannot be read"):
        load(str(tmp_path / ("checks.yaml" if name == "checks.yaml" else "other.yaml")), {})


def test_a_file_beyond_all_measure_is_refused(file: Path) -> None:
    with file.open("wb") as sparse:
        sparse.truncate(LARGEST + 1)

    with pytest.raises(Unreadable, match="larger than 64 MiB"):
        load(str(file), {})
