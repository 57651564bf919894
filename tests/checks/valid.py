"""Files that are right, with every section, kind and receiver, for Hypothesis: made, not found by trying."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.checks.pieces import (
    COUNTED,
    FEW,
    FLAG,
    HOST,
    LABELS,
    MANY,
    NETWORK,
    NOTHING,
    PORTION,
    SECRET,
    SHARE,
    SIZE,
    SPENT,
    TEXT,
    URGENCY,
    URL,
    WHOLE,
    WORD,
    Made,
    distinct,
    either,
    flow,
    options,
    some,
    words,
)

SERVICES = ("sso", "email", "vpn")
RECEIVERS = ("oncall", "hook", "chat")
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
RECURRENCE = words("FREQ=DAILY", "FREQ=MONTHLY;BYDAY=1SA", '"FREQ=YEARLY;BYMONTH=12"')

INDICATORS = {
    f"of-{name}": {"service": name, "kind": "http", "url": "https://a.example.com"} for name in SERVICES
}
# What sections refer to; each is made in place of its plain one.
PLAIN: Mapping[str, Any] = {
    "version": "1",
    "services": {name: {} for name in SERVICES},
    "checks": INDICATORS,
    "receivers": dict(
        zip(RECEIVERS, ({"kind": "pagerduty"}, {"kind": "webhook"}, {"kind": "slack"}), strict=True)
    ),
    "alerting": {"hours": {"office": {"days": "mon-fri", "from": "'08:00'", "to": "'18:00'"}}},
}
COMMON = {
    "interval": MANY,
    "timeout": FEW,
    "confirm": WHOLE,
    "confirm_interval": FEW,
    "recover": WHOLE,
    "slow_after": FEW,
    "network": NETWORK,
    "enabled": FLAG,
    "sli": FLAG,
    "labels": LABELS,
}
LOGIN = options({"username": TEXT, "password": SECRET}, totp=SECRET)
MAIL = {"host": HOST, "port": words("25", '"587"'), "security": words("tls", "starttls", "none")}
STATUS = words("200", "200-399", '"404"')
HTTPS = words("https://example.com", '"https://${HOME}.example.com/"')
PORT = words("443", '"25"', '"${NO:-7}"')
IP = words("any", "ipv4", "ipv6")
REGEX = words("'^a'", "x+", "'7'")
STARTTLS = words("smtp", "imap", "pop3", "ldap")
OWN = {"ca_file": WORD, "ip_protocol": IP}
TLS = {
    "ca_file": WORD,
    "cert_file": WORD,
    "key_file": WORD,
    "server_name": words("b.example"),
    "min_tls": words('"1.2"', '"1.3"'),
}
SAID = either(
    [
        {"send": words("hush", "7")},
        {"send_hex": words("0d0a")},
        {"expect": REGEX, "name": words("hello")},
        {"expect_hex": words('"0d 0a"')},
    ]
)
UPGRADE = options({"start_tls": words("true")})
JSON_RULE = either(
    [{"path": words("$.a", "'$[*]'")}],
    equals=TEXT,
    matches=REGEX,
    at_least=words("1", "0.5"),
    at_most=words("2"),
    count=WHOLE,
    exists=words("true"),
)
EXPECTED = {
    "expect_status": STATUS | st.lists(STATUS, min_size=1, max_size=2),
    "expect_body": TEXT,
    "expect_body_regex": REGEX,
    "reject_body": TEXT,
    "reject_body_regex": REGEX,
    "expect_headers": st.dictionaries(
        words("X-Team", "1"), WORD | options({"matches": REGEX}) | options({"exists": FLAG}), max_size=2
    ),
    "expect_json": some(JSON_RULE),
    "expect_size": options(at_least=words("10B", "512B"), at_most=SIZE),
}
FETCHED = {
    **OWN,
    "server_name": words("b.example"),
    "min_tls": words('"1.2"', '"1.3"'),
    "cert_file": WORD,
    "redirects": words("0", '"20"'),
    "redirect_hosts": some(HOST),
    "proxy": options({"url": words("http://proxy.example.com:3128")})
    | options({"url": words("http://proxy"), "username": WORD, "password": SECRET}),
    "compression": FLAG,
    "http_version": words('"1.1"'),
    "max_body": SIZE,
}
LOGINS = (
    {"basic": options({"username": WORD, "password": SECRET})},
    {"bearer": words("hush", "7")},
    {
        "oauth2": options(
            {"token_url": URL, "client_id": WORD, "client_secret": SECRET},
            scopes=some(WORD),
            audience=WORD,
            sent_in=words("header", "body"),
            cache=FLAG,
        )
    },
)
SAVED = either([{"json": words("$.a")}, {"header": WORD}, {"cookie": WORD}, {"regex": REGEX}])
STEPS = options(
    {"name": words("one"), "url": URL},
    method=words("GET", "PUT"),
    headers=st.dictionaries(words("X-Team", "1"), WORD, max_size=2),
    form=st.dictionaries(words("a", "1"), WORD, max_size=2),
    save=st.dictionaries(words("a", "b1"), SAVED, max_size=2),
    **EXPECTED,
).map(lambda step: [step]) | options({"name": words("two"), "url": URL}, body=words("hush")).map(
    lambda step: [step]
)
STEPS |= options({"name": words("three"), "url": URL}, json=words("'7'")).map(lambda step: [step])


def kinds() -> Mapping[str, Made]:
    """Make the own options of each kind."""
    return {**the_ground(), **connections(), **names_and_calls(), **beyond()}


def the_ground() -> Mapping[str, Made]:
    return {
        "domain": options({"domain": words("example.com", "b.example")}, url=HTTPS, bootstrap=HTTPS, **OWN),
        "http": either(
            [{"url": HTTPS}, *({"url": URL} | login for login in LOGINS)],
            method=words("GET", "POST"),
            headers=st.dictionaries(words("X-Team", "1"), WORD, max_size=2),
            body=TEXT,
            **EXPECTED,
            **FETCHED,
        ),
        "script": either(
            [{"steps": STEPS}, *({"steps": STEPS} | login for login in LOGINS)],
            **FETCHED,
        ),
    }


def connections() -> Mapping[str, Made]:
    return {
        "tcp": either(
            [
                {"host": HOST, "port": PORT, "tls": words("true", '"on"')} | TLS,
                {"host": HOST, "port": PORT, "starttls": STARTTLS, "dialogue": some(SAID)} | TLS,
                {"host": HOST, "port": PORT, "dialogue": st.tuples(SAID, UPGRADE).map(list)},
            ],
            ip_protocol=IP,
        ),
        "tls": options(
            {"host": HOST} | TLS,
            port=PORT,
            starttls=STARTTLS,
            alpn=some(words("h2", "imap")) | words("h2"),
            expect_names=some(HOST) | HOST,
            expect_issuer=REGEX,
            expect_fingerprint=words("ab" * 32),
            expect_pin=words("A" * 43 + "="),
            ip_protocol=IP,
        ),
        "udp": either(
            [
                {"host": HOST, "port": PORT, "send": words("hush", "7"), "expect": REGEX},
                {"host": HOST, "port": PORT, "send_hex": words("0d0a", '"0d 0a"'), "expect_hex": words("ff")},
            ],
            ip_protocol=IP,
        ),
    }


def echoes() -> Mapping[str, Made]:
    return {
        "icmp": options(
            {"host": HOST, "wait": words("200ms", "0.5s")},  # no time-out that is made is too short for that
            count=words("1", "'2'"),
            spacing=words("10ms", "0.1s"),
            size=words("56B", "512B"),
            ttl=words("64", '"3"'),
            dont_fragment=FLAG,
            max_loss=PORTION,
            max_rtt=FEW,
            ip_protocol=IP,
        ),
    }


def names_and_calls() -> Mapping[str, Made]:
    records = {
        "server": HOST,
        "port": PORT,
        "path": words("/dns-query"),
        "recursion": FLAG,
        "expect_rcode": words("NOERROR") | some(words("NOERROR"), 1).filter(bool),
        "expect_regex": REGEX,
        "every_regex": REGEX,
        "reject_regex": REGEX,
        "at_least": words("1", '"+2"'),
        "at_most": words("003", '"3"'),
        "authoritative": FLAG,
        "authenticated": FLAG,
        "ip_protocol": IP,
    }
    asked = words("example.com", "7.example", '"${HOME}.example"')
    return {
        "dns": either(
            [
                {"name": asked, "transport": words("udp", "tcp", "tls", "https")} | TLS,
                {"name": asked, "type": words("A"), "expect": words("192.0.2.1"), "exact": FLAG},
                {"name": asked, "type": words("SOA"), "serials": FLAG},
            ],
            **records,
        )
        | options({"name": asked, "expect_rcode": some(words("NXDOMAIN"), 1).filter(bool)}, port=PORT)
        | options({"name": asked, "dnssec": FLAG}, trust_anchors=words('". 20326 8 2 ' + "AB" * 32 + '"')),
        **echoes(),
        "heartbeat": options({"within": MANY, "token": SECRET}, grace=FEW),
    }


def beyond() -> Mapping[str, Made]:
    imap = {"host": HOST, "username": TEXT, "password": SECRET}
    smtp = {"host": HOST}, {"host": HOST, "username": WORD, "password": SECRET}
    page = {"vendor": WORD}, {"vendor": WORD, "url": URL}, {"url": URL, "format": WORD}
    return {
        "ikev2": options({"host": HOST}, port=words("4500", '"500"')),
        "mail_roundtrip": options(
            {"smtp": either(smtp, **MAIL), "imap": options(imap, **MAIL)}, delivered_within=MANY
        ),
        "oidc": options(
            {"issuer": URL, "client_id": WORD, "redirect_uri": URL, "login": LOGIN},
            client_secret=SECRET,
            scopes=st.just(["openid", "7"]),
            second=LOGIN,
            browser=FLAG,
        )
        | options({"issuer": URL, "client_id": WORD}, redirect_uri=URL),
        "status_page": either(page, scope=LABELS),
    }


@st.composite
def checks(draw: st.DrawFn, kind: str) -> Any:
    """Make a check of a kind, and `defaults`, which may say its kind and its service."""
    usual = draw(options(**COMMON, kind=st.just(kind), service=words(*SERVICES)))
    own = COMMON | {"interval": words("1h", "7d")} if kind == "domain" else COMMON
    entry = draw(kinds()[kind]) | draw(options(**own, was=words("before")))
    if "kind" not in usual or draw(st.booleans()):
        entry["kind"] = kind
    if ("service" not in usual and kind not in ("domain", "status_page")) or draw(st.booleans()):
        entry["service"] = draw(words(*SERVICES))
    return {"defaults": usual, "checks": INDICATORS | {"it": entry}}


@st.composite
def services(draw: st.DrawFn) -> Any:
    """Make services, each of which may depend on those before it."""
    about = {"title": TEXT, "owner": TEXT, "tier": WHOLE, "vendors": some(WORD, 1), "up_when": COUNTED}
    times = {"unknown_after": MANY, "detect_within": MANY, "runbook": TEXT, "labels": LABELS}
    return {
        name: draw(
            options(**about, **times, depends_on=distinct(*SERVICES[:number]) if number else st.just([]))
        )
        for number, name in enumerate(SERVICES)
    }


def objectives() -> Made:
    policy = options({"at": SPENT, "notify": URGENCY}, state=WORD, text=TEXT)
    burn = options(
        {
            "urgency": words("page", "ticket"),
            "long": words("1h", "6h"),
            "short": words("5m", "30m"),
            "factor": words("6", "14.4"),
        }
    )
    others = {
        "combine": COUNTED,
        "during": st.just("office"),
        "policy": some(policy, 1),
        "min_bad": WHOLE,
        "min_coverage": PORTION,
        "burn": some(burn),
    }
    promised = {"target": SHARE, "window": words("30d", "12h", "week", "month", '"quarter"', '"${NO:-year}"')}
    of_check = {"check": words(*INDICATORS)}
    about = (
        {"service": words(*SERVICES)},
        {"services": distinct(*SERVICES, least=1)},
        of_check,
        of_check | {"indicator": words("time", "attempts")},
        of_check | {"indicator": st.just("latency"), "faster_than": FEW},
    )
    one = either([promised | each for each in about], **others)
    return options({"a": one, "1": one, "b.c": one})


def receivers() -> Mapping[str, Made]:
    url = words("https://example.com/hook", '"${NO:-}"', '"${NO}"')
    return {
        "oncall": options(
            {"kind": st.just("pagerduty")},
            routing_key=SECRET,
            url=URL,
            auto_resolve=MANY,
            hand_resolved_hold=FEW,
            webhook_secret=SECRET | some(SECRET),
        ),
        "hook": options(
            {"kind": st.just("webhook")},
            url=url,
            secret=words(WHSEC, '"${NO:-}"'),
            headers=st.dictionaries(words("X-Team", "1"), SECRET, max_size=1),
        ),
        "chat": options({"kind": words("slack", '"${NO:-slack}"')}, url=url),
    }


def alerting() -> Made:
    told = distinct(*RECEIVERS, least=1)
    match = options(
        urgency=URGENCY,
        tier=WHOLE,
        service=words(*SERVICES),
        owner=TEXT,
        scope=words("service", "objective", "certificate", "domain", "budget", "vendor", "monitor"),
        severity=words("critical", "error", "warning", "info"),
        labels=LABELS,
    )
    route = options(
        {"receivers": told, "during": st.just("office")},
        match=match,
        otherwise=distinct(*RECEIVERS),
        escalate=some(options({"after": MANY, "receivers": told}), 1),
    )
    days = words("mon-fri", '"mon,wed"', "Sat") | distinct("sat", "sun", "wed-thu", least=1)
    return options(
        {"hours": options({"office": hours(days)})},
        prefix=WORD,
        routes=some(route | options({"receivers": told})),
        fallback=words(*RECEIVERS),
        fallback_after=MANY,
        dead_mans_switch=options({"url": words("https://example.com/", '"${NO:-}"')}, interval=MANY),
        hold_max=MANY,
        storm_limit=WHOLE,
        flapping=FLAG,
        acknowledge_expires=MANY,
        self_test=MANY,
    )


def hours(days: Made) -> Made:
    return options(
        {"days": days, "from": words('"08:00"', "08:00", "00:30"), "to": words("18:00", "24:00")},
        holidays=st.just(str(Path(__file__).with_name("holidays.ics"))),
    )


def planned() -> Mapping[str, Made]:
    """Make the sections `maintenance` and `reports`."""
    needed = {
        "services": distinct(*SERVICES, least=1),
        "start": words("2026-12-05T22:00", '"2026-12-05T22:00:30"', "2026-12-05T21:00Z"),
        "duration": words("2h", "90m"),
    }
    others = {"effect": words("exclude", "label"), "dependents": FLAG, "reason": TEXT, "author": TEXT}
    windows = [
        options(needed | {"name": st.just(name)}, recurrence=RECURRENCE, **others) for name in ("a", "7")
    ]
    report = options(
        {
            "period": words("week", "month", "quarter", "year"),
            "at": words('"1 07:00"', "7 23:59"),
            "to": distinct(*RECEIVERS, least=1),
        }
    )
    return {
        "maintenance": st.tuples(*windows).map(list) | windows[0].map(lambda one: [one]),
        "reports": NOTHING | some(report),
    }


def rest() -> Mapping[str, Made]:
    """Make the sections that nothing refers to."""
    url = words("sqlite:///a.db", "sqlite:////var/lib/a.db", '"sqlite:///${HOME}.db"')
    looks = [
        options({"resolve": words("example.com", "7")}, network=NETWORK),
        options({"tcp": words("192.0.2.1:443", '"[2001:db8::1]:53"')}, network=NETWORK),
    ]
    return {
        "self_checks": st.tuples(*looks).map(list) | st.just([]),
        "store": NOTHING
        | url
        | options(url=url, results=words("30d", "400d"), size=SIZE, history=words("760d")),
        "limits": NOTHING
        | options(in_flight=words("auto", "500", '"500"'), per_host=WHOLE, max_refusals=WHOLE),
        "vendors": NOTHING
        | st.dictionaries(
            words("okta", "7"), options(url=URL, announce=FLAG, sla=SHARE, follow_maintenance=FLAG)
        ),
        "web": NOTHING | options(listen=words("127.0.0.1:9797", '":9797"', '"[::1]:1"'), external_url=URL),
    }


def sections() -> Mapping[str, Made]:
    """Make each section; those of checks by their kind."""
    top = options(
        {"version": words("1", '"1"', '"${NO:-1}"')},
        site=WORD,
        timezone=words("UTC", "Europe/Amsterdam"),
        compatibility=distinct("sloth", "pyrra"),
    )
    alone = {
        "services": services(),
        "objectives": objectives(),
        "alerting": alerting(),
        **planned(),
        **rest(),
    }
    return {
        "top": top,
        "receivers": options(receivers()).map(lambda made: {"receivers": made}),
        **{f"checks of kind {kind}": checks(kind) for kind in kinds()},
        **{name: options({name: made}) for name, made in alone.items()},
    }


@st.composite
def files(draw: st.DrawFn, section: str) -> str:
    """Make a whole file, with everything that a section can hold."""
    top = {**PLAIN, **draw(sections()[section])}
    return "".join(f"{name}: {flow(value)}\n" for name, value in draw(st.permutations(list(top.items()))))
