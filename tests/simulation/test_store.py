"""A disk that is full: the page still goes out, marked, and nothing is missing when there is room again."""

from probes.result import Reason
from tests.simulation.stage import Stage, oncall, passes
from tests.simulation.virtualloop import run
from tests.simulation.world import company


def full(stage: Stage) -> None:
    """Let the file grow no more, and fill what it has."""
    connection = stage.store.connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")


def room(stage: Stage) -> None:
    stage.store.connection.execute("PRAGMA max_page_count = 1073741823")


async def scene(stage: Stage) -> None:
    async with stage.life():
        await passes(3600)
        full(stage)
        await passes(3600)  # until the pages at hand are used up
        stage.world.down["sso-check"] = Reason.HTTP_STATUS
        await passes(120)
        stage.world.down.clear()
        await passes(120)
        room(stage)
        await passes(60)


def staged() -> Stage:
    stage = Stage(company({"sso": 1}, receivers={"oncall": oncall()}))
    run(scene(stage))
    return stage


def test_the_page_goes_out_marked_and_is_resolved() -> None:
    page = staged().incident("service/sso")

    assert [what for _, what in page.log] == ["trigger", "resolve"]
    assert "store" in str(page.event["payload"]["custom_details"])


def test_somebody_is_told_that_the_store_fails() -> None:
    told = staged().incident("monitor/store")

    assert [what for _, what in told.log] == ["trigger", "resolve"]


def test_nothing_is_missing_when_there_is_room_again() -> None:
    stage = staged()

    stored = stage.store.connection.execute("SELECT count(*) FROM results").fetchone()[0]
    assert stored == len(stage.world.asked)
    unsettled = stage.store.connection.execute("SELECT count(*) FROM intents WHERE settled_at IS NULL")
    assert unsettled.fetchone()[0] == 0
