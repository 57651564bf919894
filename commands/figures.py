"""The figures of objectives as people read them: a row of a table, and what is worth saying besides. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rich.cells import cell_len

from alerting.words import amount, lasting
from checks.durations import duration_text
from commands.plain import aligned, share
from slo.account import Account
from slo.budget import Amount, Figures

MEASURED = ("objective", "services", "target", "window", "verdict", "SLI", "coverage")
HEADS = (*MEASURED, "budget", "spent", "left", "burn 1h")
EXCLUDED = "excluded"
HALF = Fraction(1, 2)  # of the coverage, from which on little can be said

Table = tuple[Sequence[str], list[tuple[str, ...]]]  # heads, and rows


@dataclass(frozen=True, slots=True)
class Told:
    """One objective to be told of.

    `interval` is how many seconds apart it is measured, `bounds` how many ms can have been bad, at least and
    at most, where that is known; `whole_hours` says that the beginning of its window is known by the hour.
    """

    account: Account
    services: Sequence[str]
    interval: float
    bounds: tuple[int, int] | None = None
    whole_hours: bool = False


def table(told: Sequence[Told]) -> Table:
    """Give heads and rows; what is excluded has a column where there is any."""
    excluded = any(one.account.figures and one.account.figures.excluded for one in told)
    rows = [(*_row(one), *([_excluded(one.account.figures)] if excluded else [])) for one in told]
    return (*HEADS, *([EXCLUDED] if excluded else [])), rows


def fitted(whole: Table, width: int) -> list[Table]:
    """Give a table as it is, or in two where it is wider: what was measured, and the budgets."""
    heads, rows = whole
    if max(map(cell_len, aligned(heads, rows))) <= width:
        return [whole]
    end = len(MEASURED)
    left = (heads[:end], [row[:end] for row in rows])
    return [left, ((heads[0], *heads[end:]), [(row[0], *row[end:]) for row in rows])]


def _row(one: Told) -> tuple[str, ...]:
    account, figures = one.account, one.account.figures
    objective = account.objective
    said = (objective.name, ", ".join(one.services) or "–", percent(objective.target), objective.window)
    if figures is None:
        return (*said, *["–"] * (len(HEADS) - len(said)))
    burn = account.burn.get("1h")
    return (
        *said,
        figures.verdict,
        share(figures.sli),
        share(figures.coverage, 1),
        amount(figures.budget, figures.unit),
        _bare(figures.spent, figures),
        _left(figures),
        "–" if burn is None else f"{float(burn):.2f}",
    )


def _left(figures: Figures) -> str:
    """Say what is left; of nothing measured, nothing is said: that is never a whole budget."""
    if figures.sli is None:
        return "–"
    return f"{_bare(figures.remaining, figures)} ({share(figures.remaining_ratio, 1)})"


def _excluded(figures: Figures | None) -> str:
    if figures is None or not figures.excluded:
        return "–"
    outside = f", {amount(figures.outside, figures.unit)} of it off hours" if figures.outside else ""
    return f"{amount(figures.excluded, figures.unit)}{outside}"


def _bare(exact: Amount, figures: Figures) -> str:
    """Write it without a word that stands in the same row already."""
    written = amount(exact, figures.unit)
    return written.partition(" attempt")[0] if figures.unit == "attempts" else written


def notes(one: Told) -> Iterator[str]:
    """Say of an objective what its row alone does not tell."""
    name, figures = one.account.objective.name, one.account.figures
    if figures is None:
        yield f"{name}: its check is switched off, so nothing is counted"
        return
    for rule in RULES:
        if said := rule(one, figures):
            yield f"{name}: {said}"


def _unmeasured(_: Told, figures: Figures) -> str:
    return "nothing of its window was measured" if figures.sli is None else ""


def _barely_measured(_: Told, figures: Figures) -> str:
    if figures.sli is None or figures.coverage is None or figures.coverage >= HALF:
        return ""
    return f"only {share(figures.coverage, 1)} of its window was measured"


def _too_coarse(one: Told, figures: Figures) -> str:
    """Say where attempts are too few to decide the target, whatever they say."""
    smallest: Amount = 1 if figures.unit == "attempts" else round(one.interval * 1000)
    if not figures.budget < smallest:
        return ""
    return (
        f"one attempt in {duration_text(one.interval)} cannot tell {percent(figures.target)} "
        f"of {one.account.objective.window}: the budget is {amount(figures.budget, figures.unit)}"
    )


def _within_bounds(one: Told, figures: Figures) -> str:
    """Say where the attempts around its outages leave open whether the budget was kept."""
    if (
        one.bounds is None
        or _barely_measured(one, figures)
        or not one.bounds[0] <= figures.budget < one.bounds[1]
    ):
        return ""
    low, high = one.bounds
    return (
        f"outages begin and end between attempts, so between {lasting(low)} and {lasting(high)} was bad: "
        f"whether that is over the budget of {amount(figures.budget, figures.unit)} cannot be told"
    )


def _by_the_hour(one: Told, _: Figures) -> str:
    return (
        "its window begins where single results are gone: it is counted from the full hour" * one.whole_hours
    )


RULES: Sequence[Callable[[Told, Figures], str]] = (
    *(_unmeasured, _barely_measured, _too_coarse, _within_bounds, _by_the_hour),
)


def percent(ratio: Fraction) -> str:
    """Write a target as it is written in the file: 99.99 %."""
    return f"{float(ratio * 100):.10g} %"
