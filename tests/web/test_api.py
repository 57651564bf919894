"""`/api/v1` on our real server, with a store behind it that was written as the daemon writes it."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import datetime
from fractions import Fraction
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import make_mocked_request

from checks.model import Maintenance, Objective, Service
from checks.values import Secret
from probes.basic.http import Http
from probes.net.trace import Hop, Way
from probes.result import Reason
from store import file
from store.rows import Trace
from store.writer import Writer
from tests.exporter.views import START, Told, check, company, made
from tests.web.recorded import Asking, Recorded, asking
from web import answers
from web.past import Past
from web.resources import MOST
from web.server import application, listen

LISTS = ("services", "checks", "checks/login/results", "objectives", "incidents")


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Recorded]:
    """A company of which sso fails twice, and is well in between: email depends on it."""
    told = Recorded(tmp_path / "watchkeeper.db")
    with closing(told.store):
        told.attempt("inbox", 0).attempt("login", 0, facts={"status_code": 200}, phases={"connect": 0.125})
        told.attempt("login", 30, Reason.RESET).attempt("login", 60).attempt("login", 90)
        told.attempt("login", 120, Reason.HTTP_STATUS)
        yield told


@pytest.fixture
async def api(told: Recorded) -> AsyncIterator[Asking]:
    async with asking(told, Past(str(told.place)), after=130) as api:
        yield api


# --- what is in the lists


async def test_every_answer_tells_of_what_instant_and_which_site(api: Asking) -> None:
    for path in LISTS:
        said = await api.get(f"/api/v1/{path}")
        assert (said["at"], said["site"]) == ("2026-01-01T00:02:10.000Z", "hq")
        assert isinstance(said[path.rpartition("/")[2]], list)


async def test_services_come_with_their_checks(api: Asking) -> None:
    sso, email = (await api.get("/api/v1/services"))["services"]

    assert sso == {
        "name": "sso",
        "title": "Single sign-on",
        "owner": "identity",
        "tier": 1,
        "depends_on": [],
        "runbook": None,
        "labels": {},
        "state": "down",
        "since": "2026-01-01T00:02:00.000Z",
        "in_maintenance": None,
        "checks": [
            {
                "name": "login",
                "state": "down",
                "since": "2026-01-01T00:02:00.000Z",
                "outcome": "bad",
                "reason": "http_status",
            }
        ],
    }
    assert (email["state"], email["depends_on"], email["checks"][0]["reason"]) == ("up", ["sso"], None)


async def test_a_service_in_maintenance_names_it(tmp_path: Path) -> None:
    planned = Maintenance(
        name="upgrade", services=("sso",), start=datetime.fromisoformat("2026-01-01T00:00"), duration=600
    )
    told = Told(company(maintenance=(planned,))).attempt("login", 0)
    async with asking(told, None) as api:
        services = (await api.get("/api/v1/services"))["services"]

    assert [each["in_maintenance"] for each in services] == ["upgrade", "upgrade"]


async def test_checks_come_with_their_last_result(api: Asking) -> None:
    login, inbox = (await api.get("/api/v1/checks"))["checks"]

    assert login == {
        "name": "login",
        "service": "sso",
        "kind": "http",
        "interval": 30.0,
        "sli": True,
        "labels": {},
        "state": "down",
        "since": "2026-01-01T00:02:00.000Z",
        "suspect": False,
        "last": {
            "at": "2026-01-01T00:02:00.000Z",
            "site": "hq",
            "took": 0.25,
            "outcome": "bad",
            "reason": "http_status",
            "detail": "told: http_status",
            "extra": False,
            "phases": {},
            "facts": {},
        },
    }
    assert (inbox["state"], inbox["last"]["reason"]) == ("up", None)


async def test_a_check_that_was_never_asked_has_no_result_and_one_in_doubt_says_so() -> None:
    told = Told(company([check("login", confirm=3), check("spare", "")])).attempt("login", 0, Reason.RESET)
    async with asking(told, None) as api:
        login, spare = (await api.get("/api/v1/checks"))["checks"]

    assert login["suspect"] is True
    assert (spare["service"], spare["state"], spare["since"], spare["last"]) == (None, "unknown", None, None)


async def test_objectives_come_with_figures_that_are_not_rounded(api: Asking) -> None:
    (able,) = (await api.get("/api/v1/objectives"))["objectives"]

    assert (able["objective"], able["services"], able["target"], able["unit"]) == (
        "able",
        ["sso"],
        0.9,
        "seconds",
    )
    assert (able["good"], able["bad"]) == (90.0, 40.0)
    assert able["sli"] == 90 / 130
    assert able["budget"] == able["spent"] + able["remaining"] == 360


async def test_results_come_from_the_store_the_newest_first(api: Asking) -> None:
    said = await api.get("/api/v1/checks/login/results")

    assert [each["at"][17:19] + each["outcome"] for each in said["results"]] == [
        "00bad",
        "30good",
        "00good",
        "30bad",
        "00good",
    ]
    assert said["results"][-1]["facts"] == {"status_code": 200}
    assert said["results"][-1]["phases"] == {"connect": 0.125}
    assert said["next"] is None


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ({"from": "2026-01-01T00:01:00Z"}, [120, 90, 60]),
        ({"to": "2026-01-01T00:01:00Z"}, [30, 0]),
        ({"from": "2026-01-01T00:00:30Z", "to": "2026-01-01T00:01:30Z"}, [60, 30]),
        ({"from": "2026-01-01T01:01:00+01:00", "limit": "1"}, [120]),
        ({"from": "2027-01-01T00:00:00Z"}, []),
        ({"from": "2026-01-01T00:01:00Z", "to": "2026-01-01T00:01:00Z"}, []),
    ],
)
async def test_results_are_those_of_a_time(api: Asking, asked: dict[str, str], seconds: list[int]) -> None:
    said = await api.get("/api/v1/checks/login/results", **asked)

    assert [_second(each["at"]) for each in said["results"]] == seconds


async def test_incidents_are_the_open_ones_unless_others_are_asked_for(api: Asking) -> None:
    (incident,) = (await api.get("/api/v1/incidents"))["incidents"]

    assert (incident["key"], incident["state"], incident["episode"]) == ("hq/service/sso", "open", 2)
    assert incident["causes"][0]["reason"] == "http_status"


async def test_incidents_have_what_was_found_out_about_their_outages(told: Recorded, api: Asking) -> None:
    outages, seen = [START + 30_000, START + 120_000], START + 121_000
    way = Way(seen, "login.example.com", "192.0.2.1", [Hop(1, "10.0.0.1", 0.5), Hop(2)], mtu=1300)
    traces = [Trace("login", outage, seen, json.dumps(way.document())) for outage in outages]
    Writer(told.store).put(traces, urgent=True)

    said = (await api.get("/api/v1/incidents", state="all"))["incidents"]

    assert [[each["outage"] for each in incident["evidence"]] for incident in said] == [
        ["2026-01-01T00:02:00.000Z"],
        ["2026-01-01T00:00:30.000Z"],
    ]
    (found,) = said[0]["evidence"]
    assert (found["kind"], found["check"], found["hops"][1]["address"], found["mtu"]) == (
        "way",
        "login",
        "",
        1300,
    )


async def test_a_store_that_cannot_be_read_costs_open_incidents_their_evidence_only(
    told: Recorded, tmp_path: Path
) -> None:
    async with asking(told, Past(str(tmp_path / "absent.db")), after=130) as api:
        (incident,) = (await api.get("/api/v1/incidents"))["incidents"]

    assert (incident["state"], incident["evidence"]) == ("open", None)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "open"}, [2]),
        ({"state": "resolved"}, [1]),
        ({"state": "all"}, [2, 1]),
        ({"state": "all", "before": "2026-01-01T00:01:00Z"}, [1]),
        ({"state": "all", "before": "2025-01-01T00:00:00Z"}, []),
    ],
)
async def test_incidents_are_those_of_a_state(api: Asking, asked: dict[str, str], found: list[int]) -> None:
    said = await api.get("/api/v1/incidents", **asked)

    assert [each["episode"] for each in said["incidents"]] == found
    assert said["next"] is None


async def test_what_stands_now_needs_no_store(told: Recorded) -> None:
    async with asking(told, None) as api:
        assert (await api.get("/api/v1/incidents"))["incidents"]
        for path, asked in (("checks/login/results", {}), ("incidents", {"state": "all"})):
            assert (
                await api.refused(f"/api/v1/{path}", 503, **asked) == "there is no store that could be read"
            )


# --- pages


async def pages(api: Asking, path: str, name: str, **asked: str) -> list[Any]:
    """Follow `next` to the end, and give the elements of each page."""
    found, cursor = [], dict[str, str]()
    while True:
        said = await api.get(path, **asked, **cursor)
        found.append(said[name])
        if said["next"] is None:
            return found
        cursor = {"cursor": said["next"]}


async def test_whoever_follows_next_sees_every_result_once(api: Asking) -> None:
    found = await pages(api, "/api/v1/checks/login/results", "results", limit="2")

    assert [[_second(each["at"]) for each in page] for page in found] == [[120, 90], [60, 30], [0]]


async def test_results_of_several_sites_at_one_instant_are_all_seen(told: Recorded) -> None:
    sites = [made("login", 30, site=site) for site in ("c", "a", "b")]
    Writer(told.store).put(sites, urgent=True)
    async with asking(told, Past(str(told.place))) as api:
        found = await pages(api, "/api/v1/checks/login/results", "results", limit="1")

    assert [page[0]["site"] for page in found if _second(page[0]["at"]) == 30] == ["a", "b", "c", "hq"]
    assert len(found) == 8


async def test_whoever_follows_next_sees_every_incident_once(tmp_path: Path) -> None:
    services = {name: Service(name=name) for name in ("a", "b", "c", "d")}
    told = Recorded(
        tmp_path / "x.db", company([check(n, n) for n in services], services=services, objectives={})
    )
    with closing(told.store):
        for after in (0, 1, 30, 31):
            for name in services:
                told.attempt(name, after, Reason.RESET if after in {0, 30} else None)
                told.attempt(name, after + 0.5, Reason.RESET if after in {0, 30} else None)
        told.attempt("b", 32, Reason.RESET)
        async with asking(told, Past(str(told.place)), after=40) as api:
            (whole,) = await pages(api, "/api/v1/incidents", "incidents", state="all")
            parts = await pages(api, "/api/v1/incidents", "incidents", state="all", limit="2")

    assert len({(each["key"], each["episode"]) for each in whole}) == len(whole) > 4
    assert [each for page in parts for each in page] == whole
    assert sorted(whole, key=lambda each: each["opened_at"], reverse=True) == whole


# --- what is refused


@pytest.mark.parametrize(
    ("path", "asked", "why"),
    [
        ("checks/login/results", {"limit": "0"}, "limit: must be 1 to 1000"),
        ("checks/login/results", {"limit": str(MOST + 1)}, "limit: must be 1 to 1000"),
        ("checks/login/results", {"from": "yesterday"}, "from: must be an instant"),
        ("checks/login/results", {"to": "2026-01-01"}, "to: must be an instant"),
        ("checks/login/results", {"cursor": "x"}, "cursor: must be the `next` of the page before"),
        (
            "checks/login/results",
            {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
            "from: must not be later than `to`",
        ),
        ("incidents", {"state": "closed"}, "state: must be open, resolved or all"),
        ("incidents", {"befor": "x"}, 'befor: there is no such parameter (did you mean "before"?)'),
        ("services", {"limit": "5"}, "limit: there is no such parameter"),
    ],
)
async def test_a_wrong_query_is_told_its_place(api: Asking, path: str, asked: Any, why: str) -> None:
    assert (await api.refused(f"/api/v1/{path}", 400, **asked)).startswith(why)


async def test_a_cursor_of_another_list_is_refused(api: Asking) -> None:
    page = await api.get("/api/v1/checks/login/results", limit=1)

    assert await api.refused("/api/v1/incidents", 400, cursor=page["next"])


async def test_a_check_that_there_is_not_is_told_with_the_nearest(api: Asking) -> None:
    why = await api.refused("/api/v1/checks/logn/results", 404)

    assert why == 'there is no check logn (did you mean "login"?)'


@pytest.mark.parametrize(
    "path", ["", "/", "/nothing", "/vendors", "/maintenance", "/silences", "/services/", "/checks/login"]
)
async def test_what_this_version_does_not_answer_says_so_in_json(api: Asking, path: str) -> None:
    why = await api.refused(f"/api/v1{path}", 404)

    assert why == f"this version answers nothing at /api/v1{path}: /api/v1/openapi.json lists what it does"


async def test_a_beat_that_nobody_takes_is_asked_to_come_again(api: Asking) -> None:
    answer = await api.answer("/api/v1/push/backup", "POST")

    assert (answer.status, list(await answer.json())) == (503, ["error"])
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", [*LISTS, "openapi.json"])
async def test_nothing_can_be_changed(api: Asking, path: str, method: str) -> None:
    answer = await api.answer(f"/api/v1/{path}", method)

    assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD")
    assert await answer.json() == {"error": f"{method} changes nothing here: use GET"}


@pytest.mark.parametrize("path", LISTS)
async def test_before_the_store_is_read_there_is_nothing_to_be_told(path: str) -> None:
    def see() -> Any:
        raise AssertionError("nothing can be seen yet")

    runner = await listen(application(see, ready=lambda: False), "127.0.0.1", 0)
    async with ClientSession() as session:
        api = Asking(session, runner.addresses[0][1])
        answer = await api.answer(f"/api/v1/{path}")
        described = await api.answer("/api/v1/openapi.json")
    await runner.cleanup()

    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert await answer.json() == {"error": "not ready: the store is being read"}
    assert described.status == 200


async def test_a_store_that_cannot_be_read_is_told_without_its_place(
    told: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = told.place.parent / "nowhere.db"
    async with asking(told, Past(str(elsewhere))) as api:
        why = await api.refused("/api/v1/checks/login/results", 503)

    assert why == "the store cannot be read now: the log says why"
    assert str(elsewhere) in caplog.text


# --- how it is said


@pytest.mark.parametrize("path", LISTS)
async def test_head_tells_what_get_would_without_a_body(api: Asking, path: str) -> None:
    got, head = await api.answer(f"/api/v1/{path}"), await api.answer(f"/api/v1/{path}", "HEAD")

    assert (head.status, await head.read()) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    assert head.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("path", [*LISTS, "nothing", "services?x=1"])
async def test_no_answer_is_kept_or_given_to_another_site(api: Asking, path: str) -> None:
    headers = (await api.answer(f"/api/v1/{path}", headers={"Origin": "https://example.com"})).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not [name for name in headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize(
    ("accepted", "compressed"), [("gzip", True), ("identity", False), ("gzip;q=0", False)]
)
async def test_it_is_compressed_for_whoever_can_read_that(accepted: str, compressed: bool) -> None:
    told = Told(company([check(f"check-{number}") for number in range(20)], objectives={}))
    async with (
        asking(told, None) as api,
        ClientSession(auto_decompress=False) as session,
        session.get(api.url("/api/v1/checks"), headers={"Accept-Encoding": accepted}) as response,
    ):
        body = await response.read()

    assert (response.headers.get("Content-Encoding") == "gzip") == compressed
    assert len(json.loads(gzip.decompress(body) if compressed else body)["checks"]) == 20


async def test_a_list_in_many_pieces_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "BUSY", -1.0)
    names = [f"check-{number}" for number in range(50)]
    async with asking(Told(company([check(name) for name in names], objectives={})), None) as api:
        said = await api.get("/api/v1/checks")

    assert [each["name"] for each in said["checks"]] == names


async def test_others_get_their_turn_while_a_list_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "BUSY", -1.0)
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await answers.listing(make_mocked_request("GET", "/"), {"at": 1}, "numbers", range(50), {})
    task.cancel()

    assert turns >= 50


async def test_a_company_without_anything_has_empty_lists() -> None:
    told = Told(company([check("spare", "", enabled=False)], services={}, objectives={}))
    async with asking(told, None) as api:
        for name in ("services", "checks", "objectives", "incidents"):
            assert (await api.get(f"/api/v1/{name}"))[name] == []


async def test_results_of_a_check_that_is_switched_off_can_be_read(tmp_path: Path) -> None:
    place = tmp_path / "x.db"
    with file.open(place, "a test", 0) as store:
        Writer(store).put([made("login", 0)], urgent=True)
    told = Told(company([check("login", enabled=False)], objectives={}))
    async with asking(told, Past(str(place))) as api:
        assert len((await api.get("/api/v1/checks/login/results"))["results"]) == 1


async def test_numbers_and_words_that_json_does_not_have_break_nothing() -> None:
    facts = {"lost": nan, "late": inf, "status_code": 200}
    told = Told().attempt("login", 0, Reason.ASSERTION, detail='half a pair: \ud83d "</script>', facts=facts)
    async with asking(told, None) as api:
        login = (await api.get("/api/v1/checks"))["checks"][0]

    assert login["last"]["facts"] == {"status_code": 200}
    assert login["last"]["detail"] == 'half a pair: ? "</script>'


async def test_no_option_of_a_kind_is_told() -> None:
    probe = Http(url="https://login.example.com/", headers={"Authorization": Secret("hunter2-and-more")})
    told = Told(company([check("login", probe=probe)])).attempt("login", 0)
    async with asking(told, None) as api:
        for name in ("services", "checks", "objectives", "incidents"):
            text = json.dumps(await api.get(f"/api/v1/{name}"))
            assert "hunter2" not in text
            assert "login.example.com" not in text


async def test_counted_attempts_have_their_own_unit() -> None:
    swift = Objective(
        name="swift",
        target=Fraction(9, 10),
        window="1h",
        check="login",
        services=(),
        indicator="latency",
        faster_than=1.0,
    )
    told = Told(company(objectives={"swift": swift})).attempt("login", 0).attempt("login", 30, took=2.0)
    async with asking(told, None, after=40) as api:
        (said,) = (await api.get("/api/v1/objectives"))["objectives"]

    assert (said["unit"], said["good"], said["bad"], said["sli"]) == ("attempts", 1, 1, 0.5)


def _second(at: str) -> int:
    return int(at[14:16]) * 60 + int(at[17:19])
