from hypothesis import given
from hypothesis import strategies as st

from alerting.bucket import Bucket


def test_a_token_is_there_at_once_until_all_are_taken() -> None:
    bucket = Bucket(2)
    bucket.take(0)

    assert bucket.free_at(10) == 10
    bucket.take(10)
    assert bucket.free_at(20) == 61_000


def test_a_share_that_stays_is_not_given() -> None:
    bucket = Bucket(4)
    for at in (0, 1, 2):
        bucket.take(at)

    assert bucket.free_at(3, leave=0.25) == 61_000
    assert bucket.free_at(3) == 3


def test_a_debt_is_waited_for() -> None:
    bucket = Bucket(1)
    bucket.take(0)
    bucket.take(5)

    assert bucket.free_at(6) == 61_005


@given(st.lists(st.integers(0, 30_000), max_size=40), st.integers(1, 5))
def test_no_minute_ever_sees_more_than_its_size(pauses: list[int], size: int) -> None:
    bucket, now, taken = Bucket(size), 0, list[int]()
    for pause in pauses:
        now = bucket.free_at(now + pause)
        bucket.take(now)
        taken.append(now)

    assert all(sum(at - 60_000 < other <= at for other in taken) <= size for at in taken)
