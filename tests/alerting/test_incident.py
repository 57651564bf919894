from hypothesis import given
from hypothesis import strategies as st

from alerting.incident import LONGEST_KEY, Incident, key_of
from tests.alerting.hand import START
from tests.alerting.incidents import incident

NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=400)


def test_a_key_is_prefix_scope_and_name() -> None:
    assert key_of("hq", "service", "sso") == "hq/service/sso"


def test_a_key_as_long_as_may_be_stays_readable() -> None:
    name = "s" * (LONGEST_KEY - len("hq/service/"))

    assert key_of("hq", "service", name) == f"hq/service/{name}"


def test_a_longer_key_is_a_readable_beginning_and_a_sum() -> None:
    key = key_of("hq", "service", "s" * 400)

    assert len(key) == LONGEST_KEY
    assert key.startswith("hq/service/ssss")
    # SHA-256 of hq/service/ and four hundred times s, by sha256sum
    assert key.endswith("-df9ac61d9a74b255db05324d9a4eb6a4d71b0bd199fabf12085a1cbc7b90752b")


@given(NAMES, NAMES)
def test_different_names_have_different_keys_of_fitting_length(one: str, other: str) -> None:
    keys = key_of("hq", "service", one), key_of("hq", "service", other)

    assert max(map(len, keys)) <= LONGEST_KEY
    assert (keys[0] == keys[1]) == (one == other)


def test_an_incident_comes_back_from_its_row_as_it_was() -> None:
    whole = incident(
        accepted_at=START + 11_000,
        restored_at=START + 60_000,
        resolved_at=START + 70_000,
        facts={"budget left": "20 min", "häufig": [1, 2]},
        told=("pager", "chat"),
    )

    assert Incident.of(whole.row()) == whole


def test_a_row_says_what_the_store_looks_for() -> None:
    row = incident(resolved_at=START + 70_000).row()

    assert (row.key, row.episode, row.scope, row.name) == ("hq/service/sso", 1, "service", "sso")
    assert (row.opened_at, row.resolved_at) == (START + 10_250, START + 70_000)


def test_an_incident_is_open_until_it_is_resolved() -> None:
    assert incident().state == "open"
    assert incident(resolved_at=START).state == "resolved"
