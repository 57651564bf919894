"""Text that Prometheus reads: escaped, exact, in pieces; proven by its client's parsers and by promtool."""

import subprocess
from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Service
from exporter.render import SLICE, Format, escape, number, pieces
from probes.result import Reason
from tests.exporter.parsed import read, samples, text, value
from tests.exporter.views import Told, check, company


def busy() -> Told:
    told = Told().attempt("login", 0, facts={"status_code": 200}, phases={"resolve": 0.01})
    return told.attempt("inbox", 1, Reason.HTTP_STATUS).attempt("login", 30, Reason.BUG)


@pytest.mark.parametrize("format", Format)
@given(title=st.text())
def test_any_text_in_a_label_comes_back_as_it_was(format: Format, title: str) -> None:
    view = Told(company(services={"sso": Service(name="sso", title=title)})).view(0)

    found = [one.labels["title"] for one in samples(view, format) if one.name == "watchkeeper_service_info"]
    assert found == [title.encode("utf-8", "replace").decode()]


@given(st.floats(allow_nan=False))
def test_a_number_comes_back_exactly(value: float) -> None:
    assert float(number(value)) == value


@pytest.mark.parametrize(
    ("value", "said"), [(1, "1"), (0.1, "0.1"), (inf, "+Inf"), (-inf, "-Inf"), (nan, "NaN"), (1.0, "1.0")]
)
def test_a_number_is_written_shortly_and_as_prometheus_has_it(value: float, said: str) -> None:
    assert number(value) == said


def test_backslash_quote_and_line_end_are_escaped_and_nothing_else() -> None:
    assert escape('a\\b"c\nd{}é') == r"a\\b\"c\nd{}é"


def test_openmetrics_ends_with_its_mark_and_names_counters_without_their_suffix() -> None:
    said = text(busy().view(31), Format.OPENMETRICS)

    assert said.endswith("# EOF\n")
    assert "# TYPE watchkeeper_attempts counter\n" in said
    assert "\nwatchkeeper_attempts_total{" in said


def test_openmetrics_says_the_units() -> None:
    units = {metric.name: metric.unit for metric in read(busy().view(31), Format.OPENMETRICS)}

    assert units["probe_duration_seconds"] == "seconds"
    assert units["watchkeeper_sli_ratio"] == "ratio"
    assert units["watchkeeper_blind"] == ""


@pytest.mark.parametrize("format", Format)
def test_types_come_back_as_they_are_declared(format: Format) -> None:
    types = {metric.name: metric.type for metric in read(busy().view(31), format)}

    assert types["watchkeeper_attempts"] == "counter"
    assert types["watchkeeper_start_lag_seconds"] == "histogram"
    assert types["watchkeeper_build_info"] == "gauge"


def test_many_checks_are_written_in_pieces_of_bounded_size() -> None:
    checks = [check(f"c{index}") for index in range(3 * SLICE)]
    view = Told(company(checks)).view(0)
    found = list(pieces(view, Format.TEXT))

    assert max(piece.count("\n") for piece in found) <= SLICE * 16  # a histogram is one sample of many lines
    assert "".join(found).count("watchkeeper_check_state{") == 3 * 3 * SLICE


def test_a_site_is_escaped_too() -> None:
    view = Told(company(site='h"q')).view(0)

    assert value(replace(view), "watchkeeper_config_last_reload_successful") == 1
    assert {sample.labels["site"] for sample in samples(view)} == {'h"q'}


@pytest.mark.server("promtool")
def test_promtool_finds_nothing_to_say() -> None:
    said = text(busy().view(31)).encode()
    run = subprocess.run(["promtool", "check", "metrics"], input=said, capture_output=True, check=False)

    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
