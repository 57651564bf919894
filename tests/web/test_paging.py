"""Pages: whoever follows the cursors sees every element once, in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.paging import Page, Position, page, read, written


def place(element: tuple[int, str]) -> Position:
    return element


def walk(elements: list[tuple[int, str]], limit: int) -> list[Page]:
    pages, after = list[Page](), None
    while not pages or pages[-1].next:
        pages.append(page(elements, place, after, limit))
        after = read(pages[-1].next, (int, str)) if pages[-1].next else None
    return pages


@given(st.sets(st.tuples(st.integers(-9, 9), st.text(max_size=2))), st.integers(1, 5))
def test_all_pages_together_are_the_list(found: set[tuple[int, str]], limit: int) -> None:
    pages = walk(sorted(found), limit)

    assert [each for page in pages for each in page.elements] == sorted(found)
    assert all(len(page.elements) == limit for page in pages[:-1])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_list_that_ends_with_the_page_has_no_next(count: int) -> None:
    assert page([(n, "") for n in range(count)], place, None, 2).next is None


def test_a_page_goes_on_behind_an_element_that_is_gone() -> None:
    assert page([(1, ""), (3, "")], place, (2, ""), 9).elements == [(3, "")]


@given(st.tuples(st.integers(-(10**14), 10**14), st.text()))
def test_a_cursor_can_stand_in_an_address_as_it_is(position: tuple[int, str]) -> None:
    cursor = written(position)

    assert read(cursor, (int, str)) == position
    assert cursor.replace("-", "").replace("_", "").isalnum()
