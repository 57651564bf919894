import pytest

from checks.interpolate import Filled, fill
from checks.source import Scalar, read

ENVIRONMENT = {"A": "alpha", "EMPTY": "", "ODD": "${A} $$: [x"}


def no_file(path: str) -> str:
    raise FileNotFoundError(path)


def filled(scalar: str) -> Filled:
    root, _ = read(f"x: '{scalar}'\n", "c.yaml")
    return fill(root, ENVIRONMENT, {"/f": "from file\n"}.get if "/f}" in scalar else no_file)  # type: ignore[arg-type] # only /f is asked for


def text(scalar: str) -> str:
    node = filled(scalar).root.values["x"]
    assert isinstance(node, Scalar)
    assert not node.unset
    return node.text


@pytest.mark.parametrize(
    ("scalar", "result"),
    [
        ("${A}", "alpha"),
        ("a ${A}-${A} z", "a alpha-alpha z"),
        ("${NO:-else}", "else"),
        ("${EMPTY:-else}", "else"),
        ("${EMPTY}", ""),
        ("${NO:-}", ""),
        ("${A:-else}", "alpha"),
        ("${file:/f}", "from file"),
        ("$${A}", "${A}"),
        ("$$", "$"),
        ("^a$|pa$word", "^a$|pa$word"),
        ("${ODD}", "${A} $$: [x"),
    ],
)
def test_references_are_replaced_once(scalar: str, result: str) -> None:
    assert text(scalar) == result


@pytest.mark.parametrize(
    ("scalar", "source"), [("x${NO}", "NO"), ("${A} ${NO}", "NO"), ("${file:/g}", "file:/g")]
)
def test_what_is_not_set_leaves_the_whole_unset(scalar: str, source: str) -> None:
    root = filled(scalar)
    node = root.root.values["x"]

    assert isinstance(node, Scalar)
    assert (node.text, node.unset, node.source) == ("", True, source)
    assert root.blanks["x",] == [(("x",), node)]


@pytest.mark.parametrize("scalar", ["${", "${A", "${}", "${a-b}", "${A:x}", "${1A}"])
def test_a_reference_that_cannot_be_read_is_a_mistake_at_its_place(scalar: str) -> None:
    assert [str(each) for each in filled(scalar).problems] == [
        "c.yaml:1:4: x: a reference must be ${NAME}, ${NAME:-default} or ${file:/path}; $$ is a dollar sign"
    ]


def test_the_path_of_a_file_is_absolute() -> None:
    assert [str(each) for each in filled("${file:secrets/x}").problems] == [
        "c.yaml:1:4: x: the path of a file must be an absolute path, such as ${file:/run/secrets/name}"
    ]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (FileNotFoundError(2, "No such file"), ""),
        (IsADirectoryError(21, "Is a directory"), "/f is a folder, not a file"),
        (PermissionError(13, "Permission denied"), "/f cannot be read: Permission denied"),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "?"), "/f cannot be read: it is not text in UTF-8"),
    ],
)
def test_what_keeps_a_file_from_being_read_is_known(error: Exception, why: str) -> None:
    def broken(path: str) -> str:
        raise error

    root, _ = read("x: ${file:/f}\n", "c.yaml")
    node = fill(root, {}, broken).root.values["x"]

    assert isinstance(node, Scalar)
    assert (node.unset, node.source, node.why) == (True, "file:/f", why)


@pytest.mark.parametrize("scalar", ["$NAME", "$A1_B"])
def test_what_a_shell_would_fill_in_is_noted_and_left_as_it_is(scalar: str) -> None:
    assert text(scalar) == scalar
    assert [str(each) for each in filled(scalar).notes] == [
        "c.yaml:1:4: x: looks like a variable: write ${NAME}, or $$NAME for the text"
    ]


@pytest.mark.parametrize("scalar", ["$$NAME", "${A}", "$5", "$name", "x$NAME", "$NAME!"])
def test_a_dollar_in_other_texts_is_not_noted(scalar: str) -> None:
    assert filled(scalar).notes == []


def test_names_are_never_replaced() -> None:
    root, _ = read("'${A}': {'${A}': x}\n", "c.yaml")

    assert fill(root, ENVIRONMENT, no_file).root is root
