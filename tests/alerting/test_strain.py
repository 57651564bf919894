from alerting.strain import Strain

MINUTE = 60_000


def signs(strain: Strain, start: int, end: int, every: int = 1000) -> Strain:
    """Let there be signs from `start` to `end`, both included; look at each."""
    for now in range(start, end + 1, every):
        strain.sign(now)
        strain.lasting(now)
    return strain


def test_two_minutes_of_signs_are_told_and_not_a_moment_less() -> None:
    assert not signs(Strain(), 0, 2 * MINUTE - 1000).lasting(2 * MINUTE - 1000)
    assert signs(Strain(), 0, 2 * MINUTE).lasting(2 * MINUTE)


def test_time_without_signs_does_not_make_a_stretch_longer() -> None:
    strain = signs(Strain(), 0, MINUTE)

    assert not strain.lasting(4 * MINUTE)


def test_a_minute_and_a_half_without_a_sign_begins_a_new_stretch() -> None:
    strain = signs(Strain(), 0, MINUTE)
    signs(strain, MINUTE + 90_001, 2 * MINUTE + 90_001)
    assert not strain.lasting(2 * MINUTE + 90_001)
    assert strain.since == MINUTE + 90_001


def test_a_pause_of_a_minute_and_a_half_is_still_the_same_stretch() -> None:
    assert signs(Strain(), 0, 3 * MINUTE, every=90_000).lasting(3 * MINUTE)


def test_what_was_told_is_over_after_five_minutes_of_calm() -> None:
    strain = signs(Strain(), 0, 2 * MINUTE)

    assert strain.wake() == 7 * MINUTE
    assert strain.lasting(7 * MINUTE - 1)
    assert not strain.lasting(7 * MINUTE)
    assert strain.wake() is None


def test_a_sign_within_the_calm_makes_it_last() -> None:
    strain = signs(Strain(), 0, 2 * MINUTE)
    strain.sign(6 * MINUTE)

    assert strain.lasting(7 * MINUTE)
    assert strain.since == 0
    assert strain.wake() == 11 * MINUTE


def test_after_calm_two_minutes_are_needed_anew() -> None:
    strain = signs(Strain(), 0, 2 * MINUTE)
    strain.lasting(10 * MINUTE)

    assert not signs(strain, 10 * MINUTE, 11 * MINUTE).lasting(11 * MINUTE)
    assert signs(strain, 11 * MINUTE, 12 * MINUTE).lasting(12 * MINUTE)


def test_without_a_sign_nothing_is_told_and_nobody_need_wake() -> None:
    assert not Strain().lasting(0)
    assert Strain().wake() is None
