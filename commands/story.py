"""The story of an incident, in order of time: what happened, who was told, what people said of it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from alerting.incident import Heard, Incident
from alerting.intent import Action, Intent
from alerting.remarks import Note, Verdict
from alerting.words import lasting
from commands.beginning import Beginning, Moment
from store.history import Letter

NOTICEABLE = 1_000  # ms between the first try and the acceptance, from which on the wait is told
UNANSWERED = (
    "nobody has acknowledged it for",
    "nobody had acknowledged for",
)  # as it was said, as it is told


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
    beginning: Beginning, letters: Sequence[Letter], verdicts: Sequence[Verdict], notes: Sequence[Note]
) -> list[Moment]:
    """Give all of it; what happened in one instant stands in the order in which it follows."""
    incident = beginning.incident
    told = [
        *beginning.moments(),
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


def _by(author: str) -> str:
    return f" by {author}" if author else ""


def _said(letters: Sequence[Letter]) -> Iterator[Moment]:
    """Tell what was decided to be said, with all who were to hear the same."""
    intents = [Intent.of(letter.row) for letter in letters]
    for (at, what, summary), same in groupby(intents, _news):
        names = ", ".join(dict.fromkeys(intent.receiver for intent in same))
        yield Moment(at, f"{what.format(names)}: {summary}")


def _news(intent: Intent) -> tuple[int, str, str]:
    """Give when something is said, what becomes of it for whom, and what is said."""
    why = str(intent.message.details.get("note", ""))
    if intent.action is Action.OPEN and intent.anew and why:
        return intent.created_at, "escalated to {}", why.replace(*UNANSWERED)
    return intent.created_at, f"{intent.action.value} for {{}}", intent.message.summary


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
        yield Moment(incident.acknowledged_at, f"acknowledged by a person{_reporter(incident)}")
    for receiver, heard in incident.heard.items():
        if heard.what == "unacknowledged":
            yield Moment(heard.at, f"the acknowledgement was taken back, as {receiver} reports")
        elif not (heard.what == "acknowledged" and heard.at == incident.acknowledged_at):
            yield Moment(heard.at, f"{receiver} reports: {_heard(heard)}")


def _reporter(incident: Incident) -> str:
    """Say which receiver told of the first acknowledgement; nothing where it could be any of several."""
    heard = incident.heard
    first = [name for name, each in heard.items() if each.at == incident.acknowledged_at]
    able = [name for name, each in heard.items() if each.at >= (incident.acknowledged_at or 0)]
    names = first if len(first) == 1 else able
    return f", as {names[0]} reports" if len(names) == 1 else ""


def _heard(heard: Heard) -> str:
    return f"{heard.what} {'by a person' if heard.by_person else 'by the receiver itself'}"


def _end(incident: Incident) -> Iterator[Moment]:
    if incident.restored_at is not None:
        yield Moment(incident.restored_at, "restored: the outage ends")
    if incident.resolved_at is not None:
        why = {"removed": ": nobody watches it any more", "superseded": ": it is told anew, more urgently"}
        yield Moment(incident.resolved_at, f"resolved{why.get(incident.ended, '')}")
