import jsonschema
import pytest

from alerting.form import instant
from exporter.documents import status_document
from tests.commands.shapes import STATUS
from tests.exporter.standings import START, STEP, company, engine, incident


def web(up_when: str | int = "all", **histories: str) -> tuple[str, int | None]:
    """Give state and since of the service, since in steps from the start."""
    made, now = engine(company(*histories, up_when=up_when), histories)
    said = status_document(made, now)["services"]["web"]
    since = {instant(START + step * STEP): step for step in range(50)}
    return said["state"], said["since"] and since[said["since"]]


@pytest.mark.parametrize("letters", ["", "ggg", "gbb", "gbbg", "ggu", "g.....b"])
def test_the_shape_is_as_promised_whatever_the_history(letters: str) -> None:
    made, now = engine(company("a", "b"), {"a": letters}, [incident()])

    jsonschema.validate(status_document(made, now), STATUS)


def test_a_service_is_up_since_the_last_check_that_it_takes_for_that() -> None:
    assert web(a="gggg", b=".ggg") == ("up", 1)
    assert web("any", a="gggg", b=".ggg") == ("up", 0)


def test_a_service_is_down_since_the_first_bad_attempt() -> None:
    assert web(a="gggg", b="ggbb") == ("down", 2)


def test_a_service_is_unknown_since_the_last_change_of_any_check() -> None:
    assert web(a="gguu", b="gggg") == ("unknown", 2)


def test_a_service_that_was_never_asked_is_unknown_since_nobody_knows_when() -> None:
    assert web(a="") == ("unknown", None)


def test_a_check_has_its_last_outcome_and_reason_beside_its_state() -> None:
    made, now = engine(company("a"), {"a": "ggb"})

    assert status_document(made, now)["services"]["web"]["checks"]["a"] == {
        "state": "up",
        "since": instant(START),
        "outcome": "bad",
        "reason": "http_status",
    }


def test_an_open_incident_is_given_whole() -> None:
    made, now = engine(company("a"), {"a": "gbb"}, [incident()])

    (said,) = status_document(made, now)["incidents"]

    assert (said["key"], said["episode"], said["state"]) == ("hq/service/web", 3, "open")
    assert (said["fault_at"], said["opened_at"]) == (instant(START), instant(START + STEP))
    assert said["resolved_at"] is said["acknowledged_at"] is None


@pytest.mark.parametrize(("name", "blind"), [("blind/internet", True), ("overload", False)])
def test_blind_is_what_the_open_incidents_about_ourselves_say(name: str, blind: bool) -> None:
    made, now = engine(company("a"), {}, [incident("monitor", name)])

    assert status_document(made, now)["blind"] is blind
