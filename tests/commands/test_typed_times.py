from datetime import UTC, datetime, timedelta, timezone

import pytest

from checks.values import RuleError
from commands.typed_times import read_time


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-05", datetime(2026, 12, 5)),  # noqa: DTZ001 - a wall clock
        ("2026-12-05T22:00", datetime(2026, 12, 5, 22)),  # noqa: DTZ001 - a wall clock
        ("2026-12-05 22:00:01", datetime(2026, 12, 5, 22, 0, 1)),  # noqa: DTZ001 - a wall clock
        ("2026-12-05T21:00:00.123999Z", datetime(2026, 12, 5, 21, 0, 0, 123_000, UTC)),
        ("2026-12-05T22:00+01:00", datetime(2026, 12, 5, 22, tzinfo=timezone(timedelta(hours=1)))),
        ("1796504400", datetime(2026, 12, 5, 21, tzinfo=UTC)),
        ("1796504400.0015", datetime(2026, 12, 5, 21, 0, 0, 1_000, UTC)),
    ],
)
def test_an_instant_of_the_past_may_be_typed_in_many_ways(text: str, moment: datetime) -> None:
    assert read_time(text) == moment


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be a time: 2026-12-05T22:00"),
        ("now", "must be a time: "),
        ("20261205T220000Z", "must be a time: "),
        ("2026-W49-6", "must be a time: "),
        ("2026-02-30", "there is no such day"),
        ("2026-12-05 noon", "there is no such day"),
        ("1796504400000", "it is seconds"),
    ],
)
def test_what_is_no_instant_is_refused(text: str, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        read_time(text)
