import pytest

from checks.values import RuleError
from probes.basic.templates import check_places, filled, names_in


def test_places_are_filled_and_escaped() -> None:
    text = "a={{one}}&b={{ two_2 }}{x}"

    assert names_in(text) == {"one", "two_2"}
    assert filled(text, {"one": "1", "two_2": "&"}, lambda value: f"<{value}>") == "a=<1>&b=<&>{x}"


def test_a_value_that_looks_like_a_place_is_not_filled_again() -> None:
    assert filled("{{a}}", {"a": "{{b}}", "b": "no"}) == "{{b}}"


@pytest.mark.parametrize("text", ["{{b}}", "{{A}}", "{{a}} {{", "{{a-b}}", "{{}}"])
def test_what_is_no_place_for_something_known_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        check_places(text, {"a"})


def test_what_is_known_is_accepted() -> None:
    check_places("{{a}} and } and {", {"a"})
