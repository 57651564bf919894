"""`incidents list|show|verdict|note`: what was wrong, the story of each, and what people say of it."""

from argparse import SUPPRESS, ArgumentParser
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, get_args

from alerting.book import Book
from alerting.form import instant
from alerting.incident import Incident
from alerting.remarks import Remarks, Verdict, Worth
from alerting.words import lasting, summary_of
from checks.model import Configuration
from checks.values import read_duration
from commands import telling
from commands.beginning import held_in_words
from commands.context import Context, Status, Stop
from commands.holds import Holds
from commands.naming import id_of, meant
from commands.operating import by_whom, desk, local, zone_of
from commands.parser import actions, by
from commands.story import first_cause, verdict_in_words
from exporter.documents import incident_document
from exporter.evidence import by_service, sought
from store import history
from store.operations import Log
from store.reader import open_incidents, open_reader, operations

WEEK = 7 * 86_400.0  # seconds for which what is over is listed


def arguments(parser: ArgumentParser) -> None:
    """Add what this command takes."""
    actions(
        parser,
        {
            "list": ("list what is open, and what was resolved lately", _arguments_of_list),
            "show": ("tell the story of an incident", _arguments_of_show),
            "verdict": ("say whether an incident was worth telling", _arguments_of_verdict),
            "note": ("write down what is to be remembered of an incident", _arguments_of_note),
        },
        otherwise="list",
    )


