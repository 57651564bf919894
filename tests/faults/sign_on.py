"""A company whose sign-on takes ten services with it, and what must be true after its outages."""

from typing import cast

from alerting.incident import Incident
from store import reader
from store.rows import IncidentRow
from tests.faults.company import KEY, Company, Tables
from tests.faults.outages import episode

APPS = tuple(f"app{number}" for number in range(10))
KEYS = (KEY, *(f"hq/service/{name}" for name in APPS))
LIST = (
    "down with it, not told by themselves"  # as a page calls it; what merely depends on it stands elsewhere
)
OPTIONS = "kind: http, interval: 2s, timeout: 2s, confirm: 2, confirm_interval: 500ms, recover: 1"


def depended_upon(text: str, each: int) -> str:
    """Give a company's file with ten services that depend on sign-on, and so many checks of each."""
    head, rest = text.split("\nchecks:\n")
    login, tail = rest.split("receivers:\n")
    (url,) = (line.split()[-1] for line in login.splitlines() if "url:" in line)
    apps = "".join(f"  {name}: {{tier: 1, depends_on: [sso]}}\n" for name in APPS)
    checks = "".join(
        f'  {name}-{number}: {{service: {name}, url: "{url}", {OPTIONS}}}\n'
        for name in ("sso", *APPS)
        for number in range(each)
    )
    return f"{head}\n{apps}checks:\n{checks}receivers:\n{tail}limits: {{per_host: 200}}\n"


def are_known(tables: Tables) -> bool:
    """Say whether every service has an incident, and sign-on's has swallowed all the others."""
    rows = [*reader.open_incidents(tables)]
    return len(rows) == len(KEYS) and all_stand_with_sign_on([Incident.of(row) for row in rows])


def all_stand_with_sign_on(incidents: list[Incident]) -> bool:
    """Say whether of one outage's incidents sign-on's lists all others, and each of those names sign-on."""
    (parent,) = (each for each in incidents if each.key == KEY)
    children = [each for each in incidents if each.key != KEY]
    listed = sorted(parent.swallowed) == sorted(each.name for each in children) == sorted(APPS)
    return listed and not parent.suppressed_by and all(each.suppressed_by == "sso" for each in children)


def are_over(tables: Tables) -> bool:
    """Say whether nothing is open, and everything was said."""
    return not [*reader.open_incidents(tables)] and not [*reader.unsettled_intents(tables)]


def are_listed(company: Company) -> bool:
    """Say whether PagerDuty has been told of all that went down with sign-on."""
    told = [
        each.event["payload"]["custom_details"].get(LIST, ()) for each in company.account.open_incidents()
    ]
    return any(sorted(names) == sorted(APPS) for names in told)


def assert_each_outage_was_one_page(company: Company, outages: int) -> None:
    """All is well now: each outage woke somebody once, was stored with all in the list, and is over."""
    account, numbers = company.account, list(range(1, outages + 1))
    assert {event["dedup_key"] for _, event in account.received} == {KEY}, "an app, or we, woke somebody"
    assert [episode(incident.event) for incident in account.incidents] == numbers
    assert account.open_incidents() == []
    stored = [Incident.of(row) for row in cast(list[IncidentRow], company.ask_store(_stored))]
    assert sorted((each.key, each.episode) for each in stored) == sorted(
        (key, number) for key in KEYS for number in numbers
    )
    assert all(each.resolved_at and each.restored_at and not each.ended for each in stored)
    for number in numbers:
        assert all_stand_with_sign_on([each for each in stored if each.episode == number]), number
    assert "Traceback" not in company.daemon.log.read_text()


def _stored(tables: Tables) -> list[IncidentRow]:
    return [*reader.recent_incidents(tables, 100_000)]
