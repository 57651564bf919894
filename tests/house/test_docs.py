"""The documentation is complete, and true where a machine can tell. Metrics: tests/exporter."""

import re
from dataclasses import fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from alerting.receivers import RECEIVERS
from checks import options
from commands import COMMANDS
from commands.context import Status
from probes import KINDS
from probes.result import Reason
from tests.house.tree import ROOT, pages, project

DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MACHINE = re.compile(r"/(?:home|root|Users|work|tmp|mnt|opt)/\w")


@cache
def text(page: str) -> str:
    return (ROOT / page).read_text()


def sections(page: str) -> dict[str, str]:
    """Give the sections of a page under their headings of the second level."""
    parts = re.split(r"^## (.+)$", text(page), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(part: str) -> dict[str, list[str]]:
    """Give the rows of a page's tables by their first cell."""
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return {row[0].strip("`"): row[1:] for row in cells}


def undocumented(page: str, section: str, names: set[str]) -> list[str]:
    """Say which names have no row in a table of a section; one cell may name several."""
    told = {name for cell in rows(sections(page).get(section, "")) for name in re.findall(r"[\w-]+", cell)}
    return [f"{page}, section `## {section}`: add a row for `{name}`" for name in sorted(names - told)]


def loaded(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def option_names(kind: Any) -> set[str]:
    return {field.name for field in fields(kind)}


@pytest.mark.parametrize(("kind", "place"), KINDS.items())
def test_every_kind_and_its_options_are_explained(kind: str, place: str) -> None:
    missing = undocumented("docs/kinds.md", kind, option_names(loaded(place)))

    assert kind in sections("docs/kinds.md"), f"docs/kinds.md: write a section `## {kind}`"
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(("kind", "place"), RECEIVERS.items())
def test_every_receiver_and_its_options_are_explained(kind: str, place: str) -> None:
    missing = undocumented("docs/receivers.md", kind, option_names(loaded(place)))

    assert kind in sections("docs/receivers.md"), f"docs/receivers.md: write a section `## {kind}`"
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("Top level", options.TopOptions),
        ("services", options.ServiceOptions),
        ("checks", options.CommonOptions),
        ("objectives", options.ObjectiveOptions),
        ("alerting", options.AlertingOptions),
        ("limits", options.LimitsOptions),
        ("web", options.WebOptions),
    ],
)
def test_every_option_of_the_file_is_explained(section: str, kind: Any) -> None:
    missing = undocumented("docs/configuration.md", section, option_names(kind))

    assert not missing, "\n".join(missing)


def test_every_section_of_the_file_is_explained() -> None:
    assert set(options.SECTIONS) <= sections("docs/configuration.md").keys()


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_explained_with_its_outcome(reason: Reason) -> None:
    row = rows(text("docs/reasons.md")).get(reason)

    assert row, f"docs/reasons.md: add a row for `{reason}`"
    assert row[0] == reason.outcome
    assert all(row), f"docs/reasons.md: say what `{reason}` means and what to do"


def test_no_reason_is_explained_that_does_not_exist() -> None:
    told = rows(text("docs/reasons.md")).keys() - {"Reason", "---"}

    assert told == set(Reason)


def test_every_command_is_explained() -> None:
    assert sections("docs/commands.md").keys() - {"Exit codes"} == COMMANDS.keys()


def test_every_exit_code_is_explained() -> None:
    told = rows(sections("docs/commands.md")["Exit codes"]).keys() - {"Code", "---"}

    assert told == {str(int(status)) for status in Status}


def test_every_dependency_has_its_reason() -> None:
    settings = project()
    asked = [*settings["project"]["dependencies"], *settings["dependency-groups"]["dev"]]
    names = [re.split(r"[<>=~!;\[ ]", one)[0] for one in asked]
    told = {name for cell in rows(text("docs/dependencies.md")) for name in cell.split(", ")}
    missing = [name for name in names if name not in told]

    assert not missing, f"docs/dependencies.md: say why we need {', '.join(missing)}"


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [page.name[:4] for page in DECISIONS] == [f"{n:04}" for n in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_every_decision_has_its_three_parts_and_is_listed(page: Path) -> None:
    name = page.relative_to(ROOT).as_posix()

    assert list(sections(name)) == ["Context", "Decision", "Consequences"]
    assert f"]({page.name})" in text("docs/decisions/README.md"), (
        f"link {page.name} from docs/decisions/README.md"
    )


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.stem)
def test_every_page_is_listed(page: Path) -> None:
    assert page.name == "README.md" or f"]({page.name})" in text("docs/README.md"), (
        f"link {page.name} from docs/README.md"
    )


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text()) if "://" not in link and not leads(page, link)]

    assert not broken, f"{page.relative_to(ROOT)}: nothing is at {', '.join(broken)}"


def leads(page: Path, link: str) -> bool:
    """Say whether a relative link ends at a file and, if it names one, at a heading in it."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path) if path else page
    return target.exists() and (not anchor or anchor in anchors(target.read_text()))


def anchors(markdown: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_page_speaks_of_one_machine(page: Path) -> None:
    found = [line for line in page.read_text().splitlines() if MACHINE.search(line)]

    assert not found, "\n".join([*found, "a path of one machine means nothing on another"])
