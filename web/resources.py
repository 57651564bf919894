"""What `/api/v1` answers: where, with which list, and what may be asked of it. Pure.

One table: the server answers by it (api.py), and the OpenAPI document is written from it (openapi.py).
"""

from dataclasses import dataclass

from web.parameters import FIRST, LAST, Choice, Cursor, Instant, Number, Parameter

BASE = "/api/v1"
MOST = 1000  # elements of one page
LIMIT = Number("limit", "How many elements at most.", 1, MOST, 100)
CURSOR = "Goes on where a page ended: its `next`. The other parameters stay as they were."


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A list that is answered under `path`, in which {name} stands for one name.

    `list` is the key under which it stands in the answer, `element` the shape of its elements (shapes.py);
    `paged`: the answer has `next` as well.
    """

    path: str
    list: str
    element: str
    summary: str
    said: str
    parameters: tuple[Parameter, ...] = ()
    paged: bool = False


SERVICES = Resource(
    path="/services",
    list="services",
    element="Service",
    summary="Services as they stand",
    said="All services of the configuration, in its order, each with the checks that are asked about it.",
)
CHECKS = Resource(
    path="/checks",
    list="checks",
    element="Check",
    summary="Checks as they stand",
    said="All checks that are asked, in the order of the configuration, each with its last result.",
)
RESULTS = Resource(
    path="/checks/{name}/results",
    list="results",
    element="Result",
    summary="Recorded results of a check",
    said="Results of one check as the store keeps them, the newest first. "
    "What was measured in the last second may not be in it yet.",
    parameters=(
        Instant("from", "Only results that began at this instant or later.", FIRST),
        Instant("to", "Only results that began before this instant.", LAST),
        LIMIT,
        Cursor("cursor", CURSOR, (int, str)),
    ),
    paged=True,
)
OBJECTIVES = Resource(
    path="/objectives",
    list="objectives",
    element="Objective",
    summary="Objectives and their budgets",
    said="All objectives of the configuration, in its order, with their figures over the window that "
    "ends now. What is not measured is null, and nothing is rounded.",
)
INCIDENTS = Resource(
    path="/incidents",
    list="incidents",
    element="Incident",
    summary="Incidents",
    said="Incidents, the one that opened last first: open ones as the daemon holds them, those that are over "
    "as the store keeps them.",
    parameters=(
        Choice("state", "Which incidents.", ("open", "resolved", "all"), "open"),
        Instant("before", "Only incidents that opened before this instant.", LAST),
        LIMIT,
        Cursor("cursor", CURSOR, (int, str, int)),
    ),
    paged=True,
)
RESOURCES = (SERVICES, CHECKS, RESULTS, OBJECTIVES, INCIDENTS)
