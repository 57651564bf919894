"""Why a text is no YAML, for people: where the mistake began and what usually mends it. Pure."""

from typing import Any, NamedTuple

from yaml import ScalarEvent
from yaml._yaml import CParser  # the parser under yaml.CLoader; yaml.cyaml does not export it by name
from yaml.error import MarkedYAMLError, YAMLError
from yaml.reader import ReaderError

AN_OPTION = "an option is a name, a colon, a space and its value"
NO_LETTER = "a character that may not stand in a text file"
BROKEN_BRACKETS = ("did not find expected ',' or '}'", "did not find expected ',' or ']'")
NO_KEY = "did not find expected key"
INDENTATION = "; the options of an entry begin in the same column, with spaces before them"
REMEDIES = {  # by libyaml's words
    **dict.fromkeys(BROKEN_BRACKETS, "; a comma is missing, or a bracket or a quotation mark is not closed"),
    "mapping values are not allowed in this context": "; put a text that holds `: ` in quotes, and begin"
    " the options of an entry in the same column",
    "found character that cannot start any token": "; put a text that begins with % @ or ` in quotes",
    "found a tab character that violates indentation": "; indent with spaces",
    NO_KEY: INDENTATION,
    "found unknown escape character": "; in double quotes a backslash is written twice, in single ones once",
    "did not find expected '-' indicator": INDENTATION,
}


class Flaw(NamedTuple):
    """What is wrong, and where, both counted from 1."""

    line: int
    column: int
    message: str


def flaw(error: YAMLError | UnicodeEncodeError, text: str) -> Flaw:
    """Say what is wrong with a text that is no YAML."""
    if isinstance(error, MarkedYAMLError):
        return _unfinished(error, text) or _quoted(error, text) or _as_libyaml_says(error, text)
    if isinstance(error, ReaderError):
        before = text.encode()[: error.position].decode(errors="ignore")
    else:
        before = text[: error.start] if isinstance(error, UnicodeEncodeError) else ""
    return Flaw(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1, NO_LETTER)


def _at(mark: Any, message: str) -> Flaw:
    return Flaw(mark.line + 1, mark.column + 1, message)


def _unfinished(error: MarkedYAMLError, text: str) -> Flaw | None:
    """Know an option without `: `. It is noticed further down, at the next one or at the end of its entry."""
    if error.problem == "could not find expected ':'" and error.context_mark:
        return _at(error.context_mark, AN_OPTION)
    mark = error.problem_mark
    if error.problem != "mapping values are not allowed in this context" or mark is None or not mark.line:
        return None
    above, here = [*text.split("\n"), "", ""][mark.line - 1 : mark.line + 1] or ("", "")
    indent = len(above) - len(above.lstrip(" "))
    same_column = above.strip() and indent == len(here) - len(here.lstrip(" "))
    bare = ": " not in above and not above.rstrip().endswith(":") and above.strip()[:1] not in "#-\"'"
    return Flaw(mark.line, indent + 1, AN_OPTION) if same_column and bare else None


def _quoted(error: MarkedYAMLError, text: str) -> Flaw | None:
    """Know a quotation mark that closes nowhere, or not where it was meant to."""
    found = error.problem_mark
    if error.context == "while scanning a quoted scalar" and error.context_mark and _at_end(error):
        return _at(error.context_mark, "the quotation mark that opens here is not closed")
    if found is None or error.problem not in (NO_KEY, *BROKEN_BRACKETS):
        return None
    last = _last_quoted(text)
    if last is None or text[last.end_mark.index : found.index].strip(" "):
        return None
    if last.start_mark.line < last.end_mark.line:
        told = f"the quotation mark that opens here closes only at line {last.end_mark.line + 1}"
        return _at(last.start_mark, f"{told}, before more text; is one missing?")
    if error.problem in BROKEN_BRACKETS and last.end_mark.index < found.index:
        return None  # a comma is missing
    inside = '\\"' if last.style == '"' else "''"
    return _at(found, f"nothing may follow the closing quotation mark; one inside is written {inside}")


def _at_end(error: MarkedYAMLError) -> bool:
    return error.problem == "found unexpected end of stream"


def _last_quoted(text: str) -> Any:
    """Give the event of the last value before the flaw, if it is a text in quotes."""
    parser, last = CParser(text), None
    try:
        while (event := parser.get_event()) is not None:
            last = event
    except YAMLError:
        pass
    return last if isinstance(last, ScalarEvent) and last.style in ("'", '"') else None


def _as_libyaml_says(error: MarkedYAMLError, text: str) -> Flaw:
    found = error.problem_mark
    told = f"{error.problem}{_hint(error, text)}"
    return _at(found, told) if found else Flaw(1, 1, told)


def _hint(error: MarkedYAMLError, text: str) -> str:
    """Say where what is wrong began, if further up, and what usually helps."""
    begun, found = error.context_mark or error.problem_mark, error.problem_mark
    if begun is None or found is None:
        return ""
    began = f" {error.context}, from line {begun.line + 1} on" if begun.line < found.line else ""
    if error.problem in BROKEN_BRACKETS and text[: found.index + 1].endswith("${"):
        return f"{began}; put ${{…}} in quotes where it stands inside {{ }} or [ ]"
    return f"{began}{REMEDIES.get(error.problem or '', '')}"
