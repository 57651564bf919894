"""The open incidents, and the latest episode of each key. Opens and closes; decides nothing."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from alerting.events import Decision
from alerting.incident import Ended, Incident
from alerting.intent import Action, Intent, Message, Urgency
from alerting.receiver import Target
from alerting.words import farewell_of, message_of, note_of
from checks.model import Configuration


class Book:
    """Owner of incidents. Every change is written into the decision that caused it.

    `disputed` are the keys that we hold open and some receiver holds for resolved. `budgets` says in words
    what is left of a service's budgets at an instant.
    """

    def __init__(
        self,
        open_: Iterable[Incident] = (),
        episodes: Mapping[str, int] | None = None,
        budgets: Callable[[str, int], Sequence[str]] = lambda _, __: (),
    ) -> None:
        self.open: dict[str, Incident] = {incident.key: incident for incident in open_}
        self.disputed = {key for key, incident in self.open.items() if incident.closed_by}
        self.episodes: dict[str, int] = dict(episodes or {})
        self._budgets = budgets

    def begin(self, incident: Incident, configuration: Configuration, now: int, decision: Decision) -> None:
        """Open an incident: a new episode under its key, and an open to each receiver told."""
        episode = self.episodes.get(incident.key, 0) + 1
        incident = replace(incident, episode=episode)
        self.episodes[incident.key] = episode
        self.keep(incident, decision)
        decision.opened.append(incident)
        self.say(incident, Action.OPEN, incident.told, configuration, now, decision)

    def end(
        self,
        key: str,
        restored_at: int | None,
        configuration: Configuration,
        now: int,
        decision: Decision,
        *,
        ended: Ended = "",
    ) -> None:
        """Resolve an incident, and tell everyone who was told that it began.

        `restored_at` is None where nothing was restored, and `ended` then says why it is over.
        """
        known = self.open.pop(key)
        incident = replace(known, restored_at=restored_at, resolved_at=now, ended=ended)
        self.disputed.discard(key)
        decision.rows.append(incident.row())
        decision.resolved.append(incident)
        self.say(incident, Action.RESOLVE, incident.told, configuration, now, decision)

    def keep(self, incident: Incident, decision: Decision) -> None:
        """Take an open incident as it now is."""
        self.open[incident.key] = incident
        if incident.closed_by:
            self.disputed.add(incident.key)
        else:
            self.disputed.discard(incident.key)
        decision.rows.append(incident.row())

    def say(
        self,
        incident: Incident,
        action: Action,
        receivers: Iterable[str],
        configuration: Configuration,
        now: int,
        decision: Decision,
        *,
        anew: bool = False,
    ) -> None:
        """Queue one message to each receiver; a replay gives the same identities.

        `anew`: they hear of the incident for the first time. No update goes to a receiver that holds the
        incident for resolved: there it could be a new one.
        """
        of_service = incident.service and not incident.expiry
        budgets = self._budgets(incident.service, now) if of_service else ()
        message = message_of(incident, configuration, budgets)
        closed_by = incident.closed_by if action is Action.UPDATE else ()
        for receiver in (name for name in receivers if name not in closed_by):
            _queue(incident, action, receiver, message, now, decision, anew=anew)

    def note(
        self,
        incident: Incident,
        lines: Mapping[str, Sequence[str]],
        configuration: Configuration,
        now: int,
        decision: Decision,
    ) -> None:
        """Put what is over already on record, and tell each receiver its lines of it."""
        episode = self.episodes[incident.key] = self.episodes.get(incident.key, 0) + 1
        incident = replace(incident, episode=episode)
        decision.rows.append(incident.row())
        for receiver, said in lines.items():
            message = note_of(incident, said, configuration)
            _queue(incident, Action.NOTE, receiver, message, now, decision)

    def part(
        self, incident: Incident, receivers: Collection[str], old: Configuration, now: int, decision: Decision
    ) -> Incident:
        """Resolve at receivers that a reload has changed or taken out, and give what goes on without them."""
        for receiver in (name for name in incident.told if name in receivers):
            _queue(
                incident, Action.RESOLVE, receiver, farewell_of(incident, old), now, decision, farewell=True
            )
        told = tuple(name for name in incident.told if name not in receivers)
        heard = {name: each for name, each in incident.heard.items() if name not in receivers}
        return replace(incident, told=told, heard=heard)

    def again(
        self, configuration: Configuration, queued: set[tuple[str, str]], now: int, decision: Decision
    ) -> None:
        """Say after a start what is still true: harmless where it is open, the cure where it was closed.

        Only to receivers that know a repeated open for what it is. `queued` are the (receiver, key) for which
        an open waits in the outbox anyway. A receiver that has reported a resolve is answered in its own
        time: reports.py.
        """
        for incident in (each for each in self.open.values() if not each.held):
            told = [name for name in incident.told if (name, incident.key) not in queued]
            told = [name for name in told if name not in incident.closed_by]
            usable = [name for name in told if _deduplicates(configuration, name)]
            self.say(incident, Action.OPEN, usable, configuration, now, decision)

    def listed(self) -> list[Incident]:
        """Give what is open, the most pressing first: pages before tickets before the rest, then by age."""
        ranks = list(Urgency)
        return sorted(
            self.open.values(),
            key=lambda each: (ranks.index(each.urgency), each.scope == "monitor", each.fault_at, each.key),
        )

    def names(self, scope: str) -> set[str]:
        """Name what is open of a scope."""
        return {incident.name for incident in self.open.values() if incident.scope == scope}

    @property
    def monitors(self) -> bool:
        """Say whether anything about ourselves is open."""
        return any(incident.scope == "monitor" for incident in self.open.values())

    def count(self) -> dict[tuple[str, Urgency], int]:
        """Count the open incidents by scope and urgency."""
        counts: dict[tuple[str, Urgency], int] = {}
        for incident in self.open.values():
            place = (incident.scope, incident.urgency)
            counts[place] = counts.get(place, 0) + 1
        return counts


def _queue(
    incident: Incident,
    action: Action,
    receiver: str,
    message: Message,
    now: int,
    decision: Decision,
    **marks: bool,
) -> None:
    """Queue a message; `marks` are `farewell` and `anew`."""
    id = f"{incident.key}#{incident.episode}:{action.value}:{receiver}@{now}"
    intent = Intent(
        id=id + ("~" if marks.get("farewell") else ""),
        receiver=receiver,
        key=incident.key,
        episode=incident.episode,
        action=action,
        urgency=incident.loudness,
        created_at=now,
        message=message,
        **marks,
    )
    decision.intents.append(intent)
    decision.rows.append(intent.row())


def _deduplicates(configuration: Configuration, name: str) -> bool:
    receiver = configuration.receivers.get(name)
    return receiver is not None and cast(Target, receiver.target).abilities.deduplicates
