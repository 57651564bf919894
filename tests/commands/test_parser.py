import pytest

from checks import __version__
from commands.parser import parse


@pytest.mark.parametrize(
    "words",
    [
        ["--config", "a.yaml", "--log-format", "json", "ask", "x"],
        ["ask", "x", "--config", "a.yaml", "--log-format", "json"],
        ["--config", "a.yaml", "ask", "--log-format", "json", "x"],
    ],
)
def test_common_options_stand_before_or_after_the_command(words: list[str]) -> None:
    said = parse(words, {})

    assert (said.config, said.log_format, said.check) == ("a.yaml", "json", "x")


def test_the_configuration_is_named_by_the_option_else_the_environment_else_by_habit() -> None:
    named = {"WATCHKEEPER_CONFIG": "env.yaml"}

    assert parse(["once", "--config", "a.yaml"], named).config == "a.yaml"
    assert parse(["once"], named).config == "env.yaml"
    assert parse(["once"], {}).config == "checks.yaml"


def test_a_store_is_given_as_the_configuration_gives_it() -> None:
    assert parse(["status", "--store", "sqlite:////srv/w.db"], {}).store == "/srv/w.db"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["status", "--store", "w.db"], "sqlite:///name.db"),
        (["run", "--listen", "here"], "127.0.0.1:9797"),
        (["run", "--site", "two words"], "--site"),
        (["once", "--log-level", "loud"], "--log-level"),
        (["once", "--conf", "a.yaml"], "--conf"),
        (["ask"], "CHECK"),
        (["validate", "mine.yaml"], "unrecognized arguments: mine.yaml; say --config mine.yaml"),
        (["maintenence", "list"], '): did you mean "maintenance"?'),
        (["silence", "lst"], '): did you mean "list"?'),
        (["silence", "add", "--for", "-1h"], "--for: must be a duration such as 500ms"),
        (["incidents", "--since", "-7d"], "--since: must be a duration such as 500ms"),
        (["once", "--json", "-1"], "--json"),
        (["validate", "mine"], "unrecognized arguments: mine\n"),
    ],
)
def test_wrong_use_is_refused_in_the_words_of_the_rule(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        parse(words, {})

    assert left.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--version"], ["once", "--version"]])
def test_the_version_is_said_before_or_after_the_command(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        parse(words, {})

    assert left.value.code == 0
    assert capsys.readouterr().out == f"watchkeeper {__version__}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["incidents"], ("list", False, None)),
        (["incidents", "--all"], ("list", True, None)),
        (["incidents", "list", "--all"], ("list", True, None)),
        (["incidents", "--all", "list", "--since", "1h"], ("list", True, 3600.0)),
        (["incidents", "--since", "1h", "list"], ("list", False, 3600.0)),
    ],
)
def test_a_command_may_have_an_action_that_need_not_be_typed(
    words: list[str], told: tuple[str, bool, float | None]
) -> None:
    said = parse(words, {})

    assert (said.action, said.all, said.since) == told
