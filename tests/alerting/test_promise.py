"""The arithmetic of the worst time to a page. That it is true is shown in tests/simulation."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from alerting.promise import outwaited, promises, too_slow
from checks.model import Alerting, Check, Configuration, SelfCheck, Service


@dataclass(frozen=True)
class Kind:
    least_spacing: float = 0.0
    asked: bool = True
    silence: float = 0.0


def check(name: str = "a", **options: Any) -> Check:
    """Make a check that is asked every minute, for 10 s, three times 5 s apart: 60 + 2 × 15 + 10 + 2 s."""
    said: dict[str, Any] = {"interval": 60.0, "timeout": 10.0, "probe": Kind()} | options
    return Check(name=name, kind="page", service="web", **said)


def watching(*checks: Check, self_checks: tuple[SelfCheck, ...] = (), **service: Any) -> Configuration:
    return Configuration(
        services={"web": Service(name="web", **service)},
        checks={each.name: each for each in checks},
        self_checks=self_checks,
    )


def seconds(*checks: Check, **more: Any) -> float:
    return promises(watching(*checks, **more))["web"].seconds


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, 60 + 2 * 15 + 10 + 2),
        ({"confirm": 1}, 60 + 10 + 2),
        ({"confirm_interval": 600.0}, 60 + 2 * (60 + 10) + 10 + 2),  # the grid is sooner
        ({"probe": Kind(least_spacing=1.0)}, 60 + 2 * (15 + 1) + 10 + 2),  # it gives way to the grid
        ({"probe": Kind(least_spacing=20.0)}, 60 + 2 * (20 + 20) + 10 + 2),
    ],
)
def test_a_fault_is_told_after_the_grid_the_confirming_attempts_and_the_way_to_the_receiver(
    options: dict[str, Any], expected: float
) -> None:
    assert seconds(check(**options)) == expected


def test_a_job_that_stops_is_told_once_it_has_been_silent_for_too_long() -> None:
    beat = check("beat", confirm=1, probe=Kind(silence=88200.0))
    (note,) = too_slow(watching(beat, detect_within=300.0))

    assert seconds(beat) == 88200 + 10 + 2
    assert note.message == (
        "a page can take 1d 30m 12s (check beat, which may be silent for 1d 30m),"
        " longer than detect_within 5m: shorten its within or grace, or allow more time"
    )


def test_each_attempt_may_wait_three_seconds_for_the_self_checks_of_its_network() -> None:
    eye = SelfCheck(name="e", action="tcp", target="e:1", network="internal")

    assert seconds(check(network="internal"), self_checks=(eye,)) == seconds(check()) + 3 * 3
    assert seconds(check(network="internet"), self_checks=(eye,)) == seconds(check())


def test_the_slowest_of_a_services_checks_decides() -> None:
    promise = promises(watching(check("a"), check("b", interval=300.0), check("c")))["web"]

    assert (promise.check.name, promise.seconds) == ("b", 342)


@pytest.mark.parametrize(
    "options",
    [{"missing_secrets": ("password",)}, {"probe": Kind(asked=False)}, {"enabled": False}, {"sli": False}],
)
def test_a_check_that_measures_nothing_promises_nothing(options: dict[str, Any]) -> None:
    assert promises(watching(check(**options))) == {}
    assert seconds(check("a"), check("b", interval=300.0, **options)) == 102


def test_a_service_that_what_is_measured_cannot_take_down_promises_nothing() -> None:
    blank = check("b", missing_secrets=("password",))

    assert promises(watching(check("a"), blank, up_when="any")) == {}
    assert seconds(check("a"), blank, check("c"), up_when=2) == 102


def test_a_service_that_keeps_what_was_wanted_is_not_spoken_of() -> None:
    assert list(too_slow(watching(check(), detect_within=102.0))) == []
    assert list(too_slow(watching(check()))) == []


def test_a_service_that_does_not_is_told_by_how_much_and_why() -> None:
    ((path, message),) = too_slow(watching(check(timeout=10.5), detect_within=90.0))

    assert path == ("services", "web", "detect_within")
    assert message.startswith(
        "a page can take 1m 44s (check a, every 1m), longer than detect_within 1m 30s: shorten"
    )


def hanging(timeout: float, *, hold_max: float = 60.0, child: str = "web") -> list[str]:
    """Notes about a service whose check hangs for so long, in the eyes of what depends on it."""
    mail = Service(name="mail", depends_on=(child,) if child else ())
    known = watching(check(timeout=timeout))
    services = {**known.services, "mail": mail}
    said = replace(known, services=services, alerting=Alerting(hold_max=hold_max))
    return [message for _, message in outwaited(said)]


def test_a_parent_that_is_confirmed_before_its_children_give_up_is_no_note() -> None:
    assert hanging(16.0) == []  # 16 + 2 * (16 + 5) = 58


def test_a_parent_that_takes_longer_than_its_children_wait_is_noted() -> None:
    (message,) = hanging(17.0)

    assert message.startswith("it can take 1m 1s until web is seen down (check a)")
    assert "only 1m" in message
    assert hanging(17.0, hold_max=61.0) == []


def test_a_slow_service_on_which_nobody_depends_is_not_noted() -> None:
    assert hanging(17.0, child="") == []
