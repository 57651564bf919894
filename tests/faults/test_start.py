"""What keeps a daemon from starting: it says what, and what to do, with exit status 4."""

import socket

from tests.faults.company import Company
from tests.faults.process import refused

CANNOT_RUN = 4


async def test_a_second_daemon_on_one_store_is_told_who_is_first_and_the_first_goes_on(
    company: Company,
) -> None:
    await company.opened()

    status, said = await refused(company.daemon.config)  # its port is taken too: the store is what matters

    assert status == CANNOT_RUN
    assert f"{company.store} is in use by watchkeeper run, pid {company.daemon.pid} on " in said
    assert "Traceback" not in said
    company.service.works = False
    await company.settled(fails=True)
    assert company.account.said() == ["trigger"]


async def test_a_port_that_is_taken_is_named(company: Company) -> None:
    with socket.create_server(("127.0.0.1", company.daemon.port)):  # before the store is anybody's
        status, said = await refused(company.daemon.config)

    assert status == CANNOT_RUN
    assert f"cannot listen on 127.0.0.1:{company.daemon.port}: address already in use" in said
    assert "Traceback" not in said


async def test_a_killed_daemon_keeps_neither_the_store_nor_the_port(company: Company) -> None:
    await company.opened()
    await company.daemon.kill()

    await company.daemon.start()

    await company.daemon.ready()
