from hypothesis import given
from hypothesis import strategies as st

from alerting.intent import Intent
from tests.alerting.intents import NOW, intent, message


@given(
    st.dictionaries(st.text(max_size=8), st.text(max_size=8) | st.integers()),
    st.sampled_from(["open", "resolve"]),
)
def test_what_is_kept_is_read_back_the_same(details: dict[str, str | int], action: str) -> None:
    given_ = intent(action, message=message(details=details, resolved_at=NOW))

    assert Intent.of(given_.row()) == given_


def test_what_an_open_says_as_its_incident_begins_is_its_first_announcement() -> None:
    assert intent().first
    assert not intent(created_at=NOW + 1).first


def test_an_update_and_a_resolve_are_no_announcement() -> None:
    assert not intent("update").first
    assert not intent("resolve").first
