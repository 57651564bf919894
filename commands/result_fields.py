"""What the fields of a line of raw results mean, each by its rule. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from checks.shapes import guess
from checks.texts import read_name
from checks.values import RuleError
from checks.walls import EPOCH
from probes.result import NOTHING, Outcome, Reason, Result

Fields = tuple[str, ...]  # the texts of one line in the order of COLUMNS, empty where it says nothing
Row = tuple[str, str, int, float, str, str, bool]  # the same, understood: `at` in ms, `took` in whole µs

COLUMNS = ("check", "site", "at", "took", "outcome", "reason", "extra")
LONGEST = 1_000_000.0  # seconds that an attempt may have taken
FIRST, END = (
    31_536_000_000,
    253_370_764_800_000,
)  # ms: the years 1971 to 9998, as for all times that are typed
DAY, SECOND = 86_400_000, 1000  # ms
THOUSANDTH = Decimal("0.001")
OUTCOMES = {outcome.value: outcome for outcome in Outcome}
REASONS: Mapping[str, Reason | None] = {"": None, **{reason.value: reason for reason in Reason}}
# What may stand together: how an attempt ended, and why, where anybody knows: other tools may not.
VERDICTS = frozenset(
    [
        *((outcome.value, "") for outcome in Outcome),
        *((reason.outcome.value, reason.value) for reason in Reason),
    ]
)
EXTRA = {"": False, "0": False, "1": True, "false": False, "true": True}
SHOWN = 40  # characters that are quoted of what is wrong


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a line, and what to do; lines are counted from 1."""

    line: int
    message: str


def result_of(row: Row) -> Result:
    """Give the result of an attempt of which nothing else is known."""
    check, site, at, took, outcome, reason, extra = row
    return Result(
        check, site, at, took, OUTCOMES[outcome], REASONS[reason], "", NOTHING, NOTHING, NOTHING, extra
    )


class Meanings:
    """Understands the fields of lines, and remembers the names that it has accepted: they come again."""

    def __init__(self, site: str) -> None:
        self._checks: dict[str, str] = {}
        self._sites = {"": site}

    def of(self, fields: Fields, line: int) -> Row | Mistake:
        """Give what the fields of a line mean, or everything that is wrong with them."""
        check, site, at, took, outcome, reason, extra = fields
        if (outcome, reason) not in VERDICTS:
            return Mistake(line, "; ".join(_wrong(fields)))
        try:
            return (
                self._checks.get(check) or _accepted(self._checks, check),
                self._sites.get(site) or _accepted(self._sites, site),
                read_at(at),
                read_took(took),
                outcome,
                reason,
                read_extra(extra),
            )
        except RuleError:
            return Mistake(line, "; ".join(_wrong(fields)))


def _accepted(names: dict[str, str], text: str) -> str:
    names[text] = read_name(text)
    return text


def _wrong(fields: Fields) -> Iterator[str]:
    """Say all that is wrong with the fields of a line, each by its column."""
    said = dict(zip(COLUMNS, fields, strict=True))
    rules: Mapping[str, Callable[[str], object]] = {
        "check": read_name,
        "site": lambda text: text and read_name(text),
        "at": read_at,
        "took": read_took,
        "outcome": _judge_outcome,
        "reason": lambda text: _judge_reason(text, said["outcome"]),
        "extra": read_extra,
    }
    for column, rule in rules.items():
        try:
            rule(said[column])
        except RuleError as error:
            yield f"{column}: {error}{instead(said[column])}"


def read_at(text: str) -> int:
    """Read an instant, RFC 3339 with an offset or Unix seconds, as ms; what is finer is cut off."""
    at = _moment(text) if text[4:5] == "-" else _unix(text)
    if not FIRST <= at < END:
        raise RuleError("must lie between the years 1971 and 9998; as a number it is seconds")
    return at


def _moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise RuleError("must be a time that exists, such as 2026-12-05T21:00:00.000Z") from None
    if moment.tzinfo is None:
        raise RuleError("must end with its offset, such as Z or +01:00")
    since: timedelta = moment - EPOCH
    return since.days * DAY + since.seconds * SECOND + since.microseconds // 1000


def _unix(text: str) -> int:
    if text.isdecimal() and len(text) <= len(str(END)):
        return int(text) * SECOND
    try:
        seconds = Decimal(text)
        # Compared before anything is made of it: 1e999999999 is quickly written.
        within = FIRST // SECOND <= seconds < END // SECOND
    except ArithmeticError:
        raise RuleError(
            "must be a time such as 2026-12-05T21:00:00.000Z, or Unix seconds such as 1796504400.000"
        ) from None
    return int(seconds.quantize(THOUSANDTH, ROUND_FLOOR).scaleb(3)) if within else 0


def read_took(text: str) -> float:
    """Read seconds, rounded to whole microseconds."""
    try:
        took = float(text)
    except ValueError:
        took = -1.0
    if not 0.0 <= took <= LONGEST:
        raise RuleError(f"must be seconds from 0 to {LONGEST:.0f}, such as 0.25")
    return round(took * 1e6) / 1e6


def _judge_outcome(outcome: str) -> None:
    if outcome not in OUTCOMES:
        raise RuleError("must be good, bad or unknown")


def _judge_reason(reason: str, outcome: str) -> None:
    """Refuse what is no reason of an outcome, where that is one."""
    if outcome not in OUTCOMES or (outcome, reason) in VERDICTS:
        return
    if outcome == "good":
        raise RuleError("must be empty: good has no reason")
    there = [each for of, each in sorted(VERDICTS) if of == outcome and each]
    meant = guess(reason, there)
    remedy = f'did you mean "{meant}"?' if meant else f"one of {', '.join(there)}"
    raise RuleError(f"must be a reason of {outcome}: {remedy}")


def read_extra(text: str) -> bool:
    """Read whether an attempt lies beside the grid of due times."""
    if text not in EXTRA:
        raise RuleError("must be 0 or 1")
    return EXTRA[text]


def instead(text: str) -> str:
    """Say what stands there instead of what must."""
    return f" (it is {quoted(text)})" if text else " (it is empty)"


def quoted(text: str) -> str:
    """Quote what was found, short enough for a line."""
    return f'"{text}"' if len(text) <= SHOWN else f'"{text[:SHOWN]}…"'
