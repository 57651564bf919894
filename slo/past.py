"""What was judged of a check, as it is kept, and a judge that goes on from there. Times are ms, UTC."""

from collections.abc import Iterable
from dataclasses import replace

from checks.model import Check
from slo.judge import Judge
from slo.memory import memory_of, text_of
from slo.outages import Outage
from slo.state import State
from slo.timeline import Stretch
from store.ledger import StoredJudgement
from store.rows import Judged, StoredOutage

STATES = {state.value: state for state in State}


def judged(judge: Judge, since: int, revision: int = 0) -> Judged | None:
    """Give what there is to keep of a judge's past from `since` on; `revision` is that of its results.

    None while something is open that a later attempt decides, and before the first attempt.
    """
    memory = judge.memory()
    if memory is None:
        return None
    until = memory.last.at  # whoever adds a result that is not later deletes what follows from this
    return Judged(
        check=judge.check.name,
        since=since,
        until=until,
        stretches=tuple((start, end, state.value) for start, end, state in judge.stretches(since, until)),
        outages=tuple(map(_stored, judge.outages_since(since))),
        blips=tuple(judge.blips_in(since, until)),
        state=text_of(memory),
        revision=revision,
    )


def resumed(check: Check, kept: StoredJudgement) -> Judge:
    """Make the judge that goes on from what was kept, by the definition of now.

    Where only the past is known and not how it went on, what follows is judged as that of a new check.
    """
    judge = Judge(check)
    memory = memory_of(check.name, kept.state) if kept.state is not None else None
    judge.recall(_stretches(kept.stretches), map(_outage, kept.outages), kept.blips, memory)
    return judge


def before(kept: StoredJudgement, at: int) -> StoredJudgement:
    """Give what was judged of the time before an instant, and no state to go on from."""
    outages = (each for each in kept.outages if each.start < at)
    return StoredJudgement(
        None,
        None,
        tuple((start, min(end, at), state) for start, end, state in kept.stretches if start < at),
        tuple(replace(each, end=min(at if each.end is None else each.end, at)) for each in outages),
        tuple(blip for blip in kept.blips if blip < at),
    )


def _stretches(kept: Iterable[tuple[int, int, str]]) -> Iterable[Stretch]:
    return (Stretch(start, end, STATES[state]) for start, end, state in kept)


def _stored(outage: Outage) -> StoredOutage:
    return StoredOutage(
        start=outage.start,
        end=outage.end,
        last_bad=outage.last_bad,
        last_good_before=outage.last_good_before,
        first_good=outage.first_good,
    )


def _outage(kept: StoredOutage) -> Outage:
    return Outage(kept.start, kept.end, kept.last_bad, kept.last_good_before, kept.first_good)
