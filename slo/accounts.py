"""All objectives as they stand at one instant, read from the one ledger."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from checks.model import Configuration, Maintenance, Objective
from probes.result import Result
from slo.account import Account, account, empty
from slo.attempts import Attempts
from slo.bounds import bad_bounds
from slo.combined import Combined
from slo.exclusions import Exclusions
from slo.judge import Judge
from slo.tracks import Track, Tracks, relearned, services_of


class Accounts:
    """Owner of what each objective is counted from, and of what does not count.

    `judges` by check, `times` by service; `maintenance` is all that there is, of the file and of run time.
    """

    def __init__(
        self,
        configuration: Configuration,
        judges: Mapping[str, Judge],
        times: Mapping[str, Combined],
        maintenance: Iterable[Maintenance] = (),
    ) -> None:
        self._tracks: dict[str, Track] = {}
        self._exclusions = Exclusions(configuration, maintenance)
        self.follow(configuration, judges, times, maintenance, 0)

    def follow(
        self,
        configuration: Configuration,
        judges: Mapping[str, Judge],
        times: Mapping[str, Combined],
        maintenance: Iterable[Maintenance],
        now: int,
    ) -> None:
        """Count by another configuration from `now` on; the time before stays as it was counted."""
        self._configuration, self._zone = configuration, ZoneInfo(configuration.timezone)
        self._exclusions.follow(configuration, maintenance)
        make = Tracks(configuration, judges, times, self._exclusions)
        known, self._tracks = self._tracks, {}
        for objective in configuration.objectives.values():
            if track := make.of(objective, known.get(objective.name), now):
                self._tracks[objective.name] = track
        self._counting = dict(self._counted())

    def exclude(self, maintenance: Iterable[Maintenance]) -> None:
        """Leave the time of this maintenance out, and no other."""
        if self._exclusions.follow(self._configuration, maintenance):
            for track in self._tracks.values():
                track.excluding.excluded.forget()

    def replace(self, old: Judge, new: Judge, attempts: Mapping[float | None, Attempts]) -> None:
        """Count a check anew whose past is another one now; `attempts` are those of it, by speed."""
        for name, track in self._tracks.items():
            if any(old in team.judges for team in track.teams):
                self._tracks[name] = relearned(track, old, new, attempts)
        self._counting = dict(self._counted())

    def counted(self, judge: Judge) -> Sequence[Attempts]:
        """Give the attempts that are counted of a check."""
        return self._counting.get(judge, ())

    def took(self, judge: Judge, result: Result) -> None:
        """Count an attempt where attempts are counted; they come in the order of their start."""
        for attempts in self.counted(judge):
            attempts.take(result)

    def counting(self) -> Iterator[tuple[str, Attempts]]:
        """Give the attempts that are counted, by check."""
        for judge, counted in self._counting.items():
            yield from ((judge.check.name, attempts) for attempts in counted)

    def uncounted(self) -> list[str]:
        """Name the checks whose attempts are to be counted, and those of the past are not yet."""
        return [check for check, attempts in self.counting() if not attempts.whole]

    def at(self, now: int) -> tuple[Account, ...]:
        """Count every objective over its window at `now`."""
        return tuple(self._account(each, now) for each in self._configuration.objectives.values())

    def one(self, objective: str, now: int) -> Account:
        """Count one of them; raises KeyError where there is none of this name."""
        return self._account(self._configuration.objectives[objective], now)

    def of(self, service: str, now: int) -> tuple[Account, ...]:
        """Count those that are about a service, alone or among others."""
        objectives = self._configuration.objectives.values()
        found = [each for each in objectives if service in services_of(each, self._configuration)]
        return tuple(self._account(each, now) for each in found)

    def bounds(self, objective: str, now: int) -> tuple[int, int] | None:
        """Say how many ms can have been bad, at least and at most; None where attempts are counted."""
        track = self._tracks.get(objective)
        return bad_bounds(track, self._zone, now) if track else None

    def _account(self, objective: Objective, now: int) -> Account:
        services, track = services_of(objective, self._configuration), self._tracks.get(objective.name)
        service = services[0] if len(services) == 1 else ""
        if track is None:
            return empty(objective, service, self._zone, now)
        return account(track, service, self._zone, now)

    def _counted(self) -> Iterator[tuple[Judge, list[Attempts]]]:
        by_judge: dict[Judge, list[Attempts]] = {}
        for track in self._tracks.values():
            if isinstance(track.source, Attempts):
                for team in track.teams:
                    for judge in team.judges:
                        by_judge.setdefault(judge, []).append(track.source)
        yield from by_judge.items()
