from slo.claims import MISSED, RECOVERING, SUSPECT, Claims
from slo.state import State
from slo.timeline import Stretch


def test_what_is_certain_is_laid_down_at_once() -> None:
    claims = Claims()
    claims.lay(10, State.UP)

    assert (claims.timeline.end, claims.held()) == (10, ())


def test_what_is_uncertain_holds_back_what_follows() -> None:
    claims = Claims()
    claims.lay(10, SUSPECT)
    claims.lay(20, State.UNKNOWN)

    assert claims.timeline.end == 0
    assert list(claims.stretches(15)) == [Stretch(0, 10, State.UP), Stretch(10, 15, State.UNKNOWN)]


def test_what_begins_later_is_no_part_of_a_past_instant() -> None:
    claims = Claims()
    claims.lay(10, SUSPECT)
    claims.lay(20, SUSPECT)

    assert list(claims.stretches(10)) == [Stretch(0, 10, State.UP)]


def test_provisional_time_counts_as_things_stand() -> None:
    claims = Claims()
    for end, claim in ((10, SUSPECT), (20, RECOVERING), (30, MISSED)):
        claims.lay(end, claim)

    assert [stretch.state for stretch in claims.stretches(30)] == [State.UP, State.DOWN, State.UNKNOWN]


def test_settling_lays_down_everything_with_its_final_meaning() -> None:
    claims = Claims()
    claims.lay(10, RECOVERING)
    claims.lay(20, State.UNKNOWN)
    claims.settle({RECOVERING: State.UP})

    assert claims.held() == ()
    assert list(claims.timeline.stretches(0, 20)) == [
        Stretch(0, 10, State.UP),
        Stretch(10, 20, State.UNKNOWN),
    ]


def test_reclassified_claims_are_unknown_and_drained_from_the_front() -> None:
    claims = Claims()
    claims.lay(10, SUSPECT)
    claims.lay(20, SUSPECT)
    claims.reclassify({0})
    claims.drain()

    assert list(claims.timeline.stretches(0, 10)) == [Stretch(0, 10, State.UNKNOWN)]
    assert list(claims.stretches(20)) == [Stretch(10, 20, State.UP)]
