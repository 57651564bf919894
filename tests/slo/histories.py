"""Random histories of checks, with spacings around every limit that semantics.md names."""

from collections.abc import Sequence

from hypothesis import strategies as st

from checks.model import Check
from probes.result import Result
from slo.judge import Judge
from tests.slo.lives import START, check, live, result

SPACINGS = (1, 4_000, 10_000, 40_000, 120_000)
LIMITS = (22_000, 242_000, 300_000, 360_000)  # both reaches, both kinds of near
LONGEST = 8_000_000  # ms; no history is longer

checks = st.builds(
    lambda confirm, recover, interval: check(confirm=confirm, recover=recover, interval=interval),
    st.integers(1, 4),
    st.integers(1, 4),
    st.sampled_from((10.0, 120.0)),
)
around = st.builds(int.__add__, st.sampled_from(LIMITS), st.integers(-1, 1))
spacings = st.one_of(
    st.just(10_000), st.sampled_from(SPACINGS), st.sampled_from(LIMITS), around, st.integers(1, 60_000)
)
endings = st.one_of(st.sampled_from("bn"), st.sampled_from("gbnu"))
instants = st.integers(START - 100_000, START + LONGEST)


@st.composite
def histories(draw: st.DrawFn, most: int = 22) -> list[Result]:
    at, told = START, []
    for spacing, ending in draw(st.lists(st.tuples(spacings, endings), max_size=most)):
        at += spacing
        told.append(result(at, ending, extra=spacing % 2 == 0))
    return told


@st.composite
def windows(draw: st.DrawFn) -> tuple[int, int]:
    start, end = sorted((draw(instants), draw(instants)))
    return start, end


def judge_of(definition: Check, results: Sequence[Result]) -> Judge:
    judge = Judge(definition)
    live(judge, results)
    return judge
