import asyncio
import gc
from typing import Any

import pytest
import trustme
from pydantic import TypeAdapter, ValidationError

from probes import KINDS
from probes.basic.tcp import Tcp, phases
from probes.result import Outcome, Reason, Result
from tests.fakes.badhttp import Behaviour, serving, silence
from tests.fakes.scripted import Cue, endless, plays
from tests.probes.asking import ask, sockets
from tests.probes.conftest import shows
from tests.servers.folder import needs_root
from tests.servers.nginx import Nginx, free_port
from tests.servers.postfix import Postfix

OPTIONS = TypeAdapter(Tcp)
HELLO = {"expect": "^220 "}


def tcp(port: int, *dialogue: dict[str, Any], **options: Any) -> Tcp:
    """Make the probe as the file's reader does, from texts."""
    whole = {"host": "127.0.0.1", "port": str(port), "dialogue": list(dialogue), **options}
    return OPTIONS.validate_python(whole)


async def against(
    behaviour: Behaviour, *dialogue: dict[str, Any], timeout: float = 5, **options: Any
) -> Result:
    """Ask a server that behaves like that."""
    async with serving(behaviour) as port:
        return await ask(tcp(port, *dialogue, **options), timeout=timeout)


# --- real servers


@needs_root
@pytest.mark.server("postfix")
async def test_a_dialogue_under_starttls(smtp: Postfix, trusted: str) -> None:
    dialogue = (
        {"send": "EHLO probe.example.com\r\n"},
        {"expect": "^250 ", "name": "hello"},
        {"send": "QUIT\r\n"},
        {"expect": "^221 "},
    )
    result = await ask(tcp(smtp.smtp, *dialogue, starttls="smtp", ca_file=trusted))

    assert result.outcome is Outcome.GOOD, result
    assert list(result.phases) == ["resolve", "connect", "greeting", "starttls", "tls", "hello", "step_4"]
    assert set(result.facts) == {fact.name for fact in Tcp.facts}


@needs_root
@pytest.mark.server("postfix")
async def test_a_dialogue_that_begins_tls_itself(smtp: Postfix, trusted: str) -> None:
    dialogue = (
        HELLO,
        {"send": "EHLO probe.example.com\r\n"},
        {"expect": r"^250[ -]STARTTLS\r?$"},
        {"expect": "^250 "},
        {"send": "STARTTLS\r\n"},
        HELLO,
        {"start_tls": "true"},
        {"send": "NOOP\r\n"},
        {"expect": "^250 "},
    )
    result = await ask(tcp(smtp.smtp, *dialogue, ca_file=trusted))

    assert result.outcome is Outcome.GOOD, result
    assert "tls" in result.phases


@needs_root
@pytest.mark.server("postfix")
async def test_a_server_that_answers_otherwise_is_shown(smtp: Postfix) -> None:
    result = await ask(tcp(smtp.plain, {"expect": "^250 ", "name": "banner"}), timeout=0.5)

    assert (result.outcome, result.reason) == (Outcome.BAD, Reason.ASSERTION)
    assert "in the step banner" in result.detail
    assert result.evidence["dialogue"]["came"] == r"'220 mail.example.test ESMTP Postfix\r\n'"


@needs_root
@pytest.mark.server("postfix")
async def test_the_name_under_starttls_may_be_another_than_the_hosts(smtp: Postfix, trusted: str) -> None:
    options = {"starttls": "smtp", "ca_file": trusted}
    own = await ask(tcp(smtp.smtp, **options, server_name="localhost"))
    other = await ask(tcp(smtp.smtp, **options, server_name="www.example.com"))

    assert (own.outcome, other.reason) == (Outcome.GOOD, Reason.TLS_NAME)


@pytest.mark.server("nginx")
async def test_a_connection_is_enough(web: Nginx, ca_file: str) -> None:
    plain, secure = (
        await ask(tcp(web.plain)),
        await ask(tcp(web.secure, tls="true", ca_file=ca_file)),
    )

    assert (plain.outcome, list(plain.phases)) == (Outcome.GOOD, ["resolve", "connect"])
    assert secure.outcome is Outcome.GOOD, secure
    assert list(secure.phases)[:3] == ["resolve", "connect", "tls"]


@pytest.mark.server("nginx")
async def test_tls_is_verified(web: Nginx, ca_file: str) -> None:
    stranger = await ask(tcp(web.secure, tls="true"))
    other = await ask(tcp(web.secure, tls="true", ca_file=ca_file, server_name="www.example.com"))

    assert (stranger.reason, other.reason) == (Reason.TLS_UNTRUSTED, Reason.TLS_NAME)
    assert "ssl_earliest_cert_expiry" in stranger.facts


@pytest.mark.server("nginx")
async def test_a_dialogue_from_the_first_byte_under_tls(web: Nginx, ca_file: str) -> None:
    dialogue = (
        {"send": "GET /hello HTTP/1.0\r\n\r\n"},
        {"expect": "^HTTP/1.1 200 "},
        {"expect": "all is well"},
    )

    assert (await ask(tcp(web.secure, *dialogue, tls="yes", ca_file=ca_file))).outcome is Outcome.GOOD


