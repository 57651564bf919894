"""How a request says who asks: a password, a token, or a token that is fetched first (OAuth 2.0)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass as plain
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from pydantic import AfterValidator
from pydantic.dataclasses import dataclass

from checks.values import Flag, RuleError, Secret
from probes.basic.texts import header_value, read_url
from probes.net.http import Request, Response
from probes.net.options import STRICT
from probes.net.proxy import basic
from probes.net.url import parse
from probes.result import Reason
from probes.tools import Failed

PHASE = "token"
MARGIN = 30.0  # seconds before its end from which on a token is not used any more
# RFC 6749, section 5.2: what says that it is the credential, or its rights.
REFUSALS = frozenset({"invalid_client", "invalid_grant", "unauthorized_client", "access_denied"})


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Basic:
    """A name and a password (RFC 7617)."""

    username: str
    """Who asks."""

    password: Secret
    """The password."""

    def __post_init__(self) -> None:
        if ":" in self.username:
            raise RuleError("must have a username without a colon")


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class OAuth2:
    """Client credentials, for which a token is given (RFC 6749, section 4.4)."""

    token_url: Annotated[str, AfterValidator(read_url)]
    """Where the token is asked for."""

    client_id: str
    """Who asks."""

    client_secret: Secret
    """The client's secret."""

    scopes: tuple[str, ...] = ()
    """What the token is for."""

    audience: str = ""
    """Whom the token is for, where the provider wants to be told."""

    sent_in: Literal["header", "body"] = "header"
    """Where the credential is sent: in the header Authorization, or in the body."""

    cache: Flag = True
    """Whether a token is used until it ends; otherwise each attempt asks for one of its own."""


@plain(frozen=True, slots=True)
class Token:
    """A token, and until when it may be used: seconds of the monotonic clock, 0 for this once."""

    text: str
    ends: float


_tokens: dict[OAuth2, Token] = {}


def known_token(oauth2: OAuth2, now: float) -> str:
    """Give a token that was fetched before and may still be used, or nothing."""
    known = _tokens.get(oauth2)
    return known.text if known and now < known.ends else ""


def remember(oauth2: OAuth2, token: Token) -> None:
    """Use it again until it ends, if that is wanted."""
    if oauth2.cache and token.ends:
        _tokens[oauth2] = token


def forget(oauth2: OAuth2) -> None:
    """Use it no more: somebody has refused it."""
    _tokens.pop(oauth2, None)


def token_request(oauth2: OAuth2, agent: str) -> Request:
    """Write the request for a token (section 4.4.2; the secret as section 2.3.1 says)."""
    url, secret = parse(oauth2.token_url), oauth2.client_secret.reveal()
    form = {"grant_type": "client_credentials"}
    form |= {"scope": " ".join(oauth2.scopes)} if oauth2.scopes else {}
    form |= {"audience": oauth2.audience} if oauth2.audience else {}
    headers = {
        "Host": url.authority,
        "User-Agent": agent,
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    if oauth2.sent_in == "body":
        form |= {"client_id": oauth2.client_id, "client_secret": secret}
    else:
        headers["Authorization"] = basic(quote(oauth2.client_id, safe=""), quote(secret, safe=""))
    headers["Connection"] = "close"
    return Request(method="POST", target=url.target, headers=headers, body=urlencode(form).encode())


def read_token(response: Response, now: float) -> Token:
    """Read the answer to it (sections 5.1 and 5.2). Raises Failed."""
    said = _document(response.body)
    if response.status != 200:
        raise _refused(response.status, said)
    text = said.get("access_token")
    if not isinstance(text, str) or not text or not header_value(text):
        raise Failed(Reason.ASSERTION, "the answer holds no access_token")
    if str(said.get("token_type", "bearer")).lower() != "bearer":
        raise Failed(Reason.ASSERTION, "the token is no bearer token")
    lasts = str(said.get("expires_in"))
    seconds = int(lasts) - MARGIN if lasts.isdecimal() and len(lasts) < 10 else 0.0
    return Token(text, now + seconds if seconds > 0 else 0.0)


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    return said if isinstance(said, dict) else {}


def _refused(status: int, said: Mapping[str, Any]) -> Failed:
    error = said.get("error")
    told = (
        f" ({error})"
        if isinstance(error, str) and error.replace("_", "").isalnum() and len(error) < 60
        else ""
    )
    if status == 401 or error in REFUSALS:
        return Failed(Reason.AUTH_REJECTED, f"the credential was refused with {status}{told}")
    if status == 429:
        return Failed(Reason.RATE_LIMITED, "we are asked to come less often (429)")
    return Failed(Reason.HTTP_STATUS, f"answered {status}{told}, expected 200")
