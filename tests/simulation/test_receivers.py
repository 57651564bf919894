"""PagerDuty in trouble for ten minutes: probing keeps its rhythm, and all arrives in order afterwards."""

import pytest

from probes.result import Reason
from tests.fakes.pagerduty import Fault
from tests.simulation.stage import OTHER_KEY, Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import clock, company

TROUBLES = {
    "500": Fault("status", status=500),
    "429": Fault("status", status=429, retry_after="30"),
    "accepts and never answers": Fault("hang"),
    "takes it in and never answers": Fault("lost"),
}


def staged() -> Stage:
    return Stage(company({f"s{n}": 1 for n in range(6)}, receivers={"oncall": oncall()}))


async def troubled(stage: Stage, trouble: Fault | None) -> None:
    """Three services fail in PagerDuty's ten minutes of trouble; one recovers in them, two afterwards."""
    async with stage.life():
        await passes(600)
        if trouble:
            trouble.since, trouble.until = clock().now(), clock().now() + 600_000
            stage.pagerduty.faults.append(trouble)
        for name in ("s0", "s1", "s2"):
            stage.world.down[f"{name}-check"] = Reason.HTTP_STATUS
            await passes(100)
        del stage.world.down["s0-check"]
        await passes(600)
        stage.world.down.clear()
        await passes(1200)


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_probing_keeps_its_rhythm_whatever_pagerduty_does(trouble: Fault) -> None:
    calm, rough = staged(), staged()
    run(troubled(calm, None))
    run(troubled(rough, trouble))

    assert rough.world.asked == calm.world.asked


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
def test_everything_arrives_in_order_afterwards_and_nothing_is_left_open(trouble: Fault) -> None:
    stage = staged()
    run(troubled(stage, trouble))

    told = {incident.dedup_key: [what for _, what in incident.log] for incident in stage.pagerduty.incidents}
    assert told.keys() >= {"sim/service/s1", "sim/service/s2"}
    for log in told.values():
        assert log[0] == "trigger"
        assert log[-1] == "resolve"
        assert log.count("resolve") == 1 or trouble.how == "lost"
    assert {incident.state for incident in stage.pagerduty.incidents} == {"resolved"}


def test_an_outage_that_began_and_ended_meanwhile_wakes_nobody_afterwards() -> None:
    stage = staged()
    run(troubled(stage, Fault("status", status=500, hits=lambda event: event["dedup_key"].endswith("s0"))))

    assert "sim/service/s0" in {event["dedup_key"] for _, event in stage.pagerduty.tried}
    assert "sim/service/s0" not in {incident.dedup_key for incident in stage.pagerduty.incidents}


def test_an_undeliverable_page_reaches_the_fallback_in_time_and_is_resolved_there() -> None:
    async def scene(stage: Stage) -> None:
        stage.pagerduty.faults.append(
            Fault("status", status=500, hits=lambda event: event["routing_key"] != OTHER_KEY)
        )
        async with stage.life():
            await passes(600)
            stage.world.down["sso-check"] = Reason.HTTP_STATUS
            await passes(600)
            stage.world.down.clear()
            await passes(300)

    receivers = {"oncall": oncall(), "sms": oncall(OTHER_KEY)}
    stage = Stage(company({"sso": 1}, receivers=receivers, fallback="sms"))
    run(scene(stage))

    page = stage.incident("service/sso")
    opened = stage.rows("incidents")[-1][4]
    assert page.routing_key == OTHER_KEY
    assert 120_000 <= page.log[0][0] - opened <= 130_000
    assert page.state == "resolved"
    assert stage.incident("monitor/receiver/oncall").routing_key == OTHER_KEY
