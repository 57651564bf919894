from dataclasses import replace

import pytest

from checks.diff import Difference, difference, look_renamed, needs_restart, sections_changed
from checks.model import Alerting, Check, Configuration, Web


def check(name: str, **fields: object) -> Check:
    return replace(Check(name=name, kind="http", probe=("a", 1)), **fields)  # type: ignore[arg-type]  # as written


def checks(*several: Check) -> Configuration:
    return Configuration(checks={each.name: each for each in several})


def test_the_same_again_changes_nothing() -> None:
    assert difference(checks(check("a"), check("b")), checks(check("b"), check("a"))) == Difference()


def test_checks_come_and_go() -> None:
    changes = difference(checks(check("a"), check("b")), checks(check("b"), check("c")))

    assert changes == Difference(added=frozenset("c"), removed=frozenset("a"))


@pytest.mark.parametrize("field", ["interval", "timeout", "service", "probe", "sli", "recover"])
def test_any_option_makes_another_check_of_one(field: str) -> None:
    assert difference(checks(check("a")), checks(check("a", **{field: 7}))).changed == frozenset("a")


def test_labels_and_a_former_name_make_no_other_check_of_one() -> None:
    assert difference(checks(check("a")), checks(check("a", labels={"x": "y"}, was="b"))) == Difference()


def test_switching_off_is_removing_and_switching_on_is_adding() -> None:
    on, off = checks(check("a")), checks(check("a", enabled=False))

    assert difference(on, off) == Difference(removed=frozenset("a"))
    assert difference(off, on) == Difference(added=frozenset("a"))


def test_a_new_name_is_a_new_check() -> None:
    changes = difference(checks(check("a")), checks(check("b")))

    assert changes == Difference(added=frozenset("b"), removed=frozenset("a"))


def test_a_former_name_makes_it_the_same_check() -> None:
    changes = difference(checks(check("a")), checks(check("b", was="a")))

    assert changes == Difference(renamed={"b": "a"})
    assert (changes.begin, changes.end) == (frozenset(), frozenset("a"))


def test_a_check_may_be_renamed_and_changed_at_once() -> None:
    changes = difference(checks(check("a")), checks(check("b", was="a", interval=7.0)))

    assert (changes.renamed, changes.changed) == ({"b": "a"}, frozenset("b"))
    assert (changes.begin, changes.end) == (frozenset("b"), frozenset("a"))


def test_a_former_name_that_was_taken_over_long_ago_means_nothing() -> None:
    now = checks(check("b", was="a"))

    assert difference(now, now) == Difference()


def test_what_ends_and_what_begins() -> None:
    changes = difference(checks(check("a"), check("b")), checks(check("b", timeout=1.0), check("c")))

    assert (changes.end, changes.begin) == (frozenset("ab"), frozenset("bc"))


@pytest.mark.parametrize(
    ("option", "other"),
    [
        ("site", Configuration(site="branch")),
        ("store", Configuration(store="other.db")),
        ("web.listen", Configuration(web=Web(port=1))),
        ("alerting.prefix", Configuration(alerting=Alerting(prefix="x"))),
    ],
)
def test_what_the_process_stands_on_needs_a_restart(option: str, other: Configuration) -> None:
    assert needs_restart(Configuration(), other) == (option,)


def test_all_else_needs_none() -> None:
    assert needs_restart(checks(check("a")), Configuration(timezone="Europe/Amsterdam")) == ()


def test_sections_that_differ_are_named() -> None:
    assert sections_changed(Configuration(), Configuration(timezone="Europe/Amsterdam")) == ("timezone",)
    assert sections_changed(checks(check("a")), checks(check("b"))) == ()


def test_what_has_another_name_and_nothing_else_looks_renamed() -> None:
    old = checks(check("a"), check("b", interval=7.0), check("e"))
    new = checks(check("c", timeout=3.0), check("d", interval=7.0))

    assert look_renamed(difference(old, new), old, new) == [("d", "b")]


def test_what_could_have_been_two_does_not_look_renamed() -> None:
    old, new = checks(check("a")), checks(check("b"), check("c"))

    assert look_renamed(difference(old, new), old, new) == []


def test_what_is_switched_off_does_not_look_renamed() -> None:
    old, new = checks(check("a")), checks(check("a", enabled=False), check("b"))

    assert look_renamed(difference(old, new), old, new) == []
