"""A view is one instant: figures as of then, and what lives on behind them."""

from fractions import Fraction

from checks.model import Objective
from exporter.view import Reload
from probes.result import Reason
from tests.exporter.views import BUILD, START, Told, check, company


def test_a_view_counts_up_to_its_instant() -> None:
    told = Told().attempt("login", 0)
    good = [told.view(after).accounts[0].figures for after in (10, 20)]

    assert [figures.good for figures in good if figures] == [10_000, 20_000]


def test_a_view_says_what_runs_and_since_when_its_configuration_holds() -> None:
    view = Told().view(10)

    assert (view.build, view.now) == (BUILD, START + 10_000)
    assert (view.reload.successful, view.reload.accepted_at) == (True, START)


ABLE = {"able": Objective(name="able", target=Fraction(9, 10), window="1h", services=("sso", "email"))}


def figures(told: Told, after: float) -> tuple[int, int]:
    found = told.view(after).accounts[0].figures
    assert found is not None
    return found.good, found.bad


def test_a_reload_that_was_accepted_is_told_with_its_time() -> None:
    view = Told().swap(company(), 5).view(10)

    assert view.reload == Reload(True, START + 5_000)


def test_a_refused_reload_is_told_with_its_mistakes_and_the_last_accepted_one() -> None:
    told = Told()
    told.viewer.refused(["checks.yaml:1:1: one"], START + 5_000)

    assert told.view(10).reload == Reload(False, START, START + 5_000, ("checks.yaml:1:1: one",))


def test_an_objective_keeps_its_figures_over_a_reload() -> None:
    told = Told().attempt("login", 0).swap(company(), 10).attempt("login", 20)

    assert figures(told, 30) == (30_000, 0)


def test_an_objective_is_about_others_from_the_reload_on_only() -> None:
    told = Told().attempt("login", 0).attempt("inbox", 0, Reason.RESET)
    told.swap(company(objectives=ABLE), 10).attempt("login", 20).attempt("inbox", 20, Reason.RESET)

    assert figures(told, 30) == (10_000, 20_000)


def test_an_objective_that_is_about_one_again_keeps_both_pasts() -> None:
    told = Told(company(objectives=ABLE)).attempt("login", 0).attempt("inbox", 0, Reason.RESET)
    told.swap(company(), 10).attempt("login", 10).swap(company(objectives=ABLE), 20)
    told.attempt("login", 20).attempt("inbox", 20, Reason.RESET)

    assert figures(told, 30) == (10_000, 20_000)


def test_an_objective_keeps_what_was_counted_of_a_check_that_was_switched_off() -> None:
    of_login = {"able": Objective(name="able", target=Fraction(9, 10), window="1h", check="login")}
    one, none = company(objectives=of_login), company([check("login", enabled=False)], objectives=of_login)
    told = Told(one).attempt("login", 0, Reason.RESET).swap(none, 10)
    assert figures(told, 20) == (0, 10_000)
    told.swap(one, 20).attempt("login", 20)

    assert figures(told, 30) == (10_000, 10_000)


def test_an_objective_that_went_away_is_not_counted() -> None:
    told = Told().attempt("login", 0).swap(company(objectives={}), 10)

    assert told.view(20).accounts == ()


def test_what_is_refused_again_is_refused_since_the_first_time() -> None:
    told = Told()
    for after, mistake in ((5, "one"), (7, "two")):
        told.viewer.refused([mistake], START + after * 1000)

    assert told.view(10).reload == Reload(False, START, START + 5_000, ("two",))
