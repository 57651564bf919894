"""What may be written for each type of option, in words of JSON Schema (draft-07).

What is written as `${NAME}` is accepted everywhere, since only the parser can fill it in. `errorMessage` is
no word of JSON Schema: editors show it in place of a pattern.
"""

from typing import Any, get_args

from checks.values import (
    CALENDAR,
    FLAGS,
    NUMBER,
    ROLLING,
    Duration,
    Flag,
    Number,
    Portion,
    RuleError,
    Share,
    Size,
    Spent,
    Whole,
    Window,
)

Json = dict[str, Any]

FILLED = r"\$\{"  # a text with a reference in it
FILL: Json = {"type": "string", "pattern": FILLED}
# Every scalar is text to the parser. The second part says so by what it is not: an editor would offer `true`
# and `null` wherever they are named as types.
TEXT: Json = {"anyOf": [{"type": "string"}, {"not": {"type": ["object", "array"]}}]}
LIMITS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}


def accepted(metadata: Any) -> Json | None:
    """Give what is accepted by what `Annotated` says of a type; None for types that are not ours."""
    found = next((form for type_, form in FORMS if get_args(type_)[1] in metadata), None)
    return found and found | (_limits(metadata) if found["type"] != ["string"] else {})


def one_of(words: Any) -> Json:
    """Accept these words, and what is filled in."""
    return {"anyOf": [{"enum": list(words)}, FILL]}


def _limits(metadata: Any) -> Json:
    """Give the limits of a number: of one written as a number, that is."""
    said = [each for outer in metadata for each in (outer, *getattr(outer, "metadata", ()))]
    return {
        word: getattr(each, name)
        for name, word in LIMITS.items()
        for each in said
        if getattr(each, name, None) is not None
    }


def _like(written: Any, pattern: str, *types: str, **limits: float) -> Json:
    """Accept what one of our types reads: texts like this, and other types of YAML where these are named.

    Of several types an editor fills in the first.
    """
    form = {"type": [*types] or ["string"], "pattern": f"^(?:{pattern})$|{FILLED}"}
    return form | {"errorMessage": _rule(written)} | limits


def _rule(written: Any) -> str:
    """Give the words in which the validator of one of our types refuses."""
    try:
        get_args(written)[1].func(None)
    except RuleError as error:
        return str(error)
    raise AssertionError(f"{written} refuses nothing")


# The words of values.FLAGS in any case; an editor's patterns have no flag for that.
ANY_CASE = "|".join("".join(f"[{letter}{letter.upper()}]" for letter in word) for word in FLAGS)
PER_CENT = f"{NUMBER}%?"
# Our types, known by the validator that makes each of them.
FORMS: tuple[tuple[Any, Json], ...] = (
    (Duration, _like(Duration, f"{NUMBER}(?:ms|s|m|h|d)")),
    (Size, _like(Size, f"{NUMBER}(?:B|KiB|MiB|GiB|TiB)")),
    (Share, _like(Share, PER_CENT, "string", "number", exclusiveMinimum=0, exclusiveMaximum=1)),
    (Portion, _like(Portion, PER_CENT, "string", "number", minimum=0, maximum=1)),
    (Spent, _like(Spent, PER_CENT, "string", "number", exclusiveMinimum=0)),
    (Number, _like(Number, NUMBER, "string", "number")),
    (Window, _like(Window, "|".join([*CALENDAR, ROLLING.pattern]))),
    (Flag, _like(Flag, ANY_CASE, "boolean", "string")),
    (Whole, _like(Whole, r"[+-]?[0-9]{1,18}", "integer", "string")),
)  # fmt: skip