def _arguments_of_list(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--all", action="store_true", help="also all that was resolved before")
    add(
        "--since",
        metavar="DURATION",
        type=by(read_duration),
        help="how far back what was resolved is listed (default: 7d)",
    )
    add("--json", action="store_true", help="print it as JSON")


def _arguments_of_show(parser: ArgumentParser) -> None:
    _which(parser)
    parser.add_argument("--json", action="store_true", default=SUPPRESS, help="print it as JSON")


def _arguments_of_verdict(parser: ArgumentParser) -> None:
    _which(parser)
    add = parser.add_argument
    add(
        "verdict",
        choices=get_args(Worth),
        help="true: something was wrong; false: nothing was; no-action: it was, and there was nothing to do",
    )
    add("--cause", metavar="TEXT", default="", help="what it was that had gone wrong")
    add("--note", metavar="TEXT", default="", help="what else is to be remembered")
    by_whom(parser)


def _arguments_of_note(parser: ArgumentParser) -> None:
    _which(parser)
    parser.add_argument("text", metavar="TEXT", help="what is to be remembered")
    by_whom(parser)


def _which(parser: ArgumentParser) -> None:
    parser.add_argument(
        "id",
        metavar="ID",
        help="KEY#EPISODE as `incidents list` names it; without #EPISODE the latest; "
        "what stands behind a slash of it will do",
    )


def run(context: Context) -> Status:
    """Do what was typed."""
    configuration = context.configuration()
    {"list": _list, "show": _show, "verdict": _verdict, "note": _note}[context.said.action](
        context, configuration
    )
    return Status.YES


@dataclass(frozen=True, slots=True)
class Listed:
    """An incident with what people say of it."""

    incident: Incident
    remarks: Remarks

    @property
    def id(self) -> str:
        """Give its id."""
        return id_of(self.incident.key, self.incident.episode)

    @property
    def verdict(self) -> Verdict | None:
        """Give the verdict that counts, if there is one."""
        return self.remarks.verdict(self.id)


def _list(context: Context, configuration: Configuration) -> None:
    said, now = context.said, context.clock.now()
    since = 0 if said.all else now - round((WEEK if said.since is None else said.since) * 1000)
    with closing(open_reader(configuration.store)) as store:
        open_ = Book(map(Incident.of, open_incidents(store))).listed()
        over = [Incident.of(row) for row in history.resolved_since(store, since)]
        remarks = Remarks.of(operations(store))
    _complain(context, remarks)
    rows = [Listed(incident, remarks) for incident in (*open_, *over)]
    if said.json:
        context.console.json([document_of(row) for row in rows])
    elif rows:
        heads = ("id", "severity", "state", "since", "for", "verdict", "what")
        context.console.table(heads, [_row(row, zone_of(configuration), now) for row in rows])
    else:
        hint = "" if said.all else f" in {lasting(now - since)}; --all lists what was before"
        context.console.line(f"no incident is open, and none was resolved{hint}")


def _complain(context: Context, remarks: Remarks) -> None:
    for each in remarks.unreadable:
        context.console.complain(f"left out, because it cannot be understood: {each}")


def _row(row: Listed, zone: tzinfo, now: int) -> tuple[str, ...]:
    incident, verdict = row.incident, row.verdict
    end = incident.restored_at or incident.resolved_at or now
    return (
        row.id,
        incident.severity,
        state_in_words(incident),
        local(incident.fault_at, zone),
        lasting(end - incident.fault_at),
        verdict.worth if verdict else "–",
        summary_of(incident),
    )


def state_in_words(incident: Incident) -> str:
    """Say how it stands: open or resolved, and what is unusual about that."""
    if incident.resolved_at is not None:
        return incident.ended or "resolved"
    told = f"told with {incident.suppressed_by}" if incident.suppressed_by else held_in_words(incident)
    marks = [
        "open",
        "acknowledged" if incident.acknowledged else "",
        "flapping" if incident.flapping else "",
        told,
    ]
    return ", ".join(filter(None, marks))


def document_of(row: Listed) -> dict[str, Any]:
    """Give an incident as programs get it: the shape of `status --json`, and more."""
    incident, verdict = row.incident, row.verdict
    return {
        "id": row.id,
        **incident_document(incident),
        "urgency": incident.urgency.value,
        **{
            name: None if at is None else instant(at)
            for name, at in (
                ("accepted_at", incident.accepted_at),
                ("announced_at", incident.announced_at),
                ("restored_at", incident.restored_at),
            )
        },
        "told": list(incident.told),
        "flapping": incident.flapping,
        "swallowed": list(incident.swallowed),
        "ended": incident.ended or None,
        "verdict": _verdict_document(verdict) if verdict else None,
        "notes": [
            {"at": instant(note.at), "author": note.author, "text": note.text}
            for note in row.remarks.notes.get(row.id, ())
        ],
    }


def _verdict_document(verdict: Verdict) -> Mapping[str, Any]:
    return {
        "verdict": verdict.worth,
        "cause": verdict.cause,
        "note": verdict.note,
        "at": instant(verdict.at),
        "author": verdict.author,
    }


def _show(context: Context, configuration: Configuration) -> None:
    with closing(open_reader(configuration.store)) as store:
        key, episode = meant(context.said.id, _episodes(history.episodes(store)))
        found = history.incident(store, key, episode)
        assert found, "an episode that was listed"
        incident = Incident.of(found)
        check = first_cause(incident)
        last_good_at = history.last_good_at(store, check, incident.fault_at) if check else None
        letters = history.letters_of(store, key, episode)
        which = sought(incident, by_service(configuration))
        traces = history.traces(store, which.checks, which.since, which.until)
        written = list(operations(store))
    remarks = Remarks.of(written)
    _complain(context, remarks)
    row, past = Listed(incident, remarks), Holds.of(configuration, written)
    told = telling.Told(
        *(row.id, incident, letters, remarks, last_good_at, past),
        *(zone_of(configuration), context.clock.now(), traces),
    )
    if context.said.json:
        context.console.json({**document_of(row), **telling.document_of(told)})
    else:
        telling.show(context.console, told, state_in_words(incident))


def _episodes(rows: Iterable[tuple[str, Any]]) -> dict[str, list[int]]:
    found = defaultdict[str, list[int]](list)
    for key, episode in rows:
        found[key].append(episode.episode)
    return found


def _verdict(context: Context, configuration: Configuration) -> None:
    said = context.said
    document = {"verdict": said.verdict, "cause": said.cause, "note": said.note}
    with desk(context, configuration) as held:
        id = _known(held.log, said.id)
        before = Remarks.of(held.log.operations()).verdict(id)
        held.write("incident.verdict", id, document)
    instead = f"; it was {verdict_in_words(before)}" if before else ""
    context.console.line(f"{id} is judged {said.verdict}{instead}")


def _note(context: Context, configuration: Configuration) -> None:
    if not context.said.text.strip():
        raise Stop(Status.WRONG_USE, "TEXT must say something")
    with desk(context, configuration) as held:
        id = _known(held.log, context.said.id)
        held.write("incident.note", id, {"text": context.said.text})
    context.console.line(f"{id}: noted")


def _known(log: Log, text: str) -> str:
    """Give the id of the incident that is meant. Raises Stop."""
    return id_of(*meant(text, _episodes(history.episodes(log.connection))))
