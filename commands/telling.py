"""`incidents show`: the story of one incident, for people and for programs. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from alerting.form import instant
from alerting.incident import Incident
from alerting.remarks import Remarks
from alerting.words import lasting, summary_of
from checks.walls import EPOCH, MILLISECOND
from commands.beginning import Beginning, Moment, cause_in_words
from commands.console import Console
from commands.holds import Holds
from commands.outcomes import outcomes
from commands.story import Times, story_of, times_of, verdict_in_words
from commands.ways import ways_in_words
from exporter.evidence import evidence_documents
from store.history import Letter
from store.rows import Trace


@dataclass(frozen=True, slots=True)
class Told:
    """All that is known of one incident by `now` (ms).

    `last_good_at` is the last good attempt before it began (ms), `zone` where the configuration is at home,
    `traces` what was found out about its outages.
    """

    id: str
    incident: Incident
    letters: Sequence[Letter]
    remarks: Remarks
    last_good_at: int | None
    past: Holds
    zone: tzinfo
    now: int
    traces: Sequence[Trace] = ()

    @property
    def times(self) -> Times:
        """Give how long it took."""
        return times_of(self.incident, self.last_good_at)

    @property
    def story(self) -> list[Moment]:
        """Give what happened, in order of time."""
        verdicts, notes = self.remarks.verdicts.get(self.id, ()), self.remarks.notes.get(self.id, ())
        beginning = Beginning.of(self.incident, self.letters, self.past, self.zone, self.now)
        return story_of(beginning, self.letters, verdicts, notes)


def document_of(told: Told) -> Mapping[str, Any]:
    """Give what programs get beside the incident itself."""
    times = told.times
    return {
        "times": {
            "detect": _seconds(times.detect),
            "detect_at_most": _seconds(times.detect_at_most),
            "acknowledge": _seconds(times.acknowledge),
            "restore": _seconds(times.restore),
        },
        "story": [{"at": instant(each.at), "what": each.what} for each in told.story],
        "deliveries": [_delivery(letter) for letter in told.letters],
        "evidence": evidence_documents(told.traces),
    }


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def _delivery(letter: Letter) -> Mapping[str, Any]:
    return {
        "id": letter.row.id,
        "number": letter.number,
        "receiver": letter.row.receiver,
        "action": letter.row.action,
        "urgency": letter.row.urgency,
        "created_at": instant(letter.row.created_at),
        "tried_at": None if letter.tried_at is None else instant(letter.tried_at),
        "settled_at": None if letter.settled_at is None else instant(letter.settled_at),
        "how": letter.how or None,
        "detail": letter.detail,
    }


def show(console: Console, told: Told, state: str) -> None:
    """Print it for people."""
    incident, zone = told.incident, told.zone
    end = incident.restored_at or incident.resolved_at or told.now
    console.line(f"{told.id}: {summary_of(incident)}")
    console.line(f"{incident.urgency.value}, {incident.severity}, {state}")
    console.line()
    console.line(f"since {_clock(incident.fault_at, zone)}, for {lasting(end - incident.fault_at)}")
    for line in (*_around(told), *_in_words(told.times), *_remarks(told)):
        console.line(line)
    console.line()
    console.table(("at", "what happened"), [(_clock(each.at, zone), each.what) for each in told.story])
    for way in ways_in_words(told.traces):
        console.line()
        console.line(f"{_clock(way.at, zone)}  {way.head}")
        if way.hops:
            console.table(("hop", "who answers", "after"), way.hops)
        if way.largest:
            console.line(way.largest)


def _around(told: Told) -> Iterator[str]:
    incident = told.incident
    for cause in incident.causes:
        yield f"because of {cause.check}: {cause_in_words(cause)}"
    if incident.suppressed_by:
        yield f"told with the incident of {incident.suppressed_by}"
    if incident.swallowed:
        yield f"down with it, and told with it: {', '.join(incident.swallowed)}"
    came = [f"{name}: {what}" for name, what in outcomes(incident, told.letters, told.zone).items()]
    yield from came or ["told: nobody"]


def _in_words(times: Times) -> Iterator[str]:
    at_most = times.detect_at_most
    bound = "" if at_most is None else f", at most {lasting(at_most)} since the last good attempt"
    yield f"time to detect: {lasting(times.detect)}{bound}"
    for word, took in (("acknowledge", times.acknowledge), ("restore", times.restore)):
        if took is not None:
            yield f"time to {word}: {lasting(took)}"


def _remarks(told: Told) -> Iterator[str]:
    if verdict := told.remarks.verdict(told.id):
        yield f"verdict: {verdict_in_words(verdict)}"
    for note in told.remarks.notes.get(told.id, ()):
        yield f"note: {note.text}"


def _clock(at: int, zone: tzinfo) -> str:
    """Write an instant (ms) to the second, where the configuration is at home."""
    return f"{(EPOCH + at * MILLISECOND).astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
