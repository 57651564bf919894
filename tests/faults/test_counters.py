"""What a real Prometheus makes of our counters, over an outage, a reload and a restart."""

import asyncio
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as read_text

from probes.due import Why
from probes.result import Outcome
from tests.faults.company import Company
from tests.faults.ledger import OPTIONS, SECOND, Witness, promise, witnessed
from tests.faults.process import complaints_of_promtool
from tests.servers.prometheus import Prometheus, prometheus

SOON = 20.0  # seconds in which Prometheus is to have seen something
COUNTED = '{__name__=~"watchkeeper_.+_(total|count|bucket|sum)"}'
Key = tuple[str, frozenset[tuple[str, str]]]


def check(name: str, witness: Witness, more: str = "") -> str:
    url = f"http://127.0.0.1:{witness.port}/{name}"
    return f'  {name}: {{service: mail, sli: false, url: "{url}", {OPTIONS}{more}}}\n'


def patient(witness: Witness) -> str:
    """Write a check whose attempts may still be under way when the next ones are due."""
    return check("patient", witness).replace("500ms", "1s")


def watched(company: Company, witness: Witness) -> None:
    """Write a configuration with a check that will go, one that will be called otherwise, a patient one."""
    promise(company, witness, witness.clock.now() + 5 * SECOND)
    more = check("gone", witness) + check("former", witness) + patient(witness)
    company.edit("receivers:\n", f"{more}receivers:\n")


def rewrite(company: Company, witness: Witness) -> None:
    """Change a check, remove one, rename one, add one."""
    company.edit(check("gone", witness), check("added", witness))
    company.edit(check("former", witness), check("latter", witness, ", was: former"))
    company.edit(f'/inbox", {OPTIONS}', f'/inbox", {OPTIONS}'.replace("500ms", "400ms"))


# --- a scrape, read as Prometheus reads it


async def scraped(company: Company) -> dict[Key, float]:
    """Give every sample of a scrape; none may be there twice."""
    text = (await company.daemon.asked("/metrics") or b"").decode()
    samples = [sample for family in read_text(text) for sample in family.samples]
    found = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(found) == len(samples), "a sample is there twice"
    return found


def having(samples: dict[Key, float], name: str, **labels: str) -> list[float]:
    """Give the values of the series of a name that have these labels."""
    return [
        value for (found, pairs), value in samples.items() if found == name and labels.items() <= {*pairs}
    ]


async def assert_begins_at_zero(company: Company) -> None:
    """See that the first scrape of a life has what may count, all at 0 but the attempts that were good."""
    first = await scraped(company)
    for name in ("login", "inbox", "relay", "gone", "former"):
        for outcome in (Outcome.BAD, Outcome.UNKNOWN):
            assert having(first, "watchkeeper_attempts_total", check=name, outcome=outcome) == [0]
        assert len(having(first, "watchkeeper_attempts_total", check=name, outcome=Outcome.GOOD)) == 1
    assert having(first, "watchkeeper_notifications_total", receiver="oncall") == [0, 0, 0, 0]
    assert len(having(first, "watchkeeper_missed_runs_total")) == len(Why)
    assert having(first, "watchkeeper_failures_total") == []


# --- what Prometheus knows


async def known(server: Prometheus, query: str) -> list[dict[str, Any]]:
    """Give what a query finds now: nothing too."""
    async with server.session.get(f"{server.url}/api/v1/query", params={"query": query}) as response:
        answer = await response.json()
    assert answer["status"] == "success", answer
    found: list[dict[str, Any]] = answer["data"]["result"]
    return found


async def seen(server: Prometheus, query: str) -> float:
    """Wait until a query finds one value."""
    async with asyncio.timeout(SOON):
        return await server.value(query)


async def first_values(server: Prometheus, series: str) -> list[float]:
    return [float(each["values"][0][1]) for each in await known(server, f"{series}[2m]")]


async def assert_refused_nothing(server: Prometheus) -> None:
    """See that Prometheus took every sample as it came."""
    async with server.session.get(f"{server.url}/metrics") as response:
        ours = await response.text()
    refused = [line for line in ours.splitlines() if line.startswith("prometheus_target_scrapes_")]
    assert len(refused) > 3
    assert [line for line in refused if not line.endswith(" 0")] == []


