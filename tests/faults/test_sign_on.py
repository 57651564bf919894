"""The real process on the worst day: sign-on fails and takes ten services with it. One page, one resolve."""

import asyncio

from alerting.incident import Incident
from store import reader
from tests.faults.company import LONGEST_WAIT, Company, Tables, open_keys, results

APPS = tuple(f"app{number}" for number in range(10))
EACH = 18  # checks of a service: some two hundred in all


def written(company: Company) -> str:
    """The company's file, with ten services that depend on sign-on and many checks of each."""
    text = company.daemon.config.read_text()
    head, rest = text.split("\nchecks:\n")
    _, tail = rest.split("receivers:\n")
    apps = "".join(f"  {name}: {{tier: 1, depends_on: [sso]}}\n" for name in APPS)
    options = "kind: http, interval: 2s, timeout: 1s, confirm: 2, confirm_interval: 500ms, recover: 1"
    url = f"http://127.0.0.1:{company.service.port}/"
    checks = "".join(
        f'  {name}-{number}: {{service: {name}, url: "{url}", {options}}}\n'
        for name in ("sso", *APPS)
        for number in range(EACH)
    )
    return f"{head}\n{apps}checks:\n{checks}receivers:\n{tail}limits: {{per_host: 200}}\n"


def incidents(tables: Tables) -> dict[str, Incident]:
    return {row.name: Incident.of(row) for row in reader.open_incidents(tables)}


def said(company: Company) -> list[tuple[str, str]]:
    """What woke somebody or ended that: updates of an open key are left out."""
    seen: set[str] = set()
    told = []
    for _, event in company.account.received:
        key, action = event["dedup_key"], event["event_action"]
        if action == "resolve" or key not in seen:
            told.append((action, key))
        seen = seen | {key} if action == "trigger" else seen - {key}
    return told


async def test_sign_on_takes_ten_services_with_it_and_is_one_page(company: Company) -> None:
    company.daemon.config.write_text(written(company))
    await company.daemon.start()
    await company.daemon.ready()
    everybody = 11 * EACH
    await company.until(lambda tables: len({each.check for each in results(tables)}) == everybody)

    company.service.works = False
    await company.until(lambda tables: len(open_keys(tables)) == 11)
    await company.until(lambda tables: set(incidents(tables)["sso"].swallowed) == set(APPS))
    kept = company.ask_store(incidents)
    assert isinstance(kept, dict)
    assert {kept[name].suppressed_by for name in APPS} == {"sso"}
    async with asyncio.timeout(LONGEST_WAIT):
        await company.account.until(lambda: all(name in last_details(company) for name in APPS))

    company.service.works = True
    await company.until(lambda tables: not open_keys(tables))
    await asyncio.sleep(5)  # time enough for an echo

    assert said(company) == [("trigger", "hq/service/sso"), ("resolve", "hq/service/sso")]
    assert "Traceback" not in company.daemon.log.read_text()


def last_details(company: Company) -> str:
    """What PagerDuty was told last about sign-on, in full."""
    triggers = [event for _, event in company.account.received if event["event_action"] == "trigger"]
    return str(triggers[-1]["payload"]["custom_details"]) if triggers else ""
