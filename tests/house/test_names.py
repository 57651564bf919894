"""Our top-level names are ordinary words; nobody else in this environment may own one of them."""

from collections.abc import Mapping
from importlib.metadata import packages_distributions

from tests.house.tree import project

OURS = "watchkeeper"
EXPLANATION = """
Watchkeeper's folders are its import names (docs/decisions/0001-flat-names.md), so that another distribution
that installs one of them wins silently: python-daemon's package `daemon` beats our daemon.py, and the command
dies with "cannot import name 'main' from 'daemon'", while `pip check` sees nothing wrong.
Watchkeeper is an application and is installed alone. Make the environment anew: make clean test."""


def names() -> set[str]:
    """Give the top-level names that the wheel installs."""
    shipped = project()["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    return {entry.removesuffix(".py") for entry in shipped if not entry.endswith(".yaml")}


def strangers(owners: Mapping[str, list[str]]) -> list[str]:
    """Say who but us owns a name of ours."""
    return [
        f"{owner} owns `{name}`"
        for name in sorted(names())
        for owner in sorted(set(owners.get(name, ())))
        if owner.lower() != OURS
    ]


def test_nobody_else_owns_a_name_of_ours() -> None:
    found = strangers(packages_distributions())

    assert not found, "\n".join(found) + EXPLANATION


def test_python_daemon_would_be_named() -> None:
    owners = {"daemon": ["python-daemon"], "probes": ["watchkeeper"], "yaml": ["PyYAML"]}

    assert strangers(owners) == ["python-daemon owns `daemon`"]
