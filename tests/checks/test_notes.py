from collections.abc import Iterator

import pytest

from checks.model import Configuration
from checks.notes import Note
from checks.parse import parse
from checks.source import ConfigError, Path
from tests.checks.kinds import KINDS, RECEIVERS

TEXT = """\
version: 1
services:
  web: {tier: 1, depends_on: [net]}
  net: {}
checks:
  a: {kind: page, service: web, url: https://example.com/}
  b: {kind: page, service: net, url: https://example.com/}
"""


def noted(*paths: Path, text: str = TEXT) -> list[str]:
    def rule(_: Configuration) -> Iterator[Note]:
        yield from (Note(path, "so it is") for path in paths)

    said = parse({"c.yaml": text}, kinds=KINDS, receivers=RECEIVERS, environment={}, rules=[rule])
    return [str(note) for note in said.notes]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("services", "web"), "3:3: services.web"),
        (("services", "web", "tier"), "3:9: services.web.tier"),
        (("services", "web", "depends_on", 0), "3:31: services.web.depends_on[0]"),
        (("services", "web", "detect_within"), "3:3: services.web.detect_within"),  # it is not written
        (("services", "web", "depends_on", 7), "3:18: services.web.depends_on[7]"),
        (("services", "web", "tier", "more"), "3:9: services.web.tier.more"),
        (("store", "size"), "1:1: store.size"),
    ],
)
def test_a_note_stands_at_the_name_of_what_it_is_about_or_nearest_to_it(path: Path, place: str) -> None:
    assert noted(path) == [f"c.yaml:{place}: so it is"]


def test_notes_are_given_by_place_whatever_the_order_in_which_they_were_made() -> None:
    lines = [note.split(":")[1] for note in noted(("checks", "b"), ("version",), ("services", "net"))]

    assert lines == ["1", "4", "7"]


def test_nobody_is_asked_about_a_configuration_that_is_refused() -> None:
    with pytest.raises(ConfigError) as refused:
        noted(("services", "web"), text=TEXT + "siet: x\n")

    assert "so it is" not in str(refused.value)
