"""The story of an incident, in order of time: what happened, who was told, what people said of it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from alerting.incident import Cause, Heard, Incident
from alerting.intent import Action, Intent
from alerting.remarks import Note, Verdict
from alerting.words import lasting, reason_in_words
from store.history import Letter

NOTICEABLE = 1_000  # ms between the first try and the acceptance, from which on the wait is told


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, and when (ms, UTC)."""

    at: int
    what: str


@dataclass(frozen=True, slots=True)
class Times:
    """How long it took, in ms; None where it has not come to that, or nobody knows.

    `detect` is from the first bad attempt to the opening; `detect_at_most` from the last good one before it.
    `acknowledge` is from the opening to the first acknowledgement by a person, `restore` from the first bad
    attempt to the end of the outage.
    """

    detect: int
    detect_at_most: int | None
    acknowledge: int | None
    restore: int | None


def times_of(incident: Incident, last_good_at: int | None) -> Times:
    """Give how long it took; `last_good_at` is when the last good attempt before the fault began."""
    return Times(
        detect=incident.opened_at - incident.fault_at,
        detect_at_most=_between(last_good_at, incident.opened_at),
        acknowledge=_between(incident.opened_at, incident.acknowledged_at),
        restore=_between(incident.fault_at, incident.restored_at),
    )


def _between(begin: int | None, end: int | None) -> int | None:
    return None if begin is None or end is None else max(0, end - begin)


def first_cause(incident: Incident) -> str:
    """Name the check whose failure began it; nothing where that is not known (any more)."""
    first = min(incident.causes, key=lambda cause: cause.since, default=None)
    return first.check if first and first.since <= incident.fault_at else ""


def story_of(
    incident: Incident, letters: Sequence[Letter], verdicts: Sequence[Verdict], notes: Sequence[Note]
) -> list[Moment]:
    """Give all of it; what happened in one instant stands in the order in which it follows."""
    told = [
        *_beginning(incident),
        *_said(letters),
        *_became(letters),
        *_reported(incident),
        *_end(incident),
        *(Moment(each.at, f"verdict{_by(each.author)}: {verdict_in_words(each)}") for each in verdicts),
        *(Moment(each.at, f"note{_by(each.author)}: {each.text}") for each in notes),
    ]
    return sorted(told, key=lambda moment: moment.at)


def verdict_in_words(verdict: Verdict) -> str:
    """Say a verdict with its cause and note."""
    cause = f", cause: {verdict.cause}" if verdict.cause else ""
    return verdict.worth + cause + (f" ({verdict.note})" if verdict.note else "")


def cause_in_words(cause: Cause) -> str:
    """Say why a check fails."""
    why = reason_in_words(cause.reason)
    return ": ".join(filter(None, (why, cause.detail))) or "it fails"


def _by(author: str) -> str:
    return f" by {author}" if author else ""


def _beginning(incident: Incident) -> Iterator[Moment]:
    for cause in sorted(incident.causes, key=lambda cause: cause.since):
        yield Moment(cause.since, f"first bad attempt of {cause.check}: {cause_in_words(cause)}")
    if not any(cause.since == incident.fault_at for cause in incident.causes):
        yield Moment(incident.fault_at, "first bad attempt" if incident.causes else f"begun: {incident.text}")
    opened = f"confirmed, and opened as {incident.urgency.value}, severity {incident.severity}"
    yield Moment(incident.opened_at, opened + _kept_back(incident))
    if incident.announced_at is not None and incident.announced_at > incident.opened_at:
        yield Moment(incident.announced_at, "announced: nothing holds it any more")


def _kept_back(incident: Incident) -> str:
    """Say why nobody was told at once, as far as that is known afterwards."""
    if incident.announced_at is not None:
        return "; not announced yet" if incident.announced_at > incident.opened_at else ""
    if incident.suppressed_by:
        return f"; told with the incident of {incident.suppressed_by}"
    return f"; {held}" if (held := held_in_words(incident)) else ""


def held_in_words(incident: Incident) -> str:
    """Say what holds its announcement, or nothing."""
    if incident.in_maintenance:
        return f"held by maintenance {incident.in_maintenance}"
    if incident.silenced_by:
        return f"held by {incident.silenced_by}"
    return "put off to the hours of its route" if incident.put_off else ""


def _said(letters: Sequence[Letter]) -> Iterator[Moment]:
    """Tell what was decided to be said, with all who were to hear the same."""
    intents = [Intent.of(letter.row) for letter in letters]
    for (at, action, summary), same in groupby(intents, _news):
        names = ", ".join(dict.fromkeys(intent.receiver for intent in same))
        yield Moment(at, f"{action.value} for {names}: {summary}")


def _news(intent: Intent) -> tuple[int, Action, str]:
    return intent.created_at, intent.action, intent.message.summary


def _became(letters: Sequence[Letter]) -> Iterator[Moment]:
    """Tell what became of each message; of one that waits, since when it is tried."""
    for letter in letters:
        if letter.settled_at is not None:
            yield Moment(letter.settled_at, _outcome(letter, letter.settled_at))
        elif letter.tried_at is not None:
            said = f"{letter.row.receiver} is tried with the {letter.row.action}, not accepted yet"
            yield Moment(letter.tried_at, said)


def _outcome(letter: Letter, at: int) -> str:
    receiver, action = letter.row.receiver, letter.row.action
    if letter.how == "sent":
        after = at - (letter.tried_at or at)
        return f"{receiver} accepted the {action}" + (
            f", {lasting(after)} after the first try" if after >= NOTICEABLE else ""
        )
    if letter.how == "dead":
        return f"{receiver} refused the {action} for good: {letter.detail}"
    return f"{receiver} needs the {action} no more: {letter.detail}"


def _reported(incident: Incident) -> Iterator[Moment]:
    """Tell what is known of the receivers' ends: the first acknowledgement, and the last report of each."""
    if incident.acknowledged_at is not None:
        yield Moment(incident.acknowledged_at, "acknowledged by a person")
    for receiver, heard in incident.heard.items():
        if not (heard.what == "acknowledged" and heard.at == incident.acknowledged_at):
            yield Moment(heard.at, f"{receiver} reports: {_heard(heard)}")


def _heard(heard: Heard) -> str:
    return f"{heard.what} {'by a person' if heard.by_person else 'by the receiver itself'}"


def _end(incident: Incident) -> Iterator[Moment]:
    if incident.restored_at is not None:
        yield Moment(incident.restored_at, "restored: the outage ends")
    if incident.resolved_at is not None:
        why = {"removed": ": nobody watches it any more", "superseded": ": it is told anew, more urgently"}
        yield Moment(incident.resolved_at, f"resolved{why.get(incident.ended, '')}")
