"""Series of services and of their incidents."""

from probes.result import Reason
from tests.exporter.parsed import series, value, values
from tests.exporter.views import Told


def broken() -> Told:
    return Told().attempt("login", 0).attempt("login", 30, Reason.RESET)


def test_exactly_one_state_of_a_service_is_one() -> None:
    view = broken().view(31)

    assert values(view, "watchkeeper_service_state", "state", service="sso") == {
        "up": 0,
        "down": 1,
        "unknown": 0,
    }
    assert values(view, "watchkeeper_service_state", "state", service="email") == {
        "up": 0, "down": 0, "unknown": 1,
    }  # fmt: skip


def test_a_service_says_what_the_configuration_says_of_it() -> None:
    found = series(Told().view(0), "watchkeeper_service_info", service="email")

    assert found == [({"service": "email", "title": "Email", "owner": "messaging", "tier": "2"}, 1.0)]


def test_open_incidents_are_there_at_zero_for_every_scope_and_urgency() -> None:
    found = series(Told().view(0), "watchkeeper_incidents_open")

    assert {value for _, value in found} == {0.0}
    assert len(found) == 8 * 3
    assert ({"scope": "service", "urgency": "page"}, 0.0) in found


def test_an_open_incident_is_counted_until_it_is_resolved() -> None:
    told = broken()
    assert value(told.view(31), "watchkeeper_incidents_open", scope="service", urgency="page") == 1

    told.attempt("login", 60).attempt("login", 65)
    assert value(told.view(66), "watchkeeper_incidents_open", scope="service", urgency="page") == 0


def test_opened_incidents_count_from_zero_so_that_the_first_one_is_an_increase() -> None:
    told = Told().attempt("login", 0)
    before = value(told.view(1), "watchkeeper_incidents_total", service="sso")
    told.attempt("login", 30, Reason.RESET)

    assert (before, value(told.view(31), "watchkeeper_incidents_total", service="sso")) == (0, 1)


def test_times_of_an_incident_are_given_by_service_and_urgency() -> None:
    told = broken().attempt("login", 60).attempt("login", 65)
    view = told.view(66)

    assert values(view, "watchkeeper_time_to_detect_seconds_sum", "service") == {"sso": 0.25, "email": 0}
    assert values(view, "watchkeeper_time_to_restore_seconds_sum", "service") == {"sso": 30, "email": 0}
    assert value(view, "watchkeeper_time_to_restore_seconds_count", service="sso", urgency="page") == 1
