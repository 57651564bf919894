from probes.remembered import ByIdentity


def test_a_value_is_made_once_for_each_object() -> None:
    made: list[list[int]] = []

    def make(of: list[int]) -> int:
        made.append(of)
        return len(of)

    remembered = ByIdentity(make, most=2)
    first, second, third = [1], [1, 2], [1]

    assert [remembered(each) for each in (first, second, first, third, third)] == [1, 2, 1, 1, 1]
    assert made == [first, second, third]


def test_an_object_that_is_remembered_keeps_its_identity() -> None:
    remembered: ByIdentity[list[int], int] = ByIdentity(lambda of: of[0])

    assert [remembered([number]) for number in range(1000)] == list(range(1000))
