"""The real process, reloaded in the middle of an outage: by a request, by a signal, by a changed file."""

import asyncio
import os
import signal
import sqlite3

from alerting.incident import Incident
from store import reader
from tests.faults.company import KEY, OTHER_KEY, Company, episodes, results

MORE = """\
  another: {service: sso, kind: http, url: "http://127.0.0.1:9/", interval: 1h, sli: false}
receivers:"""


async def down(company: Company) -> None:
    """Let the service fail until a page was accepted, and the store knows it."""
    await company.opened()
    company.service.works = False
    await company.settled(fails=True)


async def until_logged(company: Company, words: str) -> None:
    await company.until(lambda _: words in company.daemon.log.read_text())


async def metric(company: Company, name: str, *labels: str) -> float:
    text = (await company.daemon.asked("/metrics") or b"").decode()
    found = [
        line for line in text.splitlines() if line.startswith(name) and all(each in line for each in labels)
    ]
    assert len(found) == 1, found
    return float(found[0].split()[-1])


def open_incidents(company: Company) -> list[Incident]:
    def ask(tables: sqlite3.Connection) -> list[Incident]:
        return [Incident.of(row) for row in reader.open_incidents(tables)]

    found = company.ask_store(ask)
    assert isinstance(found, list)
    return found


def spoken(company: Company) -> list[tuple[str, str]]:
    """What PagerDuty took in about the service: at which integration, and what."""
    events = [event for _, event in company.account.received if event["dedup_key"] == KEY]
    return [("new" if each["routing_key"] == OTHER_KEY else "old", each["event_action"]) for each in events]


async def test_a_refused_reload_changes_nothing_and_is_told_four_ways(company: Company) -> None:
    await company.opened()
    company.edit("interval: 1s", "intervall: 1s")

    status, answer = await company.daemon.reload()

    told = 'checks.login.intervall: no such option (did you mean "interval"?)'
    assert (status, told in answer) == (500, True)
    await company.until(lambda tables: any(row.name == "reload" for row in reader.open_incidents(tables)))
    assert told in company.daemon.log.read_text()
    assert await metric(company, "watchkeeper_config_last_reload_successful") == 0
    page = (await company.daemon.asked("/") or b"").decode()
    assert "The configuration on disk is refused" in page
    assert "no such option" in page
    (incident,) = open_incidents(company)
    assert (incident.key, incident.urgency, told in incident.text) == ("hq/monitor/reload", "ticket", True)

    asked = company.service.asked
    await company.service.until(lambda: company.service.asked > asked + 2)


async def test_the_next_good_reload_ends_what_a_refused_one_began(company: Company) -> None:
    await company.opened()
    company.edit("interval: 1s", "intervall: 1s")
    await company.daemon.reload()
    company.edit("intervall: 1s", "interval: 1s")

    assert await company.daemon.reload() == (200, "reloaded\n")
    await company.settled(fails=False)
    assert await metric(company, "watchkeeper_config_last_reload_successful") == 1
    assert "is refused" not in (await company.daemon.asked("/") or b"").decode()
    assert company.account.said("hq/monitor/reload") == ["trigger", "resolve"]


async def test_a_good_reload_in_the_middle_of_an_outage_keeps_incident_and_counters(company: Company) -> None:
    await down(company)
    counted = ("watchkeeper_attempts_total", 'check="login"', 'outcome="bad"')
    before = await metric(company, *counted)
    company.edit("receivers:", MORE)

    assert (await company.daemon.reload())[0] == 200
    assert await metric(company, *counted) >= before > 0
    assert [incident.key for incident in open_incidents(company)] == [KEY]
    company.service.works = True
    await company.settled(fails=False)
    assert spoken(company) == [("old", "trigger"), ("old", "resolve")]
    assert len(episodes_of(company)) == 1


def episodes_of(company: Company) -> list[object]:
    found = company.ask_store(episodes)
    assert isinstance(found, list)
    return found


async def test_the_grid_goes_on_over_a_reload(company: Company) -> None:
    await company.opened()
    company.edit("receivers:", MORE)
    await company.daemon.reload()
    asked = company.service.asked
    await company.service.until(lambda: company.service.asked > asked + 3)
    await company.until(lambda tables: len(results(tables)) > asked + 3)

    found = company.ask_store(results)
    assert isinstance(found, list)
    grid = [result.at % 1000 for result in found if not result.extra and result.check == "login"]
    assert max(grid) - min(grid) < 500, grid


async def test_a_key_rotated_in_the_middle_of_an_outage_is_resolved_and_opened_anew(company: Company) -> None:
    await down(company)
    company.edit(f"routing_key: {1:032d}", f"routing_key: {OTHER_KEY}")

    assert (await company.daemon.reload())[0] == 200
    await company.account.until(lambda: len(spoken(company)) == 3)
    company.service.works = True
    await company.settled(fails=False)
    assert spoken(company) == [
        ("old", "trigger"),
        ("old", "resolve"),
        ("new", "trigger"),
        ("new", "resolve"),
    ]
    assert company.account.open_incidents() == []


async def test_a_removed_check_resolves_what_it_announced(company: Company) -> None:
    await down(company)
    company.edit("  login:", "  other:")

    assert (await company.daemon.reload())[0] == 200
    await company.settled(fails=True)  # the other one fails as well, and begins an incident of its own
    await company.account.until(lambda: len(spoken(company)) == 3)
    assert [what for _, what in spoken(company)] == ["trigger", "resolve", "trigger"]


async def test_a_renamed_check_keeps_its_incident_and_its_past(company: Company) -> None:
    await down(company)
    company.edit("  login:\n", "  sign-in:\n    was: login\n")

    assert (await company.daemon.reload())[0] == 200
    await company.until(lambda tables: {result.check for result in results(tables)} == {"sign-in"})
    await company.daemon.kill()
    await company.daemon.start()
    await company.daemon.ready()
    company.service.works = True
    await company.settled(fails=False)
    assert set(spoken(company)) == {("old", "trigger"), ("old", "resolve")}
    assert len(episodes_of(company)) == 1


async def test_what_needs_a_restart_is_refused_whole(company: Company) -> None:
    await company.opened()
    company.edit("site: hq", "site: branch")

    status, answer = await company.daemon.reload()

    assert status == 500
    assert answer.splitlines()[1:] == ["site: changing it needs a restart; put it back, or restart"]


async def test_sighup_reloads(company: Company) -> None:
    await company.opened()
    company.edit("receivers:", MORE)
    os.kill(company.daemon.pid, signal.SIGHUP)

    await until_logged(company, "reloaded; checks: 1 added")


async def test_a_changed_file_is_followed_where_it_is_watched(company: Company) -> None:
    company.daemon.more = ("--watch",)
    await company.opened()
    company.edit("interval: 1s", "intervall: 1s")
    await until_logged(company, "no such option")
    company.edit("intervall: 1s", "interval: 1s")

    await until_logged(company, "reloaded; checks: as before")


async def test_reloads_asked_for_at_once_are_one_after_the_other(company: Company) -> None:
    await company.opened()

    answers = await asyncio.gather(*(company.daemon.reload() for _ in range(20)))

    assert {status for status, _ in answers} == {200}


async def test_a_file_that_has_gone_changes_nothing_and_is_to_be_put_back(
    company: Company,
) -> None:
    await down(company)
    company.daemon.config.unlink()

    status, answer = await company.daemon.reload()

    assert (status, answer.splitlines()[1:]) == (500, [f"{company.daemon.config} is gone: put it back"])
    assert KEY in [incident.key for incident in open_incidents(company)]
