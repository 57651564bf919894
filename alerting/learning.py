"""Checks whose past is to be judged anew: a late result, or an import, has changed what is stored of them.

Live judgement follows arrival, so that what comes late opens and resolves nothing; the ledger follows time
(semantics.md, The ledger). A judge that was made anew takes over once it holds the same true now as the one
that has lived on: then only the past is another one.
"""

import json
from collections.abc import Collection, Mapping, MutableMapping

from alerting.events import Relearned
from alerting.services import Standing
from probes.result import Result
from slo.accounts import Accounts
from slo.judge import Judge
from slo.state import State
from store.rows import Operation

UP, UNKNOWN = State.UP, State.UNKNOWN


class Learning:
    """Owner of who is to be judged anew, each with the results that came since its results were read.

    `revisions` are those of the results that the judges of now know, by check; 0 where it has none.
    """

    def __init__(self) -> None:
        self.wanted: dict[str, list[Result]] = {}
        self.revisions: dict[str, int] = {}

    def want(self, check: str) -> None:
        """Ask for a check to be judged anew from what is stored."""
        self.wanted.setdefault(check, [])

    def compare(self, stored: Mapping[str, int], checks: Collection[str]) -> None:
        """Ask for those whose results have changed since they were read; `stored` are their revisions."""
        for check, revision in stored.items():
            if check in checks and revision != self.revisions.get(check, 0):
                self.want(check)

    def begin(self, check: str) -> None:
        """Take note that the results of a check are read from now on."""
        self.wanted[check] = []

    def ordered(self, operation: Operation) -> None:
        """Ask for the checks of an import."""
        if operation.what == "results.import":
            for check in _imported(operation.document):
                self.want(check)

    def came(self, result: Result) -> None:
        """Take in what a judge that is made in the meantime will not have seen."""
        if result.check in self.wanted:
            self.wanted[result.check].append(result)

    def relearned(
        self,
        event: Relearned,
        judges: MutableMapping[str, Judge],
        services: Mapping[str, Standing],
        accounts: Accounts,
    ) -> None:
        """Let a judge that was made anew take over, where nothing is another now but the past."""
        new, name = event.judge, event.judge.check.name
        old = judges.get(name)
        for result in self.wanted.get(name, ()):
            new.judge(result)
            for attempts in event.attempts.values():
                attempts.take(result)
        if old is None or old.check != new.check or not agree(old, new):
            return
        judges[name], self.revisions[name] = new, event.revision
        if standing := services.get(new.check.service):
            standing.replace(old, new)
        accounts.replace(old, new, event.attempts)
        self.done(name)

    def done(self, check: str) -> None:
        """Let go of a check that has been judged anew, or is gone."""
        self.wanted.pop(check, None)


def agree(lived: Judge, learned: Judge) -> bool:
    """Say whether two judges of a check hold the same true now, and would decide the same from now on.

    One that never had a verdict takes over that it is up: nobody is told of that.
    """
    same = lived.verdict is learned.verdict or (lived.verdict, learned.verdict) == (UNKNOWN, UP)
    return same and _present(lived) == _present(learned)


def _present(judge: Judge) -> tuple[object, ...]:
    row = judge.bads_in_row if judge.suspect else 0
    return judge.shown, row, judge.goods_in_row, judge.last and judge.last.at


def _imported(document: str) -> list[str]:
    try:
        return [str(name) for name in json.loads(document)["checks"]]
    except (ValueError, KeyError, TypeError):
        return []
