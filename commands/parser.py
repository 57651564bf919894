"""The command line: options common to all before or after the command, and each command's own. Pure."""

import re
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace, _SubParsersAction
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn, TypeVar

from checks import __version__
from checks.shapes import guess
from checks.texts import read_store
from checks.values import RuleError
from commands import COMMANDS
from commands.logs import FORMATS, LEVELS

T = TypeVar("T")

OPTION = re.compile(r"--[a-z][a-z-]*")
BELOW_ZERO = re.compile(r"-\d")
CHOICE = re.compile(r"invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL)

EPILOG = """\
exit status: 0 yes; 1 no (a check is bad, a configuration invalid); 2 wrong use; 3 cannot say; 4 cannot run.
Only validate, ask and once exit 1 or 3 for what they found."""


def parse(argv: Sequence[str], environment: Mapping[str, str]) -> Namespace:
    """Understand what was typed. Leaves by SystemExit, as argparse does, with a message printed."""
    parser = Parser(
        prog="watchkeeper",
        description="Synthetic probes, error budgets and pages for the services a workforce stands on.",
        epilog=EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"watchkeeper {__version__}")
    _common(parser, config=environment.get("WATCHKEEPER_CONFIG") or "checks.yaml")
    commands = parser.add_subparsers(
        title="commands", dest="command", metavar="COMMAND", parser_class=CommandParser
    )
    _list(commands)
    said, more = parser.parse_known_args(joined(argv))
    if said.command is None:
        parser.error("which command? `watchkeeper --help` lists them")
    if more:
        parser.error(f"unrecognized arguments: {' '.join(more)}{_remedy(more)}")
    return said


def joined(argv: Sequence[str]) -> list[str]:
    """Give what was typed with `--for -1h` as `--for=-1h`: no option of ours begins with a digit."""
    words: list[str] = []
    for word in argv:
        if BELOW_ZERO.match(word) and words and OPTION.fullmatch(words[-1]):
            words[-1] += f"={word}"
        else:
            words.append(word)
    return words


def _remedy(more: Sequence[str]) -> str:
    """Know the name of a configuration where none is taken."""
    (first, *others) = more
    return f"; say --config {first}" if first.endswith((".yaml", ".yml")) and not others else ""


def by(read: Callable[[str], T]) -> Callable[[str], T]:
    """Let an option be read by the rule that `checks.yaml` has for it, and be refused in its words."""

    def convert(text: str) -> T:
        try:
            return read(text)
        except RuleError as error:
            raise ArgumentTypeError(str(error)) from None

    return convert


def actions(
    parser: ArgumentParser,
    there: Mapping[str, tuple[str, Callable[[ArgumentParser], None]]],
    otherwise: str = "",
) -> None:
    """Give a command words of its own, such as `add`: their summaries and what they take. One must be typed.

    Which one was typed is `action`. The options common to all commands stand behind it too. `otherwise` is
    what is meant where none is typed; what it takes must have no default but that of its kind.
    """
    words = parser.add_subparsers(
        title="actions", dest="action", metavar="ACTION", required=not otherwise, parser_class=Parser
    )
    for word, (summary, arguments) in there.items():
        described = summary[0].upper() + summary[1:] + "."
        typed_before = SUPPRESS if word == otherwise else None
        action = words.add_parser(
            word, help=summary, description=described, allow_abbrev=False, argument_default=typed_before
        )
        arguments(action)
        _common(action.add_argument_group("options common to all commands"))
    if otherwise:
        there[otherwise][1](parser)
        parser.set_defaults(action=otherwise)


class Parser(ArgumentParser):
    """A parser that says which word was probably meant."""

    def error(self, message: str) -> NoReturn:
        """Leave with what is wrong."""
        if wrong := CHOICE.search(message):
            there = [word.strip("'") for word in wrong[2].split(", ")]
            meant = guess(wrong[1], there)
            message += f': did you mean "{meant}"?' if meant else ""
        super().error(message)


class CommandParser(Parser):
    """The parser of one command: its module is loaded when the command is typed, not before."""

    word = ""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Fill this parser in, then parse."""
        import_module(COMMANDS[self.word][0]).arguments(self)
        self.add_argument("--version", action="version", version=f"watchkeeper {__version__}")
        _common(self.add_argument_group("options common to all commands"))
        return super().parse_known_args(args, namespace)


def _list(commands: "_SubParsersAction[CommandParser]") -> None:
    for word, (_, summary) in COMMANDS.items():
        described = summary[0].upper() + summary[1:] + "."
        commands.add_parser(word, help=summary, description=described, allow_abbrev=False).word = word


def _common(parser: Any, config: str | None = None) -> None:
    """Add what all have in common: with defaults before the command; after it, only what is typed counts."""

    def default(value: object) -> object:
        return SUPPRESS if config is None else value

    parser.add_argument(
        "--config",
        metavar="PATH",
        default=default(config),
        help="the configuration (default: $WATCHKEEPER_CONFIG, else checks.yaml)",
    )
    parser.add_argument(
        "--store",
        metavar="URL",
        type=by(read_store),
        default=default(None),
        help="another store than the configuration's: sqlite:///name.db, or sqlite:////absolute/name.db",
    )
    parser.add_argument(
        "--log-format", choices=FORMATS, default=default("text"), help="how the log is written, on stderr"
    )
    parser.add_argument(
        "--log-level",
        choices=LEVELS,
        default=default(None),
        help="from which level on (default: info for run, warning for the others)",
    )
