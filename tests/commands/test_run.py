import pytest

from checks.source import ConfigError
from tests.commands.shell import Shell, configuration, http

ONE = configuration(http("front", "http://127.0.0.1:1/"))


def test_the_daemon_is_handed_the_configuration_as_the_command_line_has_it(shell: Shell) -> None:
    shell.write(ONE)

    answer = shell.type("run", "--listen", "0.0.0.0:99", "--site", "hague", "--store", "sqlite:///x.db")

    ((said, _),) = shell.served
    assert answer.status == 0
    assert (said.site, said.web.host, said.web.port, said.store) == ("hague", "0.0.0.0", 99, "x.db")


def test_a_reload_reads_the_file_again_under_the_same_command_line(shell: Shell) -> None:
    shell.write(ONE)
    shell.type("run", "--site", "hague")
    shell.write(configuration(http("front", "http://127.0.0.1:1/"), http("back", "http://127.0.0.1:1/")))

    ((_, options),) = shell.served
    again = options.read()

    assert (options.config, again.site, set(again.checks)) == ("checks.yaml", "hague", {"front", "back"})


def test_a_reload_of_a_broken_file_is_refused(shell: Shell) -> None:
    shell.write(ONE)
    shell.type("run")
    shell.write("version: 1\n")

    ((_, options),) = shell.served
    with pytest.raises(ConfigError):
        options.read()


def test_files_are_watched_where_that_is_asked_for(shell: Shell) -> None:
    shell.write(ONE)
    shell.type("run")
    shell.type("run", "--watch")

    assert [options.watch for _, options in shell.served] == [False, True]


def test_what_was_read_last_is_what_is_watched(shell: Shell) -> None:
    shell.write(ONE)
    shell.type("run", "--watch")

    ((_, options),) = shell.served
    assert set(options.watched()) == {"checks.yaml"}
