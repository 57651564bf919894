"""A canary in the place of every secret, and secrets in the place of everything else: it is shown nowhere."""

import asyncio
import logging
import sys
import traceback
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, ClassVar, get_args

import pytest
import yaml
from aiohttp import web

from alerting.receiver import Response
from checks.alerting_options import AlertingOptions
from checks.kinds import COMMON, Kinds
from checks.model import Check
from checks.options import CommonOptions, LimitsOptions, StoreOptions, VendorOptions, WebOptions
from checks.parse import parse
from checks.shapes import alternatives, options
from checks.source import ConfigError
from checks.values import Secret
from commands import COMMANDS
from probes.attempt import attempt
from probes.clock import Clock
from probes.tools import Tools
from tests.checks.real import KINDS, RECEIVERS, said
from tests.commands.shell import Shell
from tests.faults.process import DAEMON, Running
from tests.servers.nginx import free_port

CANARY = "hunter2"
PLANTED = """\
version: 1
services: {{sso: {{tier: 1}}, email: {{}}}}
checks:
  front: {{service: sso, kind: http, url: "http://127.0.0.1:{closed}/", interval: 1s, confirm: 1}}
  echoed:
    service: email
    kind: http
    url: http://127.0.0.1:{echo}/
    headers: {{Authorization: Bearer hunter2-bearer, X-Key: hunter2-key}}
    interval: 1s
    sli: false
  named:
    service: email
    kind: http
    url: http://127.0.0.1:{echo}/
    basic: {{username: probe, password: hunter2-basic}}
    proxy: {{url: "http://127.0.0.1:{echo}", username: probe, password: hunter2-proxy}}
    interval: 1s
    sli: false
  bearing: {{service: email, kind: http, url: "http://127.0.0.1:{echo}/", bearer: hunter2-bearer, sli: false}}
  granted:
    service: email
    kind: http
    url: http://127.0.0.1:{echo}/
    oauth2: {{token_url: "http://127.0.0.1:{echo}/", client_id: probe, client_secret: hunter2-granted}}
    interval: 1s
    sli: false
  scripted:
    service: email
    kind: script
    basic: {{username: probe, password: hunter2-script}}
    proxy: {{url: "http://127.0.0.1:{echo}", username: probe, password: hunter2-script-proxy}}
    steps:
      - name: first
        url: http://127.0.0.1:{echo}/
        headers: {{X-Key: hunter2-step}}
        form: {{word: hunter2-form}}
        expect_status: 100-599
      - {{name: second, url: "http://127.0.0.1:{echo}/", body: hunter2-body, expect_body: never}}
    interval: 1s
    sli: false
  scripted-bearing:
    service: email
    kind: script
    bearer: hunter2-script-bearer
    steps: [{{name: one, url: "http://127.0.0.1:{echo}/", json: '"hunter2-json"', expect_body: never}}]
    sli: false
  scripted-granted:
    service: email
    kind: script
    oauth2: {{token_url: "http://127.0.0.1:{echo}/", client_id: probe, client_secret: hunter2-script-granted}}
    steps: [{{name: one, url: "http://127.0.0.1:{echo}/"}}]
    sli: false
  spoken:
    service: email
    kind: tcp
    host: 127.0.0.1
    port: {echo}
    dialogue:
      - send: "hunter2-said\r\n\r\n"
      - send_hex: 68756e74657232
      - expect: never
    interval: 1s
    sli: false
  beating: {{service: email, kind: heartbeat, within: 1h, token: hunter2-beat-token, sli: false}}
  called: {{service: email, kind: udp, host: 127.0.0.1, port: {echo}, send: hunter2-called, sli: false}}
  login:
    service: sso
    kind: oidc
    issuer: https://login.example.com
    client_id: watchkeeper
    client_secret: hunter2-client
    redirect_uri: https://watchkeeper.example.com/cb
    login: {{username: probe, password: hunter2-password, totp: hunter2-totp}}
    second: {{username: other, password: hunter2-other, totp: hunter2-codes}}
  mail:
    service: email
    kind: mail_roundtrip
    smtp: {{host: smtp.example.com, username: probe, password: hunter2-smtp}}
    imap: {{host: imap.example.com, username: probe, password: hunter2-imap}}
receivers:
  oncall:
    kind: pagerduty
    routing_key: hunter2hunter2hunter2hunter2abcd
    url: http://127.0.0.1:{echo}/v2/enqueue
    webhook_secret: [hunter2-now, hunter2-before]
  chat: {{kind: slack, url: "http://127.0.0.1:{echo}/hunter2-slack"}}
  own:
    kind: webhook
    url: http://127.0.0.1:{echo}/hunter2-own
    secret: whsec_hunter2hunter2hunter2hunter2hunter2hunter2hunter2hunter2
    headers: {{Authorization: Bearer hunter2-token}}
alerting:
  dead_mans_switch: {{url: "http://127.0.0.1:{echo}/hunter2-beat", interval: 1s}}
self_checks: [{{tcp: "127.0.0.1:{echo}", network: internal}}]
web: {{listen: "127.0.0.1:{listen}"}}
"""
SECTIONS = {
    "alerting": AlertingOptions,
    "web": WebOptions,
    "store": StoreOptions,
    "limits": LimitsOptions,
    "vendors": VendorOptions,
    "defaults": CommonOptions,
}


