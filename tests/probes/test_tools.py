import pytest

from probes.result import Reason
from probes.tools import Failed, Tools


def ticking() -> Tools:
    """Tools whose clock goes on by one second each time it is read."""
    ticks = iter(range(100))
    return Tools(now=lambda: 0, time=lambda: float(next(ticks)))


def test_a_phase_is_timed_and_the_same_name_adds_up() -> None:
    tools = ticking()
    for name in ("login", "read", "login"):
        with tools.phase(name):
            pass

    assert tools.learned.phases == {"login": 2.0, "read": 1.0}


def test_a_phase_that_fails_is_timed_too() -> None:
    tools = ticking()
    with pytest.raises(Failed), tools.phase("login"):
        raise Failed(Reason.RESET, "gone")

    assert tools.learned.phases == {"login": 1.0}


def test_running_out_of_time_means_what_the_last_phase_says() -> None:
    tools = ticking()
    with tools.phase("connect", Reason.CONNECT_TIMEOUT):
        first = tools.timeout_reason, tools.doing
    with tools.phase("read"):
        pass

    assert first == (Reason.CONNECT_TIMEOUT, "connect")
    assert (tools.timeout_reason, tools.doing) == (Reason.RESPONSE_TIMEOUT, "read")


def test_facts_are_kept() -> None:
    tools = ticking()
    tools.fact("status_code", 200)

    assert tools.learned.facts == {"status_code": 200}


def test_a_failure_says_its_reason_and_detail() -> None:
    failed = Failed(Reason.RESET, "gone")

    assert (failed.reason, failed.detail, str(failed)) == (Reason.RESET, "gone", "reset: gone")


def test_a_part_is_one_phase_whatever_steps_it_takes() -> None:
    times = iter(range(100))
    whole = Tools(now=lambda: 0, time=lambda: float(next(times)))
    part = whole.within("token")
    with part.phase("connect", Reason.CONNECT_TIMEOUT):
        assert (whole.doing, whole.timeout_reason) == ("token", Reason.CONNECT_TIMEOUT)
    with part.within("inner").phase("tls"):
        assert (whole.doing, whole.timeout_reason) == ("token", Reason.RESPONSE_TIMEOUT)
    part.fact("status_code", 200)
    part.learned.secrets.add("word")

    assert whole.learned.phases == {"token": 2.0}
    assert (whole.learned.facts, whole.learned.secrets) == ({}, {"word"})
