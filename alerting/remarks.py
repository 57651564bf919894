"""What people say of incidents afterwards: whether a page was worth it, and notes. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as options_class

from checks.options import STRICT
from store.rows import Operation

Worth = Literal[
    "true", "false", "no-action"
]  # it was right; nothing was wrong; right, and nothing to be done


@options_class(frozen=True, slots=True, kw_only=True, config=STRICT)
class VerdictDocument:
    """What is written down of a verdict, beside what it is about and its author."""

    verdict: Worth
    cause: str = ""
    note: str = ""


@options_class(frozen=True, slots=True, kw_only=True, config=STRICT)
class NoteDocument:
    """What is written down of a note."""

    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an incident was worth what it was told for; `at` in ms, UTC."""

    at: int
    author: str
    worth: Worth
    cause: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that somebody wants to be remembered of an incident; `at` in ms, UTC."""

    at: int
    author: str
    text: str


@dataclass(slots=True)
class Remarks:
    """All that was said, by the id of the incident, each in the order in which it was said.

    The last verdict counts. `unreadable` names what could not be understood.
    """

    verdicts: defaultdict[str, list[Verdict]] = field(default_factory=lambda: defaultdict(list))
    notes: defaultdict[str, list[Note]] = field(default_factory=lambda: defaultdict(list))
    unreadable: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, operations: Iterable[Operation]) -> "Remarks":
        """Fold what operators did; what is about anything else is passed over."""
        made = cls()
        for operation in operations:
            if take := _TAKERS.get(operation.what):
                try:
                    take(made, operation)
                except ValidationError:
                    made.unreadable.append(
                        f"{operation.what} {operation.subject} (serial {operation.serial})"
                    )
        return made

    def verdict(self, id: str) -> Verdict | None:
        """Give the verdict that counts, if there is one."""
        return self.verdicts[id][-1] if id in self.verdicts else None

    def judge(self, operation: Operation) -> None:
        """Take a verdict in. Raises ValidationError."""
        said = _VERDICTS.validate_json(operation.document)
        self.verdicts[operation.subject].append(
            Verdict(operation.at, operation.author, said.verdict, said.cause, said.note)
        )

    def note(self, operation: Operation) -> None:
        """Take a note in. Raises ValidationError."""
        said = _NOTES.validate_json(operation.document)
        self.notes[operation.subject].append(Note(operation.at, operation.author, said.text))


_VERDICTS = TypeAdapter(VerdictDocument)
_NOTES = TypeAdapter(NoteDocument)
_TAKERS: Mapping[str, Callable[[Remarks, Operation], None]] = {
    "incident.verdict": Remarks.judge,
    "incident.note": Remarks.note,
}
