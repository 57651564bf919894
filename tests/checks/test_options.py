from fractions import Fraction

import pytest

from checks.model import Limits, Retention, Vendor
from checks.parse import parse
from checks.source import ConfigError
from tests.checks.kinds import KINDS, RECEIVERS
from tests.checks.reading import LEAST, read, refused


def test_a_store_keeps_results_and_history_so_long() -> None:
    said = read("store: {url: sqlite:///x.db, results: 30d, size: 1GiB, history: 60d}\n")

    assert (said.store, said.retention) == (
        "x.db",
        Retention(results=2_592_000.0, size=1 << 30, history=5_184_000.0),
    )


def test_a_store_that_is_only_an_address_keeps_as_long_as_usual() -> None:
    days = 86_400.0

    assert read("store: sqlite:///x.db\n").retention == Retention(
        results=400 * days, history=760 * days, size=4 << 30
    )


@pytest.mark.parametrize(
    ("options", "mistake"),
    [
        ("results: 800d", "store: must not keep results longer than history (760d where it is not written)"),
        ("history: 399d", "store: must not keep results longer than history (760d where it is not written)"),
        ("size: 0B", "store.size: must be more than 0"),
        ("size: 1.5B", "store.size: must be a size in whole bytes, such as 512B, 64KiB, 10MiB or 4GiB"),
    ],
)
def test_what_cannot_be_kept_is_refused(options: str, mistake: str) -> None:
    assert refused(f"store: {{{options}}}\n") == [mistake]


def test_limits_hold_for_refused_credentials_too() -> None:
    assert read("limits: {in_flight: 9, max_refusals: 2}\n").limits == Limits(in_flight=9, max_refusals=2)
    assert refused("limits: {max_refusals: 0}\n") == ["limits.max_refusals: must be at least 1"]


def test_a_vendor_is_quiet_and_at_its_usual_address_where_nothing_else_is_written() -> None:
    assert read("vendors: {okta: {}}\n").vendors == {"okta": Vendor(name="okta")}


def test_a_vendor_has_options_of_its_own() -> None:
    said = "url: 'https://status.example.com/', announce: yes, sla: 99.9%, follow_maintenance: true"

    assert read(f"vendors: {{okta: {{{said}}}}}\n").vendors["okta"] == Vendor(
        name="okta",
        url="https://status.example.com",
        announce=True,
        sla=Fraction(999, 1000),
        follow_maintenance=True,
    )


def test_a_promise_of_everything_is_none() -> None:
    assert refused("vendors: {okta: {sla: 100%}}\n") == [
        "vendors.okta.sla: must be more than 0% and less than 100%, such as 99.9% or 0.999"
    ]


def test_only_dashboards_that_exist_are_served() -> None:
    assert read("compatibility: [sloth, pyrra]\n").compatibility == ("sloth", "pyrra")
    assert refused("compatibility: [grafana]\n") == ["compatibility[0]: must be 'sloth' or 'pyrra'"]


@pytest.mark.parametrize("option", ["tls", "auth"])
def test_what_would_only_seem_to_protect_stays_refused(option: str) -> None:
    assert refused(f"web: {{{option}: {{}}}}\n") == [f"web.{option}: not supported by this version yet"]


def with_later(text: str) -> list[str]:
    kinds, receivers = KINDS | {"tcp": ""}, RECEIVERS | {"teams": ""}
    with pytest.raises(ConfigError) as caught:
        parse({"checks.yaml": text}, kinds=kinds, receivers=receivers, environment={})
    return [f"{each.path}: {each.message}" for each in caught.value.problems]


def test_a_kind_that_comes_later_is_known_as_such() -> None:
    assert with_later(LEAST.replace("kind: page,", "kind: tcp,")) == [
        "checks.page.kind: kind tcp is not supported by this version yet"
    ]
    assert with_later(LEAST.replace("kind: pager, routing_key: k}, o", "kind: teams}, o")) == [
        "receivers.chat.kind: kind teams is not supported by this version yet"
    ]


def test_a_kind_that_comes_later_is_not_proposed() -> None:
    assert with_later(LEAST.replace("kind: page,", "kind: tcb,")) == [
        "checks.page.kind: there is no such kind; there is clashing, page, picky, rare"
    ]
