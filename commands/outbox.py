"""`outbox list|retry|drop`: what waits to be sent or was refused for good; to try it now, to drop it."""

from argparse import ArgumentParser
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import tzinfo
from typing import Any

from alerting.form import instant
from alerting.intent import Action, Intent
from alerting.outbox_orders import LETTER, again_id, document_of, why_not
from checks.model import Configuration
from commands.context import Context, Status, Stop, unknown
from commands.naming import id_of
from commands.operating import Desk, by_whom, desk, local, zone_of
from commands.parser import actions
from store import history
from store.history import Letter
from store.reader import latest_episodes, open_reader, operations
from store.rows import Operation

KEPT = 7 * 86_400_000  # ms for which what was refused for good is listed
LEFT = {"drop": "; to be dropped", "retry": "; to be given again", "": ""}
WHEN = "a daemon that runs does it within a second, otherwise the next one does at its start"


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    actions(
        parser,
        {
            "list": ("list what waits to be sent, and what was refused for good", _arguments_of_list),
            "retry": ("try now what waits; give again what was refused", _arguments_of_retry),
            "drop": ("send no more what waits; take off the list what was refused", _arguments_of_drop),
        },
        otherwise="list",
    )


def _arguments_of_list(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print it as JSON")


def _arguments_of_retry(parser: ArgumentParser) -> None:
    _which(parser).add_argument("--all", action="store_true", help="everything that `outbox list` lists")
    by_whom(parser)


def _arguments_of_drop(parser: ArgumentParser) -> None:
    _which(parser).add_argument("--receiver", metavar="NAME", help="everything that waits for a receiver")
    by_whom(parser)


def _which(parser: ArgumentParser) -> Any:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("id", metavar="ID", nargs="?", help="a number as `outbox list` names it")
    return which


def run(context: Context) -> Status:
    """Do what was typed."""
    configuration = context.configuration()
    {"list": _list, "retry": _retry, "drop": _drop}[context.said.action](context, configuration)
    return Status.YES


class Ordered:
    """What has been ordered of messages, and whether a daemon has carried it out."""

    def __init__(self, written: Iterable[Operation]) -> None:
        self.again: dict[str, int] = {}  # by id of a dead letter: the serial of the order to give it again
        self.dropped: set[str] = set()
        for operation in written:
            if operation.what == "outbox.drop":
                self.dropped.add(operation.subject)
            elif operation.what == "outbox.retry" and f'"{LETTER}"' in operation.document:
                self.again[operation.subject] = operation.serial or 0

    def left(self, letter: Letter) -> str:
        """Say what is ordered of a message and not done yet: drop, retry or nothing."""
        if letter.waits:
            return "drop" if letter.row.id in self.dropped else ""
        return "retry" if letter.row.id in self.again else ""


def _list(context: Context, configuration: Configuration) -> None:
    with closing(open_reader(configuration.store)) as store:
        ordered = Ordered(operations(store))
        letters = [*_listed(store, ordered, context.clock.now())]
    if context.said.json:
        context.console.json([_shape(letter, ordered) for letter in letters])
    elif letters:
        heads = ("id", "receiver", "incident", "action", "urgency", "since", "tried", "why")
        zone = zone_of(configuration)
        context.console.table(heads, [_row(letter, ordered, zone) for letter in letters])
    else:
        context.console.line("nothing waits to be sent, and nothing was refused for good in 7 d")


def _listed(connection: Any, ordered: Ordered, now: int) -> Iterator[Letter]:
    """Give what waits, and the dead letters that are neither dropped nor given again yet."""
    for letter in history.unsent(connection, now - KEPT):
        serial = ordered.again.get(letter.row.id)
        again = serial is not None and history.letter(connection, again_id(letter.row.id, serial))
        if not again and (letter.waits or letter.row.id not in ordered.dropped):
            yield letter


def _row(letter: Letter, ordered: Ordered, zone: tzinfo) -> tuple[str, ...]:
    row = letter.row
    return (
        str(letter.number),
        row.receiver,
        id_of(row.key, row.episode),
        row.action,
        row.urgency,
        local(row.created_at, zone),
        "never" if letter.tried_at is None else local(letter.tried_at, zone),
        _why(letter) + LEFT[ordered.left(letter)],
    )


def _why(letter: Letter) -> str:
    if not letter.waits:
        return f"refused for good: {letter.detail}"
    return "it waits for its turn" if letter.tried_at is None else "not accepted yet"


def _shape(letter: Letter, ordered: Ordered) -> Mapping[str, Any]:
    row, settled_at = letter.row, letter.settled_at
    return {
        "id": row.id,
        "number": letter.number,
        "receiver": row.receiver,
        "key": row.key,
        "episode": row.episode,
        "action": row.action,
        "urgency": row.urgency,
        "created_at": instant(row.created_at),
        "tried_at": None if letter.tried_at is None else instant(letter.tried_at),
        "dead_at": None if settled_at is None else instant(settled_at),
        "why": _why(letter),
        "ordered": ordered.left(letter) or None,
    }


def _retry(context: Context, configuration: Configuration) -> None:
    said, lines, wrote = context.said, list[str](), False
    with desk(context, configuration) as held:
        ordered = Ordered(held.log.operations())
        chosen = _listed(held.log.connection, ordered, held.now) if said.all else [_one(held, said.id)]
        for letter in list(chosen):
            if why := _no_retry(letter, held, ordered):
                if not said.all:
                    raise Stop(Status.WRONG_USE, f"{_named(letter)} cannot be sent: {why}")
                lines.append(f"{_named(letter)} is left: {why}")
            else:
                held.write("outbox.retry", letter.row.id, document_of(None if letter.waits else letter.row))
                lines.append(f"{_named(letter)} is to be {'tried now' if letter.waits else 'given again'}")
                wrote = True
    _answer(context, lines, wrote)


def _no_retry(letter: Letter, held: Desk, ordered: Ordered) -> str:
    """Say why a message is not to be sent (again), or nothing."""
    if letter.waits:
        return "it is to be dropped" if ordered.left(letter) == "drop" else ""
    if letter.how != "dead":
        return f"it is over: {letter.how}" + (f", {letter.detail}" if letter.detail else "")
    if letter.row.id in ordered.again:
        return "it has been ordered to be given again before"
    latest = latest_episodes(held.log.connection).get(letter.row.key)
    if latest is None:
        return "its incident is not known"
    return why_not(Intent.of(letter.row), latest.episode, is_open=latest.resolved_at is None)


def _drop(context: Context, configuration: Configuration) -> None:
    receiver, lines, waited = context.said.receiver, list[str](), False
    with desk(context, configuration) as held:
        ordered = Ordered(held.log.operations())
        chosen = [_one(held, context.said.id)] if receiver is None else _waiting_for(receiver, held)
        if receiver not in {None, *configuration.receivers, *(each.row.receiver for each in chosen)}:
            raise unknown("receiver", receiver, configuration.receivers)
        for letter in chosen:
            if why := _no_drop(letter, ordered):
                raise Stop(Status.WRONG_USE, f"{_named(letter)} {why}")
            held.write("outbox.drop", letter.row.id, {})
            said = history.letters_of(held.log.connection, letter.row.key, letter.row.episode)
            lines.append(f"{_named(letter)} {_dropped(letter, said)}")
            waited |= letter.waits
    if lines and not waited:
        context.console.line(*lines)
    else:
        _answer(context, lines, waited)


def _no_drop(letter: Letter, ordered: Ordered) -> str:
    """Say why a message is not to be dropped, or nothing."""
    if letter.waits:
        return ""
    if letter.how != "dead":
        return f"does not wait: {_over(letter)}"
    if letter.row.id in ordered.again:
        return "has been ordered to be given again before: drop what was given"
    return "is off the list already" if letter.row.id in ordered.dropped else ""


def _dropped(letter: Letter, said: Iterable[Letter]) -> str:
    """Say what becomes of a message that is dropped; `said` is all that was to be said of its episode."""
    if letter.waits:
        return f"is to be dropped: {consequence(letter, said)}"
    is_end = letter.row.action == Action.RESOLVE
    return f"is off the list: {consequence(letter, said) if is_end else _over(letter)}"


def _waiting_for(receiver: str, held: Desk) -> list[Letter]:
    waiting = history.unsent(held.log.connection, held.now)
    return [letter for letter in waiting if letter.waits and letter.row.receiver == receiver]


def _over(letter: Letter) -> str:
    said = {"dead": "it was refused for good", "sent": "it was accepted"}.get(letter.how, letter.how)
    return said + (f" ({letter.detail})" if letter.detail else "")


def _one(held: Desk, id: str) -> Letter:
    """Give the message that is meant. Raises Stop."""
    found = history.letter(held.log.connection, id)
    if found is None:
        raise Stop(Status.WRONG_USE, f"there is no message {id}: `outbox list` lists those there are")
    return found


def _named(letter: Letter) -> str:
    row = letter.row
    return f"{letter.number}, the {row.action} of {id_of(row.key, row.episode)} for {row.receiver},"


def _answer(context: Context, lines: Collection[str], wrote: bool) -> None:
    for line in lines:
        context.console.line(line)
    context.console.line(
        WHEN if wrote else "nothing is ordered" if lines else "nothing waits: nothing is ordered"
    )


def consequence(letter: Letter, said: Iterable[Letter]) -> str:
    """Say what it means that a message is not sent; `said` is all that was to be said of its episode."""
    receiver = letter.row.receiver
    match Action(letter.row.action):
        case Action.RESOLVE if _may_know(receiver, said):
            return f"{receiver} IS NOT TOLD THAT IT IS OVER, it stays open there: close it there by hand"
        case Action.RESOLVE:
            return f"{receiver} was never told of it"
        case Action.OPEN if letter.tried_at is not None:
            return "it may have arrived already, and its end will be told"
        case Action.OPEN:
            return f"{receiver} is not told of it, unless there is news or a daemon starts before it is over"
        case _:
            return "what comes after it is told"


def _may_know(receiver: str, said: Iterable[Letter]) -> bool:
    """Say whether a receiver may have heard of an episode."""
    to_it = [each for each in said if each.row.receiver == receiver]
    began = any(each.row.action == Action.OPEN for each in to_it)
    return not began or any(each.tried_at is not None or each.how == "sent" for each in to_it)
