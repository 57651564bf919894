"""The documentation is complete, and true where a machine can tell. Metrics: tests/exporter."""

import re
import textwrap
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from alerting.receivers import RECEIVERS
from checks import options
from checks.described import described
from checks.parse import parse
from checks.reference import SECTIONS, attribute, fields, nested
from checks.schema import schema
from commands import COMMANDS
from commands.context import Status
from commands.reference import kinds_there, receivers_there, reference
from probes import KINDS
from probes.result import Reason
from tests.house.tree import ROOT, pages, project

DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SECRETS = dict.fromkeys(("SSO_PASSWORD", "SSO_TOTP", "MAIL_PASSWORD"), "secret")
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


def loaded(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


ENTRIES = [*KINDS.items(), *RECEIVERS.items()]
SHAPES = [*SECTIONS.values(), *(loaded(place) for _, place in ENTRIES)]


def undescribed(shape: Any) -> list[str]:
    """Say which options of a class, and of those inside it, have no text under them."""
    shapes = [shape, *(inner for _, inner in nested("", shape))]
    return [
        f"{each.__name__}: write a text under `{name}`"
        for each in shapes
        for name in fields(each)
        if not described(each).get(attribute(each, name))
    ]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_option_is_explained_in_its_class(shape: Any) -> None:
    missing = undescribed(shape)

    assert not missing, "\n".join(missing)


def test_the_reference_is_what_the_classes_say() -> None:
    assert text("docs/checks-yaml.md") == reference(), "the options have changed: run `make reference`"


def test_every_section_is_in_the_reference() -> None:
    words = {word for title in sections("docs/checks-yaml.md") for word in re.findall(r"\w+", title)}

    assert set(options.SECTIONS) <= words


def example(kind: str, place: str) -> str:
    """Write a file around the example of a kind or receiver."""
    entry = textwrap.indent(loaded(place).example, "    ")
    file = 'version: "1"\nservices: {intranet: {}, sso: {}, email: {}, vpn: {}}\n'
    other = "  other: {service: sso, kind: http, url: https://example.com/}\n"
    section = "receivers" if place in RECEIVERS.values() else "checks"
    return file + f"checks:\n{other}" + ("receivers:\n" if section == "receivers" else "") + f"  it:\n{entry}"


@pytest.mark.parametrize(("kind", "place"), ENTRIES)
def test_every_example_is_accepted(kind: str, place: str) -> None:
    found = parse(
        {"checks.yaml": example(kind, place)}, kinds=KINDS, receivers=RECEIVERS, environment=SECRETS
    )

    assert (found.receivers if place in RECEIVERS.values() else found.checks)["it"].kind == kind


YAML = re.compile(r"^```ya?ml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = {
    f"{page.relative_to(ROOT)}:{page.read_text()[: found.start()].count(chr(10)) + 1}": found[1]
    for page in pages()
    for found in YAML.finditer(page.read_text())
}
AROUND = {
    "version": "version: 1\n",
    "services": "services: {intranet: {}, sso: {}, email: {}, vpn: {}}\n",
    "checks": "checks: {other: {service: sso, kind: http, url: https://example.com/}}\n",
}


def whole(block: str) -> str:
    """Write what an example lacks to be a whole configuration."""
    return "".join(text for section, text in AROUND.items() if section not in yaml.safe_load(block)) + block


def test_the_guides_have_examples() -> None:
    pages_with_one = {place.partition(":")[0] for place in BLOCKS}

    assert {"docs/kinds.md", "docs/receivers.md", "docs/checks-yaml.md"} <= pages_with_one


@pytest.mark.parametrize("place", BLOCKS)
def test_what_a_page_shows_can_be_written(place: str) -> None:
    text = whole(BLOCKS[place])

    parse({"checks.yaml": text}, kinds=KINDS, receivers=RECEIVERS, environment=SECRETS)
    Draft7Validator(schema(kinds_there(), receivers_there())).validate(yaml.safe_load(text))


@pytest.mark.parametrize(("page", "word"), [("docs/kinds.md", "http"), ("docs/receivers.md", "pagerduty")])
def test_the_guides_lead_to_the_reference(page: str, word: str) -> None:
    assert word in sections(page)
    assert "](checks-yaml.md" in text(page)


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


def facts() -> dict[str, list[str]]:
    """Give the metric of every fact that a kind may learn, with the kinds and the help."""
    found: dict[str, tuple[list[str], str]] = {}
    for word, place in KINDS.items():
        for fact in loaded(place).facts:
            found.setdefault(fact.metric or f"probe_{word}_{fact.name}", ([], fact.help))[0].append(word)
    return {name: [", ".join(words), told] for name, (words, told) in sorted(found.items())}


def test_every_fact_of_a_kind_is_among_the_metrics() -> None:
    assert (
        rows(sections("docs/metrics.md")["What a kind of check learned"])
        == {"fact": ["kinds", ""], "---": ["---", "---"]} | facts()
    )
