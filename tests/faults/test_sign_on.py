"""The real process on the worst day: sign-on fails and takes ten services with it. One page, one resolve."""

import asyncio

from tests.faults import sign_on
from tests.faults.company import Company, open_keys, results

EACH = 18  # checks of a service: some two hundred in all


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
    config = company.daemon.config
    config.write_text(sign_on.depended_upon(config.read_text(), EACH))
    await company.daemon.start()
    await company.daemon.ready()
    everybody = 11 * EACH
    await company.until(lambda tables: len({each.check for each in results(tables)}) == everybody)

    company.service.works = False
    await company.until(sign_on.are_known)
    await company.account.until(lambda: sign_on.are_listed(company))

    company.service.works = True
    await company.until(lambda tables: not open_keys(tables))
    await asyncio.sleep(5)  # time enough for an echo

    assert said(company) == [("trigger", "hq/service/sso"), ("resolve", "hq/service/sso")]
    sign_on.assert_each_outage_was_one_page(company, 1)
