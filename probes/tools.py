"""What a probe is handed, what it may raise, and the contract every kind keeps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from probes.heard import Heard
from probes.result import Reason


class Failed(Exception):
    """An attempt did not end well: a reason from the closed set, and one sentence for a human."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class Learned:
    """What an attempt has found out so far; it is kept also when the attempt fails.

    `secrets` are texts that it was given on the way, such as a token; they are masked like those of options.
    """

    phases: dict[str, float] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)
    evidence: dict[str, Any] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)


class Phase:
    """A part of an attempt that is being timed, from its making on."""

    __slots__ = ("_begun", "_name", "_phases", "_time")

    def __init__(self, name: str, phases: dict[str, float], time: Callable[[], float]) -> None:
        self._name, self._phases, self._time = name, phases, time
        self._begun = time()

    def __enter__(self) -> None:
        """Begin; it has begun."""

    def __exit__(self, *_: object) -> None:
        self._phases[self._name] = self._phases.get(self._name, 0.0) + self._time() - self._begun


@dataclass(slots=True, kw_only=True)
class Tools:
    """What one attempt works with.

    `time` is a monotonic clock in seconds, `now` the wall clock in ms since the epoch. `timeout_reason` is
    what running out of time means at this moment: each step of the connection engine sets it as it begins.
    `heard` is what was pushed to us for this check, None where nobody can say.
    """

    now: Callable[[], int]
    time: Callable[[], float]
    learned: Learned = field(default_factory=Learned)
    timeout_reason: Reason = Reason.RESPONSE_TIMEOUT
    doing: str = ""
    so_far: str = ""
    heard: Heard | None = None
    whole: "Tools | None" = None
    part: str = ""

    def phase(self, name: str, timeout_reason: Reason = Reason.RESPONSE_TIMEOUT) -> "Phase":
        """Time a named part of the attempt; the same name twice adds up. Also timed when it fails."""
        whole, name = (self.whole, self.part) if self.whole else (self, name)
        whole.timeout_reason, whole.doing, whole.so_far = timeout_reason, name, ""
        return Phase(name, whole.learned.phases, self.time)

    def within(self, part: str) -> "Tools":
        """Give tools for a part of the attempt that is one phase, whatever steps it takes.

        Its facts and evidence are its own; secrets are shared.
        """
        learned = Learned(secrets=self.learned.secrets)
        return Tools(
            now=self.now, time=self.time, learned=learned, whole=self.whole or self, part=self.part or part
        )

    def tell(self, so_far: str) -> None:
        """Say how far the step has come, for the detail should time run out in it."""
        (self.whole or self).so_far = so_far

    def fact(self, name: str, value: float) -> None:
        """Keep a number in base units; the kind has declared it."""
        self.learned.facts[name] = value


@dataclass(frozen=True, slots=True)
class Fact:
    """A number that a kind may learn: exported as `probe_<kind>_<name>`, or as `metric` if that is given."""

    name: str
    unit: str
    help: str
    metric: str = ""


class Probe(Protocol):
    """A kind with its options filled in: a frozen pydantic dataclass, its fields are its YAML options."""

    kind: ClassVar[str]
    facts: ClassVar[tuple[Fact, ...]]
    least_spacing: ClassVar[float]  # seconds between two attempts, whatever asks for them

    def host(self) -> str:
        """Say whom the attempt goes to, for `limits.per_host` and `network`."""
        ...

    async def ask(self, tools: Tools) -> None:
        """Ask once, on a fresh connection. Raise Failed when the answer is not good; never retry."""
        ...