def planted(echo: int = 9, closed: int = 9, listen: int = 9797) -> str:
    return PLANTED.format(echo=echo, closed=closed, listen=listen)


# --- every secret there is


def parts(shape: Any) -> Iterator[Any]:
    """Give the types that a type is made of, inside of containers too."""
    for one in alternatives(shape):
        yield one
        for inside in get_args(one):
            yield from parts(inside)


def secret_options(shape: Any) -> set[str]:
    """Give the options of a class that are secrets, however deep."""
    found = set()
    for name, inner in options(shape).items():
        kinds = list(parts(inner))
        found |= {name} if Secret in kinds else set()
        found |= {f"{name}.{deep}" for kind in kinds for deep in secret_options(kind)}
    return found


def holds_canary(entry: Any, path: str) -> bool:
    """Say whether there is one at a path, written as it is or as hexadecimal digits."""
    if isinstance(entry, list):
        return any(holds_canary(each, path) for each in entry)
    part, _, rest = path.partition(".")
    if not isinstance(entry, dict) or not part:
        return CANARY in str(entry) or CANARY.encode().hex() in str(entry)
    return holds_canary(entry.get(part, {}), rest) if rest else holds_canary(entry.get(part), "")


def unplanted(places: Mapping[str, str], shared: frozenset[str], entries: list[dict[str, Any]]) -> list[str]:
    """Give the secrets of kinds, by `kind.option`, that no entry has a canary for."""
    kinds = Kinds(places, shared)
    return [
        f"{word}.{path}"
        for word in places
        for path in secret_options(kinds.loaded(word))
        if not any(holds_canary(entry, path) for entry in entries if entry["kind"] == word)
    ]


def test_a_canary_is_planted_for_every_secret_there_is() -> None:
    tree = yaml.safe_load(planted())

    assert unplanted(KINDS, COMMON, list(tree["checks"].values())) == []
    assert unplanted(RECEIVERS, frozenset({"kind"}), list(tree["receivers"].values())) == []
    assert [
        f"{title}.{path}"
        for title, shape in SECTIONS.items()
        for path in secret_options(shape)
        if not holds_canary(tree.get(title, {}), path)
    ] == []


def within(value: object) -> Iterator[object]:
    """Give a value and everything it holds."""
    yield value
    if is_dataclass(value):
        held: Any = [getattr(value, each.name) for each in fields(value)]
    elif isinstance(value, Mapping):
        held = [*value.keys(), *value.values()]
    else:
        held = value if isinstance(value, tuple | list) else ()
    for each in held:
        yield from within(each)


