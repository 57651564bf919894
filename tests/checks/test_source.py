import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.source import ConfigError, List, Map, Scalar, read, written


def problems(text: str) -> list[str]:
    try:
        return [str(each) for each in read(text, "c.yaml")[1]]
    except ConfigError as error:
        return [str(each) for each in error.problems]


def test_every_scalar_stays_the_text_that_was_written() -> None:
    root, _ = read('a: 18:00\nb: yes\nc: 1.10\nd: "~"\ne: ~\n', "c.yaml")

    assert [(node[0], node[1]) for node in root.values.values()] == [
        ("18:00", True),
        ("yes", True),
        ("1.10", True),
        ("~", False),
        ("~", True),
    ]


def test_every_node_and_every_name_knows_its_place() -> None:
    root, _ = read("a:\n  b: [x,\n    y]\n", "c.yaml")
    inner = root.values["a"]
    assert isinstance(inner, Map)
    listed = inner.values["b"]
    assert isinstance(listed, List)

    assert inner.keys["b"][2:5] == ("c.yaml", 2, 3)
    assert listed[1:] == ("c.yaml", 2, 6)
    assert listed.items[1] == Scalar("y", True, "c.yaml", 3, 5)


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_text_is_an_empty_mapping(text: str) -> None:
    assert read(text, "c.yaml")[0] == Map({}, {}, "c.yaml", 1, 1)


def test_an_alias_stands_for_what_was_anchored() -> None:
    root, wrong = read("a: &x {k: v}\nb: *x\nc: &y t\nd: [*y]\n", "c.yaml")

    assert not wrong
    assert root.values["b"] is root.values["a"]
    assert root.values["d"] == List([root.values["c"]], "c.yaml", 4, 4)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "c.yaml:3:1: a: written twice; the first is at line 1"),
        ("a: !x 1\n", "c.yaml:1:4: a: a tag (!…) means nothing here; write the plain value"),
        ("a: !!int 1\n", "c.yaml:1:4: a: a tag (!…) means nothing here; write the plain value"),
        ("a: *x\n", "c.yaml:1:4: a: no anchor of this name stands before it"),
        ("a: &x [*x]\n", "c.yaml:1:8: a[0]: no anchor of this name stands before it"),
        (
            "a: {<<: {b: 1}}\n",
            "c.yaml:1:5: a: merge keys (<<) are not read; `defaults` holds what checks share",
        ),
        ("a: 1\n---\nb: 1\n", "c.yaml:2:1: a second document begins here; one file is one document"),
        (
            "a:\n  [1]: 2\n",
            "c.yaml:2:3: a: a name must be plain text; if a value begins here, put it in quotes",
        ),
        ("- a\n", "c.yaml:1:1: must be a mapping that begins with `version: 1`"),
        (
            "a: b: c\n",
            "c.yaml:1:5: not YAML: mapping values are not allowed in this context; put a text that holds "
            "`: ` in quotes, and begin the options of an entry in the same column",
        ),
        (
            "é: 1\na: {b: ${X}}\n",
            "c.yaml:2:9: not YAML: did not find expected ',' or '}'; "
            "put ${…} in quotes where it stands inside { } or [ ]",
        ),
        ("é: 1\nbé: \x01\n", "c.yaml:2:5: not YAML: a character that may not stand in a text file"),
        ("a: \ud800\n", "c.yaml:1:4: not YAML: a character that may not stand in a text file"),
    ],
)
def test_what_is_wrong_with_the_shape_is_said_at_its_place(text: str, line: str) -> None:
    assert problems(text) == [line]


def test_the_second_of_two_equal_names_does_not_count() -> None:
    assert read("a: 1\na: 2\n", "c.yaml")[0].values["a"] == Scalar("1", True, "c.yaml", 1, 4)


def test_aliases_of_aliases_cannot_fill_the_memory() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
    )

    assert [line.split(": ")[-1] for line in problems(bomb)] == ["aliases repeat too much"]


@pytest.mark.parametrize(
    "text", ["a: " + "[" * 60 + "]" * 60, "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(99))]
)
def test_nesting_has_an_end(text: str) -> None:
    assert any(
        "nested deeper" in line or "repeat too much" in line
        for line in problems(text.replace("[*a-1]", "[]"))
    )


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    assert all(line.startswith("c.yaml:") for line in problems(text))


@given(st.text(alphabet=":-[]{}&*!|>'\"%@` \n\tab#?,<$"))
def test_any_heap_of_yaml_signs_is_read_or_refused(text: str) -> None:
    assert all(line.startswith("c.yaml:") for line in problems(text))


@pytest.mark.parametrize(
    ("part", "said"), [("équipe", '"équipe"'), ("a b", '"a b"'), ("a\x1b[2J", r'"a\u001b[2J"')]
)
def test_a_name_is_written_as_it_is_read_and_never_moves_the_terminal(part: str, said: str) -> None:
    assert written(("services", part)) == f"services.{said}"
