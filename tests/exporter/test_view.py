"""A view is one instant: figures as of then, and what lives on behind them."""

from tests.exporter.views import BUILD, START, Told


def test_a_view_counts_up_to_its_instant() -> None:
    told = Told().attempt("login", 0)
    good = [told.view(after).accounts[0].figures for after in (10, 20)]

    assert [figures.good for figures in good if figures] == [10_000, 20_000]


def test_a_view_says_what_runs_and_since_when_its_configuration_holds() -> None:
    view = Told().view(10)

    assert (view.build, view.now) == (BUILD, START + 10_000)
    assert (view.reload.successful, view.reload.accepted_at) == (True, START)
