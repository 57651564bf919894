import pytest

from checks.inert import NOT_YET
from tests.checks.reading import noted, refused

ROUTE = "alerting: {{routes: [{{receivers: [chat, oncall], {}}}], hours: {{}}}}\n"


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ("compatibility: [sloth]\n", "compatibility"),
        ("vendors: {okta: {announce: true}}\n", "vendors"),
        ('reports: [{period: month, at: "1 07:00", to: [chat]}]\n', "reports"),
        ("limits: {max_refusals: 2}\n", "limits.max_refusals"),
        ("alerting: {self_test: 1d}\n", "alerting.self_test"),
    ],
)
def test_an_option_without_an_effect_yet_is_noted_where_it_is_written(more: str, path: str) -> None:
    assert noted(more) == [f"{path}: {NOT_YET}"]


def test_that_of_a_service_is_too() -> None:
    web = "version: 1\nservices: {web: {vendors: [okta], unknown_after: 10m}}\n"
    page = "checks: {p: {service: web, kind: page, url: 'https://p.example'}}\n"

    assert noted("", web + page) == [f"services.web.vendors: {NOT_YET}"]


def test_every_place_is_noted_by_itself() -> None:
    two = "objectives: {a: {A}, b: {A}}\n".replace("A", "service: web, target: 99%, window: 30d, min_bad: 2")

    assert noted(two) == [f"objectives.{name}.min_bad: {NOT_YET}" for name in "ab"]


@pytest.mark.parametrize(
    "more",
    [
        "store: sqlite:///x.db\n",
        "limits: {per_host: 2}\n",
        "vendors: {}\nreports: []\nmaintenance: []\ncompatibility: []\n",
        "objectives: {a: {service: web, target: 99%, window: 30d, policy: [], burn: []}}\n",
        ROUTE.format("escalate: []"),
        ROUTE.format("escalate: [{after: 15m, receivers: [chat]}]"),
        "alerting: {storm_limit: 9, acknowledge_expires: 1h}\n",
    ],
)
def test_what_is_acted_on_or_asks_for_nothing_is_not_noted(more: str) -> None:
    assert noted(more) == []


def test_the_wrong_is_refused_and_not_noted_besides() -> None:
    assert refused("store: {size: 1GiB, results: soon}\n") == [
        "store.results: must be a duration such as 500ms, 30s, 5m, 2h or 7d"
    ]
