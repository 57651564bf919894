from itertools import product

import pytest

from slo.state import State, combine, needed

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN


def test_no_members_are_unknown() -> None:
    assert combine("all", []) is UNKNOWN


@pytest.mark.parametrize(("up_when", "count"), [("all", 3), ("any", 1), (2, 2)])
def test_as_many_must_be_up_as_is_said(up_when: str | int, count: int) -> None:
    assert needed(up_when, 3) == count


@pytest.mark.parametrize("up_when", ["all", "any", 1, 2, 3])
@pytest.mark.parametrize("states", list(product(State, repeat=3)))
def test_unknown_matters_only_where_knowing_could_change_the_answer(
    up_when: str | int, states: tuple[State, ...]
) -> None:
    worlds = product(*((UP, DOWN) if state is UNKNOWN else (state,) for state in states))
    answers = {UP if world.count(UP) >= needed(up_when, 3) else DOWN for world in worlds}

    assert combine(up_when, states) is (answers.pop() if len(answers) == 1 else UNKNOWN)