def test_no_part_of_a_configuration_shows_a_secret() -> None:
    configuration = said(planted())
    shown = [
        f"{part!r} {part!s} {part:}" if not isinstance(part, Mapping | tuple | list) else f"{part!r} {part!s}"
        for part in within(configuration)
    ]

    assert any("Secret(***)" in text for text in shown)
    assert not [text for text in shown if CANARY in text]


def test_notes_show_no_secret() -> None:
    notes = [str(note) for note in said(planted()).notes]

    assert notes
    assert CANARY not in "\n".join(notes)


# --- secrets in the wrong place

CHECK = """version: 1
services: {sso: {}}
checks:
  login: {service: sso, kind: http, url: https://login.example.com}
  other:
"""
OF_A_CHECK = [
    'interval: "§"',
    'timeout: "§"',
    'confirm: "§"',
    'kind: "§"',
    'service: "§"',
    'expect_status: ["§"]',
    'expect_status: "§"',
    'headers: "§"',
    'headers: ["§"]',
    'headers: {Content-Length: "§"}',
    'headers: {a b: "§"}',
    'method: "§"',
    'url: "§"',
    'url: "https://probe:§@login.example.com"',
    'body: ["§"]',
    'body: {x: "§"}',
    'labels: "§"',
    'labels: {team: ["§"]}',
    'enabled: "§"',
    'network: "§"',
    'max_body: "§"',
    'unknwon: "§"',
    'password: "§"',
    'was: ["§"]',
    '? ["§"]\n    : x',
    'slow_after: "§ s"',
]
OF_A_FILE = [
    'site: "§ x"',
    'timezone: "§"',
    'compatibility: ["§"]',
    'passwords: "§"',
    'defaults: {interval: "§"}',
    'defaults: {password: "§"}',
    'defaults: "§"',
    'vendors: {okta: {sla: "§"}}',
    'vendors: {okta: "§"}',
    'store: "§"',
    'store: {url: "§"}',
    'store: {size: "§"}',
    'limits: {in_flight: "§"}',
    'limits: {per_host: "§"}',
    'web: {listen: "§"}',
    'web: {external_url: "§"}',
    'web: {auth: "§"}',
    'webhooks: {token: "§"}',
    'self_checks: [{resolve: "https://§"}]',
    'self_checks: [{tcp: "§"}]',
    'self_checks: ["§"]',
    'objectives: {o: {service: "§", target: 99%, window: 30d}}',
    'objectives: {o: {service: sso, target: "§", window: 30d}}',
    'objectives: {o: {service: sso, target: 99%, window: "§"}}',
    'objectives: {o: {service: sso, target: 99%, window: 30d, combine: "§"}}',
    'objectives: {o: {service: sso, target: 99%, window: 30d, policy: [{at: "§", notify: "§"}]}}',
    'objectives: {o: {service: sso, target: 99%, window: 30d, during: "§"}}',
    'maintenance: [{name: "§ x", services: ["§"], start: "§", duration: "§", recurrence: "§"}]',
    'maintenance: ["§"]',
    'receivers: {oncall: {kind: "§"}}',
    'receivers: {oncall: {kind: pagerduty, url: "§"}}',
    'receivers: {oncall: {kind: pagerduty, key: "§"}}',
    'receivers: {oncall: {kind: pagerduty, routing_key: ["§"]}}',
    'receivers: {oncall: {kind: pagerduty, routing_key: {x: "§"}}}',
    'receivers: {oncall: {kind: pagerduty, auto_resolve: "§"}}',
    'receivers: {own: {kind: webhook, url: "§"}}',
    'receivers: {own: {kind: webhook, secret: "§"}}',
    'receivers: {own: {kind: webhook, headers: "§"}}',
    'receivers: {chat: {kind: slack, url: "§"}}',
    'receivers: {chat: "§"}',
    'reports: [{period: "§", at: "§", to: ["§"]}]',
    'alerting: {prefix: "§ x"}',
    'alerting: {fallback: "§"}',
    'alerting: {routes: [{receivers: ["§"]}]}',
    'alerting: {routes: [{receivers: "§", match: {urgency: "§", tier: "§", scope: "§", severity: "§"}}]}',
    'alerting: {hours: {office: {days: "§", from: "§", to: "§"}}}',
    'alerting: {dead_mans_switch: {url: "§"}}',
    'alerting: {dead_mans_switch: "§"}',
]
NOT_YAML = [
    'oncall: {kind: pagerduty, routing_key: "hunter2}',
    "oncall: {kind: pagerduty, routing_key: hunter2",
    "oncall: {routing_key: hunter2]}",
    "oncall: {kind: pagerduty}\n  routing_key: hunter2: x",
    "oncall: {kind: pagerduty, routing_key: @hunter2}",
    "oncall: {kind: pagerduty, routing_key: %hunter2}",
    "oncall: {kind: pagerduty, routing_key: *hunter2}",
    "oncall: {kind: pagerduty, routing_key: !hunter2 x}",
    "oncall: {kind: pagerduty, routing_key: !h!hunter2 x}",
    "oncall: {kind: pagerduty, &hunter2 routing_key: x}",
    'oncall: {kind: pagerduty, routing_key: "hunter2\\hunter2"}',
    "oncall: {kind: pagerduty, routing_key: hunter2\x07}",
    "oncall:\n\tkind: hunter2",
    "oncall: |hunter2\n    x",
]
# How a secret may get to the place of §.
SOURCES = {
    "written": "hunter2-s3cret",
    "variable": "${S}",
    "default": "${NO:-hunter2-s3cret}",
    "file": "${file:/run/secrets/s}",
}


