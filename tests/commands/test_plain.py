import json
import math
from fractions import Fraction

from commands.plain import aligned, json_text, milliseconds, plural, safe, share


def test_what_a_terminal_would_obey_is_escaped() -> None:
    assert safe("a\x1b[31mb\rc\nd\u202ee") == "a\\x1b[31mb\\rc\\nd\\u202ee"


def test_letters_of_all_languages_are_left_alone() -> None:
    assert safe("Grüße, 東京 – 5\u00a0s") == "Grüße, 東京 – 5\u00a0s"


def test_columns_stand_under_their_heads_and_no_line_ends_in_spaces() -> None:
    assert aligned(("name", "what"), [("a", "good"), ("longer", "")]) == [
        "name    what",
        "a       good",
        "longer",
    ]


def test_wide_letters_take_two_places() -> None:
    assert aligned(("a", "b"), [("東京", "x"), ("abcd", "y")])[1:] == ["東京  x", "abcd  y"]


def test_a_line_end_in_a_cell_makes_no_second_row() -> None:
    assert aligned(("a",), [("x\ny",)]) == ["a", "x\\ny"]


def test_numbers_are_written_whole_and_what_json_does_not_have_is_null() -> None:
    document = {"third": 1 / 3, "all": [math.inf, math.nan, 1]}

    assert json.loads(json_text(document)) == {"third": 1 / 3, "all": [None, None, 1]}


def test_json_can_do_with_ascii() -> None:
    assert json_text("ü", ascii_only=True) == '"\\u00fc"'
    assert json_text("ü") == '"ü"'


def test_what_is_not_all_is_not_shown_as_all() -> None:
    assert share(Fraction(999_999_999, 1_000_000_000)) == "99.999 %"
    assert share(Fraction(1)) == "100.000 %"


def test_an_overspent_budget_is_shown_with_its_sign_and_none_as_a_dash() -> None:
    assert share(Fraction(-1, 3), 1) == "-33.4 %"
    assert share(None) == "–"


def test_seconds_and_counts_are_written_alike_everywhere() -> None:
    assert (milliseconds(0.0124), milliseconds(12)) == ("    12.4 ms", " 12000.0 ms")
    assert (plural(1, "note"), plural(0, "note")) == ("1 note", "0 notes")
