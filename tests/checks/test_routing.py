import pytest

from checks.model import Escalation, Hours
from checks.parse import parse
from tests.checks.kinds import KINDS, RECEIVERS
from tests.checks.reading import LEAST, read, refused

OFFICE = 'days: mon-fri, from: "08:00", to: "18:00"'


def alerting(routes: str, hours: str = OFFICE) -> str:
    return f"alerting: {{routes: [{{receivers: [chat], {routes}}}], hours: {{office: {{{hours}}}}}}}\n"


def test_hours_are_days_and_minutes() -> None:
    assert read(alerting("")).alerting.hours["office"] == Hours(
        name="office", days=(0, 1, 2, 3, 4), begin=480, end=1080
    )


def test_a_day_may_end_at_midnight() -> None:
    assert read(alerting("", OFFICE.replace("18:00", "24:00"))).alerting.hours["office"].end == 1440


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("18:00", "08:00", "alerting.hours.office: must end later in the day than it begins"),
        ("08:00", "24:00", "alerting.hours.office.from: must be less than 1440"),
        ("18:00", "6pm", "alerting.hours.office.to: must be a time of day such as 08:00, 17:30 or 24:00"),
        (
            "mon-fri",
            "workdays",
            "alerting.hours.office.days: must be days such as mon-fri, mon,wed or [sat, sun]",
        ),
        ("days: mon-fri, ", "", "alerting.hours.office.days: is required"),
    ],
)
def test_hours_that_are_none_are_refused(old: str, new: str, mistake: str) -> None:
    assert refused(alerting("", OFFICE.replace(old, new))) == [mistake]


def test_holidays_lie_beside_the_file_that_names_them() -> None:
    text = LEAST + alerting("", f"{OFFICE}, holidays: nl.ics")
    files = {"/etc/wk/nl.ics": "BEGIN:VCALENDAR\nEND:VCALENDAR\n"}
    said = parse(
        {"/etc/wk/checks.yaml": text},
        kinds=KINDS,
        receivers=RECEIVERS,
        environment={},
        read=files.__getitem__,
    )

    assert said.alerting.hours["office"].holidays == "/etc/wk/nl.ics"


def test_an_escalation_goes_forward() -> None:
    steps = "escalate: [{after: 5m, receivers: [chat]}, {after: 15m, receivers: [oncall]}]"

    assert read(alerting(steps)).alerting.routes[0].escalate == (
        Escalation(after=300.0, receivers=("chat",)),
        Escalation(after=900.0, receivers=("oncall",)),
    )
    assert refused(alerting(steps.replace("15m", "5m"))) == [
        "alerting.routes[0].escalate[1].after: must be later than the step before it"
    ]


def test_an_escalation_tells_somebody() -> None:
    assert refused(alerting("escalate: [{after: 5m, receivers: []}]")) == [
        "alerting.routes[0].escalate[0].receivers: must name at least 1"
    ]


def test_otherwise_goes_only_with_hours() -> None:
    assert refused(alerting("otherwise: [oncall]")) == ["alerting.routes[0].otherwise: goes only with during"]
    assert read(alerting("otherwise: [oncall], during: office")).alerting.routes[0].otherwise == ("oncall",)


def test_what_is_not_written_is_as_the_contract_has_it() -> None:
    usual = read("").alerting

    assert (usual.hold_max, usual.storm_limit, usual.acknowledge_expires) == (60.0, 5, 14_400.0)
    assert usual.flapping
    assert (usual.self_test, usual.hours, usual.prefix) == (None, {}, "local")
