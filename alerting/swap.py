"""A reload, taken in: who is judged by what from now on, which incidents end by it, who hears of the rest.

Pure; times are ms since the epoch, UTC. docs/decisions/0010-reload.md says why so.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import cast

from alerting.announcer import Announcer
from alerting.book import Book
from alerting.dependencies import Dependencies
from alerting.events import Decision
from alerting.incident import Incident
from alerting.intent import Action
from alerting.moment import Moment
from alerting.receiver import Target
from alerting.services import Standing
from checks.diff import Difference, enabled
from checks.model import Configuration, Receiver
from slo.judge import Judge
from slo.state import State


def judges_after(
    judges: Mapping[str, Judge], changes: Difference, configuration: Configuration, now: int
) -> dict[str, Judge]:
    """Give the judges by name: known ones with their definition of now, and new ones. Others are closed."""
    for name in changes.removed:
        judges[name].close(now)
    after: dict[str, Judge] = {}
    for name, check in enabled(configuration).items():
        known = judges.get(changes.renamed.get(name, name)) if name not in changes.added else None
        after[name] = known or Judge(check)
        after[name].redefine(check)
    return after


def standings_after(
    standings: Mapping[str, Standing], judges: Mapping[str, Judge], configuration: Configuration, now: int
) -> dict[str, Standing]:
    """Give the services by name: known ones with their checks of now, and new ones."""
    members: dict[str, list[Judge]] = {name: [] for name in configuration.services}
    for _, judge in sorted(judges.items()):
        if judge.check.sli and judge.check.service in members:
            members[judge.check.service].append(judge)
    after: dict[str, Standing] = {}
    for name, service in configuration.services.items():
        known = standings.get(name)
        after[name] = known or Standing(service, members[name])
        if known:
            known.redefine(service, members[name], now)
    return after


def rename_causes(book: Book, changes: Difference, decision: Decision) -> None:
    """Let what is open name its causes as they are called now."""
    names = {was: name for name, was in changes.renamed.items()}
    for known in list(book.open.values()) if names else ():
        causes = tuple(replace(cause, check=names.get(cause.check, cause.check)) for cause in known.causes)
        if causes != known.causes:
            book.keep(replace(known, causes=causes), decision)


def continued(changes: Difference, configuration: Configuration) -> dict[str, str]:
    """Give the former name of every check whose attempts before the reload count as before."""
    same = enabled(configuration).keys() - changes.begin
    return {name: changes.renamed.get(name, name) for name in same}


def departed(old: Configuration, new: Configuration) -> frozenset[str]:
    """Name the receivers that could be told and cannot any more, or are somebody else now."""
    usable = {name: receiver for name, receiver in old.receivers.items() if not receiver.off}
    return frozenset(name for name, each in usable.items() if not _same(each, new.receivers.get(name)))


def _same(before: Receiver, after: Receiver | None) -> bool:
    if after is None or after.off or after.kind != before.kind:
        return False
    one, other = cast(Target, before.target), cast(Target, after.target)
    return one == other or one.abilities.address == other.abilities.address != ""


def part(
    book: Book, leaving: Collection[str], old: Configuration, now: int, decision: Decision
) -> dict[str, Incident]:
    """Say goodbye where a receiver is no longer who it was; give what is open, with who else was told."""
    for key in tuple(book.open):
        known = book.open[key]
        if any(name in leaving for name in known.told):
            book.keep(book.part(known, leaving, old, now, decision), decision)
    return dict(book.open)


def end_unwatched(
    before: Mapping[str, Collection[Judge]],
    book: Book,
    dependencies: Dependencies,
    at: Moment,
) -> None:
    """Settle every service; what was open and has nobody left who saw it is over, and nothing was restored.

    `before` are the checks that each service had.
    """
    for name, standing in at.standings.items():
        key = at.key("service", name)
        standing.look()
        flaps = standing.state is State.UP and dependencies.flapping.flaps(name)
        if key in book.open and not flaps and _is_over(standing, before.get(name, ())):
            dependencies.end(name, None, at, ended="removed")
        else:
            dependencies.settle(standing, at)


def _is_over(standing: Standing, before: Collection[Judge]) -> bool:
    if standing.state is State.UP:
        return True  # by the reload alone: no attempt has said so
    gone = [judge for judge in before if judge.verdict is State.DOWN and judge not in standing.judges]
    return bool(gone) and all(judge.verdict is not State.DOWN for judge in standing.judges)


def end_orphans(book: Book, announcer: Announcer, at: Moment) -> None:
    """Resolve incidents that nothing here can resolve any more: what was announced is resolved.

    Their service has gone or has no check that decides its state, or keys have another prefix now.
    """
    measured = {at.key("service", name) for name, each in at.standings.items() if each.judges}
    joint = {at.key("storm", name) for name in at.configuration.receivers}
    known = {"service": measured, "storm": joint}
    for key, each in list(book.open.items()):
        if key not in known.get(each.scope, {key}) and key in book.open:
            announcer.end(key, None, at, ended="removed")


def mended(silent: Iterable[str], old: Configuration, new: Configuration) -> frozenset[str]:
    """Name those of the receivers that do not deliver which have other options now."""
    return frozenset(name for name in silent if new.receivers.get(name) != old.receivers.get(name))


def welcome(book: Book, before: Mapping[str, Incident], mended: Collection[str], at: Moment) -> None:
    """Tell again of what is still open whoever did not take it, and has other options now."""
    for key, was in before.items():
        known = book.open.get(key)
        if known and known.episode == was.episode and not known.held:
            again = [name for name in was.told if name in mended]
            book.say(known, Action.OPEN, again, at.configuration, at.now, at.decision)
