import pytest

from checks.values import RuleError
from probes.basic.templates import check_places, filled, filled_json, names_in, texts_in, told


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


@pytest.mark.parametrize("value", ["0", "-1", "1.50", "2e9", "1E-3"])
def test_a_number_may_stand_by_itself_in_json(value: str) -> None:
    assert filled_json('{"a":{{a}}}', {"a": value}) == f'{{"a":{value}}}'


@pytest.mark.parametrize("value", ["", "text", "1, 2", "[1]", "null", "true", "01", "1.", "inf", "+1", '"1"'])
def test_nothing_else_writes_json_of_its_own(value: str) -> None:
    with pytest.raises(ValueError, match="number"):
        filled_json('{"a": [{{a}}]}', {"a": value})
    assert filled_json('{"a": "\\" {{a}}"}', {"a": value})


@pytest.mark.parametrize("template", ['{"n{{a}}": 1, "n2": 2}', "1.5{{a}}e{{b}}"])
def test_what_is_no_json_with_its_values_is_not_sent(template: str) -> None:
    with pytest.raises(ValueError, match=r"the same name|JSON"):
        filled_json(template, {"a": "2", "b": "3.5"})


def test_a_text_is_told_as_it_is_sent_and_by_what_stands_beside_its_places() -> None:
    assert set(told("Key a/long-one {{a}};b={{a}}", {"a": "1"})) == {"Key a/long-one 1;b=1", "a/long-one"}
    assert list(told("a text without a place", {})) == []


def test_every_text_of_a_document_is_told_however_deep_and_many() -> None:
    deep: object = "down here"
    for _ in range(5000):
        deep = [deep]

    assert sorted(texts_in({"a": "b", "c": [1, None, "d"]})) == ["b", "d"]
    assert list(texts_in(deep)) == ["down here"]
    assert len(list(texts_in(["x"] * 20_000))) == 20_000
