from dataclasses import replace

import jsonschema

from alerting.form import instant
from checks.model import Configuration
from exporter.objective_documents import objective_document
from tests.commands.shapes import OBJECTIVE
from tests.exporter.standings import START, STEP, company, engine


def web_up(configuration: Configuration, **histories: str) -> dict[str, object]:
    made, now = engine(configuration, histories)
    (counted,) = made.accounts.at(now)
    return objective_document(counted, made.accounts, made.configuration)


def test_figures_are_seconds_and_sum_up_to_what_has_elapsed() -> None:
    said = web_up(company("a"), a="ggbbgg")

    jsonschema.validate(said, OBJECTIVE)
    assert (said["good"], said["bad"], said["unknown"], said["excluded"]) == (120.0, 60.0, 3420.0, 0.0)
    assert said["elapsed"] == 3600.0
    assert said["to"] == instant(START + 6 * STEP)


def test_ratios_are_exact_until_they_are_written_and_not_rounded() -> None:
    said = web_up(company("a"), a="ggbbgg")

    assert said["sli"] == 2 / 3
    assert (said["target"], said["budget"], said["spent"], said["remaining"]) == (0.9, 360.0, 60.0, 300.0)
    assert said["remaining_ratio"] == 5 / 6
    assert said["verdict"] == "undecided"


def test_where_nothing_was_measured_there_is_no_sli() -> None:
    said = web_up(company("a"), a="")

    jsonschema.validate(said, OBJECTIVE)
    assert said["sli"] is None
    assert said["coverage"] == 0.0
    assert said["burn"] == dict.fromkeys(("5m", "30m", "1h", "2h", "6h", "1d", "3d"))


def test_blips_of_all_checks_are_counted() -> None:
    assert web_up(company("a", "b"), a="gbgbg", b="gbggg")["blips"] == 3


def test_an_objective_of_a_check_that_is_switched_off_has_no_figures() -> None:
    configuration = company("a")
    off = replace(configuration.checks["a"], enabled=False)
    mine = replace(configuration.objectives["web-up"], services=(), check="a")

    said = web_up(replace(configuration, checks={"a": off}, objectives={"web-up": mine}))

    assert (said["verdict"], said["good"], said["services"]) == (None, None, ["web"])
