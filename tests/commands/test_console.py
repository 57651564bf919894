from io import StringIO

import pytest

from commands.console import Console

HEADS, ROWS = ("check", "outcome", "detail"), [("a", "good", ""), ("b", "bad", "[bold]x[/] \x1b[2J")]


class Terminal(StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def printed(stream: StringIO, **environment: str) -> str:
    console = Console(stream, StringIO(), {"TERM": "xterm-256color", **environment})
    console.line("verdict", "bold red")
    console.table(HEADS, ROWS)
    return stream.getvalue()


def test_a_pipe_gets_aligned_text_and_nothing_else() -> None:
    assert printed(StringIO()) == (
        "verdict\ncheck  outcome  detail\na      good\nb      bad      [bold]x[/] \\x1b[2J\n"
    )


def test_a_pipe_gets_no_colour_even_where_the_environment_asks_for_it() -> None:
    assert "\x1b" not in printed(StringIO(), FORCE_COLOR="1", TTY_COMPATIBLE="1")


def test_a_terminal_gets_colours_by_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    shown = printed(Terminal())

    assert "\x1b[32mgood" in shown
    assert "\x1b[1;31mbad" in shown


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_colour_gets_none(environment: dict[str, str]) -> None:
    assert "\x1b" not in printed(Terminal(), **environment)


def test_what_others_said_is_neither_markup_nor_a_command_to_the_terminal() -> None:
    shown = printed(Terminal())

    assert "[bold]x[/] \\x1b[2J" in shown
    assert "\x1b[2J" not in shown


def test_progress_is_shown_on_a_terminal_and_not_in_a_pipe() -> None:
    def shown(out: StringIO, err: StringIO, **environment: str) -> str:
        with Console(out, err, environment).progress("asking", total=2) as step:
            step()
        return err.getvalue()

    assert "asking" in shown(Terminal(), Terminal())
    assert shown(StringIO(), Terminal()) == ""
    assert shown(Terminal(), StringIO()) == ""
    assert shown(Terminal(), Terminal(), NO_COLOR="1") == ""


def test_complaints_go_to_the_other_stream_a_line_each() -> None:
    out, err = StringIO(), StringIO()

    Console(out, err, {}).complain("one\ntwo \x07")

    assert (out.getvalue(), err.getvalue()) == ("", "one\ntwo \\x07\n")


def test_json_is_written_with_the_letters_that_the_stream_has() -> None:
    class Ascii(StringIO):
        encoding = "ascii"

    plain, whole = Ascii(), StringIO()
    Console(plain, StringIO(), {}).json("ü")
    Console(whole, StringIO(), {}).json("ü")

    assert (plain.getvalue(), whole.getvalue()) == ('"\\u00fc"\n', '"ü"\n')