async def outage(company: Company, witness: Witness, server: Prometheus) -> None:
    """Let sign-on fail until a page was accepted and Prometheus knows it, and a run was missed meanwhile."""
    witness.how |= {"login": "fails", "patient": "stuck"}
    await company.settled(fails=True)
    assert await seen(server, 'watchkeeper_failures_total{check="login"} > 5') > 5
    assert await seen(server, 'watchkeeper_missed_runs_total{reason="overlap"} > 0') > 0
    witness.how.clear()
    await company.settled(fails=False)
    assert await seen(server, 'watchkeeper_notifications_total{result="sent"} > 1') == 2


async def assert_increases_are_seen(server: Prometheus) -> None:
    for series in (
        'watchkeeper_attempts_total{check="login",outcome="bad"}',
        'watchkeeper_notifications_total{receiver="oncall",result="sent"}',
        'watchkeeper_missed_runs_total{reason="overlap"}',
    ):
        assert await first_values(server, series) == [0], series
        assert await seen(server, f"increase({series}[2m])") > 0


async def resets(server: Prometheus, series: str) -> list[float]:
    return [float(each["value"][1]) for each in await known(server, f"resets({series}[2m])")]


async def all_resets(server: Prometheus) -> set[float]:
    """Give how often any of our counters began anew."""
    names = [each["metric"]["__name__"] for each in await known(server, f"group by (__name__) ({COUNTED})")]
    assert len(names) > 20
    return {times for name in names for times in await resets(server, name)}


@pytest.mark.server("prometheus")
async def test_counters_only_grow_over_a_reload_and_begin_anew_with_a_restart(company: Company) -> None:
    async with witnessed() as witness:
        watched(company, witness)
        async with prometheus(company.folder, company.daemon.port) as server:
            await seen(server, "up == 0")
            await company.daemon.start()
            await company.daemon.ready()
            await assert_begins_at_zero(company)
            await seen(server, "up == 1")
            await outage(company, witness, server)
            await assert_increases_are_seen(server)

            rewrite(company, witness)
            former = having(await scraped(company), "watchkeeper_attempts_total", check="former")
            assert await company.daemon.reload() == (200, "reloaded\n")
            await assert_a_reload_resets_nothing(company, server, sum(former))

            assert await company.daemon.terminate() == 0
            await company.daemon.start()
            await company.daemon.ready()
            witness.how["login"] = "fails"
            await assert_a_restart_resets_once(server)
            await assert_refused_nothing(server)


async def assert_a_reload_resets_nothing(company: Company, server: Prometheus, former: float) -> None:
    good = 'outcome="good"'
    await seen(server, f'watchkeeper_attempts_total{{check="added",{good}}} > 1')
    assert await seen(server, f'watchkeeper_attempts_total{{check="latter",{good}}}') >= former
    assert min(await first_values(server, f'watchkeeper_attempts_total{{check="latter",{good}}}')) >= former
    assert await first_values(server, 'watchkeeper_attempts_total{check="added",outcome!="good"}') == [0, 0]
    assert await all_resets(server) == {0}
    assert await known(server, '{check=~"gone|former"}') == []
    await scraped(company)


async def assert_a_restart_resets_once(server: Prometheus) -> None:
    login = 'watchkeeper_attempts_total{check="login",outcome="good"}[2m]'
    assert await seen(server, f"resets({login}) > 0") == 1
    assert await seen(server, 'watchkeeper_failures_total{check="login"}') > 0
    for series in (
        'watchkeeper_attempts_total{check=~"login|inbox|relay",outcome="good"}',
        'watchkeeper_failures_total{check="login"}',
        'watchkeeper_missed_runs_total{reason="overlap"}',
        'watchkeeper_notifications_total{result="sent"}',
    ):
        assert set(await resets(server, series)) == {1}, series
    assert await all_resets(server) == {0, 1}


# --- the format


@pytest.mark.server("promtool")
async def test_promtool_has_nothing_to_say_of_objectives_of_every_kind_in_an_outage_and_maintenance(
    company: Company,
) -> None:
    async with witnessed() as witness:
        promise(company, witness, witness.clock.now() - SECOND)
        await company.opened()
        witness.how |= {"login": "fails", "inbox": "hangs"}
        await company.settled(fails=True)
        metrics = await company.daemon.asked("/metrics") or b"no metrics"

        assert await complaints_of_promtool(metrics) == ""
        samples = await scraped(company)
        for name in ("seconds", "attempts"):
            assert having(samples, f"watchkeeper_error_budget_{name}")
        assert max(having(samples, "watchkeeper_excluded_seconds", objective="desk")) > 0
