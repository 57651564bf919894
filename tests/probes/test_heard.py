import json

from hypothesis import given
from hypothesis import strategies as st

from probes.heard import Beat, Heard, heard_of

INSTANTS = st.integers(0, 10**14)
BEATS = st.builds(
    Beat,
    at=INSTANTS,
    bad=st.booleans(),
    detail=st.text(max_size=50),
    took=st.none() | st.floats(0, 1e9, allow_nan=False),
)


def test_the_next_beat_is_expected_from_the_last_one_that_was_good_or_since_we_listen() -> None:
    silent = Heard(since=50)

    assert silent.expecting_since == 50
    assert silent.after(Beat(at=70)).expecting_since == 70
    assert silent.after(Beat(at=70)).after(Beat(at=90, bad=True)).expecting_since == 70
    assert Heard().expecting_since is None


def test_any_beat_ends_what_was_missed() -> None:
    missed = Heard(since=0, missed=True)

    assert not missed.after(Beat(at=1)).missed
    assert not missed.after(Beat(at=1, bad=True)).missed


@given(st.lists(BEATS, max_size=5), st.booleans(), INSTANTS)
def test_all_survives_but_since_when_we_listen(beats: list[Beat], missed: bool, since: int) -> None:
    heard = Heard(since=0, missed=missed)
    for beat in beats:
        heard = heard.after(beat)

    again = heard_of(heard.text(), since)

    assert again == Heard(since=since, good_at=heard.good_at, last=heard.last, missed=heard.missed)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.text(max_size=40)
    | st.fixed_dictionaries({"good_at": JSON, "missed": JSON, "last": JSON}).map(json.dumps)
)
def test_what_cannot_be_read_was_never_heard(text: str) -> None:
    assert heard_of(text, 7).since == 7
