"""Which checks decide what: of every service at once, as asking for one after the other takes too long."""

from collections.abc import Mapping, Sequence

from checks.model import Check, Configuration, Objective


def indicators(configuration: Configuration) -> dict[str, list[Check]]:
    """Give the enabled checks that decide the state of each service, by name; services without one too."""
    found: dict[str, list[Check]] = {name: [] for name in configuration.services}
    for _, check in sorted(configuration.checks.items()):
        if check.enabled and check.sli and check.service in found:
            found[check.service].append(check)
    return found


def indicators_of(
    objective: Objective, configuration: Configuration, by_service: Mapping[str, Sequence[Check]]
) -> list[Check]:
    """Give the enabled checks that an objective is measured by; `by_service` is what `indicators` gives."""
    if objective.check:
        check = configuration.checks[objective.check]
        return [check] if check.enabled else []
    return [check for service in objective.services for check in by_service[service]]
