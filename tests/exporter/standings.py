"""An engine that has been told a small history."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from alerting.engine import Engine
from alerting.incident import Incident
from alerting.intent import Urgency
from checks.model import Check, Configuration, Objective, Service
from probes.result import Outcome, Reason, Result

START = 1_790_000_000_000
STEP = 30_000
OUTCOMES = {"g": Outcome.GOOD, "b": Outcome.BAD, "u": Outcome.UNKNOWN}
REASONS = {"g": None, "b": Reason.HTTP_STATUS, "u": Reason.BUG}


def company(*checks: str, up_when: str | int = "all") -> Configuration:
    made = [Check(name=name, kind="http", probe=None, service="web", confirm=2, recover=1) for name in checks]
    objective = Objective(name="web-up", target=Fraction(9, 10), window="1h", services=("web",))
    return Configuration(
        site="hq",
        services={"web": Service(name="web", title="The web", up_when=up_when)},
        checks={check.name: check for check in made},
        objectives={"web-up": objective},
    )


def history(check: str, letters: str) -> list[Result]:
    """Give an attempt each half minute: good, bad, unknown; a dot is a missed one."""
    return [
        Result(check, "hq", START + index * STEP, 0.1, OUTCOMES[letter], REASONS[letter])
        for index, letter in enumerate(letters)
        if letter != "."
    ]


def engine(
    configuration: Configuration, histories: Mapping[str, str], incidents: Iterable[Incident] = ()
) -> tuple[Engine, int]:
    """Give the engine, and the end of the histories: one for each check."""
    made = Engine(configuration, incidents)
    results = [result for check, letters in histories.items() for result in history(check, letters)]
    made.replay(sorted(results, key=lambda result: result.at))
    return made, START + max(map(len, histories.values()), default=0) * STEP


def incident(scope: str = "service", name: str = "web") -> Incident:
    return Incident(
        key=f"hq/{scope}/{name}",
        episode=3,
        scope="monitor" if scope == "monitor" else "service",
        name=name,
        urgency=Urgency.PAGE,
        severity="critical",
        fault_at=START,
        opened_at=START + STEP,
        title="The web",
        text="blind on the internet network",
    )
