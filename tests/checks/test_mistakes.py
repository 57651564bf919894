"""A catalogue: each file in mistakes/ holds one mistake, what is said of it, and what mends it.

At its end stand the lines of the refusal, without the file's name (`# 9:5: checks.x.isuer: no such option`),
and the lines that mend it (`# mend: 9:     issuer: …`; nothing after the number empties the line).
"""

import re
from pathlib import Path

import pytest

from tests.checks.real import mistakes, said

HERE = Path(__file__).parent
CATALOGUE = sorted((HERE / "mistakes").glob("*.yaml"))
TWENTY = HERE / "twenty-mistakes.yaml"
EXPECTED = re.compile(r"^# (\d+:\d+: .*)$", re.MULTILINE)
MEND = re.compile(r"^# mend: (\d+):(?: (.*))?$", re.MULTILINE)
CANARY = "hunter2"

each_mistake = pytest.mark.parametrize("file", CATALOGUE, ids=lambda file: file.stem)


def expected(file: Path) -> list[str]:
    return [f"{file.name}:{line}" for line in EXPECTED.findall(file.read_text())]


def mended(file: Path) -> str:
    lines = file.read_text().split("\n")
    for number, text in MEND.findall(file.read_text()):
        lines[int(number) - 1] = text
    return "\n".join(lines)


def test_the_catalogue_is_there() -> None:
    assert len(CATALOGUE) > 150


@each_mistake
def test_a_mistake_is_said_in_one_line_at_its_place(file: Path) -> None:
    assert len(expected(file)) == 1
    assert mistakes(file.read_text(), file.name) == expected(file)


@each_mistake
def test_nothing_but_the_mistake_was_wrong(file: Path) -> None:
    assert mended(file) != file.read_text()
    assert said(mended(file), file.name).checks


def test_twenty_mistakes_are_said_in_twenty_lines_each_at_its_place() -> None:
    assert len(expected(TWENTY)) == 20
    assert mistakes(TWENTY.read_text(), TWENTY.name) == expected(TWENTY)


def test_of_twenty_mistakes_no_line_is_accused_twice() -> None:
    accused = [line.split(":")[1] for line in mistakes(TWENTY.read_text())]

    assert len(set(accused)) == 20


def test_what_is_said_of_twenty_mistakes_shows_no_value() -> None:
    text = TWENTY.read_text()

    assert text.count(CANARY) > 40
    assert CANARY not in "\n".join(mistakes(text))


def test_a_mistake_in_a_route_does_not_hide_one_in_the_switch() -> None:
    right = (HERE / "mistakes" / "dead-mans-switch-without-scheme.yaml").read_text()
    found = mistakes(right.replace("urgency: page", "urgency: high"))

    assert [line.split(": ")[1] for line in found] == [
        "alerting.dead_mans_switch.url",
        "alerting.routes[0].match.urgency",
    ]
