"""The options of `maintenance` and `reports`, as they are written: see options.py."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from checks.model import Period
from checks.options import STRICT, Name, Some
from checks.recurrence import Recurrence
from checks.times import Due, Instant
from checks.values import Flag


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class MaintenanceOptions:
    """An item of `maintenance`: time in which services may fail."""

    name: Name
    """What it is called; no other has the same name."""

    services: Annotated[tuple[str, ...], Field(min_length=1)]
    """The services that it is about."""

    start: Instant
    """When it begins: in timezone (2026-12-05T22:00), or with an offset (2026-12-05T21:00Z)."""

    duration: Some
    """How long it lasts."""

    recurrence: Recurrence | None = None
    """How it recurs: a rule of RFC 5545, such as FREQ=MONTHLY;BYDAY=1SA."""

    effect: Literal["exclude", "label"] = "exclude"
    """What it does to figures: exclude takes the time out, label changes no number."""

    dependents: Flag = True
    """Whether announcements about what depends on the services are held too."""

    reason: str = ""
    """What is done in it."""

    author: str = ""
    """Who declared it."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ReportOptions:
    """An item of `reports`: the SLO review of a period that is over, sent by itself."""

    period: Period
    """What it is about: the last week, month, quarter or year."""

    at: Due
    """When it is sent: the day of the following period and the time of day, such as "1 07:00"."""

    to: Annotated[tuple[str, ...], Field(min_length=1)]
    """The receivers that get it."""
