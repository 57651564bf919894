"""How we try again: tenacity does it, this is our policy."""

from collections.abc import Awaitable, Callable
from random import Random

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, wait_exponential

from alerting.receiver import Retry, Verdict

FIRST = 0.5  # seconds; the window of the random wait doubles from here
LONGEST = 60.0


async def persist(
    attempt: Callable[[], Awaitable[Verdict | None]], rest: Callable[[float], Awaitable[None]], random: Random
) -> Verdict | None:
    """Attempt until the answer is final, however long that takes; None ends it too.

    Between two attempts it rests: full-jitter exponential back-off (anything from nothing to 0.5 s · 2ⁿ, at
    most 60 s), and never less than the receiver asked for. `rest` is given the seconds.
    """
    retrying = AsyncRetrying(sleep=rest, wait=_Wait(random), retry=retry_if_result(_not_now))
    return await retrying(attempt)


def _not_now(verdict: Verdict | None) -> bool:
    return isinstance(verdict, Retry)


class _Wait(wait_exponential):
    """Draws from our own random numbers, so that a simulation is the same twice."""

    def __init__(self, random: Random) -> None:
        super().__init__(multiplier=FIRST, max=LONGEST)
        self._random = random

    def __call__(self, retry_state: RetryCallState) -> float:
        drawn = self._random.uniform(0.0, super().__call__(retry_state))
        verdict = retry_state.outcome.result() if retry_state.outcome else None
        asked = verdict.after if isinstance(verdict, Retry) else None
        return drawn if asked is None else max(drawn, asked)