def refusal(text: str) -> ConfigError:
    environment = {"S": "hunter2-s3cret"}
    with pytest.raises(ConfigError) as refused:
        parse(
            {"checks.yaml": text},
            kinds=KINDS,
            receivers=RECEIVERS,
            environment=environment,
            read=lambda _: "hunter2-s3cret",
        )
    return refused.value


def everything(error: BaseException | None) -> str:
    """Give all that an error can come to on a screen, also by way of those that it came from."""
    told = ""
    while error is not None:
        told += "".join(traceback.format_exception(error)) + repr(error)
        error = error.__cause__ or error.__context__
    return told


def told(text: str) -> str:
    error = refusal(text)
    assert error.problems
    return everything(error) + repr(error.problems)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("option", OF_A_CHECK)
def test_a_secret_in_a_wrong_option_of_a_check_is_not_shown(option: str, source: str) -> None:
    option = option.replace("§", SOURCES[source])
    usual = {"service": "sso", "kind": "http", "url": "https://other.example.com"}
    rest = "".join(
        f"    {name}: {value}\n" for name, value in usual.items() if not option.startswith(f"{name}:")
    )

    assert CANARY not in told(f"{CHECK}{rest}    {option}\n")


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("section", OF_A_FILE)
def test_a_secret_in_a_wrong_option_of_a_section_is_not_shown(section: str, source: str) -> None:
    text = CHECK.replace("  other:\n", "") + section.replace("§", SOURCES[source]) + "\n"

    assert CANARY not in told(text)


@pytest.mark.parametrize("line", NOT_YAML)
def test_a_secret_beside_a_mistake_in_yaml_is_not_shown(line: str) -> None:
    assert CANARY not in told(CHECK.replace("  other:\n", "") + f"receivers:\n  {line}\n")


def test_a_reference_in_a_name_is_not_replaced() -> None:
    assert CANARY not in told(CHECK.replace("other:", "${S}: {kind: http}"))


# --- the commands

ARGUMENTS = {
    "ask": ["front", "--json"],
    "backup": ["copy.db"],
    "export": ["results"],
    "import": ["results", "checks.yaml"],
    "init": ["new.yaml"],
    "maintenance": ["list", "--json"],
    "once": ["--json"],
    "silence": ["list", "--json"],
    "slo": ["--json"],
    "status": ["--json"],
    "test-alert": ["oncall"],
}


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, capsys)


