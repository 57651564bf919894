"""Metric families of objectives: target, what was measured, what is left, how fast it goes."""

from collections.abc import Callable
from fractions import Fraction

from checks.model import Service
from exporter.family import Family, Samples, nothing
from exporter.view import View
from slo.account import Account
from slo.budget import Amount, Figures
from slo.tracks import services_of

OBJECTIVE = ("objective", "service")


def _labels(account: Account) -> tuple[str, str]:
    return account.objective.name, account.service


def _info(view: View) -> Samples:
    """Name the services, all their owners, and the tier of the most important one."""
    for account in view.accounts:
        names = services_of(account.objective, view.configuration)
        services = [view.configuration.services[name] for name in names]
        owners = dict.fromkeys(service.owner for service in services if service.owner)
        yield (account.objective.name, ",".join(names), ",".join(owners), _tier(services)), 1


def _tier(services: list[Service]) -> str:
    return str(min(service.tier for service in services)) if services else ""


def _target(view: View) -> Samples:
    return ((_labels(account), float(account.objective.target)) for account in view.accounts)


def _window(view: View) -> Samples:
    return ((_labels(account), account.length / 1000) for account in view.accounts)


def _burn(view: View) -> Samples:
    for account in view.accounts:
        for window, rate in account.burn.items():
            if rate is not None:
                yield (*_labels(account), window), float(rate)


def _figure(read: Callable[[Figures], Amount | None]) -> Callable[[View], Samples]:
    """Make the samples of one figure; an objective for which it says nothing has no series."""

    def samples(view: View) -> Samples:
        for account in view.accounts:
            figure = read(account.figures) if account.figures else None
            if figure is not None:
                yield _labels(account), float(figure)

    return samples


def _seconds(read: Callable[[Figures], Amount]) -> Callable[[View], Samples]:
    """Make the samples of an amount of time; counted attempts have none."""
    return _figure(lambda figures: Fraction(read(figures)) / 1000 if figures.unit == "seconds" else None)


def _attempts(read: Callable[[Figures], Amount]) -> Callable[[View], Samples]:
    return _figure(lambda figures: read(figures) if figures.unit == "attempts" else None)


def _excluded(view: View) -> Samples:
    """Give the excluded time of all, also where attempts are counted."""
    for account in view.accounts:
        if account.figures is not None:
            yield _labels(account), float(account.figures.excluded_ms) / 1000


def _frozen(view: View) -> Samples:
    for account in view.accounts:
        for urgency, frozen in account.frozen.items():
            yield (account.objective.name, urgency), int(frozen)


OBJECTIVES = (
    Family(
        "watchkeeper_objective_info",
        "gauge",
        ("objective", "services", "owner", "tier"),
        _info,
        "What the configuration says of an objective; always 1.",
    ),
    Family(
        "watchkeeper_objective_target_ratio",
        "gauge",
        OBJECTIVE,
        _target,
        "The share promised.",
    ),
    Family(
        "watchkeeper_objective_window_seconds",
        "gauge",
        OBJECTIVE,
        _window,
        "The length of the window over which it is promised.",
    ),
    Family(
        "watchkeeper_sli_ratio",
        "gauge",
        OBJECTIVE,
        _figure(lambda figures: figures.sli),
        "Good of what was measured in the window; absent when nothing was.",
    ),
    Family(
        "watchkeeper_coverage_ratio",
        "gauge",
        OBJECTIVE,
        _figure(lambda figures: figures.coverage),
        "The measured share of the window.",
    ),
    Family(
        "watchkeeper_excluded_seconds",
        "gauge",
        OBJECTIVE,
        _excluded,
        "Time of the window that does not count.",
    ),
)

BUDGETS = (
    Family(
        "watchkeeper_error_budget_seconds",
        "gauge",
        OBJECTIVE,
        _seconds(lambda figures: figures.budget),
        "How much of the window may be bad.",
    ),
    Family(
        "watchkeeper_error_budget_spent_seconds",
        "gauge",
        OBJECTIVE,
        _seconds(lambda figures: figures.bad),
        "How much of the window was bad.",
    ),
    Family(
        "watchkeeper_error_budget_remaining_seconds",
        "gauge",
        OBJECTIVE,
        _seconds(lambda figures: figures.remaining),
        "How much is left of the budget; negative once it is overspent.",
    ),
    Family(
        "watchkeeper_error_budget_attempts",
        "gauge",
        OBJECTIVE,
        _attempts(lambda figures: figures.budget),
        "How many attempts of the window may be bad, where attempts are counted.",
    ),
    Family(
        "watchkeeper_error_budget_spent_attempts",
        "gauge",
        OBJECTIVE,
        _attempts(lambda figures: figures.spent),
        "How many attempts of the window were bad, where attempts are counted.",
    ),
    Family(
        "watchkeeper_error_budget_remaining_attempts",
        "gauge",
        OBJECTIVE,
        _attempts(lambda figures: figures.remaining),
        "How many attempts are left of the budget, where attempts are counted.",
    ),
    Family(
        "watchkeeper_error_budget_remaining_ratio",
        "gauge",
        OBJECTIVE,
        _figure(lambda figures: figures.remaining_ratio),
        "What is left as a share of the budget; negative once it is overspent.",
    ),
    Family(
        "watchkeeper_error_budget_worst_case_remaining_ratio",
        "gauge",
        OBJECTIVE,
        _figure(lambda figures: figures.worst_case_remaining_ratio),
        "What is left as a share of the budget if everything unknown was bad.",
    ),
    Family(
        "watchkeeper_error_budget_policy",
        "gauge",
        ("objective", "state"),
        nothing,
        "What the budget policy asks for: 1 for its state, 0 for the others.",
    ),
    Family(
        "watchkeeper_burn_rate",
        "gauge",
        (*OBJECTIVE, "window"),
        _burn,
        "How fast the budget goes: 1 is exactly used up at the window's end; absent without data.",
    ),
    Family(
        "watchkeeper_burn_frozen",
        "gauge",
        ("objective", "urgency"),
        _frozen,
        "Whether too little is measured for a burn rate to open or resolve an incident.",
    ),
)
