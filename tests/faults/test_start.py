"""What keeps a daemon from starting: it says what, and what to do, with exit status 4."""

import socket

from tests.faults.company import Company
from tests.faults.process import refused
from tests.servers.nginx import free_port

CANNOT_RUN = 4


async def test_a_second_daemon_on_one_store_is_refused_and_told_who_is_first(company: Company) -> None:
    await company.opened()

    status, said = await refused(company.daemon.config, "--listen", f"127.0.0.1:{free_port()}")

    assert status == CANNOT_RUN
    assert f"{company.store} is in use by watchkeeper run, pid {company.daemon.pid} on " in said
    assert "Traceback" not in said


async def test_the_first_one_does_not_notice_the_second(company: Company) -> None:
    await company.opened()
    await refused(company.daemon.config, "--listen", f"127.0.0.1:{free_port()}")

    company.service.works = False
    await company.settled(fails=True)

    assert company.account.said() == ["trigger"]


async def test_a_killed_daemon_does_not_keep_the_store(company: Company) -> None:
    await company.opened()
    await company.daemon.kill()

    await company.daemon.start()

    await company.daemon.ready()


async def test_a_port_that_is_taken_is_named(company: Company) -> None:
    with socket.create_server(("127.0.0.1", company.daemon.port)):
        status, said = await refused(company.daemon.config)

    assert status == CANNOT_RUN
    assert f"cannot listen on 127.0.0.1:{company.daemon.port}: address already in use" in said
    assert "Traceback" not in said