# --- servers that misbehave


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (plays(Cue.RESET), Reason.RESET),
        (plays(), Reason.PROTOCOL),
        (plays(b"22", Cue.HALF), Reason.ASSERTION),
        (plays(b"SSH-2.0-x\r\n"), Reason.ASSERTION),
        (endless(b"hello\r\n"), Reason.TOO_LARGE),
        (endless(b"x"), Reason.TOO_LARGE),
    ],
    ids=["reset", "close", "half close", "wrong protocol", "endless lines", "endless line"],
)
async def test_each_misbehaviour_has_its_reason(behaviour: Behaviour, reason: Reason) -> None:
    result = await against(behaviour, HELLO)

    assert (result.outcome, result.reason) == (Outcome.BAD, reason)
    assert result.detail.startswith("step 1 (expect): ")


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (silence, Reason.RESPONSE_TIMEOUT),
        (plays(b"2", 0.1, b"2", 0.1, b"0", 0.1), Reason.RESPONSE_TIMEOUT),
        (plays(b"554 no\r\n", Cue.STAY), Reason.ASSERTION),
    ],
    ids=["silence", "drip", "wrong answer"],
)
async def test_running_out_of_time_means_late_or_wrong(behaviour: Behaviour, reason: Reason) -> None:
    result = await against(behaviour, HELLO, timeout=0.15)

    assert (result.outcome, result.reason) == (Outcome.BAD, reason)
    assert result.evidence["dialogue"]["step"] == 1


async def test_a_port_where_nobody_listens_refuses() -> None:
    assert (await ask(tcp(free_port()))).reason is Reason.CONNECT_REFUSED


async def test_bytes_are_sent_and_awaited() -> None:
    """What PostgreSQL's clients say to begin TLS, and the answer that there is none."""
    dialogue = ({"send_hex": "00 00 00 08 04 d2 16 2f"}, {"expect_hex": "4e"})

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert (await reader.readexactly(8))[-1] == 0x2F
        writer.write(b"N")

    assert (await against(answers, *dialogue)).outcome is Outcome.GOOD


async def test_what_is_sent_stays_secret() -> None:
    dialogue = ({"send": "PASS hunter2\r\n"}, {"expect": "^230 "})
    result = await against(plays(Cue.LINE, b"530 hunter2 is wrong\r\n"), *dialogue)

    assert result.reason is Reason.ASSERTION
    assert "hunter2" not in f"{result.detail} {result.evidence}"


async def test_an_attempt_cut_short_leaves_no_socket(authority: trustme.CA, ca_file: str) -> None:
    under_tls, server = asyncio.Event(), shows(authority.issue_cert("127.0.0.1"))

    async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await writer.start_tls(server)
        await reader.readline()
        under_tls.set()
        await asyncio.Event().wait()

    steps = ({"start_tls": "true"}, {"send": "x\r\n"}, HELLO)
    async with serving(hangs) as port:
        before = sockets()
        task = asyncio.create_task(ask(tcp(port, *steps, ca_file=ca_file)))
        await under_tls.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        gc.collect()

        assert sockets() == before + 1  # the server's end


# --- options


def test_the_kind_is_listed() -> None:
    module, _, name = KINDS["tcp"].partition(":")

    assert (Tcp.__module__, Tcp.__name__) == (module, name)


def test_what_is_said_is_timed_with_what_is_awaited() -> None:
    probe = tcp(
        25,
        {"expect": "a", "name": "banner"},
        {"send": "b"},
        {"send": "c"},
        {"expect": "d"},
        {"send": "e"},
        {"start_tls": "yes"},
        {"send": "f"},
    )

    assert phases(probe.dialogue) == ["banner", "step_4", "step_4", "step_4", "step_5", "step_6", "step_7"]


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"dialogue": [{}]}, "must have exactly one of expect, expect_hex, send, send_hex and start_tls"),
        ({"dialogue": [{"send": "hunter2", "expect": "b"}]}, "must have exactly one of"),
        ({"dialogue": [{"send": "hunter2", "start_tls": "yes"}]}, "must have exactly one of"),
        ({"dialogue": [{"expect": "(?<a>"}]}, "RE2 can read"),
        ({"dialogue": [{"expect": "a*"}]}, "an empty text does not match"),
        ({"dialogue": [{"send_hex": "hunter2"}]}, "pairs of hexadecimal digits"),
        ({"dialogue": [{"expect": "a", "name": "tls"}]}, "must be small letters"),
        ({"dialogue": [{"expect": "a", "name": "A b"}]}, "must be small letters"),
        ({"dialogue": [{"start_tls": "yes"}] * 2}, "start_tls at most once"),
        ({"dialogue": [HELLO] * 51}, "at most 50 steps"),
        ({"tls": "yes", "starttls": "smtp"}, "must have only one of tls, starttls"),
        ({"tls": "yes", "dialogue": [{"start_tls": "yes"}]}, "must have only one of tls, starttls"),
        ({"ca_file": "ca.pem"}, "must say when TLS begins: by tls, starttls or a step start_tls"),
        ({"starttls": "ftp"}, "Input should be 'smtp', 'imap', 'pop3' or 'ldap'"),
        ({"key_file": "k.pem"}, "must have cert_file where it has key_file"),
        ({"verify": "no"}, "Unexpected keyword"),
    ],
)
def test_what_cannot_be_asked_is_refused_when_it_is_read(options: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError) as refused:
        OPTIONS.validate_python({"host": "a", "port": "1", **options})

    assert rule in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_secret_that_is_not_set_is_no_mistake() -> None:
    assert not tcp(25, {"send": ""}).dialogue[0].send
