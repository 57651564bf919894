"""Regular expressions over texts."""

import pytest

from checks.values import RuleError
from probes.basic.regexes import pattern


def test_an_expression_that_would_keep_re_busy_for_hours_is_quick() -> None:
    assert pattern("(a+)+$").search("a" * 100_000)
    assert not pattern("^(a+)+$").search("a" * 100_000 + "!")


def test_letters_are_letters_and_not_bytes() -> None:
    assert pattern("^b.cher$").search("bücher")[0] == "bücher"


@pytest.mark.parametrize("text", ["(", "(?=x)", "[", r"(a)\1", "\ud800", "x{1001}"])
def test_what_re2_does_not_know_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(RuleError, match=r"^must be a regular expression that RE2 can read$"):
        pattern(text)
