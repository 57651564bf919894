import pytest

from checks.model import SelfCheck
from commands.sight import blind_for, networks_of
from probes.result import Outcome, Result

NAME = SelfCheck(name="resolve:a", action="resolve", target="a")
OTHER = SelfCheck(name="resolve:b", action="resolve", target="b")
ADDRESS = SelfCheck(name="tcp:c", action="tcp", target="c:1")
INSIDE = SelfCheck(name="tcp:d", action="tcp", target="d:1", network="internal")
ALL = (NAME, OTHER, ADDRESS, INSIDE)


@pytest.mark.parametrize(
    ("failing", "blind"),
    [
        ((), ""),
        ((NAME,), ""),
        ((ADDRESS,), ""),
        ((NAME, ADDRESS), ""),
        ((NAME, OTHER), "for names on the internet network"),
        ((NAME, OTHER, ADDRESS), "on the internet network"),
        ((INSIDE,), ""),
    ],
)
def test_where_only_names_fail_we_are_blind_for_names(failing: tuple[SelfCheck, ...], blind: str) -> None:
    looks = {
        each.name: Result(each.name, "hq", 0, 0.1, Outcome.BAD if each in failing else Outcome.GOOD)
        for each in ALL
    }

    assert blind_for("internet", ALL, looks) == blind


def test_what_was_not_asked_says_nothing() -> None:
    assert blind_for("internet", ALL, {}) == ""


def test_networks_are_those_of_the_self_checks() -> None:
    assert networks_of(ALL) == ["internet", "internal"]
