"""The real process, shown a real certificate that ends soon: a ticket, and a kill makes no second one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import cast

import trustme

from alerting.incident import Incident
from probes.clock import Clock
from store import reader
from tests.fakes.badhttp import serving, silence
from tests.faults.company import Company, results
from tests.probes.conftest import shows

KEY = "hq/certificate/portal"
PORTAL = """\
  portal: {{service: sso, kind: tls, host: 127.0.0.1, port: {port}, ca_file: {ca_file}, interval: 1s}}
receivers:
"""


@asynccontextmanager
async def portal(company: Company, left: timedelta) -> AsyncIterator[None]:
    """Let the company have a server whose certificate has so long left."""
    authority = trustme.CA()
    ca_file = company.folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    certificate = authority.issue_cert(
        "127.0.0.1", not_after=datetime.fromtimestamp(Clock().now() / 1000, UTC) + left
    )
    async with serving(silence, shows(certificate)) as port:
        company.edit("receivers:\n", PORTAL.format(port=port, ca_file=ca_file.name))
        yield


def incident(company: Company) -> Incident:
    def ask(tables: object) -> Incident:
        (row,) = [row for row in reader.open_incidents(tables) if row.key == KEY]  # type: ignore[arg-type]
        return Incident.of(row)

    return cast(Incident, company.ask_store(ask))


async def told(company: Company) -> None:
    await company.account.until(lambda: company.account.said(KEY) != [])


async def test_a_certificate_that_ends_soon_is_a_ticket_and_no_outage(company: Company) -> None:
    async with portal(company, timedelta(days=9)):
        await company.daemon.start()
        await told(company)

    (event,) = [each for _, each in company.account.received]
    assert event["dedup_key"] == KEY
    assert event["payload"]["severity"] == "warning"
    assert "in less than 9 d" in event["payload"]["summary"]
    known = incident(company)
    assert "127.0.0.1" in known.text
    assert "trustme" in known.facts["issued by"]


async def test_a_killed_daemon_goes_on_with_the_one_that_it_has_told(company: Company) -> None:
    async with portal(company, timedelta(days=2)):
        await company.daemon.start()
        await told(company)
        await company.until(lambda tables: not [*reader.unsettled_intents(tables)])
        await company.daemon.kill()

        before = len(cast(list[object], company.ask_store(results)))
        await company.daemon.start()
        await company.until(lambda tables: len(results(tables)) > before + 4)

    assert incident(company).episode == 1
    assert set(company.account.said(KEY)) == {"trigger"}
