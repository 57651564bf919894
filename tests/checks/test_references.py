import pytest

from tests.checks.reading import LEAST, read, refused

ROUTE = "alerting: {{routes: [{{receivers: [chat], {}}}], hours: {{office: {{{}}}}}}}\n"
OFFICE = 'days: mon-fri, from: "08:00", to: "18:00"'


def route(options: str) -> str:
    return ROUTE.format(options, OFFICE)


@pytest.mark.parametrize(
    ("more", "mistake"),
    [
        (
            "objectives: {o: {check: pages, target: 99%, window: 9d}}\n",
            'objectives.o.check: there is no such check (did you mean "page"?)',
        ),
        (
            "objectives: {o: {services: [web, x], target: 99%, window: 9d}}\n",
            "objectives.o.services[1]: there is no such service; there is db, web",
        ),
        (
            "objectives: {o: {services: [web, web], target: 99%, window: 9d}}\n",
            "objectives.o.services[1]: named twice",
        ),
        (
            "objectives: {o: {service: web, target: 99%, window: 9d, during: office}}\n",
            "objectives.o.during: there is no such entry in alerting.hours",
        ),
        (
            route("during: ofice, otherwise: [oncall]"),
            'alerting.routes[0].during: there is no such entry in alerting.hours (did you mean "office"?)',
        ),
        (
            route("during: office, otherwise: [x]"),
            "alerting.routes[0].otherwise[0]: there is no such receiver; there is chat, oncall",
        ),
        (
            route("escalate: [{after: 5m, receivers: [oncal]}]"),
            'alerting.routes[0].escalate[0].receivers[0]: there is no such receiver (did you mean "oncall"?)',
        ),
        (
            route("match: {service: x}"),
            "alerting.routes[0].match.service: there is no such service; there is db, web",
        ),
        (
            "alerting: {fallback: x}\n",
            "alerting.fallback: there is no such receiver; there is chat, oncall",
        ),
    ],
)
def test_what_names_nothing_is_refused_with_what_there_is(more: str, mistake: str) -> None:
    assert refused(more) == [mistake]


def test_what_exists_may_be_named() -> None:
    (first,) = read(route("during: office, otherwise: [oncall], match: {service: db}")).alerting.routes

    assert (first.during, first.otherwise, dict(first.match)) == ("office", ("oncall",), {"service": "db"})


def test_many_names_are_not_listed() -> None:
    many = ", ".join(f"s{number:02}: {{}}" for number in range(9))
    least = LEAST.replace("db: {}", f"db: {{}}, {many}")

    assert refused("alerting: {routes: [{receivers: [chat], match: {service: other}}]}\n", least) == [
        "alerting.routes[0].match.service: there is no such service"
    ]


@pytest.mark.parametrize("section", ["vendors", "alerting: {hours"])
def test_a_name_of_words_is_refused(section: str) -> None:
    options = OFFICE if "hours" in section else ""
    (mistake,) = refused(f"{section}: {{two words: {{{options}}}}}{'}' if 'hours' in section else ''}\n")

    assert "the name must be 1 to 127 letters" in mistake


def with_second_check(was: str, of_page: str = "") -> str:
    more = f"  other: {{service: web, kind: page, url: https://other.example.com, was: {was}}}\nreceivers"
    return LEAST.replace("example.com}", f"example.com{of_page}}}").replace("receivers", more, 1)


def test_a_renamed_check_keeps_its_former_name() -> None:
    assert read("", with_second_check("old")).checks["other"].was == "old"


@pytest.mark.parametrize(
    ("was", "mistake"),
    [
        ("other", "is its name now; was takes the former one"),
        ("page", "a check of this name exists; was takes a name that is no longer used"),
    ],
)
def test_what_exists_was_not_renamed(was: str, mistake: str) -> None:
    assert refused("", with_second_check(was)) == [f"checks.other.was: {mistake}"]


def test_one_name_became_only_one() -> None:
    assert refused("", with_second_check("old", ", was: old")) == [
        "checks.other.was: page has taken over this name already"
    ]
