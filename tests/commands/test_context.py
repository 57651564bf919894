from argparse import Namespace
from io import StringIO

from commands.console import Console
from commands.context import Context, RunOptions, Status, unknown
from probes.clock import Clock


def test_a_name_that_was_probably_meant_is_offered() -> None:
    stop = unknown("check", "githb", ["github", "slack"])

    assert (stop.status, str(stop)) == (Status.WRONG_USE, 'no check is called githb: did you mean "github"?')


def test_else_the_names_there_are_are_listed() -> None:
    assert str(unknown("receiver", "x", ["oncall", "chat"])).endswith("there is chat, oncall")
    assert str(unknown("receiver", "x", [])).endswith("there is none")


def test_the_environment_is_never_shown() -> None:
    context = Context(
        said=Namespace(config="a.yaml", store=None),
        console=Console(StringIO(), StringIO(), {}),
        clock=Clock(),
        environment={"PASSWORD": "hunter2"},
        serve=lambda _configuration, _options: 0,
    )
    options = RunOptions(config="a.yaml", read=context.configuration)

    assert "hunter2" not in f"{context!r} {options!r}"
