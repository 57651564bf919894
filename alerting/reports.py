"""What follows from what a receiver reports back. Pure; times are ms since the epoch, UTC.

Resolved by the receiver itself while we still see bad: the open is said again at the next bad attempt, and
acknowledged again where a person's acknowledgement stood. Resolved by a person: believed for a while, then
said again, with a note. Neither changes what we hold true, nor our own resolve.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

from alerting.book import Book
from alerting.events import Decision, Reported
from alerting.incident import Heard, Incident
from alerting.intent import Action
from alerting.receiver import Target
from alerting.words import clock
from checks.model import Configuration

Failing = Callable[[Incident], bool]
ANSWERS = frozenset({"acknowledged", "unacknowledged"})  # to a storm, they are answers to all it tells of
AGAIN = 60_000  # ms after which what no check watches is said again, where a receiver itself resolved it


def hear(report: Reported, book: Book, now: int, decision: Decision) -> None:
    """Take a report in. What is not ours, of an earlier episode, or known already changes nothing."""
    known = book.open.get(report.key)
    if known is None or report.receiver not in known.told or report.at < known.opened_at:
        return
    report = replace(report, at=min(report.at, now))  # a clock ahead of ours must not prolong a hold
    _take_in(report, known, book, decision)
    if report.what in ANSWERS:
        for key in known.swallowed if known.scope == "storm" else ():
            _take_in(report, book.open[key], book, decision)


def _take_in(report: Reported, known: Incident, book: Book, decision: Decision) -> None:
    before = known.heard.get(report.receiver)
    after = _after(before, report)
    acknowledged_at = _first_acknowledged(known.acknowledged_at, report)
    if (after, acknowledged_at) != (before, known.acknowledged_at):
        heard = {**known.heard, report.receiver: after}
        now_known = replace(known, heard=heard, acknowledged_at=acknowledged_at)
        book.keep(now_known, decision)
        if known.acknowledged_at is None and acknowledged_at is not None:
            decision.acknowledged.append(now_known)


def was_bad(key: str, book: Book, configuration: Configuration, now: int, decision: Decision) -> None:
    """Answer the receivers that hold for resolved what has just been seen bad."""
    for receiver in _to_answer(book.open[key], configuration) if key in book.disputed else ():
        due = _due_at(book.open[key], receiver, configuration)
        if due is None or due <= now:
            _say_again(key, receiver, book, configuration, now, decision)


def answer(
    book: Book, configuration: Configuration, failing: Failing, now: int, decision: Decision
) -> list[str]:
    """Say again what has been believed long enough and still fails, and give the keys of it.

    `failing` says which incidents do.
    """
    answered = list[str]()
    for key, receiver, due in _holds(book, configuration):
        if due <= now and failing(book.open[key]):
            _say_again(key, receiver, book, configuration, now, decision)
            answered.append(key)
    return answered


def wake(book: Book, configuration: Configuration, now: int) -> int | None:
    """Give the next instant at which a hold is over."""
    return min((due for *_, due in _holds(book, configuration) if due > now), default=None)


def _after(before: Heard | None, report: Reported) -> Heard:
    """Give what is then known of the receiver's end; reports may come late, and twice."""
    if before and (report.at < before.at or (report.at, report.what) == (before.at, before.what)):
        return before
    stood = before is not None and before.acknowledged
    match report.what:
        case "acknowledged":
            stands = stood or report.by_person
        case "resolved":
            stands = stood
        case _:
            stands = False
    return Heard(report.what, report.at, report.by_person, stands)


def _first_acknowledged(known: int | None, report: Reported) -> int | None:
    if report.what != "acknowledged" or not report.by_person:
        return known
    return report.at if known is None else min(known, report.at)


def _holds(book: Book, configuration: Configuration) -> list[tuple[str, str, int]]:
    """Give key, receiver and end of each hold, in the same order in every life."""
    return [
        (key, receiver, due)
        for key in sorted(book.disputed)
        for receiver in _to_answer(book.open[key], configuration)
        if (due := _due_at(book.open[key], receiver, configuration)) is not None
    ]


def _to_answer(incident: Incident, configuration: Configuration) -> Iterator[str]:
    """Name the receivers that hold it for resolved and can be told otherwise."""
    for name in () if incident.held else incident.closed_by:
        receiver = configuration.receivers.get(name)
        if receiver and not receiver.off:
            yield name


def _due_at(incident: Incident, receiver: str, configuration: Configuration) -> int | None:
    """Say when time alone makes us say it again; None where a bad attempt does."""
    heard = incident.heard[receiver]
    if incident.expiry:
        return None  # what was closed there is said again once it is pressing
    if heard.by_person:
        target = cast(Target, configuration.receivers[receiver].target)
        return heard.at + round(target.abilities.hand_resolved_hold * 1000)
    return None if incident.scope == "service" else heard.at + AGAIN


def _say_again(
    key: str, receiver: str, book: Book, configuration: Configuration, now: int, decision: Decision
) -> None:
    known = book.open[key]
    heard = known.heard[receiver]
    acknowledged = heard.acknowledged and not heard.by_person
    answered = replace(heard, answered=True, acknowledged=acknowledged)
    book.keep(replace(known, heard={**known.heard, receiver: answered}), decision)
    said = replace(known, facts={**known.facts, "note": _note(heard)})
    actions = (Action.OPEN, Action.ACKNOWLEDGE) if acknowledged else (Action.OPEN,)
    for action in actions:
        book.say(said, action, [receiver], configuration, now, decision)


def _note(heard: Heard) -> str:
    who = "by hand" if heard.by_person else "by the receiver itself"
    return f"resolved {who} at {clock(heard.at)}, still failing"
