"""What an outage is due: how many pages, of whom, and for whom; from the graph and from what failed alone.

Nothing of the engine is asked or imported here. The rules are those of
docs/decisions/0012-one-outage-one-page.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import exp2

from tests.simulation.graphs import Graph

HALF_LIFE = 900.0  # seconds
MOST_PENALTY = 6.0
RESTLESS = 0.5  # with more of it left from before, the first recovery may be one too many already


@dataclass(frozen=True, kw_only=True)
class Due:
    """What must be, and what must not.

    `least` and `most`: how many pages. `owed`: services for which somebody is to be woken, by a page of their
    own or by an ancestor's that lists them. `silent`: services of which there is no page, and of `late` there
    is none that begins before `until` (ms). `names`: what every page of another service says is down too;
    `hides`: what none may say so of. `whole`: every page of the root lists all that is owed.
    """

    least: int
    most: int
    owed: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    until: int = 0
    names: frozenset[str] = frozenset()
    hides: frozenset[str] = frozenset()
    whole: bool = False


NOTHING = Due(least=0, most=0)


def due_of(graph: Graph, *waves: Iterable[str]) -> Due:
    """Say what is due where services fail in waves, each of them free to tell of itself.

    The topmost of a wave tell of themselves: they page where they wake somebody. What has an ancestor that
    fails too is told with that, which is as loud as the loudest it tells of.
    """
    free, loud = set[str](), set[str]()  # those told by themselves; those of them that may page
    speaking = set[str]()
    pages = 0
    for wave in map(graph.ordered, waves):
        speaking |= set(wave)
        topmost = [name for name in wave if not graph.ancestors[name] & speaking]
        free |= set(topmost)
        awake = [name for name in topmost if graph.wakes(name)]
        loud |= set(awake)
        below = [graph.ancestors[name] for name in wave if graph.wakes(name) and name not in loud]
        quiet = [frozenset(above & free) for above in below if not above & loud]
        pages += len(awake) + fewest(quiet)
        loud |= frozenset().union(*quiet)  # any of them may be the one that is raised
    return Due(least=pages, most=pages, owed=frozenset(filter(graph.wakes, speaking)))


def fewest(choices: Sequence[frozenset[str]]) -> int:
    """Say how many names are needed at least so that one of them is in each choice."""
    names = sorted(frozenset().union(*choices))
    return next(
        size
        for size in range(len(names) + 1)
        if any(all(choice.intersection(some) for choice in choices) for some in combinations(names, size))
    )


def flapping(due: Due, penalty: float) -> Due:
    """Say what is due where that happens several times: the first two are told, and then one is kept open.

    `penalty` is what is left from before. With much of it the incident may be kept open the first time.
    """
    least = due.least if penalty > RESTLESS else 2 * due.least
    return replace(due, least=least, most=2 * due.most)


@dataclass
class Restless:
    """How restless services are by what happened to them, whenever we have noticed. Times are seconds."""

    _known: dict[str, tuple[float, float]] = field(default_factory=dict)

    def changed(self, name: str, now: float) -> None:
        """Take note that a service went down or came up."""
        self._known[name] = (min(MOST_PENALTY, self.penalty(name, now) + 1), now)

    def penalty(self, name: str, now: float) -> float:
        """Say what is left of its penalties."""
        value, at = self._known.get(name, (0.0, now))
        return value / exp2((now - at) / HALF_LIFE)


@dataclass(frozen=True)
class Page:
    """A page as somebody has it: of which service, from when to when (ms), and what it says.

    `listed` are those it tells of too, `down` what it says is down above it. `resolved`: by us.
    """

    name: str
    began_at: int
    ended_at: int
    listed: frozenset[str]
    down: frozenset[str]
    resolved: bool


def complaints(graph: Graph, root: str, due: Due, pages: Sequence[Page]) -> list[str]:
    """Say in words what is not as it must be; more pages than are due are counted elsewhere."""
    found = []
    if len(pages) < due.least:
        found.append(f"{len(pages)} pages where {due.least} are due")
    found += [f"nobody was woken for {name}" for name in unpaged(graph, due.owed, pages)]
    found += [f"{page.name} was not to page" for page in pages if page.name in due.silent]
    early = [page for page in pages if page.name in due.late and page.began_at < due.until]
    found += [f"{page.name} paged {(due.until - page.began_at) / 1000:.0f} s too early" for page in early]
    found += [f"{page.name} is not resolved" for page in pages if not page.resolved]
    found += doubled(graph, pages)
    for page in pages:
        if page.name != root and due.names - page.down:
            found.append(f"the page of {page.name} does not name {sorted(due.names - page.down)}")
        if due.hides & page.down:
            found.append(f"the page of {page.name} says that {sorted(due.hides & page.down)} is down")
        if due.whole and page.name == root and (missing := due.owed - page.listed - {root}):
            found.append(f"the page of {root} does not list {graph.ordered(missing)}")
    return found


def unpaged(graph: Graph, owed: Iterable[str], pages: Sequence[Page]) -> list[str]:
    """Name those for whom nobody was woken."""
    by_name: Mapping[str, list[Page]] = {page.name: [] for page in pages}
    for page in pages:
        by_name[page.name].append(page)
    return [
        name
        for name in graph.ordered(owed)
        if name not in by_name
        and not any(name in page.listed for above in graph.ancestors[name] for page in by_name.get(above, []))
    ]


def doubled(graph: Graph, pages: Sequence[Page]) -> list[str]:
    """Name the pages that began while somebody had one of an ancestor."""
    return [
        f"{page.name} paged beside {other.name}"
        for page in pages
        for other in pages
        if other.name in graph.ancestors[page.name] and other.began_at < page.began_at < other.ended_at
    ]
