"""The judge and what is combined of judges, against the slow reading of semantics.md in reference.py."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from hypothesis import given
from hypothesis import strategies as st

from checks.model import Check
from probes.result import NETWORK, Outcome, Reason, Result
from slo.combined import Combined
from slo.judge import Judge
from slo.state import State, combine
from slo.timeline import Reading
from tests.slo import reference
from tests.slo.histories import checks, histories, instants, judge_of, windows

Ask = Callable[[int], State]
up_whens = st.sampled_from(("all", "any", 1, 2, 3))
teams = st.lists(st.tuples(checks, histories(most=10)), min_size=3, max_size=3)


def agree(reading: Reading, ask: Ask, edges: Iterable[int]) -> None:
    """Compare stretch by stretch, in the finest pieces there can be."""
    known = sorted(edge for edge in edges if edge < reading.now)
    for start, end in pairwise([*known, reading.now]):
        totals = reading.totals(start, end)
        found = {State.UP: totals.good, State.DOWN: totals.bad, State.UNKNOWN: totals.unknown}
        assert found == dict.fromkeys(State, 0) | {ask(start): end - start}, (start, end)


@given(checks, histories(), instants)
def test_time_is_what_an_instant_by_instant_reading_says(check: Check, told: list[Result], now: int) -> None:
    agree(judge_of(check, told).reading(now), reference.state_at(check, told), reference.edges(check, told))


@given(checks, histories(), windows(), instants)
def test_windows_add_up_to_the_same_totals(
    check: Check, told: list[Result], window: tuple[int, int], now: int
) -> None:
    start, end = window
    end_known = max(start, min(end, now))
    totals = judge_of(check, told).totals(start, end, now)
    sums = reference.count(reference.state_at(check, told), reference.edges(check, told), start, end_known)

    assert (totals.good, totals.bad, totals.unknown) == (
        sums[State.UP],
        sums[State.DOWN],
        sums[State.UNKNOWN],
    )
    assert totals.elapsed == end_known - start


@given(checks, histories())
def test_outages_and_blips_are_those_a_scan_finds(check: Check, told: list[Result]) -> None:
    judge = judge_of(check, told)

    assert [(outage.start, outage.end) for outage in judge.outages] == reference.outages(check, told)
    assert list(judge.blip_times) == reference.blips(check, told)


@given(checks, histories())
def test_what_is_settled_never_changes(check: Check, told: list[Result]) -> None:
    ask, judge = reference.state_at(check, told), Judge(check)
    for result in told:
        judge.judge(result)
        for stretch in judge.stretches(told[0].at, judge.settled):
            assert {ask(at) for at in (stretch.start, stretch.end - 1)} == {stretch.state}


@given(checks, histories())
def test_the_outage_that_lasts_knows_the_attempts_around_it(check: Check, told: list[Result]) -> None:
    for outage in judge_of(check, told).outages:
        inside = [result for result in told if outage.start <= result.at and not past(outage.end, result.at)]
        bad = [result.at for result in inside if result.outcome is Outcome.BAD]
        good = [result.at for result in told if result.outcome is Outcome.GOOD]

        assert outage.last_bad == bad[-1]
        assert outage.first_good == next((at for at in good if at > bad[-1]), None)
        assert outage.last_good_before == max((at for at in good if at < outage.start), default=None)


@given(checks, histories(), st.data())
def test_forgetting_is_as_if_we_had_known_from_the_first(
    check: Check, told: list[Result], data: st.DataObject
) -> None:
    judge, known = Judge(check), list(told)
    for index, result in enumerate(told):
        judge.judge(result)
        if data.draw(st.booleans()):
            forgotten = judge.forget(data.draw(st.integers(told[0].at, result.at)), NETWORK)
            known[: index + 1] = [
                blinded(each) if each.at in forgotten else each for each in known[: index + 1]
            ]

    assert standing(judge) == standing(judge_of(check, known))


@given(teams, up_whens, instants)
def test_a_service_is_its_checks_at_every_instant(
    team: list[tuple[Check, list[Result]]], up_when: str | int, now: int
) -> None:
    combined = Combined(up_when, [judge_of(check, told) for check, told in team])

    agree(combined.reading(now), service_ask(team, up_when), service_edges(team))


@given(teams, up_whens, st.data())
def test_a_service_may_be_asked_at_any_time_while_its_checks_live_on(
    team: list[tuple[Check, list[Result]]], up_when: str | int, data: st.DataObject
) -> None:
    judges = [Judge(check) for check, _ in team]
    combined = Combined(up_when, judges)
    arrivals = sorted((each.at, index) for index, (_, told) in enumerate(team) for each in told)
    for at, together in groupby(arrivals, key=lambda arrival: arrival[0]):
        for _, index in together:
            judges[index].judge(next(each for each in team[index][1] if each.at == at))
        if data.draw(st.booleans()):
            so_far = [(check, [each for each in told if each.at <= at]) for check, told in team]
            agree(combined.reading(at + 5_000), service_ask(so_far, up_when), service_edges(so_far))


@given(teams, teams, up_whens, up_whens, instants, windows())
def test_services_combine_like_checks(
    team: list[tuple[Check, list[Result]]],
    other: list[tuple[Check, list[Result]]],
    inner: str | int,
    outer: str | int,
    now: int,
    window: tuple[int, int],
) -> None:
    services = [Combined(inner, [judge_of(*member) for member in members]) for members in (team, other)]
    asks = [service_ask(members, inner) for members in (team, other)]
    combined = Combined(outer, services)

    agree(
        combined.reading(now),
        lambda at: combine(outer, (ask(at) for ask in asks)),
        service_edges(team) | service_edges(other),
    )
    assert combined.totals(*window, now).elapsed == max(0, min(window[1], now) - window[0])


def past(end: int | None, at: int) -> bool:
    return end is not None and at >= end


def blinded(result: Result) -> Result:
    return replace(result, outcome=Outcome.UNKNOWN, reason=Reason.BLIND)


def standing(judge: Judge) -> dict[str, object]:
    """Everything that a judge says in public."""
    names = (
        "verdict",
        "shown",
        "since",
        "suspect",
        "first_bad",
        "last",
        "last_bad",
        "last_good_at",
        "bads_in_row",
    )
    more = ("goods_in_row", "outages", "blip_times", "wants_confirmation", "settled")
    said: dict[str, object] = {name: getattr(judge, name) for name in (*names, *more)}
    now = judge.last.at + 1_000_000 if judge.last else 0
    return said | {"time": list(judge.reading(now).stretches(0, now))}


def service_ask(team: Sequence[tuple[Check, list[Result]]], up_when: str | int) -> Ask:
    asks = [reference.state_at(check, told) for check, told in team]
    return lambda at: combine(up_when, (ask(at) for ask in asks))


def service_edges(team: Sequence[tuple[Check, list[Result]]]) -> set[int]:
    return {edge for check, told in team for edge in reference.edges(check, told)}