@pytest.mark.parametrize("word", COMMANDS)
def test_no_command_shows_a_secret(word: str, shell: Shell) -> None:
    shell.write(planted(echo=free_port(), closed=free_port(), listen=free_port()))

    answer = shell.type(word, *ARGUMENTS.get(word, []), "--log-level", "debug")

    assert answer.status != 2, f"say in ARGUMENTS what {word} takes: {answer.err}"
    assert CANARY not in answer.out + answer.err


# --- the daemon


class Echo:
    """A receiver that refuses everything and says back all it was sent, but the address it was sent to."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.news = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        self.heard.append(request.path)
        self.news.set()
        sent = f"{request.headers.get('Authorization')} {(await request.read()).decode()}"
        return web.Response(status=400, text=f"no: {sent}")

    async def until_all(self, *words: str) -> None:
        while not all(any(word in sent for sent in self.heard) for word in words):
            await self.news.wait()
            self.news.clear()


@pytest.fixture
async def echo(unused_tcp_port: int) -> Any:
    told = Echo()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", told.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    yield told, unused_tcp_port
    await runner.cleanup()


def left_by(daemon: Running) -> dict[str, bytes]:
    """Give the files that a daemon wrote beside its configuration, by name."""
    files = daemon.config.parent.iterdir()
    return {file.name: file.read_bytes() for file in files if file != daemon.config}


async def status(config: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(DAEMON), "status", "--json", "--config", str(config)),
        stdout=PIPE,
        stderr=STDOUT,
    )
    return (await process.communicate())[0].decode()


async def test_a_daemon_whose_receivers_say_everything_back_shows_no_secret(
    tmp_path: Path, echo: tuple[Echo, int]
) -> None:
    heard, port = echo
    daemon = Running(tmp_path / "checks.yaml", free_port())
    daemon.config.write_text(planted(echo=port, closed=free_port(), listen=daemon.port), encoding="utf-8")
    try:
        await daemon.start()
        await daemon.ready()
        await asyncio.wait_for(heard.until_all("hunter2-own", "v2/enqueue", "hunter2-beat"), 30)
        pages = [await daemon.asked(path) for path in ("/metrics", "/", "/-/ready")]
        shown = await status(daemon.config)
    finally:
        assert await daemon.terminate() == 0

    assert all(pages)
    assert "front" in shown
    assert CANARY not in shown + b"".join(page or b"" for page in pages).decode()
    left = left_by(daemon)
    assert {"daemon.log", "watchkeeper.db"} <= left.keys()
    assert [name for name, held in left.items() if CANARY.encode() in held] == []


@pytest.mark.parametrize("kind", ["webhook", "slack"])
def test_a_web_server_that_quotes_the_path_of_a_secret_address_shows_no_secret(kind: str) -> None:
    text = (
        CHECK.replace("  other:\n", "")
        + "receivers: {r: {kind: %s, url: https://hooks.example.com/hunter2}}\n"
    )
    receiver: Any = said(text % kind).receivers["r"].target

    verdict = receiver.read(Response(404, {}, b"Cannot POST /hunter2"), 0)

    assert CANARY not in repr(verdict)


# --- a probe of ours that goes wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaky:
    kind: ClassVar[str] = "leaky"

    password: Secret

    async def ask(self, tools: Tools) -> None:
        tools.learned.evidence["sent"] = {"password": [self.password.reveal()]}
        try:
            int(self.password.reveal())
        except ValueError as error:
            raise RuntimeError(f"cannot sign on with {self.password.reveal()}") from error


class Still:
    def blocked_since(self, since: float) -> float:  # noqa: ARG002 - the contract's argument
        return 0.0


async def test_a_probe_that_goes_wrong_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    check = Check(name="leaky", kind="leaky", probe=Leaky(password=Secret("hunter2")))

    with caplog.at_level(logging.DEBUG):
        result = await attempt(check, "hq", Clock(), Still(), extra=False)

    assert "cannot sign on with ***" in caplog.text
    assert CANARY not in caplog.text + repr(result)
