"""What objectives are counted from: whose time, or whose attempts, and which time does not count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checks.model import BurnRule, Configuration, Objective
from slo.attempts import Attempts
from slo.combined import Combined
from slo.composite import Composite, Part
from slo.excluding import Excluded, Excluding
from slo.exclusions import Exclusions
from slo.indicators import indicators
from slo.judge import Judge
from slo.rules import rules_of
from slo.windows import UNITS, length_ms

SLACK = 40 * UNITS["d"]  # kept beyond a window: its burn rates, and calendar periods of another length
Timed = Judge | Combined | Composite


@dataclass(frozen=True, slots=True)
class Team:
    """A service, or a single check, as a part of an objective: its checks, and when it does not count."""

    up_when: str | int
    judges: tuple[Judge, ...]
    member: Judge | Combined
    excluded: Excluded


@dataclass(frozen=True, slots=True)
class Track:
    """What one objective is counted from.

    `source` is a timeline, or attempts that are expected every `interval` ms. `off` is what lies outside of
    its hours, where it has any; `rules` are its burn rules.
    """

    objective: Objective
    teams: tuple[Team, ...]
    source: Timed | Attempts
    excluding: Excluding
    off: Excluded | None
    interval: int
    rules: tuple[BurnRule, ...]


class Tracks:
    """Makes the tracks of a configuration, and goes on with what was counted before.

    `judges` by check, `times` by service.
    """

    def __init__(
        self,
        configuration: Configuration,
        judges: Mapping[str, Judge],
        times: Mapping[str, Combined],
        exclusions: Exclusions,
    ) -> None:
        self._configuration, self._judges, self._times = configuration, judges, times
        self._exclusions = exclusions
        self._indicators = indicators(configuration)

    def of(self, objective: Objective, known: Track | None, now: int) -> Track | None:
        """Make one; `known` is the one before, whose time stays as it was counted.

        None where there is nothing to count: its check is switched off.
        """
        teams = tuple(self._teams(objective))
        if known and (known.objective.indicator == "time") != (objective.indicator == "time"):
            known = None
        if objective.indicator == "time":
            found: Timed | Attempts | None = _timed(objective, teams, known, now)
        else:
            found = _counted(objective, teams, known)
        if found is None:
            return None
        services = services_of(objective, self._configuration)
        seconds = max((judge.check.interval for team in teams for judge in team.judges), default=0.0)
        return Track(
            objective,
            teams,
            found,
            Excluding(found, self._exclusions.of(services, objective.during)),
            self._exclusions.off(objective.during),
            round(seconds * 1000) or (known.interval if known else 1),
            rules_of(objective, seconds)[0],
        )

    def _teams(self, objective: Objective) -> Iterator[Team]:
        if objective.check:
            if judge := self._judges.get(objective.check):
                yield Team("all", (judge,), judge, self._exclusions.of_service(judge.check.service))
            return
        for name in objective.services:
            judges = tuple(self._judges[check.name] for check in self._indicators[name])
            up_when = self._configuration.services[name].up_when
            yield Team(up_when, judges, self._times[name], self._exclusions.of_service(name))


def relearned(track: Track, old: Judge, new: Judge, attempts: Mapping[float | None, Attempts]) -> Track:
    """Count a track anew that a check is part of, whose past is another one now."""
    source = new if track.source is old else track.source
    if isinstance(source, Composite):
        source.replace(old, new)
    elif isinstance(source, Attempts):
        source = attempts.get(source.faster_than, source)
    teams = tuple(_with(team, old, new) for team in track.teams)
    return replace(track, teams=teams, source=source, excluding=Excluding(source, track.excluding.excluded))


def _with(team: Team, old: Judge, new: Judge) -> Team:
    judges = tuple(new if judge is old else judge for judge in team.judges)
    return replace(team, judges=judges, member=new if team.member is old else team.member)


def services_of(objective: Objective, configuration: Configuration) -> tuple[str, ...]:
    """Name the services that an objective is about; one of a check is about that check's."""
    if objective.services:
        return objective.services
    check = configuration.checks.get(objective.check)
    return (check.service,) if check and check.service else ()


def _timed(objective: Objective, teams: Sequence[Team], known: Track | None, now: int) -> Timed | None:
    """Give the time that an objective is about: of one member its own, which is not ours to change."""
    parts = _parts(teams)
    if known is None:
        if len(parts) > 1:
            return Composite(objective.combine, parts)
        return teams[0].member if teams else None
    source, keep = known.source, length_ms(objective.window) + SLACK
    if isinstance(source, Composite):
        source.redefine(objective.combine, parts, now, keep)
        return source
    assert not isinstance(source, Attempts), "the indicator is the same"
    if [part.member for part in parts] == [source]:
        return source
    composite = Composite(known.objective.combine, _parts(known.teams))
    composite.redefine(objective.combine, parts, now, keep)
    return composite


def _parts(teams: Sequence[Team]) -> list[Part]:
    return [Part(team.member, team.excluded) for team in teams]


def _counted(objective: Objective, teams: Sequence[Team], known: Track | None) -> Attempts | None:
    """Give the attempts that an objective counts: those before, of the same check and speed."""
    judges, keep = [judge for team in teams for judge in team.judges], length_ms(objective.window) + SLACK
    if known and isinstance(known.source, Attempts):
        same = judges == [judge for team in known.teams for judge in team.judges]
        if not judges or (same and objective.faster_than == known.objective.faster_than):
            known.source.want(keep)
            return known.source
    return Attempts(objective.faster_than, keep) if judges else None
