"""What operators order of the outbox: that something is tried now, given again, or dropped. Pure.

A command writes the order down; the daemon carries it out within a second, or at its next start. Whoever
ordered saw the store, not the outbox, so an order may come too late: then nothing follows from it. Times are
ms since the epoch, UTC.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from json import loads
from typing import Any, Literal

from pydantic import TypeAdapter

from alerting.book import Book
from alerting.events import Decision
from alerting.intent import Action, Intent, Message
from store.rows import IntentRow, Memory, Operation, Settled

CARRIED_OUT = "outbox.orders"  # the serial of the last retry that was carried out is remembered so
FORMER = "it was for the receiver as it was before a reload: close it there by hand"
LETTER = "letter"  # where an order's document holds a dead letter

_LETTERS = TypeAdapter(IntentRow)
_MESSAGES = TypeAdapter(Message)


@dataclass(frozen=True, slots=True)
class Order:
    """What the driver is to do with the message `id`, and to remember; `answer` says more of it in words."""

    id: str
    what: Literal["hurry", "drop", "give", "nothing"]
    decision: Decision = field(default_factory=Decision)
    answer: str = ""


def document_of(letter: IntentRow | None = None) -> Mapping[str, Any]:
    """Give the document of an order; to give a dead letter again, the whole of it stands there."""
    return {} if letter is None else {LETTER: asdict(letter)}


def unfinished(
    operations: Iterable[Operation], memory: Mapping[str, str], waiting: Collection[str]
) -> Iterator[Operation]:
    """Give the orders that no daemon has carried out; `waiting` are the ids of what is not over.

    Of a drop nothing is remembered: what waits although it was ordered to be dropped was on its way when the
    daemon ended.
    """
    last = int(memory.get(CARRIED_OUT, 0))
    for operation in operations:
        if operation.what == "outbox.drop":
            if operation.subject in waiting:
                yield operation
        elif operation.what == "outbox.retry" and (operation.serial or 0) > last:
            yield operation


def order_of(operation: Operation, book: Book, now: int) -> Order | None:
    """Give what an operation orders of the outbox; None where it is about something else."""
    if operation.what == "outbox.drop":
        return Order(operation.subject, "drop")
    if operation.what != "outbox.retry":
        return None
    done = Decision(rows=[Memory(CARRIED_OUT, str(operation.serial or 0))])
    try:
        letter = _letter(operation)
    except (ValueError, TypeError, KeyError):
        return Order(operation.subject, "nothing", done, "not given again: the order cannot be understood")
    if letter is None:
        return Order(operation.subject, "hurry", done)
    return _given(again(letter, operation.serial or 0, now), book, now, done)


def _letter(operation: Operation) -> Intent | None:
    """Read the dead letter that is to be given again; None where something waits that is to be tried."""
    document = loads(operation.document)
    if LETTER not in document:
        return None
    row = _LETTERS.validate_python(document[LETTER])
    _MESSAGES.validate_json(row.document)
    return Intent.of(row)


def again(letter: Intent, serial: int, now: int) -> Intent:
    """Give a dead letter as a message of its own, which says the same; an order always makes the same one."""
    return replace(letter, id=again_id(letter.id, serial), created_at=now)


def again_id(id: str, serial: int) -> str:
    """Name a dead letter as it is given again by the order with that serial."""
    return f"{id}!{serial}"


def _given(intent: Intent, book: Book, now: int, done: Decision) -> Order:
    why = why_not(intent, book.episodes.get(intent.key, 0), is_open=intent.key in book.open)
    done.rows.append(intent.row())
    if why:
        done.rows.append(Settled(intent.id, now, "replaced", why))
        return Order(intent.id, "nothing", done, f"not given again: {why}")
    done.intents.append(intent)
    return Order(intent.id, "give", done, f"given again as {intent.id}")


def why_not(intent: Intent, latest: int, *, is_open: bool) -> str:
    """Say why a message is no longer true, or nothing; `latest` is its key's latest episode, perhaps open."""
    if intent.farewell:
        return FORMER
    if latest != intent.episode:
        return "a later episode has begun"
    if intent.action is Action.NOTE or is_open == (intent.action is not Action.RESOLVE):
        return ""
    return "its episode is open" if is_open else "its episode is resolved"
