"""The table of families is the contract: each is described, whether or not it has series."""

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from checks.kinds import Kinds
from checks.model import Configuration
from exporter.families import FAMILIES, fact_families, families
from exporter.family import Family
from exporter.render import Format
from probes import KINDS
from probes.net.certificate import EXPIRY
from probes.tools import Fact
from tests.exporter.parsed import samples, series, text
from tests.exporter.views import Told, check, company


@dataclass(frozen=True)
class Knock:
    """A kind that learns two things."""

    kind: ClassVar[str] = "knock"
    facts: ClassVar[tuple[Fact, ...]] = (Fact("knocks", "", "Knocks until it opened."), EXPIRY)
    least_spacing: ClassVar[float] = 0.0


def knocking() -> Told:
    knock = replace(check("door"), kind="knock", probe=Knock())
    return Told(company([knock, check("login")]))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_family_is_described_also_without_series(family: Family) -> None:
    lines = text(Told(company([check("login", enabled=False)])).view(0)).splitlines()

    assert f"# HELP {family.name} {family.help}" in lines
    assert f"# TYPE {family.name} {family.type}" in lines


def test_what_is_promised_by_name_is_described_without_a_check_of_its_kind() -> None:
    names = [
        family.name for family in families(company([replace(check("door"), kind="knock", probe=Knock())]))
    ]

    assert {"probe_http_status_code", "probe_ssl_earliest_cert_expiry", "probe_knock_knocks"} <= set(names)


def test_no_family_is_written_twice() -> None:
    names = [family.name for family in families(knocking().engine.configuration)]

    assert len(names) == len(set(names))


def test_counters_and_only_counters_end_in_total() -> None:
    assert {family.type == "counter" for family in FAMILIES if family.name.endswith("_total")} == {True}
    assert {family.name.endswith("_total") for family in FAMILIES if family.type == "counter"} == {True}


def test_the_site_is_on_every_series() -> None:
    told = Told().attempt("login", 0)

    assert {sample.labels.get("site") for sample in samples(told.view(1))} == {"hq"}


def test_a_fact_is_named_after_its_kind_or_as_declared() -> None:
    names = [family.name for family in fact_families({"knock": Knock.facts})]

    assert names == ["probe_knock_knocks", "probe_ssl_earliest_cert_expiry"]


def test_kinds_that_learn_the_same_share_a_family() -> None:
    told = knocking()
    for name in ("door", "login"):
        told.attempt(name, 0, facts={"ssl_earliest_cert_expiry": 1_800_000_000})
    found = series(told.view(1), "probe_ssl_earliest_cert_expiry")

    assert [(labels["check"], value) for labels, value in found] == [("door", 1.8e9), ("login", 1.8e9)]


def test_a_fact_that_the_last_attempt_did_not_learn_has_no_series() -> None:
    told = Told().attempt("login", 0, facts={"status_code": 204}).attempt("login", 30)

    assert series(told.view(31), "probe_http_status_code") == []


def test_both_formats_have_the_same_series() -> None:
    view = knocking().attempt("door", 0, facts={"knocks": 3}, phases={"open": 0.1}).view(1)

    texts, openmetrics = ({str(one) for one in samples(view, format)} for format in Format)
    assert texts == openmetrics


def test_docs_have_a_line_for_every_family_and_for_nothing_else() -> None:
    page = Path(__file__).parents[2] / "docs" / "metrics.md"
    table, _, _ = page.read_text().partition("\n## ")
    rows = [line for line in table.splitlines() if line.startswith("| `")]

    assert rows == [
        f"| `{family.name}` | {family.type} | {' '.join(family.labels)} | {family.help} |"
        for family in families(Configuration())
    ]


@pytest.mark.server("promtool")
def test_promtool_has_nothing_to_say_of_what_kinds_may_learn() -> None:
    classes = Kinds(KINDS, frozenset())
    facts = {kind: classes.loaded(kind).facts for kind, place in KINDS.items() if place}
    lines = [
        f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.type}\n{family.name} 1\n"
        for family in fact_families(facts)
    ]
    said = subprocess.run(
        ["promtool", "check", "metrics"], input="".join(lines), capture_output=True, text=True, check=False
    )

    assert len(lines) > 30
    assert said.stdout + said.stderr == ""
