import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import Configuration, SelfCheck
from checks.parse import parse
from checks.source import ConfigError
from checks.texts import NAME_RULE
from checks.values import A_TEXT
from tests.checks.kinds import KINDS, RECEIVERS, Page

LEAST = """version: 1
services:
  web: {}
checks:
  page: {service: web, kind: page, url: https://www.example.com}
"""


def said(text: str, file: str = "checks.yaml", **environment: str) -> Configuration:
    return parse({file: text}, kinds=KINDS, receivers=RECEIVERS, environment=environment)


def notes(text: str, **environment: str) -> list[str]:
    return [str(each) for each in said(text, **environment).notes]


def problems(text: str, **environment: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        said(text, **environment)
    return [str(each).removeprefix("checks.yaml:") for each in refused.value.problems]


def check(options: str, before: str = "", **environment: str) -> Any:
    text = LEAST.replace("https://www.example.com", f"https://www.example.com, {options}").replace(
        "services:", f"{before}services:"
    )
    return said(text, **environment).checks["page"]


def test_the_least_file_has_every_default() -> None:
    configuration = said(LEAST)
    page = configuration.checks["page"]

    assert (configuration.site, configuration.alerting.prefix, configuration.timezone) == (
        "local",
        "local",
        "UTC",
    )
    assert (page.interval, page.timeout, page.confirm, page.confirm_interval, page.recover) == (
        30,
        10,
        3,
        5,
        2,
    )
    assert (configuration.web.host, configuration.web.port) == ("127.0.0.1", 9797)
    assert configuration.services["web"].tier == 2
    assert [each.name for each in configuration.self_checks] == [
        "resolve:one.one.one.one",
        "resolve:dns.google",
        "tcp:1.1.1.1:443",
        "tcp:8.8.8.8:443",
    ]
    assert configuration.notes == ()


def test_a_kind_is_filled_in_with_its_own_options() -> None:
    page = check("method: HEAD, within: 500ms, login: {username: bob, password: pw}")

    assert isinstance(page.probe, Page)
    assert (page.probe.method, page.probe.within) == ("HEAD", 0.5)
    assert page.probe.login is not None
    assert page.probe.login.password.reveal() == "pw"
    assert page.host == "www.example.com"


def test_defaults_hold_for_checks_that_say_nothing_else() -> None:
    defaults = "defaults: {interval: 60s, confirm: 2, kind: page}\n"

    assert check("recover: 4", defaults).interval == 60
    assert check("interval: 20s", defaults).interval == 20
    assert check("interval: 20s", defaults).confirm == 2


@pytest.mark.parametrize("defaults", ["", "defaults: {timeout: 8s}\n"])
def test_a_timeout_that_a_check_does_not_write_fits_its_interval(defaults: str) -> None:
    assert check("interval: 5s", defaults).timeout == 5


def test_a_timeout_may_equal_the_interval() -> None:
    assert check("interval: 5s, timeout: 5s").timeout == 5


def test_the_network_is_as_written_or_as_the_host_tells() -> None:
    inside = said(LEAST.replace("https://www.example.com", "'http://127.0.0.1:80'"))

    assert inside.checks["page"].network == "internal"
    assert check("recover: 1").network == "internet"
    assert check("network: internal").network == "internal"


@pytest.mark.parametrize(
    ("file", "store", "path"),
    [
        ("checks.yaml", "", "watchkeeper.db"),
        ("/etc/wk/checks.yaml", "", "/etc/wk/watchkeeper.db"),
        ("/etc/wk/checks.yaml", "store: sqlite:///data/x.db\n", "/etc/wk/data/x.db"),
        ("etc/checks.yaml", "store: {url: 'sqlite:////var/x.db'}\n", "/var/x.db"),
    ],
)
def test_the_store_lies_beside_the_file_unless_its_path_is_absolute(file: str, store: str, path: str) -> None:
    assert said(LEAST + store, file=file).store == path


def test_objectives_are_exact() -> None:
    one = said(LEAST + "objectives: {o: {service: web, target: 99.95%, window: 28d}}\n").objectives["o"]

    assert (one.services, one.target, one.window) == (("web",), Fraction(1999, 2000), "28d")


def test_routes_keep_their_order_and_ask_only_what_is_written() -> None:
    text = "receivers: {a: {kind: pager, routing_key: k}}\nalerting:\n  routes:\n"
    routes = said(
        LEAST + text + "    - {match: {urgency: page, tier: 1}, receivers: [a]}\n    - {receivers: []}\n"
    ).alerting.routes

    assert [(dict(route.match), route.receivers) for route in routes] == [
        ({"urgency": "page", "tier": 1}, ("a",)),
        ({}, ()),
    ]


def test_self_checks_that_are_written_replace_the_usual_ones() -> None:
    text = "self_checks: [{resolve: a.example}, {tcp: '10.0.0.1:22'}, {tcp: 'h:1', network: internal}]\n"

    assert said(LEAST + text).self_checks == (
        SelfCheck(name="resolve:a.example", action="resolve", target="a.example"),
        SelfCheck(name="tcp:10.0.0.1:22", action="tcp", target="10.0.0.1:22", network="internal"),
        SelfCheck(name="tcp:h:1", action="tcp", target="h:1", network="internal"),
    )
    assert said(LEAST + "self_checks: []\n").self_checks == ()


def test_sections_whose_entries_are_all_commented_out_are_empty() -> None:
    assert said(LEAST + "receivers:\nobjectives:\n  # none yet\n").receivers == {}


def many(count: int, **options: str) -> str:
    written = "".join(f", {name}: {value}" for name, value in options.items())
    lines = (f"  c{n}: {{service: web, kind: page, url: 'http://h'{written}}}\n" for n in range(count))
    return LEAST + "".join(lines)


@pytest.mark.parametrize(("count", "least"), [(1, 8), (15, 8), (16, 9), (99, 50)])
def test_auto_lets_every_check_run_into_its_timeout_at_once_and_half_as_many_again(
    count: int, least: int
) -> None:
    assert said(many(count)).limits.in_flight == least


def test_a_limit_that_is_too_small_is_refused_naming_the_least() -> None:
    text = many(99, timeout="0.3s", interval="0.9s") + "limits: {in_flight: %d}\n"

    assert said(text % 50).limits.in_flight == 50
    assert problems(text % 49) == [
        "105:21: limits.in_flight: too few for these checks; they need at least 50, or auto"
    ]


def test_the_least_is_reckoned_in_the_decimals_that_were_written() -> None:
    text = many(20, timeout="0.1s", interval="0.3s").replace("example.com}", "example.com, enabled: no}")

    assert said(text + "limits: {in_flight: 10}\n").limits.in_flight == 10


def test_an_unset_secret_of_a_check_is_noted_and_no_mistake() -> None:
    text = LEAST.replace(
        "example.com}", "example.com, login: {username: x, password: '${PW}'}, tokens: ['${T:-}']}"
    )
    configuration = said(text)

    assert configuration.checks["page"].missing_secrets == ("login.password", "tokens[0]")
    assert notes(text) == [
        "checks.yaml:5:87: checks.page: stays unknown, because login.password is not set (set PW)",
        "checks.yaml:5:116: checks.page: stays unknown, because tokens[0] is not set (set T)",
    ]


def test_a_secret_file_that_cannot_be_read_is_a_secret_that_is_not_set() -> None:
    page = check("login: {username: x, password: '${file:/nowhere/at/all}'}")

    assert page.missing_secrets == ("login.password",)


def test_a_receiver_without_its_key_is_off_and_says_what_to_set() -> None:
    text = (
        "receivers:\n  oncall:\n    kind: pager\n    routing_key: '${KEY:-}'\nalerting: {fallback: oncall}\n"
    )
    configuration = said(LEAST + text)

    assert configuration.receivers["oncall"].off == "no routing key"
    assert notes(LEAST + text) == [
        "checks.yaml:9:5: receivers.oncall: off, because routing_key is not set (set KEY)",
    ]
    assert said(LEAST + text, KEY="k").receivers["oncall"].off == ""


def test_a_dead_mans_switch_without_an_address_is_off() -> None:
    text = LEAST + "alerting: {dead_mans_switch: {url: '${BEAT}'}}\n"
    beating = said(text, BEAT="https://beat.example.com/s3cret").alerting.dead_mans_switch

    assert said(text).alerting.dead_mans_switch is None
    assert notes(text) == [
        "checks.yaml:6:31: alerting.dead_mans_switch: off, because url is not set (set BEAT)",
    ]
    assert beating is not None
    assert "s3cret" not in repr(beating)


def test_what_nobody_measures_and_whom_nobody_tells_is_noted() -> None:
    text = LEAST.replace("web: {}", "web: {}\n  idle: {}") + (
        "receivers: {a: {kind: pager, routing_key: k}, b: {kind: pager, routing_key: k}}\n"
        "alerting: {routes: [{receivers: [b]}]}\n"
    )

    assert notes(text) == [
        "checks.yaml:4:3: services.idle: no check asks about it, so its state stays unknown",
        "checks.yaml:7:13: receivers.a: no route leads to it, so it is told nothing",
    ]


def test_without_routes_every_receiver_is_told_so_none_is_noted() -> None:
    assert said(LEAST + "receivers: {a: {kind: pager, routing_key: k}}\n").notes == ()


OF_A_CHECK = [
    ("ulr: x", '5:66: checks.page.ulr: no such option (did you mean "url"?)'),
    ("intervall: 5s", '5:66: checks.page.intervall: no such option (did you mean "interval"?)'),
    ("interval: 60", "5:76: checks.page.interval: must be a duration such as 500ms, 30s, 5m, 2h or 7d"),
    ("interval: 0s", "5:76: checks.page.interval: must be more than 0"),
    ("timeout: 31s", "5:75: checks.page.timeout: must not be longer than the interval"),
    ("confirm: 0", "5:75: checks.page.confirm: must be at least 1"),
    ("recover: 1.0", "5:75: checks.page.recover: must be a whole number"),
    ("confirm_interval: 0ms", "5:84: checks.page.confirm_interval: must be more than 0"),
    ("enabled: maybe", "5:75: checks.page.enabled: must be true or false"),
    ("network: intern", "5:75: checks.page.network: must be 'internet' or 'internal'"),
    ("method: POST", "5:74: checks.page.method: must be 'GET' or 'HEAD'"),
    ("headers: {a: [x]}", "5:79: checks.page.headers.a: " + A_TEXT),
    ("login: yes", "5:73: checks.page.login: must be a mapping of options"),
    ("login: {}", "5:66: checks.page.login.username: is required"),
    ("login: {usernam: x}", '5:74: checks.page.login.usernam: no such option (did you mean "username"?)'),
    ("method: '${NO}'", "5:74: checks.page.method: ${NO} is not set; set it, or write ${NO:-default}"),
    ("note: '${NO}'", "5:72: checks.page.note: ${NO} is not set; set it, or write ${NO:-default}"),
    ("note: two words", "5:72: checks.page.note: … has a space in it"),
    ("tries: 1_0", "5:73: checks.page.tries: must be a whole number"),
    ("depth: deep", "5:73: checks.page.depth: must be a whole number"),
    ("labels: {a: {}}", "5:78: checks.page.labels.a: " + A_TEXT),
    ("tokens: x", "5:74: checks.page.tokens: must be a list, such as [NAME]"),
]


def test_what_looks_like_a_variable_is_noted_of_a_configuration_that_is_right() -> None:
    (note,) = said(LEAST.replace("web: {}", "web: {title: $TITLE}")).notes

    assert str(note).startswith("checks.yaml:3:16: services.web.title: looks like a variable")


@pytest.mark.parametrize("section", ["services: {web: }", "services:\n  web:"])
def test_an_entry_that_needs_no_option_may_be_empty(section: str) -> None:
    assert said(LEAST.replace("services:\n  web: {}", section)).services["web"].tier == 2


def test_a_vendor_may_be_empty() -> None:
    assert said(LEAST + "vendors:\n  okta:\n").vendors["okta"].url == ""


def test_an_empty_check_is_refused() -> None:
    assert problems(LEAST + "  other:\n")[0].startswith("6:9: checks.other: must be a mapping of options")


@pytest.mark.parametrize(
    ("joined", "told"),
    [
        ("password:hunter2", "password: a space is missing after the colon"),
        ("pasword:hunter2", 'pasword: no such option (did you mean "password"?)'),
    ],
)
def test_a_value_that_is_joined_to_its_name_is_not_shown(joined: str, told: str) -> None:
    (line,) = problems(LEAST.replace("example.com}", f"example.com, login: {{username: u, {joined}}}}}"))

    assert line == f"5:87: checks.page.login.{told}"


def test_a_misspelt_option_without_anything_in_it_is_no_entry_of_its_own() -> None:
    assert problems(LEAST.replace("web: {}", "web: {labls: {}}")) == [
        '3:9: services.web.labls: no such option (did you mean "labels"?)'
    ]


def test_who_refers_to_a_service_inside_another_one_is_not_accused_twice() -> None:
    text = (
        LEAST.replace("web: {}", "net: {web: {tier: 1}}")
        + "objectives: {a: {target: 99%, window: 30d, service: wbe}}\n"
    )

    assert [line.split(": ")[1] for line in problems(text)] == ["services.net.web", "objectives.a.service"]


@pytest.mark.parametrize(("options", "line"), OF_A_CHECK)
def test_a_mistake_in_a_check_is_said_at_its_place(options: str, line: str) -> None:
    assert problems(LEAST.replace("example.com}", f"example.com, {options}}}")) == [line]


OF_A_FILE = [
    ("version: 1", "version: 2", ["1:10: version: must be 1; this Watchkeeper reads no other version"]),
    ("version: 1", "site: hq", ["1:1: version: is required"]),
    ("version: 1", "verson: 1", ['1:1: verson: no such option (did you mean "version"?)']),
    (
        "kind: page",
        "kind: oidc",
        ["5:30: checks.page.kind: there is no such kind; there is clashing, page, picky, rare"],
    ),
    ("kind: page", "kind: pge", ['5:30: checks.page.kind: there is no such kind (did you mean "page"?)']),
    ("kind: page, ", "", ["5:3: checks.page.kind: is required"]),
    ("kind: page", "knd: page", ['5:24: checks.page.knd: no such option (did you mean "kind"?)']),
    ("url: https", "ulr: https", ['5:36: checks.page.ulr: no such option (did you mean "url"?)']),
    (", url: https://www.example.com", "", ["5:3: checks.page.url: is required"]),
    (
        "service: web, ",
        "",
        ["5:3: checks.page.service: is required"],
    ),
    (
        "service: web",
        "service: wbe",
        ['5:19: checks.page.service: there is no such service (did you mean "web"?)'],
    ),
    ("checks:\n  page: ", "chekcs:\n  page: ", ['4:1: chekcs: no such option (did you mean "checks"?)']),
    (
        "page: {service",
        "'pa ge': {service",
        [f'5:3: checks."pa ge": the name {NAME_RULE}'],
    ),
    ("web: {}", "web: {tier: 4}", ["3:15: services.web.tier: must be at most 3"]),
    ("web: {}", "web: ''", ["3:8: services.web: must be a mapping of options"]),
    (
        "web: {}",
        "web: {depends_on: [web]}",
        ["3:22: services.web.depends_on[0]: services depend on each other in a circle: web → web"],
    ),
    ("services:", "self_checks: [{udp: x}]\nservices:", ["2:16: self_checks[0].udp: no such option"]),
    (
        "web: {}",
        "web: {depends_on: [a]}\n  a: {depends_on: [b]}\n  b: {depends_on: [web]}",
        ["5:20: services.b.depends_on[0]: services depend on each other in a circle: web → a → b → web"],
    ),
    (
        "web: {}",
        "web: {up_when: {at_least: 2}}",
        ["3:29: services.web.up_when.at_least: there is only 1 to count"],
    ),
    (
        "web: {}",
        "web: {up_when: most}",
        ["3:18: services.web.up_when: must be 'all' or 'any', or {at_least: …}"],
    ),
    (
        "services:",
        "timezone: Mars/Base\nservices:",
        ["2:11: timezone: must be a time zone such as Europe/Amsterdam or UTC"],
    ),
    (
        "services:",
        "defaults: {interval: 5s, timeout: 6s}\nservices:",
        ["2:35: defaults.timeout: must not be longer than the interval"],
    ),
    ("services:", "defaults: {confirm: x}\nservices:", ["2:21: defaults.confirm: must be a whole number"]),
    (
        "services:",
        "web: {tls: {}, auth: {}}\nservices:",
        [
            "2:7: web.tls: not supported by this version yet",
            "2:16: web.auth: not supported by this version yet",
        ],
    ),
    (
        "services:",
        "store: postgres://x\nservices:",
        ["2:8: store.url: must be sqlite:///name.db (beside this file) or sqlite:////absolute/name.db"],
    ),
    ("services:", "limits: {per_host: 0}\nservices:", ["2:20: limits.per_host: must be at least 1"]),
    (
        "services:",
        "web: {listen: '9797'}\nservices:",
        ["2:15: web.listen: must be an address and a port, such as 127.0.0.1:9797 or [::1]:9797"],
    ),
    (
        "services:",
        "self_checks: [{}]\nservices:",
        ["2:15: self_checks[0]: must be either resolve: NAME or tcp: ADDRESS:PORT"],
    ),
    (
        "services:",
        "objectives: {o: {target: 99%, window: 9d}}\nservices:",
        ["2:14: objectives.o: must name one of service, services and check"],
    ),
    (
        "services:",
        "objectives: {o: {services: [web, web], target: 99%, window: 9d}}\nservices:",
        ["2:34: objectives.o.services[1]: named twice"],
    ),
    (
        "services:",
        "objectives: {o: {services: [], target: 99%, window: 9d}}\nservices:",
        ["2:28: objectives.o.services: must name at least one service"],
    ),
    (
        "services:",
        "receivers: {a: {kind: pagr}}\nservices:",
        ['2:23: receivers.a.kind: there is no such kind (did you mean "pager"?)'],
    ),
    (
        "services:",
        "receivers: {a: {kind: pager, key: x}}\nservices:",
        ["2:30: receivers.a.key: no such option"],
    ),
    (
        "services:",
        "alerting: {routes: [{receivers: [a]}], fallback: b}\nservices:",
        [
            "2:34: alerting.routes[0].receivers[0]: there is no such receiver",
            "2:50: alerting.fallback: there is no such receiver",
        ],
    ),
    (
        "services:",
        "alerting: {dead_mans_switch: {url: nowhere}}\nservices:",
        ["2:36: alerting.dead_mans_switch.url: must be an address that begins with https:// or http://"],
    ),
]


@pytest.mark.parametrize(("old", "new", "lines"), OF_A_FILE)
def test_a_mistake_in_the_file_is_said_at_its_place(old: str, new: str, lines: list[str]) -> None:
    assert old in LEAST
    assert problems(LEAST.replace(old, new, 1)) == lines


def test_a_file_without_checks_is_refused() -> None:
    assert problems("") == ["1:1: checks: at least one check is required", "1:1: version: is required"]
    assert problems("version: 1\nchecks: {}\n") == ["2:1: checks: at least one check is required"]


def test_mistakes_in_one_entry_hide_none_in_another_and_all_are_listed_by_place() -> None:
    text = LEAST.replace("web: {}", "web: {tier: x, depends_on: [wbe]}").replace(
        "kind: page", "kind: pag, interval: 1s, timeout: 2s"
    )

    assert [line.split(": ")[1] for line in problems(text)] == [
        "services.web.tier",
        "services.web.depends_on[0]",
        "checks.page.kind",
        "checks.page.timeout",
    ]


def test_a_rule_about_several_options_shows_none_of_them() -> None:
    text = LEAST.replace(
        "kind: page, url: https://www.example.com", "kind: picky, first: '${A}', second: literal"
    )

    assert problems(text, A="hunter2") == ["5:3: checks.page: must have one of first and second, not … and …"]


def test_a_probe_that_cannot_say_whom_it_asks_is_refused() -> None:
    text = LEAST.replace("kind: page, url: https://www.example.com", "kind: picky")

    assert problems(text) == ["5:3: checks.page: whom it asks cannot be told from its options"]


def test_a_kind_whose_option_every_check_has_already_is_our_own_fault() -> None:
    with pytest.raises(TypeError, match="interval already means something"):
        said(LEAST.replace("kind: page", "kind: clashing"))


SECRET_PLACES = [
    "interval",
    "network",
    "method",
    "tries",
    "login",
    "note",
    "labels",
    "tokens",
    "kind",
    "service",
    "within",
]


@pytest.mark.parametrize("option", SECRET_PLACES)
def test_a_secret_in_the_wrong_place_is_never_shown(option: str) -> None:
    text = LEAST.replace("services:", "defaults: {network: internet}\nservices:").replace(
        "page: {service: web, kind: page,", f"page: {{{option}: '${{S}}', "
    )

    assert "hunter2" not in "\n".join(problems(text, S="hunter2 hunter2"))


def test_a_long_chain_of_services_is_no_circle() -> None:
    chain = "".join(f"  s{n}: {{depends_on: [s{n + 1}]}}\n" for n in range(3000)) + "  s3000: {}\n"

    assert len(said(LEAST.replace("  web: {}\n", "  web: {depends_on: [s0]}\n" + chain)).services) == 3002


def understood_or_refused(text: str) -> bool:
    try:
        return bool(said(text, A="x").checks)
    except ConfigError as error:
        return bool(error.problems)


WORDS = st.sampled_from(
    [
        "version",
        "1",
        "services",
        "checks",
        "web",
        "page",
        "kind",
        "url",
        "interval",
        "timeout",
        "defaults",
        "receivers",
        "alerting",
        "routes",
        "match",
        "limits",
        "in_flight",
        "store",
        "self_checks",
        "resolve",
        "tcp",
        "objectives",
        "target",
        "window",
        "30d",
        "99%",
        "web:",
        "listen",
        "depends_on",
        "up_when",
        "at_least",
        "any",
        "all",
        "${A}",
        "${NO}",
        "${NO:-}",
        "${file:/x}",
        "5s",
        "-1",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "-",
        "?",
        "&",
        "*",
        "!",
        "|",
        ">",
        "'",
        "#",
        "$",
        "<<",
        "pager",
    ]
)


@given(st.lists(WORDS, max_size=60))
def test_any_words_give_a_configuration_or_every_mistake(words: list[str]) -> None:
    assert understood_or_refused(" ".join(words))


NAMES = st.sampled_from(["kind", "service", "url", "at_least", "routes", "match", "receivers"])
VALUES = st.recursive(
    st.text(max_size=8) | st.sampled_from(["1", "web", "page", "pager", "5s", "99%", "30d", "${A}", "${NO}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
SECTIONS = ["version", "site", "timezone", "defaults", "services", "checks", "objectives", "receivers"]
SECTIONS += ["alerting", "self_checks", "store", "limits", "web"]


@settings(max_examples=200)
@given(
    st.dictionaries(st.sampled_from(SECTIONS), VALUES | st.dictionaries(st.just("web"), VALUES), max_size=6)
)
def test_any_values_in_any_section_give_a_configuration_or_every_mistake(tree: dict[str, Any]) -> None:
    assert understood_or_refused(json.dumps(tree))


def rare(options: str = "", before: str = "") -> str:
    return f"{before}{LEAST}  rare: {{service: web, kind: rare{options}}}\n"


def test_a_kind_has_usual_values_of_its_own_whatever_defaults_say() -> None:
    checks = said(rare(before="defaults: {interval: 45s, confirm: 5, recover: 4}\n")).checks

    assert (checks["rare"].interval, checks["rare"].confirm, checks["rare"].recover) == (7200, 1, 4)
    assert (checks["page"].interval, checks["page"].confirm) == (45, 5)


def test_what_a_check_says_goes_before_what_is_usual_for_its_kind() -> None:
    found = said(rare(", interval: 3h, confirm: 2")).checks["rare"]

    assert (found.interval, found.confirm) == (10800, 2)


def test_a_time_out_may_be_as_long_as_the_interval_that_is_usual_for_the_kind() -> None:
    assert said(rare(", timeout: 90m")).checks["rare"].timeout == 5400
    assert problems(rare(", timeout: 3h")) == [
        "6:45: checks.rare.timeout: must not be longer than the interval"
    ]


def test_a_kind_that_others_count_is_not_asked_too_often() -> None:
    assert problems(rare(", interval: 59m")) == [
        "6:46: checks.rare.interval: must be at least 1h for kind rare"
    ]
