"""`import results` and `slo --json` against the slow reading of semantics.md (tests/slo): all figures equal.

A random world is written as checks.yaml and a CSV and goes through the command line. In whatever order and
however often its results come in, the figures are those that were counted second by second.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from alerting.form import instant
from checks.model import Check, Configuration, Hours, Maintenance, Objective, Service
from commands.results import lines_of
from probes.clock import Clock
from probes.result import Result
from tests.commands.shell import Shell
from tests.slo.seconds import Told, told
from tests.slo.worlds import World, world

AFTER = 1_811_808_000.0  # 2027-06-01, in Unix seconds: all of every world is over
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Step = Callable[[Shell, World, Random], None]


@pytest.fixture(autouse=True)
def after_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.main.Clock", lambda: Clock(wall=lambda: AFTER))


# --- a world as a configuration that can be written


def writable(made: World) -> World:
    """Leave out what no checks.yaml says: checks of no service, and how many of no checks must be up."""
    known = made.configuration
    checks = {name: each for name, each in known.checks.items() if each.service}
    services = {
        name: each if known.indicators(name) else replace(each, up_when="all")
        for name, each in known.services.items()
    }
    objectives = {
        name: each for name, each in known.objectives.items() if not each.check or each.check in checks
    }
    results = tuple(each for each in made.results if each.check in checks)
    told_of = replace(known, site="hq", checks=checks, services=services, objectives=objectives)
    return replace(made, configuration=told_of, results=results)


def document(configuration: Configuration, shell: Shell) -> dict[str, Any]:
    return {
        "version": 1,
        "site": configuration.site,
        "timezone": configuration.timezone,
        "store": {"url": "sqlite:///watchkeeper.db"},
        "self_checks": [],
        "services": {name: _service(each) for name, each in configuration.services.items()},
        "checks": {name: _check(each) for name, each in configuration.checks.items()},
        "objectives": {name: _objective(each) for name, each in configuration.objectives.items()},
        "maintenance": [_maintenance(each) for each in configuration.maintenance],
        "alerting": {
            "hours": {name: _hours(each, shell) for name, each in configuration.alerting.hours.items()}
        },
    }


def _service(service: Service) -> dict[str, Any]:
    return {"up_when": _several(service.up_when)}


def _several(how: str | int) -> str | dict[str, int]:
    return how if isinstance(how, str) else {"at_least": how}


def _check(check: Check) -> dict[str, Any]:
    return {
        "kind": "http",
        "url": "http://127.0.0.1:1/",
        "service": check.service,
        "interval": f"{check.interval:g}s",
        "timeout": f"{check.timeout:g}s",
        "confirm": check.confirm,
        "recover": check.recover,
        "enabled": check.enabled,
        "sli": check.sli,
    }


def _objective(objective: Objective) -> dict[str, Any]:
    said: dict[str, Any] = {
        "target": f"{float(objective.target * 100):g}%",
        "window": objective.window,
        "indicator": objective.indicator,
    }
    if objective.check:
        said["check"] = objective.check
    elif len(objective.services) == 1:
        said["service"] = objective.services[0]
    else:
        said |= {"services": list(objective.services), "combine": _several(objective.combine)}
    if objective.faster_than is not None:
        said["faster_than"] = f"{objective.faster_than:g}s"
    if objective.during:
        said["during"] = objective.during
    return said


def _maintenance(declared: Maintenance) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": declared.name,
        "services": list(declared.services),
        "start": declared.start.isoformat(timespec="seconds"),
        "duration": f"{declared.duration:g}s",
        "effect": declared.effect,
    }
    if declared.recurrence:
        said["recurrence"] = declared.recurrence
    return said


def _hours(hours: Hours, shell: Shell) -> dict[str, Any]:
    said = {
        "days": ",".join(DAYS[day] for day in hours.days),
        "from": f"{hours.begin // 60:02}:{hours.begin % 60:02}",
        "to": f"{hours.end // 60:02}:{hours.end % 60:02}",
    }
    if hours.days_off:
        days = (f"BEGIN:VEVENT\nDTSTART;VALUE=DATE:{day:%Y%m%d}\nEND:VEVENT" for day in hours.days_off)
        shell.write("\n".join(["BEGIN:VCALENDAR", *days, "END:VCALENDAR", ""]), "off.ics")
        said["holidays"] = "off.ics"
    return said


def in_the_file(shell: Shell, made: World, _: Random) -> None:
    shell.write(json.dumps(document(made.configuration, shell)))


# --- results, as they come in


def csv(shell: Shell, results: Sequence[Result], name: str = "r.csv") -> None:
    shell.write("".join(lines_of(results, "csv")), name)
    answer = shell.type("import", "results", name)
    assert answer.status == 0, answer.err


def first_recorded(results: Sequence[Result]) -> list[Result]:
    """Give those that stay: then their order does not matter."""
    found: dict[tuple[str, int], Result] = {}
    for each in results:
        found.setdefault((each.check, each.at), each)
    return list(found.values())


def whole(shell: Shell, made: World, _: Random) -> None:
    csv(shell, made.results)


def twice(shell: Shell, made: World, _: Random) -> None:
    csv(shell, made.results)
    csv(shell, made.results)


def shuffled(shell: Shell, made: World, chance: Random) -> None:
    results = first_recorded(made.results)
    csv(shell, chance.sample(results, len(results)))


def in_halves(shell: Shell, made: World, chance: Random) -> None:
    """Each is judged and packed before the next comes, and lies among what was judged."""
    results = first_recorded(made.results)
    one = {id(each) for each in results if chance.random() < 0.5}
    halves = [[each for each in results if (id(each) in one) is which] for which in (True, False)]
    for half in chance.sample(halves, 2):
        csv(shell, half)


def latest_first(shell: Shell, made: World, chance: Random) -> None:
    """The end is judged first, then many pieces of what was before."""
    results = first_recorded(made.results)
    cuts = sorted(chance.sample(range(len(results) + 1), min(3, len(results))))
    for begin, end in zip(reversed([0, *cuts]), reversed([*cuts, len(results)]), strict=True):
        csv(shell, results[begin:end])


def check_by_check(shell: Shell, made: World, _: Random) -> None:
    for name in made.configuration.checks:
        csv(shell, [each for each in made.results if each.check == name])


IMPORTS: Sequence[Step] = (whole, twice, shuffled, in_halves, latest_first, check_by_check)


# --- what is told, and what should be


def said(shell: Shell, at: int) -> dict[str, dict[str, Any]]:
    answer = shell.type("slo", "--json", "--at", instant(at))
    assert answer.status == 0, answer.err
    return {each["objective"]: each for each in json.loads(answer.out)}


def differing(found: dict[str, Any], expected: Told | None) -> list[str]:
    if expected is None:
        return [] if found["verdict"] is None else ["there are figures"]
    should = as_document(expected)
    return [
        f"{name} {found[name]}, expected {value}" for name, value in should.items() if found[name] != value
    ]


def as_document(expected: Told) -> dict[str, Any]:
    scale = 1000 if expected.unit == "seconds" else 1
    amounts = ("good", "bad", "unknown", "excluded", "outside", "budget", "spent", "remaining")
    ratios = ("sli", "coverage", "remaining_ratio", "worst_case_remaining_ratio")
    bounds = expected.bad_bounds
    return {
        "from": instant(expected.start),
        "to": instant(expected.end),
        "elapsed": (expected.end - expected.start) / 1000,
        "unit": expected.unit,
        "blips": expected.blips,
        "verdict": expected.verdict,
        "burn": {window: _number(rate) for window, rate in expected.burn.items()},
        "bad_bounds": None if bounds is None else [each / 1000 for each in bounds],
        **{name: float(Fraction(getattr(expected, name)) / scale) for name in amounts},
        **{name: _number(getattr(expected, name)) for name in ratios},
    }


def _number(exact: Fraction | None) -> float | None:
    return None if exact is None else float(exact)


def agree(shell: Shell, made: World, written: Step | None = None, later: Step | None = None) -> None:
    """Write a world, import it in the way of its seed, and compare what is told of both its instants."""
    chance = Random(made.seed)
    made = writable(made)
    (shell.folder / "watchkeeper.db").unlink(missing_ok=True)
    (written or in_the_file)(shell, made, chance)
    come_in = IMPORTS[made.seed % len(IMPORTS)]
    come_in(shell, made, chance)
    if later:
        later(shell, made, chance)
    found = []
    for at in made.instants if made.results else ():
        expected, is_told = told(made.configuration, made.results, at, made.step), said(shell, at)
        assert is_told.keys() == expected.keys()
        found += [
            f"{name} at {instant(at)}: {difference}"
            for name, figures in is_told.items()
            for difference in differing(figures, expected[name])
        ]
    assert not found, "\n".join([come_in.__name__, *found, str(made)])


def without_maintenance(shell: Shell, made: World, _: Random) -> None:
    shell.write(json.dumps(document(replace(made.configuration, maintenance=()), shell)))


def declared_afterwards(shell: Shell, made: World, _: Random) -> None:
    for each in made.configuration.maintenance:
        words = [word for name in each.services for word in ("--service", name)]
        rule = ["--recurrence", each.recurrence] if each.recurrence else []
        start, length = each.start.isoformat(timespec="seconds"), f"{each.duration:g}s"
        answer = shell.type(
            "maintenance", "add", "--name", each.name, *words, "--start", start, "--for", length, *rule,
            "--effect", each.effect,
        )  # fmt: skip
        assert answer.status == 0, answer.err


@pytest.mark.parametrize("seed", range(12))
def test_however_results_are_imported_every_figure_is_the_sum_of_its_seconds(shell: Shell, seed: int) -> None:
    agree(shell, world(seed))


@pytest.mark.parametrize("seed", range(12, 16))
def test_maintenance_declared_after_an_import_counts_as_that_of_the_file(shell: Shell, seed: int) -> None:
    agree(shell, world(seed), without_maintenance, declared_afterwards)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", range(2000, 2200, 20))
def test_of_two_hundred_worlds_every_figure_is_the_sum_of_its_seconds(shell: Shell, first: int) -> None:
    for seed in range(first, first + 20):
        agree(shell, world(seed))
        agree(shell, world(seed), without_maintenance, declared_afterwards)
