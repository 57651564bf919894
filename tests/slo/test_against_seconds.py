"""The accounts of the engine, against the slow reading of semantics.md in seconds.py: exactly equal."""

import pytest

from alerting.engine import Engine
from slo.account import Account
from tests.slo.seconds import Told, told
from tests.slo.worlds import World, world

FIELDS = [name for name in Told.__dataclass_fields__ if name not in ("burn", "bad_bounds")]


def differences(made: World, at: int) -> list[str]:
    """Name what the engine and the reference do not agree on, objective by objective."""
    engine = Engine(made.configuration)
    engine.replay(made.results)
    expected = told(made.configuration, made.results, at, made.step)
    accounts = {each.objective.name: each for each in engine.accounts.at(at)}
    assert accounts.keys() == expected.keys()
    return [
        f"{name} at {(at - made.results[0].at) // made.step}: {difference}"
        for name, account in accounts.items()
        for difference in differing(account, expected[name], engine.accounts.bounds(name, at))
    ]


def differing(account: Account, expected: Told | None, bounds: tuple[int, int] | None) -> list[str]:
    figures = account.figures
    if figures is None or expected is None:
        is_same = figures is None and expected is None
        return [] if is_same else [f"figures {figures}, expected {expected}"]
    found = {name: (getattr(figures, name), getattr(expected, name)) for name in FIELDS}
    found |= {f"burn {name}": (account.burn[name], rate) for name, rate in expected.burn.items()}
    found["bad_bounds"] = (bounds, expected.bad_bounds)
    return [f"{name} {is_}, expected {should}" for name, (is_, should) in found.items() if is_ != should]


def agree(made: World, *instants: int) -> None:
    found = [difference for at in instants for difference in differences(made, at)]
    assert not found, "\n".join([*found, str(made)])


@pytest.mark.parametrize("seed", range(60))
def test_every_figure_is_the_sum_of_its_seconds(seed: int) -> None:
    made = world(seed)

    agree(made, made.instants[seed // 16 % 2])


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", range(1000, 2000, 50))
def test_every_figure_of_a_thousand_histories_is_the_sum_of_its_seconds(first: int) -> None:
    for seed in range(first, first + 50):
        made = world(seed)
        agree(made, *made.instants)
