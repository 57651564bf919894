import json
from typing import Any

import pytest

from tests.commands.shell import Shell, Site, configuration, http

KEY = "0123456789abcdef0123456789abcdef"


def receivers(shell: Shell, entry: str) -> None:
    rest = f"receivers: {{oncall: {entry}}}\nalerting: {{routes: [{{receivers: [oncall]}}]}}\n"
    shell.write(configuration(http("front", "http://127.0.0.1:1/"), rest=rest))


def pagerduty(shell: Shell, url: str, key: str = KEY) -> None:
    receivers(shell, f"{{kind: pagerduty, routing_key: '{key}', url: '{url}'}}")


def events(site: Site) -> list[dict[str, Any]]:
    return [json.loads(body) for body in site.bodies]


def test_an_open_and_a_resolve_go_out_under_one_key(shell: Shell, site: Site) -> None:
    pagerduty(shell, site.url("/202"))

    answer = shell.type("test-alert", "oncall")

    assert (answer.status, answer.out, answer.err) == (0, "open: accepted\nresolve: accepted\n", "")
    assert [event["event_action"] for event in events(site)] == ["trigger", "resolve"]
    assert {event["dedup_key"] for event in events(site)} == {"hq/test/oncall"}
    assert "a test from hq" in events(site)[0]["payload"]["summary"]


def test_what_is_refused_is_told_and_needs_no_resolve(shell: Shell, site: Site) -> None:
    pagerduty(shell, site.url("/400"))

    answer = shell.type("test-alert", "oncall")

    assert answer.status == 4
    assert answer.out.startswith("open: refused: 400")
    assert "oncall accepted 0 of 2 messages" in answer.err
    assert len(site.asked) == 1


def test_what_may_have_arrived_is_resolved_in_any_case(shell: Shell, site: Site) -> None:
    pagerduty(shell, site.url("/503"))

    answer = shell.type("test-alert", "oncall")

    assert answer.status == 4
    assert [event["event_action"] for event in events(site)] == ["trigger", "resolve"]
    assert "resolve: not accepted now: 503" in answer.out


def test_a_receiver_that_cannot_be_reached_is_told_without_its_address(shell: Shell) -> None:
    receivers(shell, "{kind: webhook, url: 'http://127.0.0.1:1/hidden'}")

    answer = shell.type("test-alert", "oncall")

    assert answer.status == 4
    assert "open: not accepted now: ClientConnectorError: 127.0.0.1:1" in answer.out
    assert "hidden" not in answer.out + answer.err


def test_a_dry_run_shows_the_requests_without_their_secrets_and_sends_nothing(
    shell: Shell, site: Site
) -> None:
    pagerduty(shell, site.url("/202"))

    answer = shell.type("test-alert", "oncall", "--dry-run")

    assert (answer.status, site.asked) == (0, [])
    assert f"open: POST {site.url('/202')}" in answer.out
    assert '"event_action": "resolve"' in answer.out
    assert KEY not in answer.out
    assert '"routing_key": "***"' in answer.out


@pytest.mark.parametrize("secret", ['se"cret\\x', "Grüße-an-alle"])
def test_a_dry_run_hides_secrets_also_where_json_writes_them_otherwise(shell: Shell, secret: str) -> None:
    pagerduty(shell, "http://127.0.0.1:1/", key=secret)

    answer = shell.type("test-alert", "oncall", "--dry-run")

    assert '"routing_key": "***"' in answer.out


def test_a_receiver_that_is_off_says_why(shell: Shell) -> None:
    pagerduty(shell, "http://127.0.0.1:1/", key="")

    answer = shell.type("test-alert", "oncall")

    assert answer.status == 4
    assert "receiver oncall is off: routing_key is not set" in answer.err


def test_a_receiver_that_is_not_there_is_wrong_use(shell: Shell) -> None:
    pagerduty(shell, "http://127.0.0.1:1/")

    answer = shell.type("test-alert", "oncal")

    assert (answer.status, answer.out) == (2, "")
    assert 'did you mean "oncall"?' in answer.err
