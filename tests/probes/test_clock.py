import pytest

from probes.clock import Clock

START = 1_800_000_000


class Sources:
    """Two clocks moved by hand."""

    def __init__(self) -> None:
        self.monotonic, self.wall = 100.0, float(START)

    def pass_(self, seconds: float) -> None:
        self.monotonic += seconds
        self.wall += seconds


@pytest.fixture
def sources() -> Sources:
    return Sources()


@pytest.fixture
def clock(sources: Sources) -> Clock:
    return Clock(lambda: sources.monotonic, lambda: sources.wall)


def test_stamps_are_utc_in_milliseconds(clock: Clock, sources: Sources) -> None:
    sources.pass_(1.25)

    assert clock.now() == START * 1000 + 1250


def test_the_monotonic_clock_is_handed_through(clock: Clock) -> None:
    assert clock.time() == 100.0


def test_a_wall_clock_that_strays_by_less_than_a_second_is_not_followed(
    clock: Clock, sources: Sources
) -> None:
    sources.wall += 0.9

    assert clock.now() == START * 1000


def test_a_step_forward_leaves_a_gap(clock: Clock, sources: Sources) -> None:
    sources.wall += 3600

    assert clock.now() == (START + 3600) * 1000


def test_after_a_step_backward_stamps_go_on_from_the_last_one(clock: Clock, sources: Sources) -> None:
    before = clock.now()
    sources.wall -= 60
    stamps = []
    for _ in range(5):
        sources.pass_(10)
        stamps.append(clock.now() - before)

    assert stamps == pytest.approx([9_000, 18_000, 27_000, 36_000, 45_000], abs=2)


def test_the_wall_clock_catches_up_after_a_step_backward(clock: Clock, sources: Sources) -> None:
    clock.now()
    sources.wall -= 60
    for _ in range(61):
        sources.pass_(10)
        clock.now()

    assert clock.now() == pytest.approx(sources.wall * 1000, abs=1)


def test_no_stamp_is_less_than_the_one_before(clock: Clock, sources: Sources) -> None:
    stamps = [clock.now()]
    for step in (-5, 3, -0.5, 700, -700, -700, 2, 1400, 0, -1.1):
        sources.wall += step
        stamps += [clock.now()]
        sources.pass_(0.3)
        stamps += [clock.now()]

    assert stamps == sorted(stamps)
    assert len(set(stamps)) > 10
