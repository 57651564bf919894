"""Client credentials: the token that is fetched first, used until it ends, and shown nowhere (RFC 6749)."""

import json
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter

from probes.basic.credentials import _tokens
from probes.basic.http import Http
from probes.result import Outcome, Reason, Result
from tests.fakes.badhttp import head, serving, silence
from tests.probes.asking import ask

OPTIONS = TypeAdapter(Http)


async def asked(url: str, *, timeout: Any = 5.0, **options: Any) -> Result:
    return await ask(OPTIONS.validate_python({"url": url, **options}), timeout=timeout)


class Provider:
    """Gives tokens to a client, and an interface that wants one. Counts the tokens."""

    def __init__(self, **answer: Any) -> None:
        self.status, self.answer, self.given, self.good = "200 OK", answer, 0, True
        self.heard: list[bytes] = []

    async def behave(self, reader: Reader, writer: Writer) -> None:
        heard = await head(reader)
        if heard.startswith(b"POST /token"):
            length = int(heard.lower().partition(b"content-length:")[2].split()[0])
            self.heard.append(heard + await reader.readexactly(length))
            self.given += 1
            answer = {"access_token": f"token-{self.given}", "token_type": "Bearer", **self.answer}
            await _send(writer, self.status, json.dumps(answer).encode())
        else:
            expected = f"authorization: bearer token-{self.given}".encode()
            known = self.good and expected in heard.lower()
            await _send(writer, "200 OK" if known else "401 Unauthorized", heard)


async def _send(writer: Writer, status: str, body: bytes) -> None:
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()


@pytest.fixture(autouse=True)
def no_tokens() -> Iterator[None]:
    _tokens.clear()
    yield
    _tokens.clear()


def client(port: int, **more: Any) -> dict[str, Any]:
    url = f"http://127.0.0.1:{port}/token"
    return {"oauth2": {"token_url": url, "client_id": "probe r", "client_secret": "s:crét", **more}}


async def test_a_token_is_fetched_in_a_phase_of_its_own() -> None:
    provider = Provider(expires_in=3600)
    async with serving(provider.behave) as port:
        result = await asked(
            f"http://127.0.0.1:{port}/", **client(port, scopes=["read", "write"]), expect_body="no!"
        )

    assert list(result.phases) == ["token", "resolve", "connect", "processing", "transfer"]
    assert b"scope=read+write" in provider.heard[0]
    assert b"Authorization: Basic cHJvYmUlMjByOnMlM0FjciVDMyVBOXQ=" in provider.heard[0]  # RFC 6749, 2.3.1
    assert "token-1" not in str(result.evidence)


async def test_a_token_is_used_until_it_ends() -> None:
    provider = Provider(expires_in=3600)
    async with serving(provider.behave) as port:
        results = [await asked(f"http://127.0.0.1:{port}/", **client(port)) for _ in range(3)]

    assert [result.outcome for result in results] == [Outcome.GOOD] * 3
    assert provider.given == 1
    assert ["token" in result.phases for result in results] == [True, False, False]


@pytest.mark.parametrize(
    ("answer", "options"),
    [
        ({"expires_in": 20}, {}),
        ({}, {}),
        ({"expires_in": "soon"}, {}),
        ({"expires_in": 3600}, {"cache": "false"}),
    ],
)
async def test_a_token_is_fetched_each_time_where_it_may_not_be_kept(
    answer: dict[str, Any], options: dict[str, str]
) -> None:
    provider = Provider(**answer)
    async with serving(provider.behave) as port:
        for _ in range(2):
            assert (
                await asked(f"http://127.0.0.1:{port}/", **client(port, **options))
            ).outcome is Outcome.GOOD

    assert provider.given == 2


async def test_a_token_that_is_refused_is_not_used_again() -> None:
    provider = Provider(expires_in=3600)
    async with serving(provider.behave) as port:
        provider.good = False
        refused = await asked(f"http://127.0.0.1:{port}/", **client(port))
        provider.good = True
        accepted = await asked(f"http://127.0.0.1:{port}/", **client(port))

    assert (refused.reason, accepted.outcome, provider.given) == (Reason.AUTH_REJECTED, Outcome.GOOD, 2)


async def test_another_secret_is_another_credential() -> None:
    provider = Provider(expires_in=3600)
    async with serving(provider.behave) as port:
        await asked(f"http://127.0.0.1:{port}/", **client(port))
        await asked(f"http://127.0.0.1:{port}/", **client(port, client_secret="another"))

    assert provider.given == 2


async def test_the_credential_may_be_sent_in_the_body() -> None:
    provider = Provider()
    async with serving(provider.behave) as port:
        await asked(f"http://127.0.0.1:{port}/", **client(port, sent_in="body", audience="api"))

    assert b"audience=api&client_id=probe+r&client_secret=s%3Acr%C3%A9t" in provider.heard[0]
    assert b"authorization" not in provider.heard[0].lower()


@pytest.mark.parametrize(
    ("status", "answer", "reason", "detail"),
    [
        ("401 No", {"error": "invalid_client"}, Reason.AUTH_REJECTED, "refused with 401 (invalid_client)"),
        (
            "400 No",
            {"error": "unauthorized_client"},
            Reason.AUTH_REJECTED,
            "refused with 400 (unauthorized_client)",
        ),
        (
            "400 No",
            {"error": "invalid_scope"},
            Reason.HTTP_STATUS,
            "answered 400 (invalid_scope), expected 200",
        ),
        ("400 No", {"error": "s:crét hunter2"}, Reason.HTTP_STATUS, "answered 400, expected 200"),
        ("503 No", {}, Reason.HTTP_STATUS, "answered 503, expected 200"),
        ("429 No", {}, Reason.RATE_LIMITED, "less often (429)"),
        ("200 OK", {"access_token": ""}, Reason.ASSERTION, "the answer holds no access_token"),
        ("200 OK", {"access_token": "a\r\nX: y"}, Reason.ASSERTION, "the answer holds no access_token"),
        ("200 OK", {"token_type": "mac"}, Reason.ASSERTION, "the token is no bearer token"),
    ],
)
async def test_a_token_that_is_not_given_is_said(
    status: str, answer: dict[str, str], reason: Reason, detail: str
) -> None:
    provider = Provider(**answer)
    provider.status = status
    async with serving(provider.behave) as port:
        result = await asked(f"http://127.0.0.1:{port}/", **client(port))

    assert result.reason is reason
    assert result.detail.startswith("on the way to a token: ")
    assert result.detail.endswith(detail)


async def test_a_provider_that_is_silent_is_named_by_the_step() -> None:
    async with serving(silence) as port:
        result = await asked(f"http://127.0.0.1:{port}/", timeout=0.2, **client(port))

    assert result.reason is Reason.RESPONSE_TIMEOUT
    assert result.detail.endswith("in the step token")
